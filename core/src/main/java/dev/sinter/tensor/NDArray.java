package dev.sinter.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * A value: elements of one dtype in row-major order, in native memory aligned to 64 bytes. It is freed when
 * it is no longer reachable. An array that a run returns does not change.
 */
public final class NDArray {
    private static final long ALIGNMENT = 64;

    private final DType dtype;
    private final long[] sizes;
    private final MemorySegment segment;

    private NDArray(DType dtype, long[] sizes, MemorySegment segment) {
        this.dtype = dtype;
        this.sizes = sizes;
        this.segment = segment;
    }

    /** An array of zeros. */
    public static NDArray zeros(DType dtype, long... sizes) {
        long bytes = Math.multiplyExact(elementCount(sizes), dtype.bytes());
        MemorySegment segment = Arena.ofAuto().allocate(Math.max(bytes, 1), ALIGNMENT);
        return new NDArray(dtype, sizes.clone(), segment.asSlice(0, bytes));
    }

    /** An array without axes. */
    public static NDArray scalar(DType dtype, double value) {
        NDArray array = zeros(dtype);
        array.setDouble(0, value);
        return array;
    }

    private static long elementCount(long[] sizes) {
        long count = 1;
        for (long size : sizes) {
            if (size < 0) {
                throw new GraphException("an array cannot have the size " + size);
            }
            count = Math.multiplyExact(count, size);
        }
        return count;
    }

    public DType dtype() {
        return dtype;
    }

    /** The size along each axis. */
    public long[] sizes() {
        return sizes.clone();
    }

    public int rank() {
        return sizes.length;
    }

    public long elementCount() {
        return segment.byteSize() / dtype.bytes();
    }

    /** The elements, in the machine's byte order. */
    public MemorySegment segment() {
        return segment;
    }

    /** The element at a row-major index as a double; a bool is 0 or 1. */
    public double getDouble(long index) {
        return switch (dtype) {
            case FLOAT32 -> segment.getAtIndex(ValueLayout.JAVA_FLOAT, index);
            case FLOAT64 -> segment.getAtIndex(ValueLayout.JAVA_DOUBLE, index);
            case INT32 -> segment.getAtIndex(ValueLayout.JAVA_INT, index);
            case INT64 -> segment.getAtIndex(ValueLayout.JAVA_LONG, index);
            case BOOL -> segment.get(ValueLayout.JAVA_BYTE, index);
        };
    }

    /** The element at a row-major index as a long; a bool is 0 or 1. Not for floats. */
    public long getLong(long index) {
        return switch (dtype) {
            case FLOAT32, FLOAT64 -> (long) getDouble(index);
            case INT32 -> segment.getAtIndex(ValueLayout.JAVA_INT, index);
            case INT64 -> segment.getAtIndex(ValueLayout.JAVA_LONG, index);
            case BOOL -> segment.get(ValueLayout.JAVA_BYTE, index);
        };
    }

    /** Sets the element at a row-major index, converted as Java casts. Only before the array is shared. */
    public void setDouble(long index, double value) {
        switch (dtype) {
            case FLOAT32 -> segment.setAtIndex(ValueLayout.JAVA_FLOAT, index, (float) value);
            case FLOAT64 -> segment.setAtIndex(ValueLayout.JAVA_DOUBLE, index, value);
            case INT32 -> segment.setAtIndex(ValueLayout.JAVA_INT, index, (int) value);
            case INT64 -> segment.setAtIndex(ValueLayout.JAVA_LONG, index, (long) value);
            case BOOL -> segment.set(ValueLayout.JAVA_BYTE, index, (byte) (value != 0 ? 1 : 0));
        }
    }

    /** Sets the element at a row-major index. Only before the array is shared. */
    public void setLong(long index, long value) {
        switch (dtype) {
            case FLOAT32, FLOAT64 -> setDouble(index, value);
            case INT32 -> segment.setAtIndex(ValueLayout.JAVA_INT, index, (int) value);
            case INT64 -> segment.setAtIndex(ValueLayout.JAVA_LONG, index, value);
            case BOOL -> segment.set(ValueLayout.JAVA_BYTE, index, (byte) (value != 0 ? 1 : 0));
        }
    }

    /** Whether both have the same dtype, sizes and bits. */
    public boolean sameBits(NDArray other) {
        return dtype == other.dtype && Arrays.equals(sizes, other.sizes) && segment.mismatch(other.segment) < 0;
    }

    /** A hash that goes with {@link #sameBits}. */
    public int contentHash() {
        int hash = 31 * dtype.hashCode() + Arrays.hashCode(sizes);
        long stride = Math.max(1, segment.byteSize() / 64);
        for (long at = 0; at < segment.byteSize(); at += stride) {
            hash = 31 * hash + segment.get(ValueLayout.JAVA_BYTE, at);
        }
        return hash;
    }
}
