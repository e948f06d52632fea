package dev.sinter.graph;

import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import java.util.List;
import java.util.Optional;

/** Scalar functions of numbers that are made of sizes, which are never negative. A truth is 1 or 0. */
final class SizeFunctions {
    /** The longest text of a result: longer expressions say nothing to anybody and take long to handle. */
    private static final int LONGEST = 400;

    private SizeFunctions() {}

    static Dim truth(boolean value) {
        return value ? Dim.ONE : Dim.ZERO;
    }

    /**
     * The value of a function, where it is known.
     *
     * @param dtype  the dtype of the last operand
     * @param result the dtype of the value
     */
    static Optional<Fraction> value(ScalarFn fn, DType dtype, DType result, List<Optional<Fraction>> operands) {
        try {
            return (fn == ScalarFn.SELECT ? chosen(operands) : dtype.isFloat() ? ofFloats(fn, operands)
                    : ofIntegers(fn, dtype, result, operands.stream().map(operand -> operand.map(Fraction::numerator))
                            .toList()).map(Fraction::of))
                    .filter(value -> value.numerator().toString().length() <= LONGEST);
        } catch (GraphException fails) {
            return Optional.empty();
        }
    }

    private static Optional<Fraction> chosen(List<Optional<Fraction>> operands) {
        Optional<Fraction> same = operands.get(1).filter(then -> operands.get(2).filter(then::equals).isPresent());
        return operands.getFirst().filter(Fraction::isConstant)
                .map(truth -> operands.get(truth.numerator().isConstant(1) ? 1 : 2)).orElse(same);
    }

    private static Optional<Fraction> ofFloats(ScalarFn fn, List<Optional<Fraction>> operands) {
        if (operands.stream().anyMatch(Optional::isEmpty)) {
            return Optional.empty();
        }
        Fraction x = operands.getFirst().orElseThrow();
        Fraction y = operands.getLast().orElseThrow();
        Optional<Fraction> whole = switch (fn) {
            case FLOOR -> Optional.of(x.floor());
            case CEIL -> Optional.of(x.ceil());
            default -> Optional.empty();
        };
        if (whole.isPresent() || !x.isExact() || !y.isExact()) {
            return whole;
        }
        return switch (fn) {
            case ADD -> x.plus(y);
            case SUB -> x.plus(y.negative());
            case MUL -> x.times(y);
            case DIV -> x.by(y);
            case NEG, ABS, SIGN -> unary(fn, DType.INT64, x.numerator())
                    .flatMap(number -> Fraction.of(number, fn == ScalarFn.SIGN ? 1 : x.denominator()));
            case ROUND -> Optional.of(x).filter(number -> number.denominator() == 1);
            case MAX, MIN -> binary(fn, DType.INT64, x.numerator().times(y.denominator()),
                    y.numerator().times(x.denominator()))
                    .flatMap(number -> Fraction.of(number, x.denominator() * y.denominator()));
            case EQ, NE, LT, LE, GT, GE -> binary(fn, DType.INT64, x.numerator().times(y.denominator()),
                    y.numerator().times(x.denominator())).map(Fraction::of);
            default -> Optional.empty();
        };
    }

    private static Optional<Dim> ofIntegers(ScalarFn fn, DType dtype, DType result, List<Optional<Dim>> operands) {
        if (operands.stream().allMatch(operand -> operand.filter(Dim::isConstant).isPresent())) {
            List<Long> numbers = operands.stream().map(operand -> operand.orElseThrow().constant()).toList();
            return Optional.of(Dim.of(result.wrap(fn.onIntegers(dtype, numbers.getFirst(), numbers.getLast(), 0))));
        }
        Optional<Dim> x = operands.getFirst();
        if (operands.size() == 1) {
            return x.flatMap(dim -> unary(fn, dtype, dim));
        }
        Optional<Dim> y = operands.getLast();
        Optional<Dim> decided = decided(fn, dtype, x, y).or(() -> decided(fn, dtype, y, x));
        return decided.isPresent() || x.isEmpty() || y.isEmpty() ? decided
                : binary(fn, dtype, x.orElseThrow(), y.orElseThrow());
    }

    /** The value where one operand says it, or hands on the other. */
    private static Optional<Dim> decided(ScalarFn fn, DType dtype, Optional<Dim> x, Optional<Dim> y) {
        boolean isZero = x.filter(dim -> dim.isConstant(0)).isPresent();
        boolean isOne = x.filter(dim -> dim.isConstant(1)).isPresent();
        boolean isBool = dtype == DType.BOOL;
        return switch (fn) {
            case MUL, AND -> isZero ? Optional.of(Dim.ZERO) : isOne && (isBool || fn == ScalarFn.MUL) ? y
                    : Optional.empty();
            case OR -> isOne && isBool ? Optional.of(Dim.ONE) : isZero ? y : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static Optional<Dim> unary(ScalarFn fn, DType dtype, Dim x) {
        return switch (fn) {
            case NEG -> Optional.of(x.times(-1));
            case ABS -> x.isNeverNegative() ? Optional.of(x) : isNeverPositive(x) ? Optional.of(x.times(-1))
                    : Optional.of(x.max(x.times(-1)));
            case SIGN -> x.minus(1).isNeverNegative() ? Optional.of(Dim.ONE)
                    : x.times(-1).minus(1).isNeverNegative() ? Optional.of(Dim.of(-1)) : Optional.empty();
            case NOT -> dtype == DType.BOOL ? Optional.of(Dim.ONE.minus(x)) : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static Optional<Dim> binary(ScalarFn fn, DType dtype, Dim x, Dim y) {
        return switch (fn) {
            case EQ -> isDifferent(x, y).map(different -> truth(!different));
            case NE -> isDifferent(x, y).map(SizeFunctions::truth);
            case LT -> isLess(x, y).map(SizeFunctions::truth);
            case GE -> isLess(x, y).map(less -> truth(!less));
            case GT -> isLess(y, x).map(SizeFunctions::truth);
            case LE -> isLess(y, x).map(less -> truth(!less));
            default -> dtype == DType.BOOL ? Optional.empty() : switch (fn) {
                case ADD -> Optional.of(x.plus(y));
                case SUB -> Optional.of(x.minus(y));
                case MUL -> Optional.of(x.times(y));
                case DIV -> quotient(x, y);
                case REM -> quotient(x, y).map(quotient -> remainder(x, y, quotient));
                case MAX -> Optional.of(isLess(x, y).map(less -> less ? y : x).orElseGet(() -> greater(x, y)));
                case MIN -> Optional.of(isLess(x, y).map(less -> less ? x : y).orElseGet(() -> less(x, y)));
                default -> Optional.empty();
            };
        };
    }

    private static Dim greater(Dim x, Dim y) {
        return y.minus(x).isNeverNegative() ? y : x.max(y);
    }

    private static Dim less(Dim x, Dim y) {
        return y.minus(x).isNeverNegative() ? x : x.min(y);
    }

    private static boolean isNeverPositive(Dim x) {
        return x.times(-1).isNeverNegative();
    }

    /** Whether one is less than the other, where that is the same for all sizes. */
    private static Optional<Boolean> isLess(Dim x, Dim y) {
        return y.minus(x).minus(1).isNeverNegative() ? Optional.of(true)
                : x.minus(y).isNeverNegative() ? Optional.of(false) : Optional.empty();
    }

    /** Whether two are different, where that is the same for all sizes. */
    static Optional<Boolean> isDifferent(Dim x, Dim y) {
        Dim difference = x.minus(y);
        return difference.isConstant(0) ? Optional.of(false)
                : isLess(x, y).orElse(false) || isLess(y, x).orElse(false) ? Optional.of(true) : Optional.empty();
    }

    /** The quotient rounded towards 0; a run fails where the divisor is 0. */
    static Optional<Dim> quotient(Dim x, Dim y) {
        if (y.isConstant() && y.constant() < 0) {
            return quotient(x.times(-1), y.times(-1));
        }
        if (y.isConstant(0) || !y.isNeverNegative()) {
            return Optional.empty();
        }
        if (x.isNeverNegative() || y.isConstant(1)) {
            return Optional.of(x.floorDiv(y));
        }
        Dim negative = x.times(-1);
        return Optional.of(negative.isNeverNegative() ? negative.floorDiv(y).times(-1)
                : x.max(Dim.ZERO).floorDiv(y).minus(negative.max(Dim.ZERO).floorDiv(y)));
    }

    private static Dim remainder(Dim x, Dim y, Dim quotient) {
        return x.isNeverNegative() && y.isNeverNegative() ? x.mod(y) : x.minus(quotient.times(y));
    }
}
