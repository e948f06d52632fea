package dev.sinter.op;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** The interpreter's numbers. A truth is 1 or 0. */
final class DoubleArithmetic implements Arithmetic<Double> {
    static final DoubleArithmetic DOUBLES = new DoubleArithmetic();

    private DoubleArithmetic() {}

    private static Double truth(boolean holds) {
        return holds ? 1.0 : 0.0;
    }

    @Override
    public Double number(double value) {
        return value;
    }

    @Override
    public Double add(Double x, Double y) {
        return x + y;
    }

    @Override
    public Double sub(Double x, Double y) {
        return x - y;
    }

    @Override
    public Double mul(Double x, Double y) {
        return x * y;
    }

    @Override
    public Double div(Double x, Double y) {
        return x / y;
    }

    @Override
    public Double neg(Double x) {
        return -x;
    }

    @Override
    public Double abs(Double x) {
        return Math.abs(x);
    }

    @Override
    public Double sqrt(Double x) {
        return Math.sqrt(x);
    }

    @Override
    public Double fma(Double x, Double y, Double z) {
        return Math.fma(x, y, z);
    }

    @Override
    public Double floor(Double x) {
        return Math.floor(x);
    }

    @Override
    public Double round(Double x) {
        return Math.rint(x);
    }

    @Override
    public Double exp(Double x) {
        return StrictMath.exp(x);
    }

    @Override
    public Double expm1(Double x) {
        return StrictMath.expm1(x);
    }

    @Override
    public Double log(Double x) {
        return StrictMath.log(x);
    }

    @Override
    public Double log1p(Double x) {
        return StrictMath.log1p(x);
    }

    @Override
    public Double sin(Double x) {
        return StrictMath.sin(x);
    }

    @Override
    public Double cos(Double x) {
        return StrictMath.cos(x);
    }

    @Override
    public Double pow(Double x, Double y) {
        return ScalarValue.pow(x, y);
    }

    @Override
    public Double exponent(Double x) {
        int e = Math.getExponent(x < Double.MIN_NORMAL ? x * 0x1p52 : x) - (x < Double.MIN_NORMAL ? 52 : 0);
        return (double) (Math.scalb(x, -e) > 1.4142135623730951 ? e + 1 : e);
    }

    @Override
    public Double scale(Double x, Double e) {
        return Math.scalb(x, (int) (double) e);
    }

    @Override
    public Double lt(Double x, Double y) {
        return truth(x < y);
    }

    @Override
    public Double le(Double x, Double y) {
        return truth(x <= y);
    }

    @Override
    public Double eq(Double x, Double y) {
        return truth((double) x == y);
    }

    @Override
    public Double and(Double x, Double y) {
        return x * y;
    }

    @Override
    public Double or(Double x, Double y) {
        return Math.max(x, y);
    }

    @Override
    public Double not(Double x) {
        return 1 - x;
    }

    @Override
    public Double select(Double condition, Double x, Double y) {
        return condition != 0 ? x : y;
    }

    @Override
    public List<Double> choose(Double condition, Supplier<List<Double>> then, Supplier<List<Double>> otherwise) {
        return condition != 0 ? then.get() : otherwise.get();
    }

    @Override
    public List<Double> repeat(int most, List<Double> state, Function<List<Double>, Double> goesOn,
            UnaryOperator<List<Double>> step) {
        List<Double> current = state;
        for (int i = 0; i < most && goesOn.apply(current) != 0; i++) {
            current = step.apply(current);
        }
        return current;
    }
}
