package dev.sinter.graph;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.Concat;
import dev.sinter.op.Derivative;
import dev.sinter.op.HostCall;
import dev.sinter.op.HostFunction;
import dev.sinter.op.Project;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Places in permutations of {@code 0..most}: the block cipher Simon (Beaulieu et al., "The Simon and Speck families of
 * lightweight block ciphers", 2013) of few rounds, on blocks of an even number of bits that hold the greatest index,
 * applied until the result is no greater (Black and Rogaway, "Ciphers with arbitrary finite domains", 2002).
 *
 * @param rounds of the cipher, even and at least 4
 */
record IndexShuffle(int rounds) implements HostFunction {
    /** The first number of a seed of which two are given. */
    private static final long FIRST = 498247692;
    private static final int LEAST_BLOCK = 16;
    private static final long CONSTANT = 0xfffffffcL;
    private static final long SEQUENCE = 0x7369f885192c0ef5L;

    /** The places of indices, which broadcast with the greatest ones, under seeds of two or three numbers. */
    static Node of(Composer c, int rounds) {
        c.label("index", "seed", "max_index");
        Node index = c.in(0);
        Node seed = c.in(1);
        c.sameDtype(List.of(index, c.in(2)));
        int last = Composer.rank(seed) - 1;
        if (!Composer.dtype(index).isInteger() || !Composer.dtype(seed).isInteger() || last < 0
                || !Composer.shape(seed).dim(last).isConstant(2) && !Composer.shape(seed).dim(last).isConstant(3)) {
            throw new GraphException("integer indices, and seeds of two or three integers along the last axis, are"
                    + " needed: " + c.describe(index) + ", " + c.describe(seed));
        }
        if (rounds < 4 || rounds % 2 != 0) {
            throw new GraphException("the cipher has an even number of rounds from 4 on, not " + rounds);
        }
        Node key = c.convert(seed, DType.INT64);
        if (Composer.shape(seed).dim(last).isConstant(2)) {
            List<Dim> first = new ArrayList<>(Composer.shape(seed).dims());
            first.set(last, Dim.ONE);
            key = c.add(new Concat(last), c.full(DType.INT64, new Shape(first), FIRST), key);
        }
        List<Dim> one = Composer.shape(seed).dims().subList(0, last);
        Node each = c.full(DType.BOOL, new Shape(one), 0);
        Shape shape = c.commonShape(List.of(index, c.in(2), each));
        List<Dim> keys = new ArrayList<>(shape.dims());
        keys.add(Dim.of(3));
        Node call = c.add(new HostCall(new IndexShuffle(rounds)), c.broadcastTo(index, shape),
                c.broadcastTo(key, new Shape(keys)), c.broadcastTo(c.in(2), shape));
        return c.add(new Project(0), call);
    }

    @Override
    public String name() {
        return "random_index_shuffle";
    }

    @Override
    public List<TensorType> infer(List<TensorType> operands) {
        return List.of(operands.getFirst());
    }

    @Override
    public Derivative derivative() {
        return new Derivative.Zero("an index is an integer");
    }

    @Override
    public List<NDArray> call(List<NDArray> operands) {
        NDArray indices = operands.get(0);
        NDArray seeds = operands.get(1);
        NDArray result = NDArray.zeros(indices.dtype(), indices.sizes());
        Cipher cipher = new Cipher(0, new long[0]);
        for (long i = 0; i < indices.elementCount(); i++) {
            long index = indices.getLong(i);
            long most = operands.get(2).getLong(i);
            boolean isOutside = indices.dtype().isUnsigned() ? Long.compareUnsigned(index, most) > 0
                    : index < 0 || index > most;
            if (isOutside) {
                throw new GraphException("random_index_shuffle: index " + index + " of number " + i
                        + " lies outside of 0 to " + most);
            }
            if (most != 0) {
                int bits = Math.max(LEAST_BLOCK, Long.SIZE - Long.numberOfLeadingZeros(most));
                long[] key = {seeds.getLong(3 * i), seeds.getLong(3 * i + 1), seeds.getLong(3 * i + 2)};
                cipher = cipher.has(bits + 1 >> 1, key) ? cipher : Cipher.of(bits + 1 >> 1, key, rounds);
                result.setLong(i, cipher.place(index, most));
            }
        }
        return List.of(result);
    }

    /**
     * The cipher under one key.
     *
     * @param width of half a block, in bits
     * @param keys  of the rounds; the first three are the seed's
     */
    private record Cipher(int width, long[] keys) {
        static Cipher of(int width, long[] seed, int rounds) {
            long mask = (1L << width) - 1;
            long[] keys = new long[rounds];
            Cipher cipher = new Cipher(width, keys);
            for (int i = 0; i < rounds; i++) {
                keys[i] = i < 3 ? seed[i] & 0xffffffffL & mask : mask & (CONSTANT ^ ((SEQUENCE & mask) >>> i - 3 & 1)
                        ^ keys[i - 3] ^ cipher.left(keys[i - 1], width - 3) ^ cipher.left(keys[i - 1], width - 4));
            }
            return cipher;
        }

        boolean has(int other, long[] seed) {
            long mask = (1L << other) - 1;
            return width == other && keys[0] == (seed[0] & 0xffffffffL & mask)
                    && keys[1] == (seed[1] & 0xffffffffL & mask) && keys[2] == (seed[2] & 0xffffffffL & mask);
        }

        private long left(long word, int by) {
            return (word << by | word >>> width - by) & (1L << width) - 1;
        }

        private long mixed(long word) {
            return left(word, 1) & left(word, 8 % width) ^ left(word, 2);
        }

        long place(long index, long most) {
            long value = index;
            do {
                long high = value >>> width & (1L << width) - 1;
                long low = value & (1L << width) - 1;
                for (int i = 0; i < keys.length; i += 2) {
                    high ^= mixed(low) ^ keys[i];
                    low ^= mixed(high) ^ keys[i + 1];
                }
                value = high << width | low;
            } while (Long.compareUnsigned(value, most) > 0);
            return value;
        }
    }
}
