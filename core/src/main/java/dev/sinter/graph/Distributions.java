package dev.sinter.graph;

import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Rounding;
import dev.sinter.tensor.Shape;
import java.util.Optional;

/** Distributions whose parameters are numbers: each says what it makes of random words. */
final class Distributions {
    /** The probability that a normal variable lies more than two deviations below its mean. */
    private static final double BELOW_TWO_DEVIATIONS = 0.022750131948179207;

    private Distributions() {}

    /** What a distribution makes of random words. */
    @FunctionalInterface
    interface Distribution {
        Node of(Composer c, Draws draws);
    }

    /** Numbers that are fresh in each run. */
    static Initializer fresh(String op, DType dtype, Shape shape, Optional<Long> opSeed, Distribution distribution) {
        return new Initializer(op, dtype, shape, c -> distribution.of(c, Draws.ofRun(c, opSeed)));
    }

    /** Numbers that depend on a seed alone. */
    static Tensor stateless(String op, Shape shape, Operand seed, Distribution distribution) {
        return Composer.tensor(op, c -> {
            c.label("seed");
            requireSizes(shape);
            return distribution.of(c, Draws.ofSeed(c, c.in(0)));
        }, seed);
    }

    /** A shape that says every size, if only as that of another tensor. */
    static void requireSizes(Shape shape) {
        if (shape.dims().contains(dev.sinter.tensor.Dim.UNKNOWN)) {
            throw new GraphException("the shape " + shape.toUserString() + " has an unknown size; take it from a"
                    + " tensor's shape()");
        }
    }

    static void requireFloat(String op, DType dtype) {
        if (!dtype.isFloat()) {
            throw new GraphException(op + ": the dtype must be a float, not " + dtype + "\n  at " + Place.here());
        }
    }

    private static void require(String op, boolean holds, String what) {
        if (!holds) {
            throw new GraphException(op + ": " + what + "\n  at " + Place.here());
        }
    }

    /** From {@code low} to below {@code high}. */
    static Distribution uniform(String op, DType dtype, Shape shape, double low, double high) {
        if (dtype.isInteger()) {
            require(op, low == (long) low && high == (long) high, "integers lie between integers, not between " + low
                    + " and " + high);
            return integers(op, dtype, shape, (long) low, (long) high);
        }
        requireFloat(op, dtype);
        require(op, low <= high && high - low <= dtype.largest() && Math.max(-low, high) <= dtype.largest(),
                "numbers lie between finite bounds, the lower one first, which differ by a " + dtype
                + ", not between " + low + " and " + high);
        if (dtype.isHalf()) {
            Distribution narrow = narrowed(dtype, uniform(op, dtype.accumulator(), shape, low, high));
            return low < high ? (c, draws) -> c.map(ScalarFn.MIN, narrow.of(c, draws),
                    c.full(dtype, shape, below(dtype, high))) : narrow;
        }
        return (c, draws) -> {
            Node scaled = scaled(c, draws.unit(c, dtype, shape, 0), high - low, low);
            return low == 0 || !(low < high) ? scaled
                    : c.map(ScalarFn.MIN, scaled, c.fullLike(scaled, below(dtype, high)));
        };
    }

    /** The greatest number of a dtype below one. */
    private static double below(DType dtype, double high) {
        if (dtype == DType.FLOAT64) {
            return Math.nextDown(high);
        }
        if (dtype.isHalf()) {
            return Rounding.below(dtype, high);
        }
        float nearest = (float) high;
        return nearest < high ? nearest : Math.nextDown(nearest);
    }

    static Distribution integers(String op, DType dtype, Shape shape, long low, long high) {
        require(op, dtype.isInteger(), "the dtype must be an integer, not " + dtype);
        require(op, low < high, "no integer is from " + low + " to below " + high);
        require(op, fits(dtype, low) && fits(dtype, high - 1), "not all integers from " + low + " to below " + high
                + " are values of " + dtype);
        long count = high - low;
        return (c, draws) -> {
            Node counts = Draws.integer(c, DType.INT64, shape, count);
            Node drawn = count > 0 && count <= 1L << 32 ? draws.belowWord(c, shape, counts)
                    : draws.below(c, shape, counts);
            return c.convert(c.map(ScalarFn.ADD, drawn, Draws.integer(c, DType.INT64, shape, low)), dtype);
        };
    }

    private static boolean fits(DType dtype, long value) {
        return dtype.bits() == 64 || value >= dtype.lowest() && value < dtype.lowest() + Math.scalb(1.0, dtype.bits());
    }

    /** Every value of an integer dtype. */
    static Distribution allIntegers(String op, DType dtype, Shape shape) {
        require(op, dtype.isInteger(), "the dtype must be an integer, not " + dtype);
        return (c, draws) -> draws.all(c, dtype, shape);
    }

    /** Refuses numbers of which no distribution is made: a negative spread mirrors it at best. */
    private static void requireSpread(String op, double mean, String name, double spread) {
        require(op, Double.isFinite(mean), "the mean is finite, not " + mean);
        require(op, spread >= 0 && Double.isFinite(spread), "the " + name + " is finite and not below 0, not "
                + spread);
    }

    /** Box and Muller, "A note on the generation of random normal deviates", 1958. */
    static Distribution normal(String op, DType dtype, Shape shape, double mean, double deviation) {
        requireFloat(op, dtype);
        requireSpread(op, mean, "deviation", deviation);
        if (dtype.isHalf()) {
            return narrowed(dtype, normal(op, dtype.accumulator(), shape, mean, deviation));
        }
        return (c, draws) -> scaled(c, standardNormal(c, draws, dtype, shape), deviation, mean);
    }

    static Node standardNormal(Composer c, Draws draws, DType dtype, Shape shape) {
        Node radius = c.map(ScalarFn.SQRT, c.map(ScalarFn.MUL, c.full(dtype, shape, -2),
                c.map(ScalarFn.LOG, draws.aboveZero(c, dtype, shape, 0))));
        Node angle = c.map(ScalarFn.MUL, c.full(dtype, shape, 2 * Math.PI),
                draws.unit(c, dtype, shape, dtype == DType.FLOAT64 ? 2 : 1));
        return c.map(ScalarFn.MUL, radius, c.map(ScalarFn.COS, angle));
    }

    /** A normal variable within two deviations of its mean, by its quantile. */
    static Distribution truncatedNormal(String op, DType dtype, Shape shape, double mean, double deviation) {
        requireFloat(op, dtype);
        requireSpread(op, mean, "deviation", deviation);
        if (dtype.isHalf()) {
            return narrowed(dtype, truncatedNormal(op, dtype.accumulator(), shape, mean, deviation));
        }
        return (c, draws) -> {
            Node unit = draws.inside(c, dtype, shape, 0);
            Node centred = c.map(ScalarFn.MUL, c.map(ScalarFn.SUB, unit, c.fullLike(unit, 0.5)),
                    c.fullLike(unit, 1 - 2 * BELOW_TWO_DEVIATIONS));
            Node smaller = c.map(ScalarFn.SUB, c.fullLike(unit, 0.5), c.map(ScalarFn.ABS, centred));
            Node standard = NormalQuantile.of(c, centred, smaller);
            Node clipped = c.map(ScalarFn.MAX, c.fullLike(unit, -2), c.map(ScalarFn.MIN, c.fullLike(unit, 2),
                    standard));
            return scaled(c, clipped, deviation, mean);
        };
    }

    static Distribution bernoulli(String op, Shape shape, double probability) {
        require(op, probability >= 0 && probability <= 1, "a probability is from 0 to 1, not " + probability);
        return (c, draws) -> {
            Node uniform = draws.unit(c, DType.FLOAT32, shape, 0);
            return c.map(ScalarFn.LT, uniform, c.fullLike(uniform, probability));
        };
    }

    static Distribution exponential(String op, DType dtype, Shape shape, double rate) {
        requireFloat(op, dtype);
        require(op, rate > 0 && Double.isFinite(rate), "the rate is finite and above 0, not " + rate);
        if (dtype.isHalf()) {
            return narrowed(dtype, exponential(op, dtype.accumulator(), shape, rate));
        }
        return (c, draws) -> scaled(c, c.map(ScalarFn.LOG, draws.aboveZero(c, dtype, shape, 0)), -1 / rate, 0);
    }

    static Distribution laplace(String op, DType dtype, Shape shape, double mean, double scale) {
        requireFloat(op, dtype);
        requireSpread(op, mean, "scale", scale);
        if (dtype.isHalf()) {
            return narrowed(dtype, laplace(op, dtype.accumulator(), shape, mean, scale));
        }
        return (c, draws) -> {
            Node unit = draws.inside(c, dtype, shape, 0);
            Node centred = c.map(ScalarFn.SUB, unit, c.fullLike(unit, 0.5));
            Node smaller = c.map(ScalarFn.SUB, c.fullLike(unit, 1), c.map(ScalarFn.MUL, c.fullLike(unit, 2),
                    c.map(ScalarFn.ABS, centred)));
            Node size = c.map(ScalarFn.MUL, c.map(ScalarFn.SIGN, centred), c.map(ScalarFn.LOG, smaller));
            return scaled(c, size, -scale, mean);
        };
    }

    /** The numbers of a distribution as half floats. */
    private static Distribution narrowed(DType half, Distribution wide) {
        return (c, draws) -> c.convert(wide.of(c, draws), half);
    }

    private static Node scaled(Composer c, Node x, double factor, double offset) {
        Node product = factor == 1 ? x : c.map(ScalarFn.MUL, x, c.fullLike(x, factor));
        return offset == 0 ? product : c.map(ScalarFn.ADD, product, c.fullLike(product, offset));
    }
}
