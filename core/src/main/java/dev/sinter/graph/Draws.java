package dev.sinter.graph;

import dev.sinter.op.RandomBits;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Slice;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.Optional;

/**
 * Where an op finds its random words: a key, and a number that stands in the place of the run's. An element has four
 * words of 32 bits; who needs more of them takes those of a turn.
 *
 * @param graphSeed the first half of the key
 * @param opSeed    the second half of the key
 * @param stream    an {@code int64} scalar
 */
record Draws(long graphSeed, long opSeed, Node stream) {
    /** The key of what is drawn under a seed that is a tensor. */
    private static final long STATELESS = 0x73656564L;
    private static final long LOW_WORD = 0xFFFFFFFFL;

    /** Numbers that are fresh in each run and iteration. */
    static Draws ofRun(Composer c, Optional<Long> opSeed) {
        return new Draws(c.graph().seed(), c.graph().opSeed(opSeed), c.stream());
    }

    /** Numbers that depend on a seed alone: on two integers. */
    static Draws ofSeed(Composer c, Node seed) {
        requireSeed(c, seed);
        Node two = c.convert(c.reshape(seed, Shape.shape(2)), DType.INT64);
        Node none = integer(c, DType.INT64, Shape.SCALAR, 0);
        Node first = mixed(c, none, element(c, two, 0));
        return new Draws(STATELESS, STATELESS, mixed(c, first, element(c, two, 1)));
    }

    /** Refuses a seed that cannot be two integers. */
    static void requireSeed(Composer c, Node seed) {
        if (!Composer.dtype(seed).isInteger() || Composer.rank(seed) != 1
                || Composer.shape(seed).dim(0).isConstant() && !Composer.shape(seed).dim(0).isConstant(2)) {
            throw new GraphException("the seed must be a vector of two integers, not " + c.describe(seed));
        }
    }

    private static Node element(Composer c, Node vector, long index) {
        return c.reshape(c.add(new Slice(List.of(Dim.of(index)), List.of(Dim.of(index + 1)), List.of(1L)), vector),
                Shape.SCALAR);
    }

    private static Node mixed(Composer c, Node stream, Node count) {
        return c.derived(List.of(stream, count), (b, both) -> Streams.mix(b, both.get(0), both.get(1)));
    }

    /** Other words for the same elements, by a number from 0 on: an {@code int64} scalar. */
    Draws turn(Composer c, Node number) {
        Node next = c.map(ScalarFn.ADD, number, integer(c, DType.INT64, Shape.SCALAR, 1));
        return new Draws(graphSeed, opSeed, mixed(c, stream, next));
    }

    /** Other words for the same elements. */
    Draws turn(Composer c, long number) {
        return turn(c, integer(c, DType.INT64, Shape.SCALAR, number));
    }

    /** 32 bits an element, as {@code int32}. */
    Node bits(Composer c, Shape shape, int word) {
        return c.add(new RandomBits(graphSeed, opSeed, word, c.graph().sizes().canonical(shape)), stream);
    }

    /** From 0 to below 1: 24 bits of one word in float32, 53 bits of two words in float64. */
    Node unit(Composer c, DType dtype, Shape shape, int word) {
        if (dtype == DType.FLOAT64) {
            return scaled(c, longBits(c, shape, word), dtype, 53);
        }
        int bits = significantBits(dtype);
        return scaled(c, shifted(c, bits(c, shape, word), 32 - bits), dtype, bits);
    }

    /** From above 0 to 1. */
    Node aboveZero(Composer c, DType dtype, Shape shape, int word) {
        boolean isLong = dtype == DType.FLOAT64;
        int bits = significantBits(dtype);
        Node integers = isLong ? longBits(c, shape, word) : shifted(c, bits(c, shape, word), 32 - bits);
        Node next = c.map(ScalarFn.ADD, integers, integer(c, Composer.dtype(integers), shape, 1));
        return scaled(c, next, dtype, bits);
    }

    /** From above 0 to below 1: the middles of intervals of equal length. */
    Node inside(Composer c, DType dtype, Shape shape, int word) {
        int bits = significantBits(dtype) - 1;
        Node integers = shifted(c, dtype == DType.FLOAT64 ? longBits(c, shape, word) : bits(c, shape, word),
                dtype == DType.FLOAT64 ? 1 : 32 - bits);
        Node half = c.convert(integers, dtype);
        return c.map(ScalarFn.MUL, c.map(ScalarFn.ADD, half, c.fullLike(half, 0.5)),
                c.fullLike(half, Math.scalb(1.0, -bits)));
    }

    /** How many bits an integer may have that a float dtype holds. */
    private static int significantBits(DType dtype) {
        return dtype == DType.FLOAT64 ? 53 : 24;
    }

    private static Node scaled(Composer c, Node integers, DType dtype, int bits) {
        Node floats = c.convert(integers, dtype);
        return c.map(ScalarFn.MUL, floats, c.fullLike(floats, Math.scalb(1.0, -bits)));
    }

    /** 53 bits: 27 of one word above 26 of the next. */
    private Node longBits(Composer c, Shape shape, int word) {
        Node high = c.convert(shifted(c, bits(c, shape, word), 5), DType.INT64);
        Node low = c.convert(shifted(c, bits(c, shape, word + 1), 6), DType.INT64);
        return c.map(ScalarFn.ADD, c.map(ScalarFn.MUL, high, integer(c, DType.INT64, shape, 1L << 26)), low);
    }

    private static Node shifted(Composer c, Node bits, int count) {
        return c.map(ScalarFn.SHIFT_RIGHT_LOGICAL, bits,
                integer(c, Composer.dtype(bits), Composer.shape(bits), count));
    }

    static Node integer(Composer c, DType dtype, Shape shape, long value) {
        NDArray scalar = NDArray.zeros(dtype);
        scalar.setLong(0, value);
        return c.stretch(c.constant(scalar), shape, List.of());
    }

    /** Every value of an integer dtype with equal probability. */
    Node all(Composer c, DType dtype, Shape shape) {
        if (dtype == DType.INT32) {
            return bits(c, shape, 0);
        }
        Node high = c.map(ScalarFn.SHIFT_LEFT, c.convert(bits(c, shape, 1), DType.INT64),
                integer(c, DType.INT64, shape, 32));
        return c.convert(c.map(ScalarFn.OR, high, unsigned(c, shape, 0)), dtype);
    }

    private Node unsigned(Composer c, Shape shape, int word) {
        return c.map(ScalarFn.AND, c.convert(bits(c, shape, word), DType.INT64),
                integer(c, DType.INT64, shape, LOW_WORD));
    }

    /**
     * {@code int64} numbers from 0 to below a count, of 1 to 2^32: the high word of the product with 64 bits, so that
     * probabilities differ by at most 2^-64.
     */
    Node belowWord(Composer c, Shape shape, Node count) {
        Node word = integer(c, DType.INT64, shape, 32);
        Node high = c.map(ScalarFn.MUL, unsigned(c, shape, 0), count);
        Node low = c.map(ScalarFn.SHIFT_RIGHT_LOGICAL, c.map(ScalarFn.MUL, unsigned(c, shape, 1), count), word);
        return c.map(ScalarFn.SHIFT_RIGHT_LOGICAL, c.map(ScalarFn.ADD, high, low), word);
    }

    /**
     * {@code int64} numbers from 0 to below an unsigned count from 1 on: the highest two of six words of the product
     * with 128 bits, so that probabilities differ by at most 2^-128.
     */
    Node below(Composer c, Shape shape, Node count) {
        Node word = integer(c, DType.INT64, shape, 32);
        Node mask = integer(c, DType.INT64, shape, LOW_WORD);
        Node[] words = new Node[6];
        java.util.Arrays.fill(words, integer(c, DType.INT64, shape, 0));
        List<Node> factors = List.of(c.map(ScalarFn.AND, count, mask),
                c.map(ScalarFn.SHIFT_RIGHT_LOGICAL, count, word));
        for (int j = 0; j < 2; j++) {
            Node carry = integer(c, DType.INT64, shape, 0);
            for (int i = 0; i < 4; i++) {
                Node sum = c.map(ScalarFn.ADD, c.map(ScalarFn.MUL, unsigned(c, shape, i), factors.get(j)),
                        c.map(ScalarFn.ADD, words[i + j], carry));
                words[i + j] = c.map(ScalarFn.AND, sum, mask);
                carry = c.map(ScalarFn.SHIFT_RIGHT_LOGICAL, sum, word);
            }
            words[j + 4] = carry;
        }
        return c.map(ScalarFn.OR, c.map(ScalarFn.SHIFT_LEFT, words[5], word), words[4]);
    }
}
