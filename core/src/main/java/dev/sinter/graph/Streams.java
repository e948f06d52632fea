package dev.sinter.graph;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;

/**
 * Where the random numbers of loops and functions come from. A random op outside of all bodies has the run's
 * number as its operand. Iteration i of a loop has a number of its own in that place, {@code mix(s, i + 1)}
 * of the number s that a random op beside the loop has; so nested loops differ in every iteration of each. A
 * call of a function has {@code mix(s, c)} for a number c that no other call in the graph has. Branches have
 * the number of what is around them: their random ops differ by their seeds.
 *
 * <p>{@code mix(s, i)} is the i-th number of SplitMix64 seeded with s (Steele, Lea and Flood, "Fast
 * splittable pseudorandom number generators", 2014): {@code s + i * 0x9e3779b97f4a7c15}, put through a
 * bijection of 64 bits that lets every bit change every other one with probability one half.
 */
final class Streams {
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;
    private static final long FIRST_FACTOR = 0xbf58476d1ce4e5b9L;
    private static final long SECOND_FACTOR = 0x94d049bb133111ebL;

    private Streams() {}

    /** The {@code count}-th number of a stream; all are int64, of one shape. */
    static Value mix(Builder b, Value stream, Value count) {
        Value z = b.plus(stream, b.times(count, like(b, count, GOLDEN)));
        z = b.times(folded(b, z, 30), like(b, z, FIRST_FACTOR));
        z = b.times(folded(b, z, 27), like(b, z, SECOND_FACTOR));
        return folded(b, z, 31);
    }

    private static Value folded(Builder b, Value z, int shift) {
        return b.map(ScalarFn.XOR, z, b.map(ScalarFn.SHIFT_RIGHT_LOGICAL, z, like(b, z, shift)));
    }

    private static Value like(Builder b, Value z, long value) {
        return z.rank() == 0 ? integer(b, value) : b.broadcast(integer(b, value), z.shape());
    }

    static Value integer(Builder b, long value) {
        return b.constant(NDArray.scalar(value));
    }

    /** The number that a node stands for, of that of the iteration or run around it. */
    static Value of(Builder b, Value around, NodeKind.Stream stream) {
        return stream.salt() == 0 ? around : mix(b, around, integer(b, stream.salt()));
    }

    /** The number of an iteration ahead of the current one. */
    static Value ofIteration(Builder b, Value outside, Value index, int ahead) {
        Value count = b.plus(index, integer(b, 1 + ahead));
        assert count.dtype() == DType.INT64;
        return mix(b, outside, count);
    }
}
