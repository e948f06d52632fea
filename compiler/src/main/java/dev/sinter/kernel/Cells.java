package dev.sinter.kernel;

import dev.sinter.tensor.CompilerBug;
import java.util.Arrays;

/** The lanes of one register while a kernel is interpreted. */
sealed interface Cells {
    record F32(float[] v) implements Cells {}

    record F64(double[] v) implements Cells {}

    record I32(int[] v) implements Cells {}

    record I64(long[] v) implements Cells {}

    record I1(boolean[] v) implements Cells {}

    static Cells of(RegType type) {
        int lanes = type.lanes();
        return switch (type.kind()) {
            case F32 -> new F32(new float[lanes]);
            case F64 -> new F64(new double[lanes]);
            case I32 -> new I32(new int[lanes]);
            case I64 -> new I64(new long[lanes]);
            case I1 -> new I1(new boolean[lanes]);
        };
    }

    default float[] f32() {
        return this instanceof F32(float[] v) ? v : wrong(float[].class);
    }

    default double[] f64() {
        return this instanceof F64(double[] v) ? v : wrong(double[].class);
    }

    default int[] i32() {
        return this instanceof I32(int[] v) ? v : wrong(int[].class);
    }

    default long[] i64() {
        return this instanceof I64(long[] v) ? v : wrong(long[].class);
    }

    default boolean[] i1() {
        return this instanceof I1(boolean[] v) ? v : wrong(boolean[].class);
    }

    private <T> T wrong(Class<T> wanted) {
        throw new CompilerBug("a register is " + getClass().getSimpleName() + ", not "
                + wanted.getSimpleName());
    }

    default int lanes() {
        return switch (this) {
            case F32(float[] v) -> v.length;
            case F64(double[] v) -> v.length;
            case I32(int[] v) -> v.length;
            case I64(long[] v) -> v.length;
            case I1(boolean[] v) -> v.length;
        };
    }

    /** The bits of a lane, an integer extended with its sign, a float with zeros. */
    default long bits(int lane) {
        return switch (this) {
            case F32(float[] v) -> Float.floatToRawIntBits(v[lane]) & 0xffffffffL;
            case F64(double[] v) -> Double.doubleToRawLongBits(v[lane]);
            case I32(int[] v) -> v[lane];
            case I64(long[] v) -> v[lane];
            case I1(boolean[] v) -> v[lane] ? 1 : 0;
        };
    }

    /** Sets every lane to the same bits. */
    default void fill(long bits) {
        switch (this) {
            case F32(float[] v) -> Arrays.fill(v, Float.intBitsToFloat((int) bits));
            case F64(double[] v) -> Arrays.fill(v, Double.longBitsToDouble(bits));
            case I32(int[] v) -> Arrays.fill(v, (int) bits);
            case I64(long[] v) -> Arrays.fill(v, bits);
            case I1(boolean[] v) -> Arrays.fill(v, bits != 0);
        }
    }

    /** Copies lanes from a register of the same kind. */
    default void copyFrom(Cells other, int from, int to, int count) {
        switch (this) {
            case F32(float[] v) -> System.arraycopy(other.f32(), from, v, to, count);
            case F64(double[] v) -> System.arraycopy(other.f64(), from, v, to, count);
            case I32(int[] v) -> System.arraycopy(other.i32(), from, v, to, count);
            case I64(long[] v) -> System.arraycopy(other.i64(), from, v, to, count);
            case I1(boolean[] v) -> System.arraycopy(other.i1(), from, v, to, count);
        }
    }
}
