package dev.sinter.op;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Numbers of double precision as a {@link Formula} sees them: those of the interpreter, or vectors of a kernel, whose
 * lanes are independent of each other. Operations follow IEEE 754; a truth is a T of its own kind.
 *
 * @param <T> a number or a truth
 */
public interface Arithmetic<T> {
    T number(double value);

    T add(T x, T y);

    T sub(T x, T y);

    T mul(T x, T y);

    T div(T x, T y);

    T neg(T x);

    T abs(T x);

    T sqrt(T x);

    /** {@code x y + z}, rounded once. */
    T fma(T x, T y, T z);

    /** Towards negative infinity. */
    T floor(T x);

    /** To the nearest integer, halves to even. */
    T round(T x);

    T exp(T x);

    T expm1(T x);

    T log(T x);

    T log1p(T x);

    T sin(T x);

    T cos(T x);

    T pow(T x, T y);

    /** The e of {@code x = 2^e m} with m from about sqrt(1/2) to sqrt(2), of a positive finite number. */
    T exponent(T x);

    /** {@code x 2^e}, which is neither denormal nor too large, for an integer e. */
    T scale(T x, T e);

    T lt(T x, T y);

    T le(T x, T y);

    T eq(T x, T y);

    T and(T x, T y);

    T or(T x, T y);

    T not(T x);

    /** {@code condition ? x : y}. */
    T select(T condition, T x, T y);

    /** One of two lists of values, of which the ones that nothing needs are not computed. */
    List<T> choose(T condition, Supplier<List<T>> then, Supplier<List<T>> otherwise);

    /**
     * Steps of a state while a condition holds of it.
     *
     * @param most how many steps there are at the most
     */
    List<T> repeat(int most, List<T> state, Function<List<T>, T> goesOn, UnaryOperator<List<T>> step);

    /** Whether a term of a sum, and with it those that follow, no longer matters. */
    default T isNegligible(T term, T sum) {
        return le(abs(term), mul(abs(sum), number(0x1p-56)));
    }

    /** {@link #choose} of one value. */
    default T either(T condition, Supplier<T> then, Supplier<T> otherwise) {
        return choose(condition, () -> List.of(then.get()), () -> List.of(otherwise.get())).getFirst();
    }
}
