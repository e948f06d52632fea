package dev.sinter.baselines.onednn;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.sinter.baselines.onednn.OneDnn.Argument;
import dev.sinter.baselines.onednn.OneDnn.Description;
import dev.sinter.baselines.onednn.OneDnn.Layout;
import dev.sinter.baselines.onednn.OneDnn.Operands;
import dev.sinter.baselines.onednn.OneDnn.Primitive;
import dev.sinter.baselines.protocol.Baseline;
import dev.sinter.baselines.protocol.Serve;
import dev.sinter.baselines.protocol.Task;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Matrix products in oneDNN, float32: the fastest of its plain GEMM, its matmul primitive on row-major
 * operands, and the same with the second operand laid out beforehand as the primitive likes it best. The
 * number of threads is that of OpenMP.
 */
public final class OneDnnGemm implements Baseline {
    private static final long TRIAL_NANOS = 15_000_000;
    private static final int TRIALS = 8;

    private record Candidate(String name, Task task) { }

    private final OneDnn oneDnn;
    private final List<String> names;

    private OneDnnGemm(Path library, List<String> names) {
        oneDnn = new OneDnn(library);
        this.names = names;
    }

    /** Serves the names, {@code gemm-N...} or {@code gemm-MxKxN...}, that follow the library's file. */
    public static void main(String[] arguments) throws IOException {
        List<String> names = Arrays.asList(arguments).subList(1, arguments.length);
        Serve.serve(new OneDnnGemm(Path.of(arguments[0]), names));
    }

    @Override
    public List<String> names() {
        return names;
    }

    @Override
    public Task prepare(String name) {
        String[] sizes = name.split("-")[1].split("x");
        int m = Integer.parseInt(sizes[0]);
        int k = sizes.length == 1 ? m : Integer.parseInt(sizes[1]);
        int n = sizes.length == 1 ? m : Integer.parseInt(sizes[2]);
        MemorySegment a = random(m * k);
        MemorySegment b = random(k * n);
        MemorySegment c = random(m * n);
        List<Candidate> candidates = List.of(
                new Candidate("sgemm", () -> oneDnn.sgemm(m, k, n, a, b, c)),
                new Candidate("matmul", matmul(m, k, n, a, b, c, false)),
                new Candidate("matmul with B packed", matmul(m, k, n, a, b, c, true)));
        for (Candidate candidate : candidates) {
            candidate.task().run();
            verify(m, k, n, a, b, c, candidate.name());
        }
        double[] times = new double[candidates.size()];
        Arrays.fill(times, Double.POSITIVE_INFINITY);
        for (int trial = 0; trial < TRIALS; trial++) {
            for (int i = 0; i < times.length; i++) {
                times[i] = Math.min(times[i], time(candidates.get(i).task()));
            }
        }
        int best = 0;
        for (int i = 1; i < times.length; i++) {
            best = times[i] < times[best] ? i : best;
        }
        return candidates.get(best).task();
    }

    /** The least time of one run, in microseconds. */
    private static double time(Task task) {
        double least = Double.POSITIVE_INFINITY;
        long begin = System.nanoTime();
        long now = begin;
        do {
            task.run();
            long end = System.nanoTime();
            least = Math.min(least, (end - now) / 1e3);
            now = end;
        } while (now - begin < TRIAL_NANOS);
        return least;
    }

    private Task matmul(int m, int k, int n, MemorySegment a, MemorySegment b, MemorySegment c,
            boolean packed) {
        Layout aLayout = oneDnn.rowMajor(m, k);
        Layout bPlain = oneDnn.rowMajor(k, n);
        Layout cLayout = oneDnn.rowMajor(m, n);
        Description description = oneDnn.matmul(aLayout, packed ? oneDnn.chosen(k, n) : bPlain, cLayout);
        Layout bLayout = oneDnn.weights(description);
        Operands operands = oneDnn.operands(List.of(
                oneDnn.operand(Argument.SOURCE, aLayout, a),
                oneDnn.operand(Argument.WEIGHTS, bLayout, packed ? reordered(bPlain, b, bLayout) : b),
                oneDnn.operand(Argument.DESTINATION, cLayout, c)));
        Primitive primitive = oneDnn.primitive(description);
        return () -> oneDnn.run(primitive, operands);
    }

    private MemorySegment reordered(Layout from, MemorySegment data, Layout to) {
        MemorySegment result = Arena.global().allocate(oneDnn.bytes(to), 64);
        oneDnn.run(oneDnn.primitive(oneDnn.reorder(from, to)), oneDnn.operands(List.of(
                oneDnn.operand(Argument.SOURCE, from, data),
                oneDnn.operand(Argument.DESTINATION, to, result))));
        return result;
    }

    private static void verify(int m, int k, int n, MemorySegment a, MemorySegment b, MemorySegment c,
            String name) {
        Random random = new Random(1);
        for (int sample = 0; sample < 16; sample++) {
            int row = random.nextInt(m);
            int column = random.nextInt(n);
            double sum = 0;
            for (int i = 0; i < k; i++) {
                sum += (double) a.getAtIndex(JAVA_FLOAT, (long) row * k + i)
                        * b.getAtIndex(JAVA_FLOAT, (long) i * n + column);
            }
            long place = (long) row * n + column;
            if (!(Math.abs(c.getAtIndex(JAVA_FLOAT, place) - sum) < 1e-4 * Math.sqrt(k))) {
                throw new IllegalStateException(name + " gives a wrong product");
            }
            c.setAtIndex(JAVA_FLOAT, place, Float.NaN);
        }
    }

    private static MemorySegment random(int count) {
        MemorySegment values = Arena.global().allocate((long) count * Float.BYTES, 64);
        Random random = new Random(0);
        for (int i = 0; i < count; i++) {
            values.setAtIndex(JAVA_FLOAT, i, random.nextFloat() - 0.5f);
        }
        return values;
    }
}
