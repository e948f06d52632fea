package dev.sinter.op;

import static dev.sinter.op.ScalarDerivatives.absorbing;
import static dev.sinter.op.ScalarDerivatives.gradients;
import static dev.sinter.op.ScalarDerivatives.reciprocal;
import static dev.sinter.op.ScalarDerivatives.rule;
import static dev.sinter.op.ScalarDerivatives.unary;
import static dev.sinter.op.ScalarDerivatives.zero;
import static dev.sinter.op.ScalarValue.choice;
import static dev.sinter.op.ScalarValue.comparison;
import static dev.sinter.op.ScalarValue.floats;
import static dev.sinter.op.ScalarValue.floats2;
import static dev.sinter.op.ScalarValue.integers;
import static dev.sinter.op.ScalarValue.numbers;
import static dev.sinter.op.ScalarValue.numbers2;
import static dev.sinter.op.ScalarValue.signed;
import static dev.sinter.op.ScalarValue.test;
import static dev.sinter.op.ScalarValue.typed2;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The scalar functions that a {@code map} applies. Each row says what the function takes, its value and its
 * derivative; the value is the definition that every back end is tested against. Values of floats are computed
 * in double precision and rounded once to their dtype; integers wrap.
 */
public enum ScalarFn {
    ADD("add", 2, Domain.NUMBER, numbers2((x, y) -> x + y, (x, y) -> x + y),
            rule((b, self, g) -> gradients(g, g))),
    SUB("sub", 2, Domain.NUMBER, numbers2((x, y) -> x - y, (x, y) -> x - y),
            rule((b, self, g) -> gradients(g, b.negate(g)))),
    MUL("mul", 2, Domain.NUMBER, numbers2((x, y) -> x * y, (x, y) -> x * y),
            rule((b, self, g) -> gradients(b.times(g, self.operand(1)), b.times(g, self.operand(0))))),
    /** Of integers: truncated; by 0 an error of the run; the least value by -1 wraps. */
    DIV("div", 2, Domain.NUMBER, typed2((x, y) -> x / y, ScalarValue::divide), rule(ScalarDerivatives::divide)),
    /** The remainder of the truncated division, with the sign of the dividend. Of integers by 0 an error. */
    REM("rem", 2, Domain.NUMBER, typed2((x, y) -> x % y, ScalarValue::remainder),
            rule(ScalarDerivatives::remainder)),
    /** As IEEE 754 says: 1 where the base is 1 or the exponent is 0; NaN of a negative base to a fraction. */
    POW("pow", 2, Domain.ELEMENTARY, floats2(ScalarValue::pow), rule(ScalarDerivatives::power)),
    /** NaN where either is; -0 is less than 0. The gradient of equal operands goes to the first. */
    MAX("max", 2, Domain.NUMBER, typed2(Math::max, ScalarValue::max), rule(ScalarDerivatives::maximum)),
    /** NaN where either is; -0 is less than 0. The gradient of equal operands goes to the first. */
    MIN("min", 2, Domain.NUMBER, typed2(Math::min, ScalarValue::min), rule(ScalarDerivatives::minimum)),
    NEG("neg", 1, Domain.NUMBER, numbers(x -> -x, x -> -x), unary((b, self, g) -> b.negate(g))),
    /** Of the least integer itself. The gradient at 0 is 0. */
    ABS("abs", 1, Domain.NUMBER, signed(Math::abs, Math::abs, x -> x),
            unary(ScalarDerivatives::abs)),
    /** -1, 0 or 1; of -0 and NaN the operand. */
    SIGN("sign", 1, Domain.NUMBER, signed(Math::signum, Long::signum, x -> x == 0 ? 0 : 1),
            zero("sign is constant but at 0")),
    /** The gradient at 0 is infinite, and 0 where the upstream gradient is 0. */
    SQRT("sqrt", 1, Domain.FLOAT, floats(Math::sqrt),
            unary((b, self, g) -> absorbing(b, g, b.div(b.fullLike(self, 0.5), self)))),
    /** 1 / sqrt(x). The gradient at 0 is infinite, and 0 where the upstream gradient is 0. */
    RSQRT("rsqrt", 1, Domain.ELEMENTARY, floats(x -> 1 / Math.sqrt(x)),
            unary((b, self, g) -> absorbing(b, g, b.times(b.times(self, b.times(self, self)), -0.5)))),
    EXP("exp", 1, Domain.ELEMENTARY, floats(StrictMath::exp), unary((b, self, g) -> b.times(g, self))),
    /** exp(x) - 1, exact near 0. */
    EXPM1("expm1", 1, Domain.ELEMENTARY, floats(StrictMath::expm1),
            unary((b, self, g) -> b.times(g, b.map(ScalarFn.EXP, self.operand(0))))),
    /** The gradient at 0 is infinite, and 0 where the upstream gradient is 0. */
    LOG("log", 1, Domain.ELEMENTARY, floats(StrictMath::log),
            unary((b, self, g) -> absorbing(b, g, reciprocal(b, self.operand(0))))),
    /** log(1 + x), exact near 0. */
    LOG1P("log1p", 1, Domain.ELEMENTARY, floats(StrictMath::log1p), unary((b, self, g) ->
            absorbing(b, g, reciprocal(b, b.plus(self.operand(0), b.fullLike(self, 1)))))),
    TANH("tanh", 1, Domain.ELEMENTARY, floats(StrictMath::tanh), unary((b, self, g) ->
            b.times(g, b.minus(b.fullLike(self, 1), b.times(self, self))))),
    /** 1 / (1 + exp(-x)). */
    LOGISTIC("logistic", 1, Domain.ELEMENTARY, floats(ScalarValue::logistic), unary((b, self, g) ->
            b.times(g, b.times(self, b.minus(b.fullLike(self, 1), self))))),
    SIN("sin", 1, Domain.ELEMENTARY, floats(StrictMath::sin),
            unary(ScalarDerivatives::sin)),
    COS("cos", 1, Domain.ELEMENTARY, floats(StrictMath::cos),
            unary(ScalarDerivatives::cos)),
    TAN("tan", 1, Domain.ELEMENTARY, floats(StrictMath::tan), unary((b, self, g) ->
            b.times(g, b.plus(b.fullLike(self, 1), b.times(self, self))))),
    /** NaN beyond 1; the gradient at 1 is infinite, and 0 where the upstream gradient is 0. */
    ASIN("asin", 1, Domain.ELEMENTARY, floats(StrictMath::asin),
            unary((b, self, g) -> ScalarDerivatives.arcSine(b, self, g, 1))),
    /** NaN beyond 1; the gradient at 1 is infinite, and 0 where the upstream gradient is 0. */
    ACOS("acos", 1, Domain.ELEMENTARY, floats(StrictMath::acos),
            unary((b, self, g) -> ScalarDerivatives.arcSine(b, self, g, -1))),
    ATAN("atan", 1, Domain.ELEMENTARY, floats(StrictMath::atan), unary((b, self, g) ->
            b.div(g, b.plus(b.fullLike(self, 1), b.times(self.operand(0), self.operand(0)))))),
    /** The angle of the point (second, first); its gradients at (0, 0) are 0. */
    ATAN2("atan2", 2, Domain.ELEMENTARY, floats2(StrictMath::atan2), rule(ScalarDerivatives::angle)),
    SINH("sinh", 1, Domain.ELEMENTARY, floats(Hyperbolic::sinh),
            unary(ScalarDerivatives::sinh)),
    COSH("cosh", 1, Domain.ELEMENTARY, floats(Hyperbolic::cosh), unary(ScalarDerivatives::cosh)),
    ASINH("asinh", 1, Domain.ELEMENTARY, floats(InverseHyperbolic::asinh),
            unary((b, self, g) -> b.div(g, b.map(ScalarFn.COSH, self)))),
    /** NaN below 1; the gradient at 1 is infinite, and 0 where the upstream gradient is 0. */
    ACOSH("acosh", 1, Domain.ELEMENTARY, floats(InverseHyperbolic::acosh), unary((b, self, g) ->
            absorbing(b, g, reciprocal(b, b.map(ScalarFn.SINH, self))))),
    /** NaN beyond 1; the gradient at 1 is infinite, and 0 where the upstream gradient is 0. */
    ATANH("atanh", 1, Domain.ELEMENTARY, floats(InverseHyperbolic::atanh), unary(ScalarDerivatives::atanh)),
    /** The error function: 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x. */
    ERF("erf", 1, Domain.ELEMENTARY, floats(ErrorFunction::erf),
            unary((b, self, g) -> ScalarDerivatives.erf(b, self, g, 1))),
    /** 1 - erf(x), exact near 0. */
    ERFC("erfc", 1, Domain.ELEMENTARY, floats(ErrorFunction::erfc),
            unary((b, self, g) -> ScalarDerivatives.erf(b, self, g, -1))),
    /** The logarithm of the size of the gamma function; infinite at its poles. */
    LGAMMA("lgamma", 1, Gammas::lgamma, unary(SpecialDerivatives::lgamma)),
    /** The derivative of lgamma; NaN at the poles below 0. */
    DIGAMMA("digamma", 1, Gammas::digamma, unary(SpecialDerivatives::digamma)),
    /** The derivative of digamma of an order, of the second operand; no gradient flows to the order. */
    POLYGAMMA("polygamma", 2, Gammas::polygamma, rule(SpecialDerivatives::polygamma)),
    /** Hurwitz's zeta function of s and q; no gradient flows to s. */
    ZETA("zeta", 2, Gammas::zeta, rule(SpecialDerivatives::zeta)),
    /** The regularised lower incomplete gamma function of a and x. */
    IGAMMA("igamma", 2, IncompleteGamma::lower, rule((b, self, g) -> SpecialDerivatives.igamma(b, self, g, 1))),
    /** 1 - igamma, exact where that is near 0. */
    IGAMMAC("igammac", 2, IncompleteGamma::upper, rule((b, self, g) -> SpecialDerivatives.igamma(b, self, g, -1))),
    /** The derivative of igamma by a. */
    IGAMMA_GRAD_A("igamma_grad_a", 2, IncompleteGamma::lowerByA, new Derivative.NotDifferentiable(
            "the derivative of igamma by a has no gradient, as in TensorFlow")),
    /** The regularised incomplete beta function of a, b and x; a gradient flows to x alone. */
    BETAINC("betainc", 3, IncompleteBeta::value, rule(SpecialDerivatives::betainc)),
    /** The inverse of erf; infinite at 1 and -1, NaN beyond. */
    ERFINV("erfinv", 1, Quantile::erfinv, unary(SpecialDerivatives::erfinv)),
    /** The inverse of the normal distribution's function; infinite at 0 and 1, NaN beyond. */
    NDTRI("ndtri", 1, Quantile::ndtri, unary(SpecialDerivatives::ndtri)),
    /** exp(-|x|) times the modified Bessel function of order 0. */
    BESSEL_I0E("bessel_i0e", 1, ModifiedBessel::i0e, unary(SpecialDerivatives::i0e)),
    /** exp(-|x|) times the modified Bessel function of order 1. */
    BESSEL_I1E("bessel_i1e", 1, ModifiedBessel::i1e, unary(SpecialDerivatives::i1e)),
    /** exp(x) times the modified Bessel function of the second kind of order 0; NaN below 0. */
    BESSEL_K0E("bessel_k0e", 1, ModifiedBessel::k0e, unary(SpecialDerivatives::k0e)),
    /** exp(x) times the modified Bessel function of the second kind of order 1; NaN below 0. */
    BESSEL_K1E("bessel_k1e", 1, ModifiedBessel::k1e, unary(SpecialDerivatives::k1e)),
    /** The Bessel function of order 0. */
    BESSEL_J0("bessel_j0", 1, Bessel::j0, unary(SpecialDerivatives::j0)),
    /** The Bessel function of order 1. */
    BESSEL_J1("bessel_j1", 1, Bessel::j1, unary(SpecialDerivatives::j1)),
    /** The Bessel function of the second kind of order 0; NaN below 0. */
    BESSEL_Y0("bessel_y0", 1, Bessel::y0, unary(SpecialDerivatives::y0)),
    /** The Bessel function of the second kind of order 1; NaN below 0. */
    BESSEL_Y1("bessel_y1", 1, Bessel::y1, unary(SpecialDerivatives::y1)),
    /** Dawson's integral: exp(-x^2) times the integral of exp(t^2) from 0 to x. */
    DAWSN("dawsn", 1, Integrals::dawson, unary(SpecialDerivatives::dawsn)),
    /** The exponential integral Ei; NaN below 0. */
    EXPINT("expint", 1, Integrals::expint, unary(SpecialDerivatives::expint)),
    /** The integral of cos(pi t^2 / 2) from 0 to x. */
    FRESNEL_COS("fresnel_cos", 1, Integrals::fresnelCos,
            unary((b, self, g) -> SpecialDerivatives.fresnel(b, self, g, false))),
    /** The integral of sin(pi t^2 / 2) from 0 to x. */
    FRESNEL_SIN("fresnel_sin", 1, Integrals::fresnelSin,
            unary((b, self, g) -> SpecialDerivatives.fresnel(b, self, g, true))),
    /** The integral of log(t) / (1 - t) from 1 to x; NaN below 0. */
    SPENCE("spence", 1, Integrals::spence, unary(SpecialDerivatives::spence)),
    FLOOR("floor", 1, Domain.FLOAT, floats(Math::floor), zero("floor is constant between integers")),
    CEIL("ceil", 1, Domain.FLOAT, floats(Math::ceil), zero("ceil is constant between integers")),
    /** To the nearest integer, halves to even. */
    ROUND("round", 1, Domain.FLOAT, floats(Math::rint), zero("round is constant between halves")),
    IS_NAN("is_nan", 1, Domain.TEST, test(Double::isNaN), zero(Because.BOOL)),
    IS_FINITE("is_finite", 1, Domain.TEST, test(Double::isFinite), zero(Because.BOOL)),
    /** Of bools logical, of integers bitwise. */
    AND("and", 2, Domain.BITS, integers((x, y, dtype) -> x & y), zero(Because.BITS)),
    OR("or", 2, Domain.BITS, integers((x, y, dtype) -> x | y), zero(Because.BITS)),
    XOR("xor", 2, Domain.BITS, integers((x, y, dtype) -> x ^ y), zero(Because.BITS)),
    NOT("not", 1, Domain.BITS, integers((x, y, dtype) -> ScalarValue.not(x, dtype)), zero(Because.BITS)),
    /** The count is masked to the width of the dtype, as in Java. */
    SHIFT_LEFT("shift_left", 2, Domain.INTEGER, integers(ScalarValue::shiftLeft), zero(Because.BITS)),
    /** Fills with zeros. */
    SHIFT_RIGHT_LOGICAL("shift_right_logical", 2, Domain.INTEGER, integers(ScalarValue::shiftRightLogical),
            zero(Because.BITS)),
    /** Fills with the sign, which of unsigned integers is 0. */
    SHIFT_RIGHT_ARITHMETIC("shift_right_arithmetic", 2, Domain.INTEGER,
            integers(ScalarValue::shiftRightArithmetic), zero(Because.BITS)),
    EQ("eq", 2, Domain.COMPARE, comparison((x, y) -> x == y, (x, y) -> x == y), zero(Because.BOOL)),
    NE("ne", 2, Domain.COMPARE, comparison((x, y) -> x != y, (x, y) -> x != y), zero(Because.BOOL)),
    LT("lt", 2, Domain.COMPARE, comparison((x, y) -> x < y, (x, y) -> x < y), zero(Because.BOOL)),
    LE("le", 2, Domain.COMPARE, comparison((x, y) -> x <= y, (x, y) -> x <= y), zero(Because.BOOL)),
    GT("gt", 2, Domain.COMPARE, comparison((x, y) -> x > y, (x, y) -> x > y), zero(Because.BOOL)),
    GE("ge", 2, Domain.COMPARE, comparison((x, y) -> x >= y, (x, y) -> x >= y), zero(Because.BOOL)),
    /** {@code condition ? x : y}; the condition is bool, the others of one dtype. */
    SELECT("select", 3, Domain.SELECT, choice(), rule(ScalarDerivatives::select));

    /** Why whole groups of rows have no gradient. */
    private static final class Because {
        static final String BOOL = "a bool does not vary continuously";
        static final String BITS = "bits do not vary continuously";
    }

    /** Which dtypes a function takes and which it gives. */
    enum Domain {
        FLOAT,
        /** A float, which a back end gives within a few units in the last place. */
        ELEMENTARY,
        /** A float, by a {@link Formula}. */
        SPECIAL,
        INTEGER, NUMBER,
        /** Bools or integers. */
        BITS,
        /** Two of any one dtype, giving bool. */
        COMPARE,
        /** One float, giving bool. */
        TEST,
        SELECT
    }

    private final String text;
    private final int arity;
    private final Domain domain;
    private final ScalarValue value;
    private final Derivative derivative;
    private final Optional<Formula> formula;

    ScalarFn(String text, int arity, Domain domain, ScalarValue value, Derivative derivative) {
        this(text, arity, domain, value, derivative, Optional.empty());
    }

    ScalarFn(String text, int arity, Formula formula, Derivative derivative) {
        this(text, arity, Domain.SPECIAL, ScalarValue.formula(formula), derivative, Optional.of(formula));
    }

    ScalarFn(String text, int arity, Domain domain, ScalarValue value, Derivative derivative,
            Optional<Formula> formula) {
        this.formula = formula;
        this.text = text;
        this.arity = arity;
        this.domain = domain;
        this.value = value;
        this.derivative = derivative;
    }

    public String text() {
        return text;
    }

    public int arity() {
        return arity;
    }

    /** The function that a text names. */
    public static Optional<ScalarFn> ofText(String text) {
        for (ScalarFn fn : values()) {
            if (fn.text.equals(text)) {
                return Optional.of(fn);
            }
        }
        return Optional.empty();
    }

    /** Whether a function takes operands of this dtype (for SELECT: as its choices). */
    public boolean takes(DType dtype) {
        return switch (domain) {
            case FLOAT, ELEMENTARY, SPECIAL, TEST -> dtype.isFloat();
            case INTEGER -> dtype.isInteger();
            case NUMBER -> dtype != DType.BOOL;
            case BITS -> !dtype.isFloat();
            case COMPARE, SELECT -> true;
        };
    }

    /** Whether a back end makes it of many instructions, and gives it within a few units in the last place. */
    public boolean isElementary() {
        return domain == Domain.ELEMENTARY || domain == Domain.SPECIAL;
    }

    /** What the function is made of on every back end, where that is one formula. */
    public Optional<Formula> formula() {
        return formula;
    }

    /** The dtype of the result. */
    DType infer(List<DType> operands) {
        boolean select = domain == Domain.SELECT;
        DType last = operands.getLast();
        boolean oneDtype = operands.subList(select ? 1 : 0, operands.size()).stream().allMatch(last::equals);
        if (!takes(last) || !oneDtype || select && operands.getFirst() != DType.BOOL) {
            String given = operands.stream().map(DType::toString).collect(Collectors.joining(" and "));
            String taken = Stream.of(DType.values()).filter(this::takes).map(DType::toString)
                    .collect(Collectors.joining(", "));
            throw new GraphException(text + ": does not take " + given + (!oneDtype ? "; cast one to the other"
                    : select ? "; the first is bool" : "; cast(...) to one of " + taken));
        }
        return domain == Domain.COMPARE || domain == Domain.TEST ? DType.BOOL : last;
    }

    /**
     * The value on floats, in double precision; the caller rounds it to its dtype. A truth is 1 or 0. Operands
     * beyond the arity are ignored.
     */
    public double onFloats(double x, double y, double z) {
        return value.floats().of(x, y, z);
    }

    /**
     * The value on integers or bools, of which the low bits count. A truth is 1 or 0. Operands beyond the arity
     * are ignored. Integers are given as {@link DType#wrap} extends them.
     *
     * @param dtype the dtype of the last operand
     * @throws GraphException where an integer is divided by 0
     */
    public long onIntegers(DType dtype, long x, long y, long z) {
        return value.integers().of(x, y, z, dtype);
    }

    /** How a gradient flows through the function. */
    public Derivative derivative() {
        return derivative;
    }
}
