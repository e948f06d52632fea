package dev.sinter.graph;

import static dev.sinter.graph.Ops.cast;
import static dev.sinter.graph.Ops.less;
import static dev.sinter.graph.Ops.lessEqual;
import static dev.sinter.graph.Ops.logicalNot;
import static dev.sinter.graph.Ops.logicalOr;
import static dev.sinter.graph.Ops.reduceAll;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.where;

import dev.sinter.op.ScalarFn;
import dev.sinter.op.Slice;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.List;

/**
 * The numbers below a size in a random order. Few are exchanged one after the other: Durstenfeld, "Random permutation",
 * 1964. Many go each through a keyed bijection of so many bits: eight rounds that change one half of the bits by the
 * other (Luby and Rackoff, "How to construct pseudorandom permutations from pseudorandom functions", 1988), again where
 * the result is not below the size (Black and Rogaway, "Ciphers with arbitrary finite domains", 2002).
 */
final class Permutation {
    /** Up to so many are exchanged. */
    private static final long FEW = 4096;
    private static final int ROUNDS = 8;
    private static final int MOST_BITS = 62;

    private Permutation() {}

    static Tensor of(Words words, Dim size) {
        if (size.isConstant()) {
            return size.constant() <= FEW ? exchanged(words, size) : mapped(words, size);
        }
        Tensor count = count(words, size);
        return Control.cond(lessEqual(count, Ops.onesLike(count).times(FEW)), () -> exchanged(words, size),
                () -> mapped(words, size));
    }

    private static Tensor count(Words words, Dim size) {
        return Composer.node(words.stream().graph(), "size", "size",
                c -> c.size(c.graph().sizes().canonical(size), DType.INT64), List.of()).tensor();
    }

    private static Tensor numbers(Words words, Dim size) {
        return words.stream().graph().tensor(Ops.range(DType.INT64, size));
    }

    private static Tensor exchanged(Words words, Dim size) {
        Dim most = size.max(Dim.ONE);
        Tensor numbers = numbers(words, most);
        Tensor other = numbers.plus(words.below(Shape.of(most), count(words, most).minus(numbers)));
        Tensor all = Control.scan(List.of(numbers), List.of(other), each -> {
            Tensor order = each.carry(0);
            Tensor here = Ops.dynamicSlice(order, List.of(each.index()), Shape.shape(1));
            Tensor there = Ops.dynamicSlice(order, List.of(each.element(0)), Shape.shape(1));
            Tensor half = Ops.dynamicUpdateSlice(order, there, List.of(each.index()));
            return Step.carry(Ops.dynamicUpdateSlice(half, here, List.of(each.element(0))));
        }).carry(0);
        return most.equals(size) ? all : Composer.tensor("order",
                c -> c.add(new Slice(List.of(Dim.ZERO), List.of(size), List.of(1L)), c.in(0)), all);
    }

    private static Tensor mapped(Words words, Dim size) {
        Tensor count = count(words, size);
        long[] powers = new long[MOST_BITS];
        for (int bit = 0; bit < MOST_BITS; bit++) {
            powers[bit] = 1L << bit;
        }
        Tensor bits = reduceSum(cast(less(count.graph().constant(powers), count), DType.INT64));
        Tensor lowBits = bits.div(2);
        Tensor numbers = numbers(words, size);
        Tensor none = cast(Ops.zerosLike(numbers), DType.BOOL);
        return Control.whileLoop(List.of(numbers, none), values -> logicalNot(reduceAll(values.get(1))), values -> {
            Tensor next = bijection(words, values.get(0), lowBits, bits.minus(lowBits));
            return List.of(where(values.get(1), values.get(0), next), logicalOr(values.get(1), less(next, count)));
        }).getFirst();
    }

    /** The image of numbers of some low and some high bits. */
    private static Tensor bijection(Words words, Tensor numbers, Tensor lowBits, Tensor highBits) {
        Tensor high = binary(ScalarFn.SHIFT_RIGHT_LOGICAL, numbers, lowBits);
        Tensor low = binary(ScalarFn.AND, numbers, mask(lowBits));
        for (int round = 0; round < ROUNDS; round++) {
            Words turn = words.turn(round);
            if (round % 2 == 0) {
                low = binary(ScalarFn.XOR, low, binary(ScalarFn.AND, turn.mixed(high), mask(lowBits)));
            } else {
                high = binary(ScalarFn.XOR, high, binary(ScalarFn.AND, turn.mixed(low), mask(highBits)));
            }
        }
        return binary(ScalarFn.OR, binary(ScalarFn.SHIFT_LEFT, high, lowBits), low);
    }

    private static Tensor mask(Tensor bits) {
        return binary(ScalarFn.SHIFT_LEFT, Ops.onesLike(bits), bits).minus(1);
    }

    private static Tensor binary(ScalarFn fn, Tensor x, Tensor y) {
        return Composer.tensor(fn.text(), c -> c.mapBroadcast(fn, c.in(0), c.in(1)), x, y);
    }
}
