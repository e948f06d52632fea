package dev.sinter.kernel;

import dev.sinter.kernel.RegType.Kind;
import java.util.Optional;

/** Operations that need no instruction: on constants, and with elements that change nothing. Exact. */
final class Folding {
    private static final long F32_ONE = Float.floatToRawIntBits(1f);
    private static final long F32_MINUS_ZERO = Float.floatToRawIntBits(-0f) & 0xffffffffL;
    private static final long F64_ONE = Double.doubleToRawLongBits(1);
    private static final long F64_MINUS_ZERO = Double.doubleToRawLongBits(-0.0);

    private Folding() {}

    static Optional<Reg> fold(KernelBuilder builder, ArithOp op, RegType type, Reg... arguments) {
        boolean allConstant = true;
        for (Reg argument : arguments) {
            allConstant &= builder.constantBits(argument).isPresent();
        }
        if (allConstant) {
            return constant(builder, op, type, arguments);
        }
        if (arguments.length == 2) {
            return neutral(builder, op, type, arguments[0], arguments[1]);
        }
        if (op == ArithOp.SELECT) {
            if (arguments[1].equals(arguments[2])) {
                return Optional.of(arguments[1]);
            }
            var condition = builder.constantBits(arguments[0]);
            return condition.isEmpty() ? Optional.empty()
                    : Optional.of(condition.getAsLong() != 0 ? arguments[1] : arguments[2]);
        }
        return Optional.empty();
    }

    private static Optional<Reg> constant(KernelBuilder builder, ArithOp op, RegType type, Reg... arguments) {
        Cells[] cells = new Cells[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            long bits = builder.constantBits(arguments[i]).getAsLong();
            cells[i] = Cells.of(arguments[i].type().withLanes(1));
            cells[i].fill(bits);
            boolean divisor = i == 1 && (op == ArithOp.DIV || op == ArithOp.REM);
            if (divisor && !type.kind().isFloat() && bits == 0) {
                return Optional.empty();
            }
        }
        Cells out = Cells.of(type.withLanes(1));
        LaneOps.of(op, out, cells).run();
        return Optional.of(builder.constant(type, out.bits(0)));
    }

    private static Optional<Reg> neutral(KernelBuilder builder, ArithOp op, RegType type, Reg a, Reg b) {
        Kind kind = type.kind();
        boolean isFloat = kind.isFloat();
        return switch (op) {
            case ADD -> {
                long zero = kind == Kind.F32 ? F32_MINUS_ZERO : kind == Kind.F64 ? F64_MINUS_ZERO : 0;
                yield builder.isConstant(b, zero) ? Optional.of(a)
                        : builder.isConstant(a, zero) ? Optional.of(b) : Optional.empty();
            }
            case SUB -> builder.isConstant(b, 0) ? Optional.of(a)
                    : a.equals(b) && !isFloat ? Optional.of(builder.constant(type, 0)) : Optional.empty();
            case MUL -> {
                long one = kind == Kind.F32 ? F32_ONE : kind == Kind.F64 ? F64_ONE : 1;
                if (builder.isConstant(b, one)) {
                    yield Optional.of(a);
                }
                if (builder.isConstant(a, one)) {
                    yield Optional.of(b);
                }
                boolean zero = !isFloat && (builder.isConstant(a, 0) || builder.isConstant(b, 0));
                yield zero ? Optional.of(builder.constant(type, 0)) : Optional.empty();
            }
            case DIV -> builder.isConstant(b, kind == Kind.F32 ? F32_ONE : kind == Kind.F64 ? F64_ONE : 1)
                    ? Optional.of(a) : Optional.empty();
            case REM -> builder.isConstant(b, 1) ? Optional.of(builder.constant(type, 0)) : Optional.empty();
            case MIN, MAX -> a.equals(b) || isWithin(builder, op, type, a, b) ? Optional.of(b) : Optional.empty();
            case AND -> bitwise(builder, type, a, b, true);
            case OR -> bitwise(builder, type, a, b, false);
            case XOR -> builder.isConstant(b, 0) ? Optional.of(a)
                    : builder.isConstant(a, 0) ? Optional.of(b) : Optional.empty();
            case SHL, LSHR, ASHR -> builder.isConstant(b, 0) ? Optional.of(a) : Optional.empty();
            case SCALE -> builder.isConstant(b, 0) ? Optional.of(a) : Optional.empty();
            case EQ, NE, LT, LE, GT, GE, MULHI_U, FMA, NEG, ABS, SQRT, FLOOR, CEIL, RINT, TRUNC, ROUND_F16,
                    ROUND_BF16, NOT, SELECT, CONVERT, BITCAST -> Optional.empty();
        };
    }

    /** Whether a bound changes no float, since it lies beyond it already; NaN stays, being the second operand. */
    private static boolean isWithin(KernelBuilder builder, ArithOp op, RegType type, Reg bound, Reg value) {
        if (!type.kind().isFloat() || builder.constantBits(bound).isEmpty()) {
            return false;
        }
        Ranges.Range bounds = builder.range(bound);
        Ranges.Range range = builder.range(value);
        return op == ArithOp.MAX ? range.least() >= bounds.most() : range.most() <= bounds.least();
    }

    /** {@code and} keeps with ones and gives zero with zeros; {@code or} the other way round. */
    private static Optional<Reg> bitwise(KernelBuilder builder, RegType type, Reg a, Reg b, boolean and) {
        if (a.equals(b)) {
            return Optional.of(a);
        }
        long ones = type.kind() == Kind.I1 ? 1 : -1;
        long keeps = and ? ones : 0;
        long wins = and ? 0 : ones;
        if (builder.isConstant(a, keeps) || builder.isConstant(b, wins)) {
            return Optional.of(b);
        }
        if (builder.isConstant(b, keeps) || builder.isConstant(a, wins)) {
            return Optional.of(a);
        }
        return Optional.empty();
    }
}
