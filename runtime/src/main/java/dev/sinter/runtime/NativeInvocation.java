package dev.sinter.runtime;

import dev.sinter.ir.Function;
import dev.sinter.ir.Type.StateType;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.kernel.Failure;
import dev.sinter.op.Parameter;
import dev.sinter.op.ScalarFn;
import dev.sinter.plan.Buffer;
import dev.sinter.program.Explanation;
import dev.sinter.program.Frame;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.SymbolBinder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
    private NativeCode code;
    private Frame frame;
    private Slots slots;
    private MemorySegment arena = MemorySegment.NULL;
    private double[] leastNanos = new double[0];
    private boolean bound;
    private boolean isTimed;
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
        use(executable.code());
    }

    /** Which buffers of the program take what. */
    private record Slots(Buffer[] inputs, Buffer[] states, Buffer[] next, Buffer[] outputs, Buffer[] temporaries,
            Buffer[] runNumbers, MemorySegment[] given) {}

    private void use(NativeCode newCode) {
        if (frame != null) {
            frame.close();
        }
        code = newCode;
        frame = newCode.program().newFrame();
        isTimed = frame.stepNanos().length > 0;
        if (cancelled) {
            frame.cancel();
        }
        List<Buffer> buffers = newCode.compilation().program().buffers();
        slots = new Slots(of(buffers, Buffer.Role.Input.class), of(buffers, Buffer.Role.State.class),
                of(buffers, Buffer.Role.NextState.class), of(buffers, Buffer.Role.Output.class),
                of(buffers, Buffer.Role.Temporary.class), of(buffers, Buffer.Role.RunNumber.class),
                new MemorySegment[buffers.size()]);
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

    /** Gives the frame an address where it has another one. */
    private void give(int buffer, MemorySegment memory) {
        if (slots.given()[buffer] != memory) {
            slots.given()[buffer] = memory;
            frame.setBuffer(buffer, memory);
        }
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
        for (Buffer buffer : slots.inputs()) {
            Buffer.Role.Input role = (Buffer.Role.Input) buffer.role();
            give(buffer.id(), inputs[tensorParameters[role.parameter()]].segment());
        }
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

    private void noteTimes() {
        double[] nanos = frame.stepNanos();
        for (int i = 0; i < nanos.length; i++) {
            leastNanos[i] = Math.min(leastNanos[i], nanos[i]);
        }
    }

    @Override
    public String explain() {
        return Explanation.of(code.compilation(), symbol -> boundSymbols[binder.symbols().indexOf(symbol)],
                executable.engine().options().threads(),
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

    /** Takes the sizes from the inputs and lays out the memory, where they differ from the last run's. */
    private void bind() {
        binder.bind(inputList, symbols);
        if (bound && Arrays.equals(symbols, boundSymbols)) {
            return;
        }
        bound = false;
        NativeBinding binding = code.binding(binder.symbols(), symbols, executable.engine().options());
        for (int i = 0; i < binding.sizes().length; i++) {
            frame.setSize(i, binding.sizes()[i]);
        }
        frame.setThreads(binding.threads());
        if (arena.byteSize() < binding.memory().peak()) {
            arena = binding.arena();
        }
        for (Buffer buffer : slots.temporaries()) {
            give(buffer.id(), arena.asSlice(binding.memory().offsets()[buffer.id()]));
        }
        for (Buffer buffer : slots.outputs()) {
            NDArray array = NativeBinding.array(buffer, symbol -> symbols[binder.symbols().indexOf(symbol)]);
            results[((Buffer.Role.Output) buffer.role()).result()] = array;
            give(buffer.id(), array.segment());
        }
        System.arraycopy(symbols, 0, boundSymbols, 0, symbols.length);
        leastNanos = new double[code.compilation().program().steps().size()];
        Arrays.fill(leastNanos, Double.MAX_VALUE);
        bound = true;
    }

    private Outcome failed(int status) {
        if (status == Failure.CANCELLED.code()) {
            return Outcome.CANCELLED;
        }
        if (status == Failure.DIVISION_BY_ZERO.code()) {
            throw new GraphException("run: an integer was divided by 0; guard the divisor with where(...)"
                    + divisions());
        }
        if (status == Failure.HOST_CALL.code()) {
            Throwable thrown = frame.hostFailure().orElseGet(() -> new GraphException("run: a host call failed"));
            switch (thrown) {
                case GraphException mistake -> throw mistake;
                case Error error -> throw error;
                default -> throw new GraphException("run: a host call failed: " + thrown, thrown);
            }
        }
        if (status == Failure.OUT_OF_MEMORY.code()) {
            throw new GraphException("run: the history of a loop does not fit into memory; bound its iterations, or"
                    + " take no gradient through it");
        }
        throw new GraphException("run: an index is out of range");
    }

    /** The places of the divisions of integers, one a line. */
    private String divisions() {
        StringBuilder text = new StringBuilder();
        divisions(executable.function(), text);
        return text.toString();
    }

    private static void divisions(Function function, StringBuilder text) {
        for (Value value : function.values()) {
            boolean divides = value.op() instanceof dev.sinter.op.Map(ScalarFn fn) && value.dtype().isInteger()
                    && (fn == ScalarFn.DIV || fn == ScalarFn.REM);
            if (divides) {
                function.locations().of(value).forEach(place -> text.append("\n  at ").append(place));
            }
            value.op().regions().forEach(region -> divisions(region.function(), text));
        }
    }

    @Override
    public NDArray result(int index) {
        return results[index];
    }

    @Override
    public void cancel() {
        cancelled = true;
        frame.cancel();
    }

    @Override
    public void clearCancel() {
        cancelled = false;
        frame.clearCancel();
    }

    @Override
    public void close() {
        frame.close();
    }
}
