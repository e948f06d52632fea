package dev.sinter.graph;

import dev.sinter.op.RandomBits;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.Optional;

/**
 * Random numbers: a function of the graph's seed, the op's seed (by default its number among the graph's
 * random ops), the number of the run and the element's index, so that equal programs give equal numbers
 * (Philox 4x32-10; Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011).
 */
public final class Random {
    private Random() {}

    /** Normally distributed numbers under a seed of one's own. */
    public static Initializer normal(DType dtype, Shape shape, double mean, double deviation, long opSeed) {
        return normal(dtype, shape, mean, deviation, Optional.of(opSeed));
    }

    /** Evenly distributed numbers from {@code low} to below {@code high} under a seed of one's own. */
    public static Initializer uniform(DType dtype, Shape shape, double low, double high, long opSeed) {
        return uniform(dtype, shape, low, high, Optional.of(opSeed));
    }

    /** Bools that are true with a probability. */
    public static Initializer bernoulli(Shape shape, double probability) {
        return new Initializer("random_bernoulli", DType.BOOL, shape, c -> {
            Node uniform = unit(c, DType.FLOAT32, shape, c.graph().opSeed(Optional.empty()), 0);
            return c.map(ScalarFn.LT, uniform, c.fullLike(uniform, probability));
        });
    }

    static Initializer normal(DType dtype, Shape shape, double mean, double deviation, Optional<Long> opSeed) {
        requireFloat("random_normal", dtype);
        return new Initializer("random_normal", dtype, shape, c -> {
            long seed = c.graph().opSeed(opSeed);
            Node radius = c.map(ScalarFn.SQRT, c.map(ScalarFn.MUL, c.full(dtype, shape, -2),
                    c.map(ScalarFn.LOG, aboveZero(c, dtype, shape, seed))));
            Node angle = c.map(ScalarFn.MUL, c.full(dtype, shape, 2 * Math.PI),
                    unit(c, dtype, shape, seed, dtype == DType.FLOAT32 ? 1 : 2));
            return scaled(c, c.map(ScalarFn.MUL, radius, c.map(ScalarFn.COS, angle)), deviation, mean);
        });
    }

    static Initializer uniform(DType dtype, Shape shape, double low, double high, Optional<Long> opSeed) {
        requireFloat("random_uniform", dtype);
        return new Initializer("random_uniform", dtype, shape,
                c -> scaled(c, unit(c, dtype, shape, c.graph().opSeed(opSeed), 0), high - low, low));
    }

    private static void requireFloat(String op, DType dtype) {
        if (!dtype.isFloat()) {
            throw new GraphException(op + ": the dtype must be float32 or float64, not " + dtype + "\n  at "
                    + Place.here());
        }
    }

    private static Node scaled(Composer c, Node x, double factor, double offset) {
        Node product = factor == 1 ? x : c.map(ScalarFn.MUL, x, c.fullLike(x, factor));
        return offset == 0 ? product : c.map(ScalarFn.ADD, product, c.fullLike(x, offset));
    }

    /** From 0 to below 1: 24 bits of one word in float32, 53 bits of two words in float64. */
    private static Node unit(Composer c, DType dtype, Shape shape, long seed, int word) {
        if (dtype == DType.FLOAT32) {
            return c.map(ScalarFn.MUL, c.convert(shifted(c, bits(c, shape, seed, word), 8), dtype),
                    c.full(dtype, shape, 0x1p-24));
        }
        return c.map(ScalarFn.MUL, c.convert(longBits(c, shape, seed, word), dtype),
                c.full(dtype, shape, 0x1p-53));
    }

    /** From above 0 to 1, of the first words. */
    private static Node aboveZero(Composer c, DType dtype, Shape shape, long seed) {
        Node integers = dtype == DType.FLOAT32 ? shifted(c, bits(c, shape, seed, 0), 8)
                : longBits(c, shape, seed, 0);
        Node next = c.map(ScalarFn.ADD, integers, integer(c, Composer.dtype(integers), shape, 1));
        return c.map(ScalarFn.MUL, c.convert(next, dtype),
                c.full(dtype, shape, dtype == DType.FLOAT32 ? 0x1p-24 : 0x1p-53));
    }

    private static Node bits(Composer c, Shape shape, long seed, int word) {
        Node run = c.stream();
        return c.add(new RandomBits(c.graph().seed(), seed, word, c.graph().sizes().canonical(shape)), run);
    }

    /** 53 bits: 27 of one word above 26 of the next. */
    private static Node longBits(Composer c, Shape shape, long seed, int word) {
        Node high = c.convert(shifted(c, bits(c, shape, seed, word), 5), DType.INT64);
        Node low = c.convert(shifted(c, bits(c, shape, seed, word + 1), 6), DType.INT64);
        return c.map(ScalarFn.ADD, c.map(ScalarFn.MUL, high, integer(c, DType.INT64, shape, 1L << 26)), low);
    }

    private static Node shifted(Composer c, Node bits, int count) {
        return c.map(ScalarFn.SHIFT_RIGHT_LOGICAL, bits,
                integer(c, DType.INT32, Composer.shape(bits), count));
    }

    private static Node integer(Composer c, DType dtype, Shape shape, long value) {
        NDArray scalar = NDArray.zeros(dtype);
        scalar.setLong(0, value);
        return c.stretch(c.constant(scalar), shape, List.of());
    }
}
