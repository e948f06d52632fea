package dev.sinter.graph;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.Derivative;
import dev.sinter.op.HostFunction;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * Where the elements along the last axis are, in their order: {@code int64} positions. Equal elements, -0 and 0 among
 * them, are in the order of their positions; NaN is greater than all others.
 *
 * @param direction which element is the first
 * @param count     how many of the first are wanted; all where there is none
 */
public record Ranking(SortDirection direction, OptionalLong count) implements HostFunction {
    private static final int DIGIT = 11;
    /** Fewer elements are merged. */
    private static final int MANY = 4096;
    /** Runs of so many are sorted by insertion. */
    private static final int RUN = 12;

    @Override
    public String name() {
        return count.isEmpty() ? "argsort" : "top_k";
    }

    @Override
    public List<TensorType> infer(List<TensorType> operands) {
        TensorType type = operands.getFirst();
        List<Dim> dims = new ArrayList<>(type.shape().dims());
        count.ifPresent(number -> dims.set(dims.size() - 1, Dim.of(number)));
        return List.of(new TensorType(DType.INT64, new Shape(dims)));
    }

    @Override
    public Derivative derivative() {
        return new Derivative.Zero("positions are integers");
    }

    @Override
    public List<NDArray> call(List<NDArray> operands) {
        NDArray x = operands.getFirst();
        int length = Math.toIntExact(x.size(x.rank() - 1));
        int wanted = count.isEmpty() ? length : Math.toIntExact(count.getAsLong());
        if (wanted > length) {
            throw new GraphException("top_k: there are no " + wanted + " greatest elements along the last axis, which"
                    + " has " + length);
        }
        long[] sizes = x.sizes().clone();
        sizes[sizes.length - 1] = wanted;
        NDArray result = NDArray.zeros(DType.INT64, sizes);
        long rows = wanted == 0 ? 0 : result.elementCount() / wanted;
        long[] keys = new long[length];
        for (long row = 0; row < rows; row++) {
            for (int i = 0; i < length; i++) {
                keys[i] = key(x, row * length + i);
            }
            int[] order = wanted <= length / 8 ? first(keys, wanted) : sorted(keys, positions(length));
            for (int i = 0; i < wanted; i++) {
                result.setLong(row * wanted + i, order[i]);
            }
        }
        return List.of(result);
    }

    /** A number that grows in the order of the direction. */
    private long key(NDArray x, long index) {
        long key;
        if (x.dtype().isFloat()) {
            double value = x.getDouble(index);
            long bits = Double.doubleToLongBits(value == 0 ? 0 : value);
            key = bits < 0 ? bits ^ Long.MAX_VALUE : bits;
        } else {
            key = x.dtype().isUnsigned() ? x.getLong(index) ^ Long.MIN_VALUE : x.getLong(index);
        }
        return direction == SortDirection.ASCENDING ? key : ~key;
    }

    private static int[] positions(int length) {
        int[] positions = new int[length];
        for (int i = 0; i < length; i++) {
            positions[i] = i;
        }
        return positions;
    }

    /** The positions of the least keys in their order; equal ones in the order in which they are given. */
    private static int[] sorted(long[] keys, int[] positions) {
        return positions.length < MANY ? merged(keys, positions) : distributed(keys, positions);
    }

    private static int[] merged(long[] keys, int[] given) {
        int length = given.length;
        int[] from = given;
        int[] to = new int[length];
        for (int start = 0; start < length; start += RUN) {
            insert(keys, from, start, Math.min(length, start + RUN));
        }
        for (int width = RUN; width < length; width *= 2) {
            for (int start = 0; start < length; start += 2 * width) {
                merge(keys, from, to, start, Math.min(length, start + width), Math.min(length, start + 2 * width));
            }
            int[] other = from;
            from = to;
            to = other;
        }
        return from;
    }

    private static void insert(long[] keys, int[] order, int start, int end) {
        for (int i = start + 1; i < end; i++) {
            int moved = order[i];
            int at = i;
            while (at > start && keys[order[at - 1]] > keys[moved]) {
                order[at] = order[at - 1];
                at--;
            }
            order[at] = moved;
        }
    }

    private static void merge(long[] keys, int[] from, int[] to, int start, int middle, int end) {
        int left = start;
        int right = middle;
        for (int i = start; i < end; i++) {
            boolean takesLeft = left < middle && (right >= end || keys[from[left]] <= keys[from[right]]);
            to[i] = from[takesLeft ? left++ : right++];
        }
    }

    /** By the digits of the keys, the lowest first; digits that are the same everywhere are passed over. */
    private static int[] distributed(long[] keys, int[] given) {
        int length = given.length;
        long[] from = new long[length];
        long[] to = new long[length];
        int[] order = given;
        int[] next = new int[length];
        long differing = 0;
        for (int i = 0; i < length; i++) {
            from[i] = keys[order[i]] ^ Long.MIN_VALUE;
            differing |= from[i] ^ from[0];
        }
        int[] starts = new int[1 << DIGIT];
        for (int shift = 0; shift < Long.SIZE; shift += DIGIT) {
            if ((differing >>> shift & starts.length - 1) == 0) {
                continue;
            }
            Arrays.fill(starts, 0);
            for (long key : from) {
                starts[(int) (key >>> shift) & starts.length - 1]++;
            }
            int sum = 0;
            for (int digit = 0; digit < starts.length; digit++) {
                int number = starts[digit];
                starts[digit] = sum;
                sum += number;
            }
            for (int i = 0; i < length; i++) {
                int place = starts[(int) (from[i] >>> shift) & starts.length - 1]++;
                to[place] = from[i];
                next[place] = order[i];
            }
            long[] keysBefore = from;
            from = to;
            to = keysBefore;
            int[] before = order;
            order = next;
            next = before;
        }
        return order;
    }

    /** The positions of the least keys in their order, kept in a heap whose root is the worst of them. */
    private static int[] first(long[] keys, int wanted) {
        int[] heap = positions(wanted);
        for (int i = wanted / 2 - 1; i >= 0; i--) {
            sink(keys, heap, i);
        }
        for (int i = wanted; i < keys.length && wanted > 0; i++) {
            if (keys[i] < keys[heap[0]]) {
                heap[0] = i;
                sink(keys, heap, 0);
            }
        }
        Arrays.sort(heap);
        return sorted(keys, heap);
    }

    private static void sink(long[] keys, int[] heap, int start) {
        int moved = heap[start];
        int at = start;
        while (2 * at + 1 < heap.length) {
            int child = 2 * at + 1;
            if (child + 1 < heap.length && isWorse(keys, heap[child + 1], heap[child])) {
                child++;
            }
            if (!isWorse(keys, heap[child], moved)) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = moved;
    }

    private static boolean isWorse(long[] keys, int a, int b) {
        return keys[a] > keys[b] || keys[a] == keys[b] && a > b;
    }
}
