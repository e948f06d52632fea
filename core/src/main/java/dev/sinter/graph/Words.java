package dev.sinter.graph;

import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * {@link Draws} whose number is a tensor, which bodies of loops may use.
 *
 * @param graphSeed the first half of the key
 * @param opSeed    the second half of the key
 * @param stream    an {@code int64} scalar
 */
record Words(long graphSeed, long opSeed, Tensor stream) {
    static Words ofRun(Graph graph, Optional<Long> opSeed) {
        return of(graph, List.of(), c -> Draws.ofRun(c, opSeed));
    }

    /** Words of a seed that is an operand of an op. */
    static Words ofSeed(Composer op, Node seed) {
        Draws.requireSeed(op, seed);
        return of(op.graph(), List.of(seed.tensor()), c -> Draws.ofSeed(c, c.in(0)));
    }

    private static Words of(Graph graph, List<Tensor> operands, java.util.function.Function<Composer, Draws> maker) {
        Draws[] draws = new Draws[1];
        Node stream = Composer.node(graph, "stream", "stream", c -> {
            draws[0] = maker.apply(c);
            return draws[0].stream();
        }, operands);
        return new Words(draws[0].graphSeed(), draws[0].opSeed(), stream.tensor());
    }

    private Tensor draw(String op, BiFunction<Composer, Draws, Node> body) {
        return Composer.tensor(op, c -> body.apply(c, new Draws(graphSeed, opSeed, c.in(0))), stream);
    }

    /** Other words for the same elements, by a number from 0 on: an {@code int64} scalar. */
    Words turn(Tensor number) {
        Tensor other = Composer.tensor("stream",
                c -> new Draws(graphSeed, opSeed, c.in(0)).turn(c, c.in(1)).stream(), stream, number);
        return new Words(graphSeed, opSeed, other);
    }

    /** Other words for the same elements. */
    Words turn(long number) {
        return new Words(graphSeed, opSeed, draw("stream", (c, draws) -> draws.turn(c, number).stream()));
    }

    /** From 0 to below 1. */
    Tensor unit(DType dtype, Shape shape, int word) {
        return draw("unit", (c, draws) -> draws.unit(c, dtype, shape, word));
    }

    /** From above 0 to 1. */
    Tensor aboveZero(DType dtype, Shape shape, int word) {
        return draw("unit", (c, draws) -> draws.aboveZero(c, dtype, shape, word));
    }

    /** From above 0 to below 1. */
    Tensor inside(DType dtype, Shape shape, int word) {
        return draw("unit", (c, draws) -> draws.inside(c, dtype, shape, word));
    }

    /** Of mean 0 and deviation 1, of the first words: two in float32, four in float64. */
    Tensor normal(DType dtype, Shape shape) {
        return draw("normal", (c, draws) -> Distributions.standardNormal(c, draws, dtype, shape));
    }

    /** Numbers of a distribution. */
    Tensor of(String op, Distributions.Distribution distribution) {
        return draw(op, distribution::of);
    }

    /** 64 bits for each of some {@code int64} numbers, which depend on the number alone. */
    Tensor mixed(Tensor numbers) {
        return Composer.tensor("mixed", c -> {
            Node each = c.stretch(c.in(0), numbers.shape(), List.of());
            Node next = c.map(ScalarFn.ADD, c.in(1), c.fullLike(c.in(1), 1));
            return c.derived(List.of(each, next), (b, both) -> Streams.mix(b, both.get(0), both.get(1)));
        }, stream, numbers);
    }

    /** {@code int64} numbers from 0 to below a count, which broadcasts to the shape. */
    Tensor below(Shape shape, Tensor count) {
        return Composer.tensor("below", c -> new Draws(graphSeed, opSeed, c.in(0)).below(c, shape,
                c.broadcastTo(c.in(1), c.graph().sizes().canonical(shape))), stream, count);
    }
}
