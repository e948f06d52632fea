package dev.sinter.kernel;

import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Rounding;

/** The meaning of every {@link ArithOp}, as code that works on the lanes of registers. */
final class LaneOps {
    private LaneOps() {}

    /** The code that computes {@code out} from the arguments each time it runs. */
    static Runnable of(ArithOp op, Cells out, Cells... arguments) {
        return switch (op) {
            case EQ, NE, LT, LE, GT, GE -> compare(op, out.i1(), arguments[0], arguments[1]);
            case SELECT -> select(out, arguments[0].i1(), arguments[1], arguments[2]);
            case CONVERT -> LaneConversions.of(out, arguments[0]);
            case BITCAST -> LaneConversions.bitcast(out, arguments[0]);
            default -> switch (out) {
                case Cells.F32(float[] o) -> f32(op, o, arguments);
                case Cells.F64(double[] o) -> f64(op, o, arguments);
                case Cells.I32(int[] o) -> i32(op, o, arguments);
                case Cells.I64(long[] o) -> i64(op, o, arguments);
                case Cells.I1(boolean[] o) -> i1(op, o, arguments);
            };
        };
    }

    private interface FloatUnary { float apply(float a); }

    private interface FloatBinary { float apply(float a, float b); }

    private interface DoubleUnary { double apply(double a); }

    private interface DoubleBinary { double apply(double a, double b); }

    private interface IntUnary { int apply(int a); }

    private interface IntBinary { int apply(int a, int b); }

    private interface LongUnary { long apply(long a); }

    private interface LongBinary { long apply(long a, long b); }

    private interface BoolBinary { boolean apply(boolean a, boolean b); }

    private static Runnable f32(ArithOp op, float[] o, Cells[] args) {
        float[] a = args[0].f32();
        return switch (op) {
            case ADD -> {
                float[] b = args[1].f32();
                yield () -> {
                    for (int i = 0; i < o.length; i++) {
                        o[i] = a[i] + b[i];
                    }
                };
            }
            case SUB -> {
                float[] b = args[1].f32();
                yield () -> {
                    for (int i = 0; i < o.length; i++) {
                        o[i] = a[i] - b[i];
                    }
                };
            }
            case MUL -> {
                float[] b = args[1].f32();
                yield () -> {
                    for (int i = 0; i < o.length; i++) {
                        o[i] = a[i] * b[i];
                    }
                };
            }
            case FMA -> {
                float[] b = args[1].f32();
                float[] c = args[2].f32();
                yield () -> {
                    for (int i = 0; i < o.length; i++) {
                        o[i] = Math.fma(a[i], b[i], c[i]);
                    }
                };
            }
            case DIV -> binary(o, a, args[1].f32(), (x, y) -> x / y);
            case SCALE -> binary(o, a, args[1].f32(), (x, y) -> Math.scalb(x, (int) y));
            case MIN -> binary(o, a, args[1].f32(), (x, y) -> x < y ? x : y);
            case MAX -> binary(o, a, args[1].f32(), (x, y) -> x > y ? x : y);
            case NEG -> unary(o, a, x -> -x);
            case ABS -> unary(o, a, Math::abs);
            case SQRT -> unary(o, a, x -> (float) Math.sqrt(x));
            case FLOOR -> unary(o, a, x -> (float) Math.floor(x));
            case CEIL -> unary(o, a, x -> (float) Math.ceil(x));
            case RINT -> unary(o, a, x -> (float) Math.rint(x));
            case TRUNC -> unary(o, a, x -> (float) (x < 0 ? Math.ceil(x) : Math.floor(x)));
            case ROUND_F16 -> unary(o, a, x -> rounded(DType.FLOAT16, x));
            case ROUND_BF16 -> unary(o, a, x -> rounded(DType.BFLOAT16, x));
            default -> throw unknown(op, "f32");
        };
    }

    private static float rounded(DType half, float value) {
        return Rounding.halfFloat(half, Rounding.halfBits(half, value));
    }

    private static Runnable f64(ArithOp op, double[] o, Cells[] args) {
        double[] a = args[0].f64();
        return switch (op) {
            case ADD -> binary(o, a, args[1].f64(), Double::sum);
            case SUB -> binary(o, a, args[1].f64(), (x, y) -> x - y);
            case MUL -> binary(o, a, args[1].f64(), (x, y) -> x * y);
            case FMA -> {
                double[] b = args[1].f64();
                double[] c = args[2].f64();
                yield () -> {
                    for (int i = 0; i < o.length; i++) {
                        o[i] = Math.fma(a[i], b[i], c[i]);
                    }
                };
            }
            case DIV -> binary(o, a, args[1].f64(), (x, y) -> x / y);
            case SCALE -> binary(o, a, args[1].f64(), (x, y) -> Math.scalb(x, (int) y));
            case MIN -> binary(o, a, args[1].f64(), (x, y) -> x < y ? x : y);
            case MAX -> binary(o, a, args[1].f64(), (x, y) -> x > y ? x : y);
            case NEG -> unary(o, a, x -> -x);
            case ABS -> unary(o, a, Math::abs);
            case SQRT -> unary(o, a, Math::sqrt);
            case FLOOR -> unary(o, a, Math::floor);
            case CEIL -> unary(o, a, Math::ceil);
            case RINT -> unary(o, a, Math::rint);
            case TRUNC -> unary(o, a, x -> x < 0 ? Math.ceil(x) : Math.floor(x));
            default -> throw unknown(op, "f64");
        };
    }

    private static Runnable i32(ArithOp op, int[] o, Cells[] args) {
        int[] a = args[0].i32();
        return switch (op) {
            case ADD -> binary(o, a, args[1].i32(), Integer::sum);
            case SUB -> binary(o, a, args[1].i32(), (x, y) -> x - y);
            case MUL -> binary(o, a, args[1].i32(), (x, y) -> x * y);
            case DIV -> binary(o, a, args[1].i32(), (x, y) -> x / y);
            case REM -> binary(o, a, args[1].i32(), (x, y) -> x % y);
            case MIN -> binary(o, a, args[1].i32(), Math::min);
            case MAX -> binary(o, a, args[1].i32(), Math::max);
            case NEG -> unary(o, a, x -> -x);
            case ABS -> unary(o, a, Math::abs);
            case AND -> binary(o, a, args[1].i32(), (x, y) -> x & y);
            case OR -> binary(o, a, args[1].i32(), (x, y) -> x | y);
            case XOR -> binary(o, a, args[1].i32(), (x, y) -> x ^ y);
            case NOT -> unary(o, a, x -> ~x);
            case SHL -> binary(o, a, args[1].i32(), (x, y) -> x << y);
            case LSHR -> binary(o, a, args[1].i32(), (x, y) -> x >>> y);
            case ASHR -> binary(o, a, args[1].i32(), (x, y) -> x >> y);
            case MULHI_U -> binary(o, a, args[1].i32(),
                    (x, y) -> (int) ((x & 0xffffffffL) * (y & 0xffffffffL) >>> 32));
            default -> throw unknown(op, "i32");
        };
    }

    private static Runnable i64(ArithOp op, long[] o, Cells[] args) {
        long[] a = args[0].i64();
        return switch (op) {
            case ADD -> binary(o, a, args[1].i64(), Long::sum);
            case SUB -> binary(o, a, args[1].i64(), (x, y) -> x - y);
            case MUL -> binary(o, a, args[1].i64(), (x, y) -> x * y);
            case DIV -> binary(o, a, args[1].i64(), (x, y) -> x / y);
            case REM -> binary(o, a, args[1].i64(), (x, y) -> x % y);
            case MIN -> binary(o, a, args[1].i64(), Math::min);
            case MAX -> binary(o, a, args[1].i64(), Math::max);
            case NEG -> unary(o, a, x -> -x);
            case ABS -> unary(o, a, Math::abs);
            case AND -> binary(o, a, args[1].i64(), (x, y) -> x & y);
            case OR -> binary(o, a, args[1].i64(), (x, y) -> x | y);
            case XOR -> binary(o, a, args[1].i64(), (x, y) -> x ^ y);
            case NOT -> unary(o, a, x -> ~x);
            case SHL -> binary(o, a, args[1].i64(), (x, y) -> x << y);
            case LSHR -> binary(o, a, args[1].i64(), (x, y) -> x >>> y);
            case ASHR -> binary(o, a, args[1].i64(), (x, y) -> x >> y);
            default -> throw unknown(op, "i64");
        };
    }

    private static Runnable i1(ArithOp op, boolean[] o, Cells[] args) {
        boolean[] a = args[0].i1();
        return switch (op) {
            case AND -> binary(o, a, args[1].i1(), (x, y) -> x & y);
            case OR -> binary(o, a, args[1].i1(), (x, y) -> x | y);
            case XOR -> binary(o, a, args[1].i1(), (x, y) -> x ^ y);
            case NOT -> binary(o, a, a, (x, y) -> !x);
            default -> throw unknown(op, "i1");
        };
    }

    private static CompilerBug unknown(ArithOp op, String kind) {
        return new CompilerBug(op + " has no meaning for " + kind);
    }

    private static Runnable unary(float[] o, float[] a, FloatUnary f) {
        return () -> {
            for (int i = 0; i < o.length; i++) {
                o[i] = f.apply(a[i]);
            }
        };
    }

    private static Runnable binary(float[] o, float[] a, float[] b, FloatBinary f) {
        return () -> {
            for (int i = 0; i < o.length; i++) {
                o[i] = f.apply(a[i], b[i]);
            }
        };
    }

    private static Runnable unary(double[] o, double[] a, DoubleUnary f) {
        return () -> {
            for (int i = 0; i < o.length; i++) {
                o[i] = f.apply(a[i]);
            }
        };
    }

    private static Runnable binary(double[] o, double[] a, double[] b, DoubleBinary f) {
        return () -> {
            for (int i = 0; i < o.length; i++) {
                o[i] = f.apply(a[i], b[i]);
            }
        };
    }

    private static Runnable unary(int[] o, int[] a, IntUnary f) {
        return () -> {
            for (int i = 0; i < o.length; i++) {
                o[i] = f.apply(a[i]);
            }
        };
    }

    private static Runnable binary(int[] o, int[] a, int[] b, IntBinary f) {
        return () -> {
            for (int i = 0; i < o.length; i++) {
                o[i] = f.apply(a[i], b[i]);
            }
        };
    }

    private static Runnable unary(long[] o, long[] a, LongUnary f) {
        return () -> {
            for (int i = 0; i < o.length; i++) {
                o[i] = f.apply(a[i]);
            }
        };
    }

    private static Runnable binary(long[] o, long[] a, long[] b, LongBinary f) {
        return () -> {
            for (int i = 0; i < o.length; i++) {
                o[i] = f.apply(a[i], b[i]);
            }
        };
    }

    private static Runnable binary(boolean[] o, boolean[] a, boolean[] b, BoolBinary f) {
        return () -> {
            for (int i = 0; i < o.length; i++) {
                o[i] = f.apply(a[i], b[i]);
            }
        };
    }

    private static Runnable compare(ArithOp op, boolean[] o, Cells left, Cells right) {
        return switch (left) {
            case Cells.F32(float[] a) -> {
                float[] b = right.f32();
                yield switch (op) {
                    case EQ -> each(o, i -> a[i] == b[i]);
                    case NE -> each(o, i -> a[i] != b[i]);
                    case LT -> each(o, i -> a[i] < b[i]);
                    case LE -> each(o, i -> a[i] <= b[i]);
                    case GT -> each(o, i -> a[i] > b[i]);
                    default -> each(o, i -> a[i] >= b[i]);
                };
            }
            case Cells.F64(double[] a) -> {
                double[] b = right.f64();
                yield switch (op) {
                    case EQ -> each(o, i -> a[i] == b[i]);
                    case NE -> each(o, i -> a[i] != b[i]);
                    case LT -> each(o, i -> a[i] < b[i]);
                    case LE -> each(o, i -> a[i] <= b[i]);
                    case GT -> each(o, i -> a[i] > b[i]);
                    default -> each(o, i -> a[i] >= b[i]);
                };
            }
            case Cells.I32(int[] a) -> {
                int[] b = right.i32();
                yield switch (op) {
                    case EQ -> each(o, i -> a[i] == b[i]);
                    case NE -> each(o, i -> a[i] != b[i]);
                    case LT -> each(o, i -> a[i] < b[i]);
                    case LE -> each(o, i -> a[i] <= b[i]);
                    case GT -> each(o, i -> a[i] > b[i]);
                    default -> each(o, i -> a[i] >= b[i]);
                };
            }
            case Cells.I64(long[] a) -> {
                long[] b = right.i64();
                yield switch (op) {
                    case EQ -> each(o, i -> a[i] == b[i]);
                    case NE -> each(o, i -> a[i] != b[i]);
                    case LT -> each(o, i -> a[i] < b[i]);
                    case LE -> each(o, i -> a[i] <= b[i]);
                    case GT -> each(o, i -> a[i] > b[i]);
                    default -> each(o, i -> a[i] >= b[i]);
                };
            }
            case Cells.I1 ignored -> throw unknown(op, "i1");
        };
    }

    private interface LaneTest { boolean test(int lane); }

    private static Runnable each(boolean[] o, LaneTest test) {
        return () -> {
            for (int i = 0; i < o.length; i++) {
                o[i] = test.test(i);
            }
        };
    }

    private static Runnable select(Cells out, boolean[] c, Cells then, Cells otherwise) {
        return switch (out) {
            case Cells.F32(float[] o) -> {
                float[] a = then.f32();
                float[] b = otherwise.f32();
                yield () -> {
                    for (int i = 0; i < o.length; i++) {
                        o[i] = c[i] ? a[i] : b[i];
                    }
                };
            }
            case Cells.F64(double[] o) -> {
                double[] a = then.f64();
                double[] b = otherwise.f64();
                yield () -> {
                    for (int i = 0; i < o.length; i++) {
                        o[i] = c[i] ? a[i] : b[i];
                    }
                };
            }
            case Cells.I32(int[] o) -> {
                int[] a = then.i32();
                int[] b = otherwise.i32();
                yield () -> {
                    for (int i = 0; i < o.length; i++) {
                        o[i] = c[i] ? a[i] : b[i];
                    }
                };
            }
            case Cells.I64(long[] o) -> {
                long[] a = then.i64();
                long[] b = otherwise.i64();
                yield () -> {
                    for (int i = 0; i < o.length; i++) {
                        o[i] = c[i] ? a[i] : b[i];
                    }
                };
            }
            case Cells.I1(boolean[] o) -> {
                boolean[] a = then.i1();
                boolean[] b = otherwise.i1();
                yield () -> {
                    for (int i = 0; i < o.length; i++) {
                        o[i] = c[i] ? a[i] : b[i];
                    }
                };
            }
        };
    }
}
