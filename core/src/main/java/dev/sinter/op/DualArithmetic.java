package dev.sinter.op;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Numbers with their derivatives by one variable: a formula applied to them gives its own derivative. Truths depend on
 * the numbers alone.
 *
 * @param a what numbers and derivatives are made of
 */
record DualArithmetic<T>(Arithmetic<T> a) implements Arithmetic<DualArithmetic.Dual<T>> {
    /** A number and its derivative. */
    record Dual<T>(T value, T slope) {}

    Dual<T> constant(T value) {
        return new Dual<>(value, a.number(0));
    }

    Dual<T> variable(T value) {
        return new Dual<>(value, a.number(1));
    }

    @Override
    public Dual<T> number(double value) {
        return constant(a.number(value));
    }

    @Override
    public Dual<T> add(Dual<T> x, Dual<T> y) {
        return new Dual<>(a.add(x.value, y.value), a.add(x.slope, y.slope));
    }

    @Override
    public Dual<T> sub(Dual<T> x, Dual<T> y) {
        return new Dual<>(a.sub(x.value, y.value), a.sub(x.slope, y.slope));
    }

    @Override
    public Dual<T> mul(Dual<T> x, Dual<T> y) {
        return new Dual<>(a.mul(x.value, y.value), a.fma(x.slope, y.value, a.mul(x.value, y.slope)));
    }

    @Override
    public Dual<T> div(Dual<T> x, Dual<T> y) {
        T quotient = a.div(x.value, y.value);
        return new Dual<>(quotient, a.div(a.fma(a.neg(quotient), y.slope, x.slope), y.value));
    }

    @Override
    public Dual<T> neg(Dual<T> x) {
        return new Dual<>(a.neg(x.value), a.neg(x.slope));
    }

    @Override
    public Dual<T> abs(Dual<T> x) {
        return select(truth(a.lt(x.value, a.number(0))), neg(x), x);
    }

    @Override
    public Dual<T> sqrt(Dual<T> x) {
        T root = a.sqrt(x.value);
        return new Dual<>(root, a.div(a.mul(x.slope, a.number(0.5)), root));
    }

    @Override
    public Dual<T> fma(Dual<T> x, Dual<T> y, Dual<T> z) {
        return new Dual<>(a.fma(x.value, y.value, z.value),
                a.fma(x.slope, y.value, a.fma(x.value, y.slope, z.slope)));
    }

    @Override
    public Dual<T> floor(Dual<T> x) {
        return constant(a.floor(x.value));
    }

    @Override
    public Dual<T> round(Dual<T> x) {
        return constant(a.round(x.value));
    }

    @Override
    public Dual<T> exp(Dual<T> x) {
        T value = a.exp(x.value);
        return new Dual<>(value, a.mul(value, x.slope));
    }

    @Override
    public Dual<T> expm1(Dual<T> x) {
        return new Dual<>(a.expm1(x.value), a.mul(a.exp(x.value), x.slope));
    }

    @Override
    public Dual<T> log(Dual<T> x) {
        return new Dual<>(a.log(x.value), a.div(x.slope, x.value));
    }

    @Override
    public Dual<T> log1p(Dual<T> x) {
        return new Dual<>(a.log1p(x.value), a.div(x.slope, a.add(x.value, a.number(1))));
    }

    @Override
    public Dual<T> sin(Dual<T> x) {
        return new Dual<>(a.sin(x.value), a.mul(a.cos(x.value), x.slope));
    }

    @Override
    public Dual<T> cos(Dual<T> x) {
        return new Dual<>(a.cos(x.value), a.neg(a.mul(a.sin(x.value), x.slope)));
    }

    @Override
    public Dual<T> pow(Dual<T> x, Dual<T> y) {
        T value = a.pow(x.value, y.value);
        T growth = a.fma(y.slope, a.log(x.value), a.mul(y.value, a.div(x.slope, x.value)));
        return new Dual<>(value, a.mul(value, growth));
    }

    @Override
    public Dual<T> exponent(Dual<T> x) {
        return constant(a.exponent(x.value));
    }

    @Override
    public Dual<T> scale(Dual<T> x, Dual<T> e) {
        return new Dual<>(a.scale(x.value, e.value), a.scale(x.slope, e.value));
    }

    @Override
    public Dual<T> lt(Dual<T> x, Dual<T> y) {
        return truth(a.lt(x.value, y.value));
    }

    @Override
    public Dual<T> le(Dual<T> x, Dual<T> y) {
        return truth(a.le(x.value, y.value));
    }

    @Override
    public Dual<T> eq(Dual<T> x, Dual<T> y) {
        return truth(a.eq(x.value, y.value));
    }

    @Override
    public Dual<T> and(Dual<T> x, Dual<T> y) {
        return truth(a.and(x.value, y.value));
    }

    @Override
    public Dual<T> or(Dual<T> x, Dual<T> y) {
        return truth(a.or(x.value, y.value));
    }

    @Override
    public Dual<T> not(Dual<T> x) {
        return truth(a.not(x.value));
    }

    /** Both the number and the derivative: a term may be 0 whose derivative is not. */
    @Override
    public Dual<T> isNegligible(Dual<T> term, Dual<T> sum) {
        return truth(a.and(a.isNegligible(term.value, sum.value), a.isNegligible(term.slope, sum.slope)));
    }

    /** A truth, which has no derivative. */
    private static <T> Dual<T> truth(T value) {
        return new Dual<>(value, value);
    }

    @Override
    public Dual<T> select(Dual<T> condition, Dual<T> x, Dual<T> y) {
        return new Dual<>(a.select(condition.value, x.value, y.value), a.select(condition.value, x.slope, y.slope));
    }

    private static <T> List<T> parts(List<Dual<T>> duals) {
        return duals.stream().flatMap(dual -> Stream.of(dual.value, dual.slope)).toList();
    }

    private static <T> List<Dual<T>> duals(List<T> parts) {
        List<Dual<T>> duals = new ArrayList<>();
        for (int i = 0; i < parts.size(); i += 2) {
            duals.add(new Dual<>(parts.get(i), parts.get(i + 1)));
        }
        return duals;
    }

    @Override
    public List<Dual<T>> choose(Dual<T> condition, Supplier<List<Dual<T>>> then,
            Supplier<List<Dual<T>>> otherwise) {
        return duals(a.choose(condition.value, () -> parts(then.get()), () -> parts(otherwise.get())));
    }

    @Override
    public List<Dual<T>> repeat(int most, List<Dual<T>> state, Function<List<Dual<T>>, Dual<T>> goesOn,
            UnaryOperator<List<Dual<T>>> step) {
        return duals(a.repeat(most, parts(state), parts -> goesOn.apply(duals(parts)).value,
                parts -> parts(step.apply(duals(parts)))));
    }
}
