package dev.sinter.pass;

import static dev.sinter.op.ScalarFn.ADD;
import static dev.sinter.op.ScalarFn.DIV;
import static dev.sinter.op.ScalarFn.EXP;
import static dev.sinter.op.ScalarFn.EXPM1;
import static dev.sinter.op.ScalarFn.LOG;
import static dev.sinter.op.ScalarFn.LOG1P;
import static dev.sinter.op.ScalarFn.LOGISTIC;
import static dev.sinter.op.ScalarFn.MUL;
import static dev.sinter.op.ScalarFn.NEG;
import static dev.sinter.op.ScalarFn.POW;
import static dev.sinter.op.ScalarFn.RSQRT;
import static dev.sinter.op.ScalarFn.SQRT;
import static dev.sinter.op.ScalarFn.SUB;
import static dev.sinter.pass.ArithmeticRules.onFloats;
import static dev.sinter.pass.ArithmeticRules.onIntegers;
import static dev.sinter.pass.Pattern.any;
import static dev.sinter.pass.Pattern.map;
import static dev.sinter.pass.Pattern.splat;
import static dev.sinter.pass.Rule.rule;

import dev.sinter.tensor.DType;
import java.util.List;

/** What holds for integers, which wrap, and for real numbers, but for floats only up to rounding. */
final class ReassociationRules {
    private static final Pattern X = any("x");
    private static final Pattern Y = any("y");
    private static final Pattern.Splat C = splat("c");
    private static final Pattern.Splat D = splat("d");
    private static final Pattern.Node<?> SUM_OF_SUM = map(ADD, map(ADD, X, C), D);
    private static final Pattern.Node<?> PRODUCT_OF_PRODUCT = map(MUL, map(MUL, X, C), D);

    private static final Rule.Rewrite ADD_CONSTANTS = (m, b) -> b.plus(m.get(X), b.plus(m.get(C), m.get(D)));
    private static final Rule.Rewrite MULTIPLY_CONSTANTS =
            (m, b) -> b.times(m.get(X), b.times(m.get(C), m.get(D)));

    static final List<Rule> ALL = List.of(
            rule("(x + c) + d -> x + (c + d), of integers").on(SUM_OF_SUM).when(onIntegers(X))
                    .to(ADD_CONSTANTS),
            rule("(x + c) + d -> x + (c + d), of floats").on(SUM_OF_SUM).when(onFloats(X)).reassociates()
                    .to(ADD_CONSTANTS),
            rule("(x * c) * d -> x * (c * d), of integers").on(PRODUCT_OF_PRODUCT).when(onIntegers(X))
                    .to(MULTIPLY_CONSTANTS),
            rule("(x * c) * d -> x * (c * d), of floats").on(PRODUCT_OF_PRODUCT).when(onFloats(X))
                    .reassociates()
                    .to(MULTIPLY_CONSTANTS),
            rule("x + 0.0 -> x").on(map(ADD, X, splat(0))).when(onFloats(X)).reassociates()
                    .to((m, b) -> m.get(X)),
            rule("0.0 - x -> neg(x)").on(map(SUB, splat(0), X)).when(onFloats(X)).reassociates()
                    .to((m, b) -> b.negate(m.get(X))),
            rule("neg(x - y) -> y - x, of floats").on(map(NEG, map(SUB, X, Y))).when(onFloats(X))
                    .reassociates()
                    .to((m, b) -> b.minus(m.get(Y), m.get(X))),
            rule("x / c -> x * (1 / c)").on(map(DIV, X, C)).when(m -> hasReciprocal(m.number(C), m.dtype(X)))
                    .reassociates().to((m, b) -> b.times(m.get(X), 1 / m.number(C))),
            rule("pow(x, -1) -> 1 / x").on(map(POW, X, splat(-1))).reassociates()
                    .to((m, b) -> b.div(b.fullLike(m.root(), 1), m.get(X))),
            rule("pow(x, 3) -> x * x * x").on(map(POW, X, splat(3))).reassociates()
                    .to((m, b) -> b.times(b.times(m.get(X), m.get(X)), m.get(X))),
            rule("x / sqrt(y) -> x * rsqrt(y)").on(map(DIV, X, map(SQRT, Y))).reassociates()
                    .to((m, b) -> b.times(m.get(X), b.map(RSQRT, m.get(Y)))),
            rule("log(x + 1) -> log1p(x)").on(map(LOG, map(ADD, X, splat(1)))).reassociates()
                    .to((m, b) -> b.map(LOG1P, m.get(X))),
            rule("exp(x) + -1 -> expm1(x)").on(map(ADD, map(EXP, X), splat(-1))).reassociates()
                    .to((m, b) -> b.map(EXPM1, m.get(X))),
            rule("1 / (exp(neg(x)) + 1) -> logistic(x)")
                    .on(map(DIV, splat(1), map(ADD, map(EXP, map(NEG, X)), splat(1)))).reassociates()
                    .to((m, b) -> b.map(LOGISTIC, m.get(X))));

    private ReassociationRules() {}

    private static boolean hasReciprocal(double number, DType dtype) {
        if (!dtype.isFloat()) {
            return false;
        }
        double least = Math.scalb(1.0, 1 - dtype.maxExponent());
        return Math.abs(number) >= least && Math.abs(1 / number) >= least;
    }
}
