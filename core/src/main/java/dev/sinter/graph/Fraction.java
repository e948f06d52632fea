package dev.sinter.graph;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.util.Optional;

/**
 * A number that is made of sizes: a whole one, or a quotient as floats hold it. Floats are taken to be exact, as they
 * are where sizes are not too large, but for a quotient by another number than a power of two, which is not computed
 * with any further: its whole part is the same as that of the exact quotient.
 *
 * @param denominator at least 1
 */
record Fraction(Dim numerator, long denominator) {
    /** Integers up to this one, and quotients of them by powers of two, are exact in each dtype that holds sizes. */
    private static final long MOST_EXACT = 1L << 24;
    private static final long MOST_DENOMINATOR = 1L << 12;

    static Fraction of(Dim whole) {
        return new Fraction(whole, 1);
    }

    /** The quotient, where it is simple enough. */
    static Optional<Fraction> of(Dim numerator, long denominator) {
        Dim number = numerator;
        long divisor = denominator;
        while (divisor % 2 == 0 && number.mod(Dim.of(2)).isConstant(0)) {
            number = number.floorDiv(2);
            divisor /= 2;
        }
        if (number.mod(Dim.of(divisor)).isConstant(0)) {
            number = number.floorDiv(divisor);
            divisor = 1;
        }
        boolean isExact = !number.isConstant() || Math.abs(number.constant()) <= MOST_EXACT
                && Long.bitCount(divisor) == 1;
        return divisor <= MOST_DENOMINATOR && isExact ? Optional.of(new Fraction(number, divisor)) : Optional.empty();
    }

    /** An element of an array, where it is a number of integers, bools or simple floats. */
    static Optional<Fraction> of(NDArray array, long index) {
        if (!array.dtype().isFloat()) {
            return Optional.of(of(Dim.of(array.getLong(index))));
        }
        double scaled = array.getDouble(index) * MOST_DENOMINATOR;
        boolean isSimple = scaled == Math.rint(scaled) && Math.abs(scaled) <= MOST_EXACT * MOST_DENOMINATOR;
        return isSimple ? of(Dim.of((long) scaled), MOST_DENOMINATOR) : Optional.empty();
    }

    boolean isConstant() {
        return numerator.isConstant();
    }

    /** Whether it is the very number that a float holds. */
    boolean isExact() {
        return Long.bitCount(denominator) == 1;
    }

    /** Puts a constant into an array. */
    void put(NDArray array, long index) {
        if (array.dtype().isFloat()) {
            array.setDouble(index, (double) numerator.constant() / denominator);
        } else {
            array.setLong(index, numerator.constant());
        }
    }

    /** What a conversion makes of it. */
    Optional<Fraction> converted(DType from, DType to) {
        if (to.isFloat()) {
            return of(numerator, denominator);
        }
        if (to == DType.BOOL) {
            return SizeFunctions.isDifferent(numerator, Dim.ZERO).map(SizeFunctions::truth).map(Fraction::of);
        }
        if (from.isFloat()) {
            return SizeFunctions.quotient(numerator, Dim.of(denominator)).map(Fraction::of)
                    .filter(whole -> !whole.isConstant() || to.wrap(whole.numerator.constant())
                    == whole.numerator.constant());
        }
        return Optional.of(isConstant() ? of(Dim.of(to.wrap(numerator.constant()))) : this);
    }

    Optional<Fraction> plus(Fraction other) {
        return of(numerator.times(other.denominator).plus(other.numerator.times(denominator)),
                denominator * other.denominator);
    }

    Optional<Fraction> times(Fraction other) {
        return of(numerator.times(other.numerator), denominator * other.denominator);
    }

    Fraction negative() {
        return new Fraction(numerator.times(-1), denominator);
    }

    /** The quotient by a constant other than 0. */
    Optional<Fraction> by(Fraction divisor) {
        if (!divisor.isConstant() || divisor.numerator.isConstant(0)) {
            return Optional.empty();
        }
        long number = divisor.numerator.constant();
        try {
            return of(numerator.times(divisor.denominator * Long.signum(number)),
                    Math.multiplyExact(denominator, Math.abs(number)));
        } catch (ArithmeticException overflow) {
            throw new GraphException("a size is divided by a number that is too large", overflow);
        }
    }

    /** The next whole number that is not greater. */
    Fraction floor() {
        return of(numerator.floorDiv(denominator));
    }

    /** The next whole number that is not less. */
    Fraction ceil() {
        return of(numerator.ceilDiv(denominator));
    }
}
