package dev.sinter.runtime;

import dev.sinter.ir.Function;
import dev.sinter.ir.Region;
import dev.sinter.ir.Type.StateType;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.kernel.Failure;
import dev.sinter.kernel.FailureDetail;
import dev.sinter.op.CheckIndex;
import dev.sinter.op.DefineSize;
import dev.sinter.op.HostCall;
import dev.sinter.op.Parameter;
import dev.sinter.op.ScalarFn;
import dev.sinter.plan.Buffer;
import dev.sinter.program.Explanation;
import dev.sinter.program.Frame;
import dev.sinter.program.HostFailure;
import dev.sinter.program.Program;
import dev.sinter.runtime.RunCancelledException.Reason;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Symbol;
import dev.sinter.tensor.SymbolBinder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** A frame of native code with its arena, its results and the addresses that it was last given. */
final class NativeInvocation implements Invocation {
    private final NativeExecutable executable;
    private final SymbolBinder binder;
    private final int[] tensorParameters;
    private final NDArray[] inputs;
    private final List<NDArray> inputList;
    private final long[] symbols;
    private final long[] boundSymbols;
    private final Map<String, NativeStorage> storages = new HashMap<>();
    private final MemorySegment runNumber = Arena.ofAuto().allocate(64, 64);
    private final NDArray[] results;
    private final NDArray[] spares;
    /** Which results have sizes that a run finds. */
    private final boolean[] found;
    private MemorySegment[] held = new MemorySegment[0];
    private NativeCode code;
    private Frame frame;
    private Slots slots;
    private Arena arenaOwner = Arena.ofShared();
    private MemorySegment arena = MemorySegment.NULL;
    private double[] leastNanos = new double[0];
    private boolean bound;
    private boolean isTimed;
    private final Object cancellation = new Object();
    private volatile boolean cancelled;

    NativeInvocation(NativeExecutable executable) {
        this.executable = executable;
        Function function = executable.function();
        List<SymbolBinder.Input> declared = new ArrayList<>();
        List<Integer> positions = new ArrayList<>();
        for (int i = 0; i < function.parameters().size(); i++) {
            Value parameter = function.parameters().get(i);
            if (parameter.op() instanceof Parameter named) {
                TensorType type = named.type();
                declared.add(new SymbolBinder.Input(named.name(), type.dtype(), type.shape()));
                positions.add(i);
            }
        }
        this.binder = new SymbolBinder(declared);
        this.tensorParameters = new int[function.parameters().size()];
        Arrays.fill(tensorParameters, -1);
        for (int i = 0; i < positions.size(); i++) {
            tensorParameters[positions.get(i)] = i;
        }
        this.inputs = new NDArray[positions.size()];
        this.inputList = Arrays.asList(inputs);
        this.symbols = new long[binder.symbols().size()];
        this.boundSymbols = new long[symbols.length];
        this.results = new NDArray[function.results().size()];
        this.spares = new NDArray[results.length];
        this.found = new boolean[results.length];
        use(executable.code());
    }

    /** Which buffers of the program take what. */
    private record Slots(Buffer[] inputs, Buffer[] states, Buffer[] next, Buffer[] outputs, Buffer[] temporaries,
            Buffer[] runNumbers, MemorySegment[] given) {}

    private void use(NativeCode newCode) {
        Frame old = frame;
        Frame fresh = newCode.program().newFrame();
        synchronized (cancellation) {
            frame = fresh;
            if (cancelled) {
                fresh.cancel();
            }
        }
        code = newCode;
        isTimed = fresh.stepNanos().length > 0;
        if (old != null) {
            old.close();
        }
        List<Buffer> buffers = newCode.compilation().program().buffers();
        slots = new Slots(of(buffers, Buffer.Role.Input.class), of(buffers, Buffer.Role.State.class),
                of(buffers, Buffer.Role.NextState.class), of(buffers, Buffer.Role.Output.class),
                of(buffers, Buffer.Role.Temporary.class), of(buffers, Buffer.Role.RunNumber.class),
                new MemorySegment[buffers.size()]);
        frame.hold(held);
        for (Buffer buffer : of(buffers, Buffer.Role.Constant.class)) {
            give(buffer.id(), newCode.constant(buffer.id()));
        }
        for (Buffer buffer : slots.runNumbers()) {
            give(buffer.id(), runNumber);
        }
        bound = false;
    }

    private static Buffer[] of(List<Buffer> buffers, Class<? extends Buffer.Role> role) {
        return buffers.stream().filter(buffer -> role.isInstance(buffer.role())).toArray(Buffer[]::new);
    }

    /** Gives the frame an address where it has another one; whether it had. */
    private boolean give(int buffer, MemorySegment memory) {
        boolean changes = slots.given()[buffer] != memory;
        if (changes) {
            slots.given()[buffer] = memory;
            frame.setBuffer(buffer, memory);
        }
        return changes;
    }

    @Override
    public void setInput(int parameter, NDArray value) {
        inputs[tensorParameters[parameter]] = value;
    }

    @Override
    public void setState(int parameter, Storage storage) {
        StateType type = (StateType) executable.function().parameters().get(parameter).type();
        storages.put(type.variable(), (NativeStorage) storage);
    }

    @Override
    public Outcome run(long number) {
        NativeCode now = executable.code();
        if (now != code) {
            use(now);
        }
        bind();
        holdInputs();
        giveInputs();
        giveStates();
        runNumber.set(ValueLayout.JAVA_LONG, 0, number);
        int status = frame.run();
        if (status != 0) {
            return failed(status);
        }
        if (isTimed) {
            noteTimes();
        }
        return Outcome.DONE;
    }

    /** Gives the inputs; a result that lies in one of them moves to other memory. */
    private void giveInputs() {
        boolean changed = false;
        for (Buffer buffer : slots.inputs()) {
            Buffer.Role.Input role = (Buffer.Role.Input) buffer.role();
            changed |= give(buffer.id(), inputs[tensorParameters[role.parameter()]].segment());
        }
        for (int i = 0; changed && i < slots.outputs().length; i++) {
            Buffer buffer = slots.outputs()[i];
            int result = ((Buffer.Role.Output) buffer.role()).result();
            if (isFed(results[result])) {
                takeSpare(result);
                give(buffer.id(), results[result].segment());
            }
        }
    }

    /** Has the frame keep the memory open that is not ours; what it cannot hold is copied. */
    private void holdInputs() {
        int borrowed = 0;
        for (int i = 0; i < inputs.length; i++) {
            if (inputs[i].isBorrowed() && ++borrowed > Frame.MOST_HELD) {
                inputs[i] = EvalEngine.copy(inputs[i]);
                borrowed--;
            }
        }
        if (held.length != borrowed) {
            held = new MemorySegment[borrowed];
            frame.hold(held);
        }
        for (NDArray input : inputs) {
            if (input.isBorrowed()) {
                held[--borrowed] = input.segment();
            }
        }
    }

    /** Whether an input lies, at least in part, where a result is to be written. */
    private boolean isFed(NDArray result) {
        long start = result.segment().address();
        long end = start + result.segment().byteSize();
        for (NDArray input : inputs) {
            long address = input.segment().address();
            if (address < end && start < address + input.segment().byteSize()) {
                return true;
            }
        }
        return false;
    }

    private void takeSpare(int result) {
        NDArray taken = results[result];
        NDArray spare = spares[result];
        results[result] = spare != null && !isFed(spare) ? spare : NDArray.zeros(taken.dtype(), taken.sizes());
        spares[result] = taken;
    }

    @Override
    public void forgetInputs() {
        Arrays.fill(inputs, null);
        Arrays.fill(held, MemorySegment.NULL);
        for (Buffer buffer : slots.inputs()) {
            give(buffer.id(), MemorySegment.NULL);
        }
    }

    private void noteTimes() {
        double[] nanos = frame.stepNanos();
        for (int i = 0; i < nanos.length; i++) {
            leastNanos[i] = Math.min(leastNanos[i], nanos[i]);
        }
    }

    @Override
    public String explain() {
        return Explanation.of(code.compilation(), code.compilation().program().greatest(
                symbol -> boundSymbols[binder.symbols().indexOf(symbol)]),
                executable.options().threads(),
                isTimed ? Optional.of(new Explanation.Times(leastNanos, executable.engine().limits()))
                        : Optional.empty());
    }

    private void giveStates() {
        for (Buffer buffer : slots.states()) {
            Buffer.Role.State role = (Buffer.Role.State) buffer.role();
            give(buffer.id(), storages.get(role.variable()).in(buffer.layout()).memory());
        }
        for (Buffer buffer : slots.next()) {
            Buffer.Role.NextState role = (Buffer.Role.NextState) buffer.role();
            NativeStorage storage = storages.get(role.variable());
            if (role.inPlace()) {
                storage.writeInPlace();
                give(buffer.id(), storage.in(buffer.layout()).memory());
            } else {
                give(buffer.id(), storage.shadow(buffer.layout()));
            }
        }
    }

    /** Whether a run of the inputs that are set finds the memory that it needs. */
    boolean fits() {
        NativeCode now = executable.code();
        if (now != code) {
            use(now);
        }
        binder.bind(inputList, symbols);
        return bound && Arrays.equals(symbols, boundSymbols)
                || code.binding(binder.symbols(), symbols, executable.options()).fits();
    }

    private long symbol(Symbol symbol) {
        return symbols[binder.symbols().indexOf(symbol)];
    }

    /** Takes the sizes from the inputs and lays out the memory, where they differ from the last run's. */
    private void bind() {
        binder.bind(inputList, symbols);
        if (bound && Arrays.equals(symbols, boundSymbols)) {
            return;
        }
        bound = false;
        SessionOptions options = executable.options();
        NativeBinding binding = code.binding(binder.symbols(), symbols, options);
        if (!binding.fits()) {
            NativeCode fitting = executable.fitting(binding, this::symbol);
            NativeBinding.require(fitting.compilation(), this::symbol, options);
            use(fitting);
            binding = code.binding(binder.symbols(), symbols, options);
        }
        for (int i = 0; i < binding.sizes().length; i++) {
            frame.setSize(i, binding.sizes()[i]);
        }
        frame.setThreads(binding.threads());
        frame.setTapeLimit(binding.tapes());
        provideArena(binding.arenaBytes());
        for (Buffer buffer : slots.temporaries()) {
            give(buffer.id(), arena.asSlice(binding.memory().offsets()[buffer.id()]));
        }
        Program program = code.compilation().program();
        for (Buffer buffer : slots.outputs()) {
            NDArray array = NativeBinding.array(program, buffer, this::symbol);
            results[((Buffer.Role.Output) buffer.role()).result()] = array;
            found[((Buffer.Role.Output) buffer.role()).result()] = buffer.type().shape().dims().stream()
                    .anyMatch(dim -> !Collections.disjoint(dim.symbols(), program.bounds().keySet()));
            spares[((Buffer.Role.Output) buffer.role()).result()] = null;
            give(buffer.id(), array.segment());
        }
        System.arraycopy(symbols, 0, boundSymbols, 0, symbols.length);
        leastNanos = new double[code.compilation().program().steps().size()];
        Arrays.fill(leastNanos, Double.MAX_VALUE);
        bound = true;
    }

    /** Makes the arena as large as asked, or leaves it larger where no tape may need what that wastes. */
    private void provideArena(long bytes) {
        boolean exact = code.compilation().hasTapes();
        if (arena.byteSize() < bytes || exact && arena.byteSize() > bytes) {
            arena = MemorySegment.NULL;
            arenaOwner.close();
            arenaOwner = Arena.ofShared();
            arena = executable.engine().backend().allocate(arenaOwner, bytes);
        }
    }

    private Outcome failed(int status) {
        if (status == Failure.CANCELLED.code()) {
            return Outcome.CANCELLED;
        }
        if (status == Failure.DIVISION_BY_ZERO.code()) {
            throw new GraphException(placed("an integer is divided by 0; guard the divisor with where(...)",
                    NativeInvocation::divides));
        }
        if (status == Failure.HOST_CALL.code()) {
            HostFailure failure = frame.hostFailure().orElseThrow(() -> new CompilerBug("no host call failed"));
            switch (failure.thrown()) {
                case InterruptedException _ -> throw new RunCancelledException(Reason.INTERRUPTED);
                case Error error -> throw error;
                case GraphException mistake -> throw placed(mistake.getMessage(), failure);
                default -> throw placed("host call " + failure.function().name() + ": " + failure.thrown(), failure);
            }
        }
        if (status == Failure.OUT_OF_MEMORY.code()) {
            throw new GraphException("run: the history of a loop does not fit into the memory of a run; bound its"
                    + " iterations, raise SessionOptions.memoryLimit, or take no gradient through it");
        }
        if (status == Failure.SIZE_OUT_OF_RANGE.code()) {
            throw new GraphException(placed("run: a size that the run finds is negative or exceeds its bound",
                    value -> value.op() instanceof DefineSize));
        }
        throw outside(frame.failureDetail());
    }

    /** The error of a host call, with the places of its op. */
    private GraphException placed(String message, HostFailure failure) {
        return new GraphException(placed(message, value -> value.op() instanceof HostCall call
                && call.function() == failure.function()), failure.thrown());
    }

    /** The error of an index that lies outside, with the check that found it. */
    private GraphException outside(FailureDetail detail) {
        Predicate<Value> isCheck = value -> value.op() instanceof CheckIndex check && check.site() == detail.site();
        Optional<Value> found = found(executable.source(), isCheck);
        if (found.isEmpty()) {
            return new GraphException(placed("run: index " + detail.index() + " lies outside of its axis",
                    value -> value.op() instanceof CheckIndex));
        }
        CheckIndex check = (CheckIndex) found.get().op();
        long[] sizes = found.get().shape().dims().stream().mapToLong(this::size).toArray();
        GraphException refusal = check.refusal(detail.index(), detail.position(), sizes, size(check.size()));
        return new GraphException(placed(refusal.getMessage(), isCheck));
    }

    private static Optional<Value> found(Function function, Predicate<Value> kind) {
        for (Value value : function.values()) {
            Optional<Value> inside = kind.test(value) ? Optional.of(value) : value.op().regions().stream()
                    .flatMap(region -> found(region.function(), kind).stream()).findFirst();
            if (inside.isPresent()) {
                return inside;
            }
        }
        return Optional.empty();
    }

    /** A size in this run; the greatest it may be, where the program does not mention it. */
    private long size(Dim dim) {
        Program program = code.compilation().program();
        int number = program.sizes().indexOf(dim);
        return number >= 0 ? frame.size(number) : dim.evaluate(program.greatest(this::symbol));
    }

    /** A message with the places of the ops of a kind, one a line, and of what they lie in. */
    private String placed(String message, Predicate<Value> kind) {
        return placed(message, executable.source(), kind);
    }

    private static boolean divides(Value value) {
        return value.op() instanceof dev.sinter.op.Map(ScalarFn fn) && value.dtype().isInteger()
                && (fn == ScalarFn.DIV || fn == ScalarFn.REM);
    }

    private static String placed(String message, Function function, Predicate<Value> kind) {
        String text = message;
        for (Value value : function.values()) {
            String inside = text;
            for (Region region : value.op().regions()) {
                inside = placed(inside, region.function(), kind);
            }
            text = kind.test(value) || !inside.equals(text) ? function.locations().behind(inside, value) : text;
        }
        return text;
    }

    @Override
    public NDArray result(int index) {
        return found[index] ? actual(index) : results[index];
    }

    /** The part of a result that the run has filled, whose sizes it has found. */
    private NDArray actual(int index) {
        Program program = code.compilation().program();
        Buffer buffer = Arrays.stream(slots.outputs()).filter(output -> ((Buffer.Role.Output) output.role()).result()
                == index).findFirst().orElseThrow();
        long[] sizes = program.actual(buffer, symbol -> symbols[binder.symbols().indexOf(symbol)], frame);
        long bytes = buffer.type().dtype().bytes() * Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
        return NDArray.wrap(buffer.type().dtype(), results[index].segment().asSlice(0, bytes), sizes);
    }

    @Override
    public void cancel() {
        synchronized (cancellation) {
            cancelled = true;
            frame.cancel();
        }
    }

    @Override
    public void clearCancel() {
        if (cancelled) {
            synchronized (cancellation) {
                cancelled = false;
                frame.clearCancel();
            }
        }
    }

    @Override
    public void close() {
        frame.close();
        arenaOwner.close();
    }
}
