package dev.sinter.program;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.kernel.Kernel;
import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Layout;
import dev.sinter.kernel.Reg;
import dev.sinter.kernel.RegType;
import dev.sinter.plan.Buffer;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What a back end's machine can do at most, measured: the roofline (Williams, Waterman, Patterson, "Roofline",
 * 2009) that {@code explain --analyze} holds kernels against.
 *
 * @param flopsPerNano float32 operations a nanosecond, a fused multiply-add being two, in registers
 * @param bytesPerNano bytes read and written a nanosecond, in main memory
 */
public record Limits(double flopsPerNano, double bytesPerNano) {
    private static final int ACCUMULATORS = 12;
    private static final long TURNS = 20_000;
    private static final long COPIED = 8 << 20;
    private static final long MEASURED_NANOS = 40_000_000;

    /** The least time for a piece of work, in nanoseconds. */
    public double leastNanos(double flops, double bytes) {
        return Math.max(flops / flopsPerNano, bytes / bytesPerNano);
    }

    /** Measures a back end; takes about a tenth of a second. */
    public static Limits measure(Backend backend) {
        int lanes = backend.target().vectorBytes() / 4;
        int threads = backend.target().threads();
        double flops = 2.0 * ACCUMULATORS * lanes * TURNS * threads;
        double multiplyAdds = nanos(backend, multiplyAdds(lanes, threads), lanes);
        double copy = nanos(backend, copy(lanes), COPIED);
        return new Limits(flops / multiplyAdds, 8.0 * COPIED / copy);
    }

    private static double nanos(Backend backend, Kernel kernel, long elements) {
        TensorType type = new TensorType(DType.FLOAT32, Shape.shape(elements));
        List<Buffer> buffers = List.of(new Buffer(0, "in", type, Layout.ROW_MAJOR, new Buffer.Role.Input(0)),
                new Buffer(1, "out", type, Layout.ROW_MAJOR, new Buffer.Role.Output(0)));
        Program program = new Program("limit", buffers, List.of(),
                List.of(new Program.Step.Launch(kernel, List.of(0, 1))));
        try (Arena arena = Arena.ofShared(); CompiledProgram compiled = backend.compile(program);
                Frame frame = compiled.newFrame()) {
            MemorySegment in = arena.allocate(4 * elements, 64);
            frame.setBuffer(0, in);
            frame.setBuffer(1, arena.allocate(4 * elements, 64));
            frame.setThreads(backend.target().threads());
            double best = Double.MAX_VALUE;
            frame.run();
            long end = System.nanoTime() + MEASURED_NANOS;
            while (System.nanoTime() < end) {
                long start = System.nanoTime();
                frame.run();
                best = Math.min(best, System.nanoTime() - start);
            }
            return best;
        }
    }

    /** As many chains of multiply-adds as hide their latency, one tile a thread. */
    private static Kernel multiplyAdds(int lanes, int threads) {
        KernelBuilder k = new KernelBuilder("limit_fma");
        int in = k.buffer("in", DType.FLOAT32, Kernel.Access.READ, Dim.of(lanes));
        int out = k.buffer("out", DType.FLOAT32, Kernel.Access.WRITE, Dim.of(lanes));
        Reg factor = k.load(in, k.index(0), lanes);
        List<Reg> sums = new ArrayList<>();
        for (int i = 0; i < ACCUMULATORS; i++) {
            sums.add(k.constant(RegType.of(DType.FLOAT32, lanes), Float.floatToRawIntBits(i)));
        }
        List<Reg> last = k.loop(k.index(0), k.index(TURNS), 1, sums,
                (turn, carried) -> carried.stream().map(sum -> k.fma(sum, factor, factor)).toList());
        Reg total = last.getFirst();
        for (Reg sum : last.subList(1, last.size())) {
            total = k.add(total, sum);
        }
        k.store(out, k.mul(k.tile(), 0), total);
        return k.build(Dim.of(threads), new Kernel.Work(Dim.of(1), Dim.of(1)));
    }

    private static Kernel copy(int lanes) {
        long tile = 1 << 14;
        KernelBuilder k = new KernelBuilder("limit_copy");
        int in = k.buffer("in", DType.FLOAT32, Kernel.Access.READ, Dim.of(COPIED));
        int out = k.buffer("out", DType.FLOAT32, Kernel.Access.WRITE, Dim.of(COPIED));
        Reg first = k.mul(k.tile(), tile);
        k.loop(k.index(0), k.index(tile), lanes, Collections.emptyList(), (at, carried) -> {
            Reg offset = k.add(first, at);
            k.storeStreaming(out, offset, k.load(in, offset, lanes));
            return List.of();
        });
        return k.build(Dim.of(COPIED / tile), new Kernel.Work(Dim.of(1), Dim.of(1)));
    }
}
