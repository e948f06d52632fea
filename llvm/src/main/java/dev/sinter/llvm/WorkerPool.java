package dev.sinter.llvm;

import dev.sinter.llvm.ffi.NativeEntry;
import dev.sinter.llvm.ffi.Waiting;
import dev.sinter.tensor.CompilerBug;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;

/**
 * Threads that are parked in native code and run programs together with their caller. A program is
 * {@code i32 program(ptr context, i64 thread, i64 participants)}; all participants run it at the same time
 * and may meet at the barrier of {@link RuntimeIr}.
 *
 * <p>One caller at a time uses the workers: {@link #tryAcquire}, any number of {@link #run}s,
 * {@link #release}. A caller that does not want to wait may always run alone with {@link #runAlone}.
 */
public final class WorkerPool implements AutoCloseable {

    /** About 40 microseconds of {@code pause} on the processors of the day; longer than a wake-up takes. */
    private static final long IDLE_SPINS = 1500;

    /**
     * About a millisecond: who waits for the others of a run knows that they work. A thread that falls asleep in the
     * middle of a run may be woken on the processor of the one that wakes it, and the two would share it.
     */
    private static final long SPINS = 16 * IDLE_SPINS;

    /** Where there are more threads than processors, spinning only delays whoever is waited for. */
    private static final long SPINS_OVERSUBSCRIBED = 50;

    private final CompletableFuture<PoolCode> code;
    private final Arena arena;
    private final MemorySegment memory;
    private final Waiting waiting;
    private final long spins;
    private final int threads;
    private final List<Thread> workers;
    private final Semaphore owner = new Semaphore(1);
    private volatile boolean closed;

    WorkerPool(CompletableFuture<PoolCode> code, Waiting waiting, int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("a pool of " + threads + " threads: the caller is 1");
        }
        this.code = code;
        this.waiting = waiting;
        this.threads = threads;
        boolean oversubscribed = threads > Runtime.getRuntime().availableProcessors();
        this.spins = oversubscribed ? SPINS_OVERSUBSCRIBED : SPINS;
        this.arena = Arena.ofShared();
        this.memory = arena.allocate(PoolLayout.bytes(threads), PoolLayout.LINE);
        writeWaiting(memory, PoolLayout.WAITING);
        memory.set(ValueLayout.JAVA_LONG, PoolLayout.IDLE_SPINS, oversubscribed ? SPINS_OVERSUBSCRIBED : IDLE_SPINS);
        memory.set(ValueLayout.JAVA_LONG, PoolLayout.PROCESSOR_FUNCTION, oversubscribed ? 0 : waiting.processor());
        memory.set(ValueLayout.JAVA_LONG, PoolLayout.PROCESSORS,
                memory.address() + PoolLayout.processors(threads));
        memory.asSlice(PoolLayout.processors(threads)).fill(PoolLayout.UNKNOWN_PROCESSOR);
        this.workers = new ArrayList<>(threads - 1);
        for (int thread = 1; thread < threads; thread++) {
            workers.add(start(thread));
        }
    }

    private Thread start(int thread) {
        MemorySegment slot = memory.asSlice(PoolLayout.slot(thread), PoolLayout.SLOT_BYTES);
        return Thread.ofPlatform().daemon().name("sinter-worker-" + thread)
                .start(() -> work(slot, thread));
    }

    /** A worker's life; without code it has none, and the first run says why. */
    private void work(MemorySegment slot, int thread) {
        compiled().ifPresent(pool -> NativeEntry.work(pool.work(), slot, memory, thread));
    }

    private Optional<PoolCode> compiled() {
        return code.handle((done, failure) -> Optional.ofNullable(done)).join();
    }

    private PoolCode code() {
        try {
            return code.join();
        } catch (CompletionException failed) {
            throw new CompilerBug("the code of the worker pool does not compile", failed.getCause());
        }
    }

    /** The threads of a run, the caller included. */
    public int threads() {
        return threads;
    }

    /** Prepares the barrier of a context; needed once in the life of the context's memory. */
    public void prepare(MemorySegment context) {
        context.asSlice(ContextLayout.BARRIER, ContextLayout.BARRIER_BYTES).fill((byte) 0);
        writeWaiting(context, ContextLayout.BARRIER + ContextLayout.BARRIER_WAITING);
    }

    /** Takes the workers if no other caller has them. */
    public boolean tryAcquire() {
        return owner.tryAcquire();
    }

    /** Takes the workers, waiting for another caller to release them. */
    public void acquire() throws InterruptedException {
        owner.acquire();
    }

    /** Gives the workers back. */
    public void release() {
        owner.release();
    }

    /**
     * Runs a program on this thread and on {@code participants - 1} workers, and returns the largest status.
     * The caller has acquired the pool. The floating-point state is the default one during the run.
     *
     * @param held memory that stays open during the run
     * @throws IllegalStateException if the pool, the program's code or the arena of the context or of held memory is
     *     closed
     */
    public int run(NativeCode program, MemorySegment context, int participants, MemorySegment... held) {
        if (participants < 1 || participants > threads) {
            throw new IllegalArgumentException(
                    participants + " participants in a pool of " + threads + " threads");
        }
        if (owner.availablePermits() != 0) {
            throw new IllegalStateException("the pool has not been acquired");
        }
        if (closed) {
            throw new IllegalStateException("the pool is closed");
        }
        return NativeEntry.run(code().run(), memory, program.address(), context, participants, held);
    }

    /** Runs a program on this thread alone; needs no acquisition, and several threads may do so at a time. */
    public int runAlone(NativeCode program, MemorySegment context, MemorySegment... held) {
        return NativeEntry.run(code().run(), MemorySegment.NULL, program.address(), context, 1, held);
    }

    /** Ends the workers, once the caller that has them releases them; does nothing the second time. */
    @Override
    public void close() {
        owner.acquireUninterruptibly();
        try {
            if (!closed) {
                closed = true;
                compiled().ifPresent(pool -> NativeEntry.stop(pool.stop(), memory, threads));
                joinWorkers();
                arena.close();
            }
        } finally {
            owner.release();
        }
    }

    private void joinWorkers() {
        boolean interrupted = false;
        for (Thread worker : workers) {
            while (worker.isAlive()) {
                try {
                    worker.join();
                } catch (InterruptedException again) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void writeWaiting(MemorySegment target, long offset) {
        target.set(ValueLayout.JAVA_LONG, offset + PoolLayout.WAITING_SYSCALL, waiting.syscall());
        target.set(ValueLayout.JAVA_LONG, offset + PoolLayout.WAITING_FUTEX, waiting.futex());
        target.set(ValueLayout.JAVA_LONG, offset + PoolLayout.WAITING_NANOSLEEP, waiting.nanosleep());
        target.set(ValueLayout.JAVA_LONG, offset + PoolLayout.WAITING_SPINS, spins);
    }
}
