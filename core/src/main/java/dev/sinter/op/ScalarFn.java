package dev.sinter.op;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The scalar functions that a {@code map} applies. Each row says what the function takes, its value and its
 * derivative; the value is the definition that every back end is tested against. Values of {@code float32}
 * are computed in double precision and rounded once; integers wrap.
 */
public enum ScalarFn {
    ADD("add", 2, Domain.NUMBER),
    SUB("sub", 2, Domain.NUMBER),
    MUL("mul", 2, Domain.NUMBER),
    /** Of integers: truncated; by 0 an error of the run; the least value by -1 wraps. */
    DIV("div", 2, Domain.NUMBER),
    /** The remainder of the truncated division, with the sign of the dividend. Of integers by 0 an error. */
    REM("rem", 2, Domain.NUMBER),
    POW("pow", 2, Domain.FLOAT),
    /** NaN where either is. */
    MAX("max", 2, Domain.NUMBER),
    /** NaN where either is. */
    MIN("min", 2, Domain.NUMBER),
    NEG("neg", 1, Domain.NUMBER),
    ABS("abs", 1, Domain.NUMBER),
    /** -1, 0 or 1; of -0 and NaN the operand. */
    SIGN("sign", 1, Domain.NUMBER),
    SQRT("sqrt", 1, Domain.FLOAT),
    RSQRT("rsqrt", 1, Domain.FLOAT),
    EXP("exp", 1, Domain.FLOAT),
    EXPM1("expm1", 1, Domain.FLOAT),
    LOG("log", 1, Domain.FLOAT),
    LOG1P("log1p", 1, Domain.FLOAT),
    TANH("tanh", 1, Domain.FLOAT),
    /** 1 / (1 + exp(-x)). */
    LOGISTIC("logistic", 1, Domain.FLOAT),
    SIN("sin", 1, Domain.FLOAT),
    COS("cos", 1, Domain.FLOAT),
    FLOOR("floor", 1, Domain.FLOAT),
    CEIL("ceil", 1, Domain.FLOAT),
    /** To the nearest integer, halves to even. */
    ROUND("round", 1, Domain.FLOAT),
    IS_NAN("is_nan", 1, Domain.TEST),
    IS_FINITE("is_finite", 1, Domain.TEST),
    /** Of bools logical, of integers bitwise. */
    AND("and", 2, Domain.BITS),
    OR("or", 2, Domain.BITS),
    XOR("xor", 2, Domain.BITS),
    NOT("not", 1, Domain.BITS),
    /** The count is masked to the width of the dtype, as in Java. */
    SHIFT_LEFT("shift_left", 2, Domain.INTEGER),
    /** Fills with zeros. */
    SHIFT_RIGHT_LOGICAL("shift_right_logical", 2, Domain.INTEGER),
    /** Fills with the sign. */
    SHIFT_RIGHT_ARITHMETIC("shift_right_arithmetic", 2, Domain.INTEGER),
    EQ("eq", 2, Domain.COMPARE),
    NE("ne", 2, Domain.COMPARE),
    LT("lt", 2, Domain.COMPARE),
    LE("le", 2, Domain.COMPARE),
    GT("gt", 2, Domain.COMPARE),
    GE("ge", 2, Domain.COMPARE),
    /** {@code condition ? x : y}; the condition is bool, the others of one dtype. */
    SELECT("select", 3, Domain.SELECT);

    /** Which dtypes a function takes and which it gives. */
    enum Domain {
        FLOAT, INTEGER, NUMBER,
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

    ScalarFn(String text, int arity, Domain domain) {
        this.text = text;
        this.arity = arity;
        this.domain = domain;
    }

    public String text() {
        return text;
    }

    public int arity() {
        return arity;
    }

    /** The function that a text names. */
    public static java.util.Optional<ScalarFn> ofText(String text) {
        for (ScalarFn fn : values()) {
            if (fn.text.equals(text)) {
                return java.util.Optional.of(fn);
            }
        }
        return java.util.Optional.empty();
    }

    /** Whether a function takes operands of this dtype (for SELECT: as its choices). */
    public boolean takes(DType dtype) {
        return switch (domain) {
            case FLOAT, TEST -> dtype.isFloat();
            case INTEGER -> dtype.isInteger();
            case NUMBER -> dtype != DType.BOOL;
            case BITS -> !dtype.isFloat();
            case COMPARE, SELECT -> true;
        };
    }

    /** The dtype of the result. */
    DType infer(List<DType> operands) {
        boolean select = domain == Domain.SELECT;
        DType last = operands.getLast();
        boolean oneDtype = operands.subList(select ? 1 : 0, operands.size()).stream().allMatch(last::equals);
        if (!takes(last) || !oneDtype || select && operands.getFirst() != DType.BOOL) {
            String given = operands.stream().map(DType::toString).collect(Collectors.joining(" and "));
            throw new GraphException(text + ": does not take " + given + (oneDtype ? "" : "; cast one to the other"));
        }
        return domain == Domain.COMPARE || domain == Domain.TEST ? DType.BOOL : last;
    }

    /** How a gradient flows through the function. */
    public Derivative derivative() {
        return new Derivative.NotDifferentiable("no rule is written");
    }
}
