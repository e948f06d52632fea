package dev.sinter.kernel;

import dev.sinter.tensor.CompilerBug;

/** The meaning of {@link ArithOp#CONVERT} and {@link ArithOp#BITCAST}. */
final class LaneConversions {
    private LaneConversions() {}

    static Runnable of(Cells out, Cells in) {
        return switch (out) {
            case Cells.F32(float[] o) -> toF32(o, in);
            case Cells.F64(double[] o) -> toF64(o, in);
            case Cells.I32(int[] o) -> toI32(o, in);
            case Cells.I64(long[] o) -> toI64(o, in);
            case Cells.I1(boolean[] o) -> toI1(o, in);
        };
    }

    private interface Lane { void run(int lane); }

    private static Runnable each(int lanes, Lane lane) {
        return () -> {
            for (int i = 0; i < lanes; i++) {
                lane.run(i);
            }
        };
    }

    private static Runnable toF32(float[] o, Cells in) {
        return switch (in) {
            case Cells.F32(float[] a) -> each(o.length, i -> o[i] = a[i]);
            case Cells.F64(double[] a) -> each(o.length, i -> o[i] = (float) a[i]);
            case Cells.I32(int[] a) -> each(o.length, i -> o[i] = a[i]);
            case Cells.I64(long[] a) -> each(o.length, i -> o[i] = a[i]);
            case Cells.I1(boolean[] a) -> each(o.length, i -> o[i] = a[i] ? 1 : 0);
        };
    }

    private static Runnable toF64(double[] o, Cells in) {
        return switch (in) {
            case Cells.F32(float[] a) -> each(o.length, i -> o[i] = a[i]);
            case Cells.F64(double[] a) -> each(o.length, i -> o[i] = a[i]);
            case Cells.I32(int[] a) -> each(o.length, i -> o[i] = a[i]);
            case Cells.I64(long[] a) -> each(o.length, i -> o[i] = a[i]);
            case Cells.I1(boolean[] a) -> each(o.length, i -> o[i] = a[i] ? 1 : 0);
        };
    }

    private static Runnable toI32(int[] o, Cells in) {
        return switch (in) {
            case Cells.F32(float[] a) -> each(o.length, i -> o[i] = (int) a[i]);
            case Cells.F64(double[] a) -> each(o.length, i -> o[i] = (int) a[i]);
            case Cells.I32(int[] a) -> each(o.length, i -> o[i] = a[i]);
            case Cells.I64(long[] a) -> each(o.length, i -> o[i] = (int) a[i]);
            case Cells.I1(boolean[] a) -> each(o.length, i -> o[i] = a[i] ? 1 : 0);
        };
    }

    private static Runnable toI64(long[] o, Cells in) {
        return switch (in) {
            case Cells.F32(float[] a) -> each(o.length, i -> o[i] = (long) a[i]);
            case Cells.F64(double[] a) -> each(o.length, i -> o[i] = (long) a[i]);
            case Cells.I32(int[] a) -> each(o.length, i -> o[i] = a[i]);
            case Cells.I64(long[] a) -> each(o.length, i -> o[i] = a[i]);
            case Cells.I1(boolean[] a) -> each(o.length, i -> o[i] = a[i] ? 1 : 0);
        };
    }

    private static Runnable toI1(boolean[] o, Cells in) {
        return switch (in) {
            case Cells.F32(float[] a) -> each(o.length, i -> o[i] = a[i] != 0);
            case Cells.F64(double[] a) -> each(o.length, i -> o[i] = a[i] != 0);
            case Cells.I32(int[] a) -> each(o.length, i -> o[i] = a[i] != 0);
            case Cells.I64(long[] a) -> each(o.length, i -> o[i] = a[i] != 0);
            case Cells.I1(boolean[] a) -> each(o.length, i -> o[i] = a[i]);
        };
    }

    static Runnable bitcast(Cells out, Cells in) {
        return switch (out) {
            case Cells.F32(float[] o) -> {
                int[] a = in.i32();
                yield each(o.length, i -> o[i] = Float.intBitsToFloat(a[i]));
            }
            case Cells.F64(double[] o) -> {
                long[] a = in.i64();
                yield each(o.length, i -> o[i] = Double.longBitsToDouble(a[i]));
            }
            case Cells.I32(int[] o) -> {
                float[] a = in.f32();
                yield each(o.length, i -> o[i] = Float.floatToRawIntBits(a[i]));
            }
            case Cells.I64(long[] o) -> {
                double[] a = in.f64();
                yield each(o.length, i -> o[i] = Double.doubleToRawLongBits(a[i]));
            }
            case Cells.I1 ignored -> throw new CompilerBug("no other kind has the bits of i1");
        };
    }
}
