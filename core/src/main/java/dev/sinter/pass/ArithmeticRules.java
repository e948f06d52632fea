package dev.sinter.pass;

import static dev.sinter.op.ScalarFn.ABS;
import static dev.sinter.op.ScalarFn.ADD;
import static dev.sinter.op.ScalarFn.CEIL;
import static dev.sinter.op.ScalarFn.DIV;
import static dev.sinter.op.ScalarFn.EQ;
import static dev.sinter.op.ScalarFn.FLOOR;
import static dev.sinter.op.ScalarFn.MAX;
import static dev.sinter.op.ScalarFn.MIN;
import static dev.sinter.op.ScalarFn.MUL;
import static dev.sinter.op.ScalarFn.NEG;
import static dev.sinter.op.ScalarFn.POW;
import static dev.sinter.op.ScalarFn.ROUND;
import static dev.sinter.op.ScalarFn.SIGN;
import static dev.sinter.op.ScalarFn.SQRT;
import static dev.sinter.op.ScalarFn.SUB;
import static dev.sinter.pass.Pattern.any;
import static dev.sinter.pass.Pattern.map;
import static dev.sinter.pass.Pattern.op;
import static dev.sinter.pass.Pattern.splat;
import static dev.sinter.pass.Rule.rule;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import dev.sinter.op.Convert;
import dev.sinter.op.Map;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/** Numbers, element by element. What holds for floats holds for -0, infinities and NaN too. */
final class ArithmeticRules {
    private static final Pattern X = any("x");
    private static final Pattern Y = any("y");
    private static final Pattern.Splat C = splat("c");
    private static final Pattern.Node<Convert> INNER_CONVERT = op(Convert.class, X);

    static final List<Rule> ALL = all();

    private ArithmeticRules() {}

    private static List<Rule> all() {
        List<Rule> rules = new ArrayList<>(List.of(
                rule("x + -0.0 -> x").on(map(ADD, X, splat(-0.0))).to((m, b) -> m.get(X)),
                rule("x + 0 -> x, of integers").on(map(ADD, X, splat(0))).when(onIntegers(X))
                        .to((m, b) -> m.get(X)),
                rule("x - 0 -> x").on(map(SUB, X, splat(0))).to((m, b) -> m.get(X)),
                rule("-0.0 - x -> neg(x)").on(map(SUB, splat(-0.0), X)).to((m, b) -> b.negate(m.get(X))),
                rule("0 - x -> neg(x), of integers").on(map(SUB, splat(0), X)).when(onIntegers(X))
                        .to((m, b) -> b.negate(m.get(X))),
                rule("x - x -> 0, of integers").on(map(SUB, X, X)).when(onIntegers(X))
                        .to((m, b) -> b.zerosLike(m.root())),
                rule("x - c -> x + neg(c)").on(map(SUB, X, C))
                        .to((m, b) -> b.plus(m.get(X), Splats.negated(b, m.get(C)))),
                rule("x + neg(y) -> x - y").on(map(ADD, X, map(NEG, Y)))
                        .to((m, b) -> b.minus(m.get(X), m.get(Y))),
                rule("x - neg(y) -> x + y").on(map(SUB, X, map(NEG, Y)))
                        .to((m, b) -> b.plus(m.get(X), m.get(Y))),
                rule("neg(x - y) -> y - x, of integers").on(map(NEG, map(SUB, X, Y))).when(onIntegers(X))
                        .to((m, b) -> b.minus(m.get(Y), m.get(X))),
                rule("neg(neg(x)) -> x").on(map(NEG, map(NEG, X))).to((m, b) -> m.get(X)),
                rule("x * 1 -> x").on(map(MUL, X, splat(1))).to((m, b) -> m.get(X)),
                rule("x * -1 -> neg(x)").on(map(MUL, X, splat(-1))).to((m, b) -> b.negate(m.get(X))),
                rule("x * 0 -> 0, of integers").on(map(MUL, X, splat(0))).when(onIntegers(X))
                        .to((m, b) -> b.zerosLike(m.root())),
                rule("neg(x) * neg(y) -> x * y").on(map(MUL, map(NEG, X), map(NEG, Y)))
                        .to((m, b) -> b.times(m.get(X), m.get(Y))),
                rule("neg(x) * c -> x * neg(c)").on(map(MUL, map(NEG, X), C))
                        .to((m, b) -> b.times(m.get(X), Splats.negated(b, m.get(C)))),
                rule("neg(x * c) -> x * neg(c)").on(map(NEG, map(MUL, X, C)))
                        .to((m, b) -> b.times(m.get(X), Splats.negated(b, m.get(C)))),
                rule("x / 1 -> x").on(map(DIV, X, splat(1))).to((m, b) -> m.get(X)),
                rule("x / -1 -> neg(x)").on(map(DIV, X, splat(-1))).to((m, b) -> b.negate(m.get(X))),
                rule("neg(x) / neg(y) -> x / y, of floats").on(map(DIV, map(NEG, X), map(NEG, Y)))
                        .when(onFloats(X))
                        .to((m, b) -> b.div(m.get(X), m.get(Y))),
                rule("x / 2^k -> x * 2^-k").on(map(DIV, X, C))
                        .when(m -> m.dtype(X).isFloat() && isPowerOfTwo(m.number(C), m.dtype(X)))
                        .to((m, b) -> b.times(m.get(X), 1 / m.number(C))),
                rule("pow(x, 0) -> 1").on(map(POW, X, splat(0))).to((m, b) -> b.fullLike(m.root(), 1)),
                rule("pow(x, 1) -> x").on(map(POW, X, splat(1))).to((m, b) -> m.get(X)),
                rule("pow(x, 2) -> x * x").on(map(POW, X, splat(2)))
                        .to((m, b) -> b.times(m.get(X), m.get(X))),
                rule("pow(1, x) -> 1").on(map(POW, splat(1), X)).to((m, b) -> b.fullLike(m.root(), 1)),
                rule("pow(x, 0.5) -> sqrt(x + 0), infinite at -infinity").on(map(POW, X, splat(0.5)))
                        .to(ArithmeticRules::squareRoot),
                rule("abs(neg(x)) -> abs(x), but of unsigned integers").on(map(ABS, map(NEG, X)))
                        .when(m -> !m.dtype(X).isUnsigned()).to((m, b) -> b.map(ABS, m.get(X))),
                rule("convert(x) -> x").on(op(Convert.class, X)).when(m -> m.root().dtype() == m.dtype(X))
                        .to((m, b) -> m.get(X)),
                rule("convert(convert(x)) -> convert(x)").on(op(Convert.class, INNER_CONVERT))
                        .when(m -> isLost(m.dtype(X), m.dtype(INNER_CONVERT), m.root().dtype()))
                        .to((m, b) -> b.convert(m.get(X), m.root().dtype()))));
        for (ScalarFn fn : List.of(ABS, FLOOR, CEIL, ROUND, SIGN)) {
            rules.add(rule("f(f(x)) -> f(x), " + fn.text()).on(map(fn, map(fn, X)))
                    .to((m, b) -> b.map(fn, m.get(X))));
        }
        for (ScalarFn fn : List.of(MAX, MIN)) {
            rules.add(rule("f(x, x) -> x, " + fn.text()).on(map(fn, X, X)).to((m, b) -> m.get(X)));
            rules.add(rule("f(f(x, y), y) -> f(x, y), " + fn.text()).on(map(fn, map(fn, X, Y), Y))
                    .to((m, b) -> b.map(fn, m.get(X), m.get(Y))));
        }
        for (ScalarFn fn : Pattern.COMMUTATIVE) {
            rules.add(rule("f(y, x) -> f(x, y): older first, constants last, " + fn.text()).on(map(fn, X, Y))
                    .when(m -> comesAfter(m.root().operand(0), m.root().operand(1)))
                    .to((m, b) -> b.map(fn, m.root().operand(1), m.root().operand(0))));
        }
        rules.add(rule("f(repeated x, repeated y) -> repeated f(x, y)").on(op(Map.class))
                .toMaybe(BroadcastRules::mapBeforeBroadcast));
        return List.copyOf(rules);
    }

    static java.util.function.Predicate<Match> onIntegers(Pattern part) {
        return m -> m.dtype(part).isInteger();
    }

    static java.util.function.Predicate<Match> onFloats(Pattern part) {
        return m -> m.dtype(part).isFloat();
    }

    private static boolean comesAfter(Value first, Value second) {
        boolean constant = Splats.of(first).isPresent();
        return constant == Splats.of(second).isPresent() ? first.id() > second.id() : constant;
    }

    /** Whether both the number and its reciprocal are normal powers of two. */
    private static boolean isPowerOfTwo(double number, DType dtype) {
        int limit = dtype.maxExponent();
        int exponent = Math.getExponent(number);
        return number != 0 && Math.abs(exponent) < limit && Math.abs(number) == Math.scalb(1.0, exponent);
    }

    private static Value squareRoot(Match m, Builder b) {
        Value x = m.get(X);
        Value root = b.map(SQRT, b.plus(x, b.fullLike(x, 0.0)));
        Value atMinusInfinity = b.map(EQ, x, b.fullLike(x, Double.NEGATIVE_INFINITY));
        return b.select(atMinusInfinity, b.fullLike(x, Double.POSITIVE_INFINITY), root);
    }

    /** Whether a conversion by way of a dtype is the direct one: integers wrap, but what was made a float saturates. */
    private static boolean isLost(DType from, DType between, DType to) {
        boolean saturates = from.isInteger() && between.isFloat() && to.isInteger();
        return isWidening(from, between) && (!saturates || isWidening(from, to));
    }

    /** Whether every value of one dtype is a value of the other. */
    private static boolean isWidening(DType from, DType to) {
        if (from == to || from == DType.BOOL) {
            return true;
        }
        if (from.isFloat()) {
            return to.isFloat() && from.precision() <= to.precision() && from.maxExponent() <= to.maxExponent();
        }
        int digits = from.bits() - (from.isUnsigned() ? 0 : 1);
        if (to.isFloat()) {
            return digits <= to.precision() && digits <= to.maxExponent();
        }
        return to.isInteger() && from.bits() < to.bits() && (from.isUnsigned() || !to.isUnsigned());
    }
}
