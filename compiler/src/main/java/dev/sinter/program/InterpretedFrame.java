package dev.sinter.program;

import dev.sinter.kernel.Failure;
import dev.sinter.kernel.Interpreter;
import dev.sinter.kernel.Kernel;
import dev.sinter.plan.Buffer;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The addresses and sizes of a run that is interpreted. Cancellation is seen between steps. */
final class InterpretedFrame implements Frame {
    private final Program program;
    private final Map<Kernel, Interpreter> kernels = new IdentityHashMap<>();
    private final Map<Dim, Integer> sizeNumbers = new HashMap<>();
    private final MemorySegment[] memory;
    private final long[] sizes;
    private volatile boolean cancelled;
    private Optional<Throwable> hostFailure = Optional.empty();

    InterpretedFrame(Program program) {
        this.program = program;
        this.memory = new MemorySegment[program.buffers().size()];
        this.sizes = new long[program.sizes().size()];
        for (int i = 0; i < sizes.length; i++) {
            sizeNumbers.put(program.sizes().get(i), i);
        }
    }

    @Override
    public void setBuffer(int buffer, MemorySegment segment) {
        memory[buffer] = segment;
    }

    /** Java checks each access. */
    @Override
    public void hold(MemorySegment... memories) {}

    @Override
    public void setSize(int index, long value) {
        sizes[index] = value;
    }

    @Override
    public void setThreads(int threads) {}

    @Override
    public void cancel() {
        cancelled = true;
    }

    @Override
    public void clearCancel() {
        cancelled = false;
    }

    @Override
    public int run() {
        hostFailure = Optional.empty();
        boolean committed = false;
        for (Program.Step step : program.steps()) {
            if (cancelled && !committed) {
                return Failure.CANCELLED.code();
            }
            int failure = 0;
            switch (step) {
                case Program.Step.Launch launch -> failure = launch(launch);
                case Program.Step.CallHost call -> failure = call(call);
                case Program.Step.Copy copy -> segment(copy.to()).copyFrom(segment(copy.from()));
                case Program.Step.PointOfNoReturn _ -> committed = true;
            }
            if (failure != 0) {
                return failure;
            }
        }
        return 0;
    }

    private int launch(Program.Step.Launch launch) {
        Interpreter interpreter = kernels.computeIfAbsent(launch.kernel(), Interpreter::new);
        List<MemorySegment> arguments = new ArrayList<>();
        for (int i = 0; i < launch.buffers().size(); i++) {
            boolean scratch = launch.kernel().buffers().get(i).access() == Kernel.Access.SCRATCH;
            int id = launch.buffers().get(i);
            arguments.add(scratch ? given(id) : segment(id));
        }
        try {
            return interpreter.run(arguments, this::value);
        } catch (IndexOutOfBoundsException outside) {
            throw new CompilerBug("kernel " + launch.kernel().name() + " accesses memory outside of its buffers: "
                    + outside.getMessage(), outside);
        }
    }

    private int call(Program.Step.CallHost call) {
        try {
            HostCalls.call(call.function(), call.operands().stream().map(this::array).toList(),
                    call.results().stream().map(this::array).toList());
            return 0;
        } catch (Exception thrown) {
            hostFailure = Optional.of(thrown);
            return Failure.HOST_CALL.code();
        }
    }

    private NDArray array(int id) {
        Buffer buffer = program.buffers().get(id);
        long[] dims = buffer.type().shape().dims().stream().mapToLong(this::value).toArray();
        return NDArray.wrap(buffer.type().dtype(), segment(id), dims);
    }

    /** The memory of a buffer, exactly as long as the buffer where its size is known. */
    private MemorySegment segment(int id) {
        Buffer buffer = program.buffers().get(id);
        Dim bytes = buffer.bytes();
        boolean known = bytes.isConstant() || sizeNumbers.containsKey(bytes);
        return known ? given(id).asSlice(0, value(bytes)) : given(id);
    }

    private MemorySegment given(int id) {
        Buffer at = program.buffers().get(id);
        while (memory[at.id()] == null && at.role() instanceof Buffer.Role.View view) {
            at = program.buffers().get(view.of());
        }
        if (memory[at.id()] == null) {
            throw new CompilerBug("buffer " + at.name() + " of program @" + program.name() + " has no memory");
        }
        return memory[at.id()];
    }

    private long value(Dim dim) {
        if (dim.isConstant()) {
            return dim.constant();
        }
        Integer number = sizeNumbers.get(dim);
        if (number == null) {
            throw new CompilerBug("the program " + program.name() + " does not list the size " + dim);
        }
        return sizes[number];
    }

    @Override
    public double[] stepNanos() {
        return new double[0];
    }

    @Override
    public Optional<Throwable> hostFailure() {
        return hostFailure;
    }

    @Override
    public void close() {}
}
