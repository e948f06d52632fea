package dev.sinter.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Single elements in memory, as the bits that they are and as numbers. */
final class Elements {
    private Elements() {}

    /** The bits of an element, integers and bools extended to 64 bits. */
    static long bits(DType dtype, MemorySegment memory, long index) {
        long bits = switch (dtype.bytes()) {
            case 1 -> memory.get(ValueLayout.JAVA_BYTE, index);
            case 2 -> memory.getAtIndex(ValueLayout.JAVA_SHORT, index);
            case 4 -> memory.getAtIndex(ValueLayout.JAVA_INT, index);
            default -> memory.getAtIndex(ValueLayout.JAVA_LONG, index);
        };
        return dtype.isFloat() ? bits : dtype.wrap(bits);
    }

    /** Sets the bits of an element, of which the low ones count. */
    static void setBits(DType dtype, MemorySegment memory, long index, long bits) {
        switch (dtype.bytes()) {
            case 1 -> memory.set(ValueLayout.JAVA_BYTE, index, (byte) bits);
            case 2 -> memory.setAtIndex(ValueLayout.JAVA_SHORT, index, (short) bits);
            case 4 -> memory.setAtIndex(ValueLayout.JAVA_INT, index, (int) bits);
            default -> memory.setAtIndex(ValueLayout.JAVA_LONG, index, bits);
        }
    }

    static double asDouble(DType dtype, MemorySegment memory, long index) {
        return switch (dtype) {
            case FLOAT32 -> memory.getAtIndex(ValueLayout.JAVA_FLOAT, index);
            case FLOAT64 -> memory.getAtIndex(ValueLayout.JAVA_DOUBLE, index);
            case FLOAT16, BFLOAT16 -> Rounding.halfFloat(dtype, memory.getAtIndex(ValueLayout.JAVA_SHORT, index));
            case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, BOOL ->
                    Rounding.toFloat(DType.FLOAT64, dtype, bits(dtype, memory, index));
        };
    }

    static long asLong(DType dtype, MemorySegment memory, long index) {
        return dtype.isFloat() ? (long) asDouble(dtype, memory, index) : bits(dtype, memory, index);
    }

    static void set(DType dtype, MemorySegment memory, long index, double value) {
        switch (dtype) {
            case FLOAT32 -> memory.setAtIndex(ValueLayout.JAVA_FLOAT, index, (float) value);
            case FLOAT64 -> memory.setAtIndex(ValueLayout.JAVA_DOUBLE, index, value);
            case FLOAT16, BFLOAT16 -> setBits(dtype, memory, index, Rounding.halfBits(dtype, value));
            case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, BOOL ->
                    setBits(dtype, memory, index, Rounding.toInteger(dtype, value));
        }
    }

    /** Sets an element to an integer of a dtype. */
    static void set(DType dtype, MemorySegment memory, long index, DType source, long value) {
        if (dtype.isFloat()) {
            set(dtype, memory, index, Rounding.toFloat(dtype, source, value));
        } else {
            setBits(dtype, memory, index, dtype.wrap(value));
        }
    }
}
