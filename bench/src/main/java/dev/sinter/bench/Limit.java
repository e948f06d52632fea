package dev.sinter.bench;

import dev.sinter.llvm.Llvm;
import dev.sinter.llvm.LoadedCode;
import dev.sinter.llvm.NativeCode;
import dev.sinter.llvm.Target;
import dev.sinter.llvm.WorkerPool;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** A native loop that finds out what the machine can do with a number of threads at once. */
final class Limit implements Workload {
    private static final long FMA_TURNS = 1 << 17;
    private static final long ALIGNMENT = 4096;

    private record Loaded(LoadedCode code, NativeCode program, WorkerPool pool, MemorySegment context) { }

    private final String name;
    private final Llvm llvm;
    private final int threads;
    private final Cost cost;
    private final String function;
    private final String ir;
    private final BiConsumer<Limit, MemorySegment> fill;
    private final Arena arena = Arena.ofShared();
    private Optional<Loaded> loaded = Optional.empty();

    private Limit(String name, Llvm llvm, int threads, Cost cost, String function, String ir,
            BiConsumer<Limit, MemorySegment> fill) {
        this.name = name;
        this.llvm = llvm;
        this.threads = threads;
        this.cost = cost;
        this.function = function;
        this.ir = ir;
        this.fill = fill;
    }

    /**
     * The peak of fused multiply-adds; nothing where there is no native code.
     *
     * @param dtype float32 or float64
     */
    static List<Contender> fmaPeak(String prefix, int threads, DType dtype) {
        return switch (Llvm.load()) {
            case Llvm.Availability.Available(Llvm llvm) -> {
                Target host = llvm.host();
                Cost cost = Cost.ofFlops(threads * LimitCode.fmaFlops(host, dtype, FMA_TURNS));
                yield List.of(Contender.of(new Limit(prefix + "-fma-peak", llvm, threads, cost, "fma",
                        LimitCode.fma(host, dtype), (limit, context) -> limit.fillFma(context, dtype))));
            }
            case Llvm.Availability.Unavailable _ -> List.of();
        };
    }

    /** Copies of that many bytes, through the caches and around; nothing where there is no native code. */
    static List<Contender> copies(String prefix, int threads, long bytes) {
        return switch (Llvm.load()) {
            case Llvm.Availability.Available(Llvm llvm) -> List.of(
                    copy(prefix + "-copy", llvm, threads, bytes, LimitCode.Store.PLAIN),
                    copy(prefix + "-streaming-copy", llvm, threads, bytes, LimitCode.Store.STREAMING));
            case Llvm.Availability.Unavailable _ -> List.of();
        };
    }

    private static Contender copy(String name, Llvm llvm, int threads, long bytes, LimitCode.Store store) {
        long parts = wholeParts(bytes);
        return Contender.of(new Limit(name, llvm, threads, Cost.ofBytes(2.0 * parts), "copy",
                LimitCode.copy(llvm.host(), store), (limit, context) -> limit.fillCopy(context, parts)));
    }

    /** A loop that only reads that many bytes; nothing where there is no native code. */
    static List<Contender> reads(String prefix, int threads, long bytes) {
        long parts = wholeParts(bytes);
        return switch (Llvm.load()) {
            case Llvm.Availability.Available(Llvm llvm) -> List.of(Contender.of(new Limit(
                    prefix + "-read", llvm, threads, Cost.ofReadBytes(parts), "read",
                    LimitCode.read(llvm.host()), (limit, context) -> limit.fillRead(context, parts))));
            case Llvm.Availability.Unavailable _ -> List.of();
        };
    }

    /** As many bytes as there are in the parts that threads share. */
    private static long wholeParts(long bytes) {
        return Math.max(1, bytes / LimitCode.PART_BYTES) * LimitCode.PART_BYTES;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Cost cost() {
        return cost;
    }

    @Override
    public void prepare() {
        LoadedCode code = llvm.loader().load(llvm.compiler().compile(ir, llvm.host()));
        WorkerPool pool = llvm.workerPool(threads);
        if (!pool.tryAcquire()) {
            throw new IllegalStateException("a new pool has no other caller");
        }
        MemorySegment context = arena.allocate(LimitCode.BYTES, 64);
        fill.accept(this, context);
        loaded = Optional.of(new Loaded(code, code.function(function), pool, context));
    }

    private void fillFma(MemorySegment empty, DType dtype) {
        int vector = llvm.host().vectorBits() / 8;
        MemorySegment operands = arena.allocate((long) threads * LimitCode.FMA_BYTES, 64);
        for (int thread = 0; thread < threads; thread++) {
            MemorySegment own = operands.asSlice((long) thread * LimitCode.FMA_BYTES, LimitCode.FMA_BYTES);
            fill(own.asSlice(0, vector), dtype, 1);
            fill(own.asSlice(vector, vector), dtype, 0.5);
            fill(own.asSlice(2L * vector, vector), dtype, 1);
        }
        empty.set(ValueLayout.ADDRESS, LimitCode.A, operands);
        empty.set(ValueLayout.JAVA_LONG, LimitCode.COUNT, FMA_TURNS);
    }

    private void fillCopy(MemorySegment empty, long bytes) {
        MemorySegment to = arena.allocate(bytes, ALIGNMENT);
        MemorySegment from = arena.allocate(bytes, ALIGNMENT);
        to.fill((byte) 1);
        from.fill((byte) 2);
        empty.set(ValueLayout.ADDRESS, LimitCode.A, to);
        empty.set(ValueLayout.ADDRESS, LimitCode.B, from);
        empty.set(ValueLayout.JAVA_LONG, LimitCode.COUNT, bytes);
    }

    private void fillRead(MemorySegment empty, long bytes) {
        MemorySegment from = Llvm.zeros(arena, bytes);
        from.fill((byte) 2);
        empty.set(ValueLayout.ADDRESS, LimitCode.A, arena.allocate((long) threads * LimitCode.SUM_BYTES, 64));
        empty.set(ValueLayout.ADDRESS, LimitCode.B, from);
        empty.set(ValueLayout.JAVA_LONG, LimitCode.COUNT, bytes);
    }

    private static void fill(MemorySegment segment, DType dtype, double value) {
        segment.copyFrom(NDArray.full(dtype, value, segment.byteSize() / dtype.bytes()).segment());
    }

    @Override
    public void iterate() {
        Loaded running = loaded.orElseThrow();
        if (running.pool.run(running.program, running.context, threads) != 0) {
            throw new IllegalStateException(name + " fails");
        }
    }

    @Override
    public void close() {
        loaded.ifPresent(running -> {
            running.pool.release();
            running.pool.close();
            running.code.close();
        });
        arena.close();
    }
}
