package dev.sinter.op;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Walks float32 operands, each so many bit patterns from the one before, and compares a function's native code with
 * that of float64 on the same operands. Of two operands it walks as many pairs, drawn so that ordinary results, and
 * those at the ends of the dtype, are frequent.
 */
final class PatternWalk {
    private static final int BLOCK = 1 << 16;
    private static final int THREADS = 2;

    private final ScalarFn fn;
    private final NativeFunction code;
    private final long stride;
    private final boolean interpreted;
    private final AtomicLong next = new AtomicLong();

    /**
     * A walk of both.
     *
     * @param interpreted whether the interpreter's results are compared, in place of native code's
     */
    PatternWalk(ScalarFn fn, NativeFunction code, long stride, boolean interpreted) {
        this.fn = fn;
        this.code = code;
        this.stride = stride;
        this.interpreted = interpreted;
    }

    /** The largest error. */
    Worst worst() throws InterruptedException, ExecutionException {
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Future<Worst>> parts = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                parts.add(threads.submit(this::part));
            }
            Worst worst = Worst.NONE;
            for (Future<Worst> part : parts) {
                worst = worst.or(part.get());
            }
            return worst;
        }
    }

    /** The largest error of the blocks that one thread takes. */
    private Worst part() {
        long count = ((1L << 32) + stride - 1) / stride;
        Worst worst = Worst.NONE;
        while (true) {
            long from = next.getAndAdd(BLOCK);
            if (from >= count) {
                return worst;
            }
            int size = (int) Math.min(BLOCK, count - from);
            worst = compare(fn.arity() == 1 ? patterns(from, size) : pairs(from, size), worst);
        }
    }

    private static NDArray array(int[] patterns) {
        NDArray array = NDArray.zeros(DType.FLOAT32, patterns.length);
        MemorySegment.copy(patterns, 0, array.segment(), ValueLayout.JAVA_INT, 0, patterns.length);
        return array;
    }

    private List<NDArray> patterns(long from, int size) {
        int[] patterns = new int[size];
        for (int i = 0; i < size; i++) {
            patterns[i] = (int) ((from + i) * stride);
        }
        return List.of(array(patterns));
    }

    private List<NDArray> pairs(long from, int size) {
        int[] first = new int[size];
        int[] second = new int[size];
        for (int i = 0; i < size; i++) {
            long bits = mixed((from + i) * stride);
            float x = Float.intBitsToFloat((int) bits);
            first[i] = (int) bits;
            second[i] = Float.floatToRawIntBits(second(x, (int) (bits >>> 32), (int) (from + i & 3)));
        }
        return List.of(array(first), array(second));
    }

    /** A second operand: of one kind any number, of the others one that makes an ordinary result of the first one. */
    private float second(float x, int bits, int kind) {
        if (kind == 0) {
            return Float.intBitsToFloat(bits);
        }
        if (fn == ScalarFn.POW) {
            double exponent = bits * 0x1p-31 * (kind == 1 ? 152 : 30) / (Math.log(Math.abs(x)) / Math.log(2));
            return (float) (x < 0 ? Math.rint(exponent) : exponent);
        }
        return x * (float) (bits * 0x1p-31 * (kind == 1 ? 1000 : 2));
    }

    /** Bits that no longer show how near numbers were to each other (Steele, Lea and Flood, 2014). */
    private static long mixed(long number) {
        long x = number * 0x9e3779b97f4a7c15L;
        x = (x ^ x >>> 30) * 0xbf58476d1ce4e5b9L;
        x = (x ^ x >>> 27) * 0x94d049bb133111ebL;
        return x ^ x >>> 31;
    }

    private float[] interpreted(List<NDArray> inputs) {
        NDArray first = inputs.getFirst();
        NDArray last = inputs.getLast();
        float[] found = new float[(int) first.elementCount()];
        for (int i = 0; i < found.length; i++) {
            found[i] = (float) fn.onFloats(first.getDouble(i), last.getDouble(i), 0);
        }
        return found;
    }

    /** The largest error on operands, and of what came before. */
    private Worst compare(List<NDArray> inputs, Worst before) {
        List<NDArray> results = code.run(inputs);
        float[] found = interpreted ? interpreted(inputs) : results.get(0).segment().toArray(ValueLayout.JAVA_FLOAT);
        double[] right = results.get(1).segment().toArray(ValueLayout.JAVA_DOUBLE);
        Worst worst = before;
        double least = worst.ulps() * 0x1p-24;
        for (int i = 0; i < found.length; i++) {
            // A unit is at least this part of the value.
            if (Math.abs(found[i] - right[i]) <= least * Math.abs(right[i])) {
                continue;
            }
            double ulps = Worst.ofFloat(found[i], right[i]);
            if (ulps > worst.ulps()) {
                int index = i;
                worst = worst.with(ulps, inputs.stream().mapToDouble(input -> input.getDouble(index)).toArray());
                least = ulps * 0x1p-24;
            }
        }
        return worst;
    }
}
