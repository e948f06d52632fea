package dev.sinter.program;

import dev.sinter.kernel.Failure;
import dev.sinter.kernel.FailureDetail;
import dev.sinter.kernel.Interpreter;
import dev.sinter.kernel.Kernel;
import dev.sinter.plan.Buffer;
import dev.sinter.plan.MemoryPlan;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.Dim;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;

/** The addresses and sizes of a run that is interpreted. Cancellation is seen between steps. */
final class InterpretedFrame implements Frame {
    private final Program program;
    private final Map<Kernel, Interpreter> kernels = new IdentityHashMap<>();
    private final Map<Dim, Integer> sizeNumbers = new HashMap<>();
    private final MemorySegment[] memory;
    private final long[] sizes;
    private final Map<Integer, List<MemorySegment>> tapes = new HashMap<>();
    private volatile boolean cancelled;
    private boolean committed;
    private Optional<HostFailure> hostFailure = Optional.empty();
    private FailureDetail detail = FailureDetail.NONE;

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
    public long size(int index) {
        return sizes[index];
    }

    @Override
    public void setThreads(int threads) {}

    @Override
    public void setTapeLimit(LongPredicate fits) {}

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
        detail = FailureDetail.NONE;
        committed = false;
        tapes.clear();
        return run(program.steps());
    }

    private int run(List<Program.Step> steps) {
        for (Program.Step step : steps) {
            if (cancelled && !committed) {
                return Failure.CANCELLED.code();
            }
            int failure = 0;
            switch (step) {
                case Program.Step.Launch launch -> failure = launch(launch);
                case Program.Step.CallHost call -> failure = call(call);
                case Program.Step.Define size -> failure = define(size);
                case Program.Step.Copy copy -> segment(copy.to()).copyFrom(segment(copy.from()));
                case Program.Step.Loop loop -> failure = loop(loop);
                case Program.Step.Branch branch -> {
                    long number = segment(branch.number()).get(ValueLayout.JAVA_LONG, 0);
                    int last = branch.branches().size() - 1;
                    failure = run(branch.branches().get(number < 0 || number > last ? last : (int) number));
                }
                case Program.Step.PointOfNoReturn _ -> committed = true;
            }
            if (failure != 0) {
                return failure;
            }
        }
        return 0;
    }

    private int define(Program.Step.Define size) {
        long found = segment(size.value()).get(ValueLayout.JAVA_LONG, 0);
        if (found < 0 || found > value(size.atMost())) {
            return Failure.SIZE_OUT_OF_RANGE.code();
        }
        long[] before = sizes.clone();
        sizeNumbers.forEach((dim, number) -> {
            if (dim.symbols().contains(size.symbol())) {
                sizes[number] = dim.evaluate(symbol -> symbol.equals(size.symbol()) ? found
                        : before[sizeNumbers.get(Dim.ofSymbol(symbol))]);
            }
        });
        return 0;
    }

    private int loop(Program.Step.Loop loop) {
        long most = loop.trips().length().map(this::value).orElse(Long.MAX_VALUE);
        if (loop.limit().isPresent()) {
            most = Math.min(most, Math.max(0, segment(loop.limit().get()).get(ValueLayout.JAVA_LONG, 0)));
        }
        memory[loop.counter()] = Arena.ofAuto().allocate(8, 8);
        for (Program.Carry carry : loop.carries()) {
            if (carry.isInPlace()) {
                segment(carry.result()).copyFrom(segment(carry.initial()));
            }
            memory[carry.current()] = switch (carry.way()) {
                case IN_PLACE -> segment(carry.result());
                case ALTERNATING -> segment(carry.initial());
                case STACKED -> stacked(carry, 0).copyFrom(segment(carry.initial()));
            };
        }
        boolean goesOn = loop.condition().isEmpty() || isTrue(loop.condition().get());
        long count = 0;
        while (goesOn && count < most) {
            if (cancelled && !committed) {
                return Failure.CANCELLED.code();
            }
            long index = loop.trips().reverse() ? most - 1 - count : count;
            memory[loop.counter()].set(ValueLayout.JAVA_LONG, 0, index);
            loop.rows().forEach(row -> memory[row] = row(row, index));
            for (Program.Carry carry : loop.carries()) {
                memory[carry.next()] = switch (carry.way()) {
                    case IN_PLACE -> memory[carry.current()];
                    case ALTERNATING -> memory[carry.current()].address() == segment(carry.result()).address()
                            ? segment(carry.spare()) : segment(carry.result());
                    case STACKED -> stacked(carry, index + 1);
                };
            }
            int failure = run(loop.body());
            if (failure != 0) {
                return failure;
            }
            loop.carries().forEach(carry -> memory[carry.current()] = memory[carry.next()]);
            goesOn = loop.goesOn().isEmpty() || isTrue(loop.goesOn().get());
            count++;
        }
        for (Program.Carry carry : loop.carries()) {
            if (memory[carry.current()].address() != segment(carry.result()).address()) {
                segment(carry.result()).copyFrom(segment(carry.current()));
            }
        }
        if (loop.count().isPresent()) {
            segment(loop.count().get()).set(ValueLayout.JAVA_LONG, 0, count);
        }
        return 0;
    }

    /** The memory of the value that a stacked carry has before an iteration. */
    private MemorySegment stacked(Program.Carry carry, long iteration) {
        long bytes = value(program.buffers().get(carry.result()).bytes());
        return given(carry.spare()).asSlice(iteration * bytes, bytes);
    }

    private boolean isTrue(int buffer) {
        return segment(buffer).get(ValueLayout.JAVA_BYTE, 0) != 0;
    }

    /** The memory of a row at an index. */
    private MemorySegment row(int row, long index) {
        int of = ((Buffer.Role.Row) program.buffers().get(row).role()).of();
        long bytes = value(program.buffers().get(row).bytes());
        if (program.buffers().get(of).role() instanceof Buffer.Role.Tape) {
            List<MemorySegment> tape = tapes.computeIfAbsent(of, key -> new ArrayList<>());
            while (tape.size() <= index) {
                tape.add(Arena.ofAuto().allocate(Math.max(1, bytes), MemoryPlan.ALIGNMENT));
            }
            return tape.get((int) index);
        }
        return segment(of).asSlice(index * bytes, bytes);
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
            int code = interpreter.run(arguments, this::value);
            detail = code == 0 ? detail : interpreter.detail();
            return code;
        } catch (IndexOutOfBoundsException outside) {
            throw new CompilerBug("kernel " + launch.kernel().name() + " accesses memory outside of its buffers: "
                    + outside.getMessage(), outside);
        }
    }

    private int call(Program.Step.CallHost call) {
        try {
            HostCalls.call(call.function(), call.operands().stream().map(this::argument).toList(),
                    call.results().stream().map(this::argument).toList());
            return 0;
        } catch (Exception thrown) {
            hostFailure = Optional.of(new HostFailure(call.function(), thrown));
            return Failure.HOST_CALL.code();
        }
    }

    private HostCalls.Argument argument(int id) {
        Buffer buffer = program.buffers().get(id);
        long[] dims = buffer.type().shape().dims().stream().mapToLong(this::value).toArray();
        return new HostCalls.Argument(buffer.type().dtype(), dims, segment(id));
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
    public FailureDetail failureDetail() {
        return detail;
    }

    @Override
    public Optional<HostFailure> hostFailure() {
        return hostFailure;
    }

    @Override
    public void close() {}
}
