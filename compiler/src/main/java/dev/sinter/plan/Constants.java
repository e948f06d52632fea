package dev.sinter.plan;

import dev.sinter.ir.Value;
import dev.sinter.op.Constant;
import dev.sinter.tensor.NDArray;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.OptionalLong;

/** The bits of constants. */
final class Constants {
    private Constants() {}

    /** The bits of every element where all are the same; 0 for an array without elements. */
    static Optional<Long> splat(NDArray array) {
        if (array.elementCount() == 0) {
            return Optional.of(0L);
        }
        long first = bits(array, 0);
        long bytes = array.segment().byteSize();
        int width = array.dtype().bytes();
        boolean same = bytes == width
                || array.segment().asSlice(width).mismatch(array.segment().asSlice(0, bytes - width)) < 0;
        return same ? Optional.of(first) : Optional.empty();
    }

    /** The value of a constant integer without axes. */
    static OptionalLong integer(Value value) {
        boolean integer = value.op() instanceof Constant && value.rank() == 0 && value.dtype().isInteger();
        return integer ? OptionalLong.of(((Constant) value.op()).array().getLong(0)) : OptionalLong.empty();
    }

    /** The bits of a float, which of a half float are those of a {@code float32}, or an integer. */
    static long bits(NDArray array, long index) {
        return switch (array.dtype()) {
            case FLOAT16, BFLOAT16 -> Integer.toUnsignedLong(Float.floatToRawIntBits((float) array.getDouble(index)));
            case FLOAT32 -> Integer.toUnsignedLong(
                    Float.floatToRawIntBits(array.segment().getAtIndex(ValueLayout.JAVA_FLOAT, index)));
            case FLOAT64 -> Double.doubleToRawLongBits(array.segment().getAtIndex(ValueLayout.JAVA_DOUBLE, index));
            case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, BOOL -> array.getLong(index);
        };
    }
}
