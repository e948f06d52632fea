package dev.sinter.llvm;

import dev.sinter.kernel.Failure;
import dev.sinter.llvm.ffi.HostTrampoline;
import dev.sinter.llvm.ffi.NativeMemory;
import dev.sinter.plan.Buffer;
import dev.sinter.plan.Plan;
import dev.sinter.kernel.FailureDetail;
import dev.sinter.program.Frame;
import dev.sinter.program.HostCalls;
import dev.sinter.program.HostFailure;
import dev.sinter.program.Program;
import dev.sinter.program.Program.Step;
import dev.sinter.tensor.Dim;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;

/** The context of a run in native memory, and its tables. */
final class LlvmFrame implements Frame {
    private final Program program;
    private final WorkerPool pool;
    private final NativeCode entry;
    private final Arena arena = Arena.ofShared();
    private final Tapes tapes = new Tapes();
    private final MemorySegment context;
    private final MemorySegment buffers;
    private final MemorySegment sizes;
    private final MemorySegment[] memories;
    private final List<Step.CallHost> hostCalls;
    private Optional<HostFailure> failure = Optional.empty();
    private final MemorySegment times;
    private MemorySegment[] held = new MemorySegment[0];
    private long wallNanos;
    private final Sharing sharing = new Sharing();
    private int threads = 1;

    LlvmFrame(LlvmProgram compiled) {
        this.program = compiled.program();
        this.pool = compiled.pool();
        this.entry = compiled.entry();
        this.context = arena.allocate(ContextLayout.BYTES, ContextLayout.ALIGNMENT);
        this.buffers = arena.allocate(8L * Math.max(1, program.buffers().size()), 64);
        this.sizes = arena.allocate(8L * Math.max(1, program.sizes().size()), 64);
        this.memories = new MemorySegment[program.buffers().size()];
        this.hostCalls = program.allSteps().stream().filter(Step.CallHost.class::isInstance)
                .map(Step.CallHost.class::cast).toList();
        List<MemorySegment> kernels = compiled.kernelAddresses();
        MemorySegment table = arena.allocate(8L * Math.max(1, kernels.size()), 64);
        for (int i = 0; i < kernels.size(); i++) {
            table.setAtIndex(ValueLayout.JAVA_LONG, i, kernels.get(i).address());
        }
        pool.prepare(context);
        context.set(ValueLayout.JAVA_LONG, ContextLayout.BUFFERS, buffers.address());
        context.set(ValueLayout.JAVA_LONG, ContextLayout.SYMBOLS, sizes.address());
        context.set(ValueLayout.JAVA_LONG, ContextLayout.KERNELS, table.address());
        this.times = arena.allocate(compiled.timed() ? 8L * (program.steps().size() + 1) : 0, 8);
        context.set(ValueLayout.JAVA_LONG, ContextLayout.TIMES, times.address());
        for (Buffer buffer : program.buffers()) {
            if (buffer.role() instanceof Buffer.Role.Tape) {
                setBuffer(buffer.id(), arena.allocate(8L * TapeLayout.MOST_PIECES, 64));
                tapes.add(buffer.id(), memories[buffer.id()]);
            }
        }
        if (!hostCalls.isEmpty() || !tapes.isEmpty()) {
            context.set(ValueLayout.JAVA_LONG, ContextLayout.HOST_CALL,
                    HostTrampoline.to(this::enter, arena).address());
        }
    }

    @Override
    public void setBuffer(int buffer, MemorySegment memory) {
        memories[buffer] = memory;
        buffers.setAtIndex(ValueLayout.JAVA_LONG, buffer, memory.address());
    }

    @Override
    public void hold(MemorySegment... borrowed) {
        held = borrowed;
    }

    @Override
    public void setSize(int index, long value) {
        sizes.setAtIndex(ValueLayout.JAVA_LONG, index, value);
    }

    @Override
    public long size(int index) {
        return sizes.getAtIndex(ValueLayout.JAVA_LONG, index);
    }

    @Override
    public void setThreads(int count) {
        this.threads = Math.clamp(count, 1, pool.threads());
        sharing.reset();
    }

    @Override
    public void setTapeLimit(LongPredicate fits) {
        tapes.setLimit(fits);
    }

    @Override
    public void cancel() {
        context.set(ValueLayout.JAVA_INT, ContextLayout.CANCEL, 1);
    }

    @Override
    public void clearCancel() {
        context.set(ValueLayout.JAVA_INT, ContextLayout.CANCEL, 0);
    }

    @Override
    public int run() {
        context.set(ValueLayout.JAVA_INT, ContextLayout.STATUS, 0);
        context.set(ValueLayout.JAVA_LONG, ContextLayout.ERROR_DETAIL, 0);
        failure = Optional.empty();
        tapes.begin();
        if (times.byteSize() == 0) {
            int status = runOnce();
            Reference.reachabilityFence(memories);
            return status;
        }
        long start = System.nanoTime();
        int status = runOnce();
        wallNanos = System.nanoTime() - start;
        Reference.reachabilityFence(memories);
        return status;
    }

    /** What is measured step by step runs with all threads. */
    private int runOnce() {
        if (threads == 1) {
            return pool.runAlone(entry, context, held);
        }
        long begin = System.nanoTime();
        boolean wanted = times.byteSize() != 0 || sharing.withAll(begin);
        boolean all = wanted && pool.tryAcquire();
        int status = all ? runWithAll() : pool.runAlone(entry, context, held);
        long end = System.nanoTime();
        // How long a run takes that fails or is stopped says nothing of the next.
        if (status == 0 && all) {
            sharing.ranWithAll(end - begin, end);
        } else if (status == 0 && !wanted) {
            sharing.ranAlone(end - begin, end);
        }
        return status;
    }

    private int runWithAll() {
        try {
            return pool.run(entry, context, threads, held);
        } finally {
            pool.release();
        }
    }

    @Override
    public FailureDetail failureDetail() {
        return new FailureDetail((int) context.get(ValueLayout.JAVA_LONG, ContextLayout.ERROR_DETAIL),
                context.get(ValueLayout.JAVA_LONG, ContextLayout.ERROR_DETAIL + 8),
                context.get(ValueLayout.JAVA_LONG, ContextLayout.ERROR_DETAIL + 16));
    }

    @Override
    public double[] stepNanos() {
        int steps = (int) (times.byteSize() / 8) - 1;
        double[] nanos = new double[Math.max(0, steps)];
        for (int i = 0; i < steps; i++) {
            nanos[i] = cycles(i, i + 1) * wallNanos / Math.max(1, cycles(0, steps));
        }
        return nanos;
    }

    private double cycles(int from, int to) {
        return times.getAtIndex(ValueLayout.JAVA_LONG, to) - times.getAtIndex(ValueLayout.JAVA_LONG, from);
    }

    @Override
    public Optional<HostFailure> hostFailure() {
        return failure;
    }

    /** A host call by its number, or a wish for a piece of the tape {@code -1 - index}. */
    private int enter(long index) {
        return index < 0 ? growTape((int) (-1 - index)) : callHost(index);
    }

    private int growTape(int tape) {
        long piece = context.get(ValueLayout.JAVA_LONG, ContextLayout.TAPE_PIECE);
        long element = context.get(ValueLayout.JAVA_LONG, ContextLayout.TAPE_BYTES);
        return tapes.provide(tape, (int) piece, element) ? 0 : Failure.OUT_OF_MEMORY.code();
    }

    private int callHost(long index) {
        Step.CallHost call = hostCalls.get((int) index);
        try {
            HostCalls.call(call.function(), call.operands().stream().map(this::argument).toList(),
                    call.results().stream().map(this::argument).toList());
            return 0;
        } catch (Throwable thrown) {
            failure = Optional.of(new HostFailure(call.function(), thrown));
            return Failure.HOST_CALL.code();
        }
    }

    private HostCalls.Argument argument(int id) {
        Buffer buffer = program.buffers().get(id);
        long[] dims = buffer.type().shape().dims().stream().mapToLong(this::value).toArray();
        long bytes = value(buffer.bytes());
        int owner = Plan.owner(program.buffers(), id).id();
        MemorySegment memory = switch (program.buffers().get(owner).role()) {
            case Buffer.Role.Row _, Buffer.Role.Carried _, Buffer.Role.Counter _ ->
                    NativeMemory.at(buffers.getAtIndex(ValueLayout.JAVA_LONG, owner), bytes);
            default -> memories[owner].asSlice(0, bytes);
        };
        return new HostCalls.Argument(buffer.type().dtype(), dims, memory);
    }

    private long value(Dim dim) {
        return dim.isConstant() ? dim.constant()
                : sizes.getAtIndex(ValueLayout.JAVA_LONG, program.sizes().indexOf(dim));
    }

    @Override
    public void close() {
        tapes.close();
        arena.close();
    }
}
