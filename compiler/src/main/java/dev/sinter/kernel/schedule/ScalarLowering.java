package dev.sinter.kernel.schedule;

import dev.sinter.kernel.ArithOp;
import dev.sinter.kernel.Failure;
import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Reg;
import dev.sinter.kernel.RegType;
import dev.sinter.kernel.RegType.Kind;
import dev.sinter.kernel.math.Elementary;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Writes scalar functions as instructions, with the meaning that {@link ScalarFn} gives them. */
public final class ScalarLowering {
    private final KernelBuilder k;
    private final Narrowing narrowing;

    public ScalarLowering(KernelBuilder builder) {
        this.k = builder;
        this.narrowing = new Narrowing(builder);
    }

    /**
     * A function of operands that have equal lanes.
     *
     * @param dtype  the dtype of the last operand
     * @param exists the lanes whose errors count; all where empty
     */
    public Reg apply(ScalarFn fn, DType dtype, List<Reg> operands, Optional<Reg> exists) {
        if (Narrowing.hasNoSign(dtype)) {
            return unsigned(fn, dtype, operands, exists);
        }
        Reg value = wide(fn, dtype, operands, exists);
        return switch (fn) {
            case MAX, MIN, AND, OR, XOR, SELECT, SIGN, REM, FLOOR, CEIL, ROUND, IS_NAN, IS_FINITE, EQ, NE, LT, LE, GT,
                    GE -> value;
            case NEG, ABS -> dtype.isFloat() ? value : narrowing.fit(dtype, value);
            default -> narrowing.fit(dtype, value);
        };
    }

    /** The same of unsigned integers of the width of registers. */
    private Reg unsigned(ScalarFn fn, DType dtype, List<Reg> operands, Optional<Reg> exists) {
        Reg a = operands.getFirst();
        Reg b = operands.size() > 1 ? operands.get(1) : a;
        return switch (fn) {
            case DIV -> divide(ArithOp.DIV, dtype, a, b, exists);
            case REM -> divide(ArithOp.REM, dtype, a, b, exists);
            case MAX -> k.select(k.ge(narrowing.ordered(dtype, a), narrowing.ordered(dtype, b)), a, b);
            case MIN -> k.select(k.le(narrowing.ordered(dtype, a), narrowing.ordered(dtype, b)), a, b);
            case ABS -> a;
            case SIGN -> k.select(k.eq(a, k.constant(a.type(), 0)), a, k.constant(a.type(), 1));
            case SHIFT_RIGHT_ARITHMETIC -> k.arith(ArithOp.LSHR, a, b);
            case LT, LE, GT, GE -> wide(fn, dtype, List.of(narrowing.ordered(dtype, a), narrowing.ordered(dtype, b)),
                    exists);
            default -> wide(fn, dtype, operands, exists);
        };
    }

    /** The function of what registers hold; the result may be none of the dtype. */
    private Reg wide(ScalarFn fn, DType dtype, List<Reg> operands, Optional<Reg> exists) {
        Reg a = operands.getFirst();
        Reg b = operands.size() > 1 ? operands.get(1) : a;
        Kind kind = b.type().kind();
        boolean isFloat = kind.isFloat();
        return switch (fn) {
            case ADD -> k.add(a, b);
            case SUB -> k.sub(a, b);
            case MUL -> k.mul(a, b);
            case DIV -> isFloat ? k.div(a, b) : divide(ArithOp.DIV, dtype, a, b, exists);
            case REM -> isFloat ? Elementary.rem(k, a, b) : divide(ArithOp.REM, dtype, a, b, exists);
            case POW -> Elementary.pow(k, a, b);
            case MAX -> isFloat ? extremum(a, b, true) : k.max(a, b);
            case MIN -> isFloat ? extremum(a, b, false) : k.min(a, b);
            case NEG -> k.neg(a);
            case ABS -> k.arith(ArithOp.ABS, a);
            case SIGN -> sign(a);
            case SQRT -> k.arith(ArithOp.SQRT, a);
            case RSQRT -> Elementary.rsqrt(k, a);
            case EXP -> Elementary.exp(k, a);
            case EXPM1 -> Elementary.expm1(k, a);
            case LOG -> Elementary.log(k, a);
            case LOG1P -> Elementary.log1p(k, a);
            case TANH -> Elementary.tanh(k, a);
            case LOGISTIC -> Elementary.logistic(k, a);
            case ERF -> Elementary.erf(k, a);
            case ERFC -> Elementary.erfc(k, a);
            case SIN -> Elementary.sin(k, a);
            case COS -> Elementary.cos(k, a);
            case TAN -> Elementary.tan(k, a);
            case ASIN -> Elementary.asin(k, a);
            case ACOS -> Elementary.acos(k, a);
            case ATAN -> Elementary.atan(k, a);
            case ATAN2 -> Elementary.atan2(k, a, b);
            case SINH -> Elementary.sinh(k, a);
            case COSH -> Elementary.cosh(k, a);
            case ASINH -> Elementary.asinh(k, a);
            case ACOSH -> Elementary.acosh(k, a);
            case ATANH -> Elementary.atanh(k, a);
            case LGAMMA, DIGAMMA, POLYGAMMA, ZETA, IGAMMA, IGAMMAC, IGAMMA_GRAD_A, BETAINC, ERFINV, NDTRI,
                    BESSEL_I0E, BESSEL_I1E, BESSEL_K0E, BESSEL_K1E, BESSEL_J0, BESSEL_J1, BESSEL_Y0, BESSEL_Y1,
                    DAWSN, EXPINT, FRESNEL_COS, FRESNEL_SIN, SPENCE ->
                    Elementary.formula(k, fn.formula().orElseThrow(), operands);
            case FLOOR -> k.arith(ArithOp.FLOOR, a);
            case CEIL -> k.arith(ArithOp.CEIL, a);
            case ROUND -> k.arith(ArithOp.RINT, a);
            case IS_NAN -> k.ne(a, a);
            case IS_FINITE -> k.lt(k.arith(ArithOp.ABS, a), k.number(a.type(), Double.POSITIVE_INFINITY));
            case AND -> k.and(a, b);
            case OR -> k.or(a, b);
            case XOR -> k.xor(a, b);
            case NOT -> k.not(a);
            case SHIFT_LEFT -> k.arith(ArithOp.SHL, a, count(dtype, b));
            case SHIFT_RIGHT_LOGICAL -> k.arith(ArithOp.LSHR, dtype.bits() >= 32 ? a
                    : k.and(a, k.constant(a.type(), (1L << dtype.bits()) - 1)), count(dtype, b));
            case SHIFT_RIGHT_ARITHMETIC -> k.arith(ArithOp.ASHR, a, count(dtype, b));
            case EQ -> kind == Kind.I1 ? k.not(k.xor(a, b)) : k.eq(a, b);
            case NE -> kind == Kind.I1 ? k.xor(a, b) : k.ne(a, b);
            case LT -> kind == Kind.I1 ? k.and(k.not(a), b) : k.lt(a, b);
            case LE -> kind == Kind.I1 ? k.or(k.not(a), b) : k.le(a, b);
            case GT -> kind == Kind.I1 ? k.and(a, k.not(b)) : k.gt(a, b);
            case GE -> kind == Kind.I1 ? k.or(a, k.not(b)) : k.ge(a, b);
            case SELECT -> k.select(a, b, operands.get(2));
        };
    }

    /** An integer division that fails the run for a divisor of 0 and goes on with 1. */
    private Reg divide(ArithOp op, DType dtype, Reg a, Reg b, Optional<Reg> exists) {
        if (k.constantBits(b).isPresent() && !k.isConstant(b, 0)) {
            return quotient(op, dtype, a, b);
        }
        Reg zero = k.eq(b, k.constant(b.type(), 0));
        k.fail(exists.map(mask -> k.and(zero, mask)).orElse(zero), Failure.DIVISION_BY_ZERO);
        return quotient(op, dtype, a, k.select(zero, k.constant(b.type(), 1), b));
    }

    private Reg quotient(ArithOp op, DType dtype, Reg a, Reg b) {
        return Narrowing.hasNoSign(dtype) ? narrowing.divide(op, dtype, a, b) : k.arith(op, a, b);
    }

    /** A count of bits, masked to the width of a dtype shorter than its registers. */
    private Reg count(DType dtype, Reg bits) {
        return dtype.bits() >= 32 ? bits : k.and(bits, k.constant(bits.type(), dtype.bits() - 1));
    }

    /** NaN where either is, and -0 below +0. */
    private Reg extremum(Reg a, Reg b, boolean max) {
        OptionalLong left = k.constantBits(a);
        OptionalLong right = k.constantBits(b);
        if (right.isPresent() && !isNan(b.type(), right.getAsLong())) {
            return bounded(a, b, right.getAsLong(), max);
        }
        if (left.isPresent() && !isNan(a.type(), left.getAsLong())) {
            return bounded(b, a, left.getAsLong(), max);
        }
        Kind bits = a.type().kind() == Kind.F32 ? Kind.I32 : Kind.I64;
        Reg x = k.bitcast(a, bits);
        Reg y = k.bitcast(b, bits);
        Reg equal = k.bitcast(max ? k.and(x, y) : k.or(x, y), a.type().kind());
        Reg ordered = k.select(k.eq(a, b), equal, k.arith(max ? ArithOp.MAX : ArithOp.MIN, a, b));
        return k.select(k.ne(a, a), a, ordered);
    }

    /**
     * With a constant that is not NaN: one instruction unless it is the zero that wins over the other zero.
     */
    private Reg bounded(Reg x, Reg constant, long bits, boolean max) {
        long plusZero = 0;
        long minusZero = constant.type().kind() == Kind.F32 ? 0x80000000L : Long.MIN_VALUE;
        if (max && bits == plusZero) {
            return k.select(k.le(x, constant), constant, x);
        }
        if (!max && bits == minusZero) {
            return k.select(k.ge(x, constant), constant, x);
        }
        return k.arith(max ? ArithOp.MAX : ArithOp.MIN, constant, x);
    }

    private static boolean isNan(RegType type, long bits) {
        return type.kind() == Kind.F32 ? Float.isNaN(Float.intBitsToFloat((int) bits))
                : Double.isNaN(Double.longBitsToDouble(bits));
    }

    private Reg sign(Reg a) {
        Reg zero = k.number(a.type(), 0);
        Reg negative = k.select(k.lt(a, zero), k.number(a.type(), -1), a);
        return k.select(k.gt(a, zero), k.number(a.type(), 1), negative);
    }

    /**
     * The dtype in which partial results are kept: rounded, or wrapped, are only the last ones.
     */
    private static DType partial(DType dtype) {
        return dtype.isInteger() && dtype.bits() < 32 ? DType.INT32 : dtype.accumulator();
    }

    /** What a reduction of elements of a dtype starts with. */
    public Reg identity(ReduceFn fn, DType dtype, int lanes) {
        RegType type = RegType.of(dtype, lanes);
        return switch (fn) {
            case SUM -> k.number(type, 0);
            case PROD -> k.number(type, 1);
            case MAX -> dtype.isFloat() ? k.number(type, Double.NEGATIVE_INFINITY) : k.constant(type, dtype.least());
            case MIN -> dtype.isFloat() ? k.number(type, Double.POSITIVE_INFINITY)
                    : k.constant(type, dtype.greatest());
            case ALL -> k.constant(type, 1);
            case ANY -> k.constant(type, 0);
        };
    }

    /** Two partial results of a reduction as one. */
    public Reg combine(ReduceFn fn, DType dtype, Reg a, Reg b) {
        return apply(fn.combiner(), partial(dtype), List.of(a, b), Optional.empty());
    }

    /** All lanes of a partial result as one, the upper half with the lower until one is left. */
    public Reg fold(ReduceFn fn, DType dtype, Reg vector) {
        boolean simple = !vector.type().kind().isFloat() || fn == ReduceFn.SUM || fn == ReduceFn.PROD;
        if (simple) {
            boolean ordered = fn == ReduceFn.MAX || fn == ReduceFn.MIN;
            Reg folded = k.fold(switch (fn) {
                case SUM -> ArithOp.ADD;
                case PROD -> ArithOp.MUL;
                case MAX -> ArithOp.MAX;
                case MIN -> ArithOp.MIN;
                case ALL -> ArithOp.AND;
                case ANY -> ArithOp.OR;
            }, ordered ? narrowing.ordered(dtype, vector) : vector);
            return ordered ? narrowing.ordered(dtype, folded) : folded;
        }
        boolean max = fn == ReduceFn.MAX;
        RegType type = vector.type();
        Kind kind = type.kind() == Kind.F32 ? Kind.I32 : Kind.I64;
        Reg best = k.fold(max ? ArithOp.MAX : ArithOp.MIN, vector);
        long minusZero = kind == Kind.I32 ? 0x80000000L : Long.MIN_VALUE;
        Reg winner = k.constant(type.withKind(kind), max ? 0 : minusZero);
        Reg wins = k.fold(ArithOp.OR, k.eq(k.bitcast(vector, kind), winner));
        Reg zero = k.select(wins, k.constant(best.type(), max ? 0 : minusZero),
                k.constant(best.type(), max ? minusZero : 0));
        Reg ordered = k.select(k.eq(best, k.number(best.type(), 0)), zero, best);
        Reg nan = k.fold(ArithOp.OR, k.ne(vector, vector));
        return k.select(nan, k.number(best.type(), Double.NaN), ordered);
    }
}
