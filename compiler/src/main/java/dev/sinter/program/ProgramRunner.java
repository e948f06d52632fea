package dev.sinter.program;

import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Function;
import dev.sinter.ir.Type.StateType;
import dev.sinter.ir.Type.TapeType;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Type.TokenType;
import dev.sinter.ir.Type.TupleType;
import dev.sinter.ir.Value;
import dev.sinter.kernel.Failure;
import dev.sinter.op.InitialState;
import dev.sinter.op.RunNumber;
import dev.sinter.plan.Buffer;
import dev.sinter.plan.MemoryPlan;
import dev.sinter.plan.Packing;
import dev.sinter.plan.Plan;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Symbol;
import dev.sinter.tensor.SymbolBindings;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** Runs a compiled program once on given arrays, all memory allocated anew: for tests and tools. */
public final class ProgramRunner {
    private final Function function;
    private final Program program;
    private final SymbolBindings symbols;
    private final int threads;
    private final List<NDArray> inputs;
    private final Map<Integer, MemorySegment> memory = new HashMap<>();

    private ProgramRunner(Function function, Program program, List<NDArray> inputs, int threads) {
        this.function = function;
        this.program = program;
        this.inputs = inputs;
        this.threads = threads;
        this.symbols = Interpreter.binder(function).bind(inputs);
    }

    /**
     * The results of a run.
     *
     * @param function what the program was made of
     * @param inputs   one array a parameter, as for the interpreter of functions; none is changed
     * @return one array a result: of a state the variable's value, of a token the bool {@code true}
     * @throws GraphException where the run fails
     */
    public static List<NDArray> run(Function function, Program program, CompiledProgram compiled,
            List<NDArray> inputs, int threads) {
        try (Arena arena = Arena.ofShared(); Frame frame = compiled.newFrame()) {
            return new ProgramRunner(function, program, inputs, threads).run(frame, arena);
        }
    }

    private List<NDArray> run(Frame frame, Arena arena) {
        ToLongFunction<Symbol> greatest = program.greatest(symbols::value);
        MemoryPlan.Binding binding = MemoryPlan.of(program).bind(greatest, threads);
        MemorySegment temporaries = arena.allocate(Math.max(1, binding.peak()), MemoryPlan.ALIGNMENT);
        temporaries.fill((byte) 0xff);
        for (Buffer buffer : program.buffers()) {
            if (isOfALoop(buffer)) {
                continue;
            }
            MemorySegment segment = binding.offsets()[buffer.id()] >= 0
                    ? temporaries.asSlice(binding.offsets()[buffer.id()]) : segment(buffer, arena);
            memory.put(buffer.id(), segment);
            frame.setBuffer(buffer.id(), segment);
        }
        for (int i = 0; i < program.sizes().size(); i++) {
            frame.setSize(i, program.sizes().get(i).evaluate(greatest));
        }
        frame.setThreads(threads);
        int failure = frame.run();
        if (failure != 0) {
            throw failed(failure, frame);
        }
        List<NDArray> results = new ArrayList<>();
        for (int i = 0; i < function.results().size(); i++) {
            results.add(result(i, function.results().get(i), frame));
        }
        return results;
    }

    /** Whether a frame finds a buffer's memory by itself. */
    private boolean isOfALoop(Buffer buffer) {
        return switch (Plan.owner(program.buffers(), buffer.id()).role()) {
            case Buffer.Role.Row _, Buffer.Role.Carried _, Buffer.Role.Counter _, Buffer.Role.Tape _ -> true;
            case Buffer.Role.Input _, Buffer.Role.State _, Buffer.Role.NextState _, Buffer.Role.Output _,
                    Buffer.Role.Temporary _, Buffer.Role.Constant _, Buffer.Role.View _, Buffer.Role.RunNumber _ ->
                    false;
        };
    }

    private static GraphException failed(int code, Frame frame) {
        if (frame.hostFailure().isPresent()) {
            Throwable thrown = frame.hostFailure().get().thrown();
            return new GraphException("a host call failed: " + thrown, thrown);
        }
        for (Failure failure : Failure.values()) {
            if (failure.code() == code) {
                return new GraphException("the run failed: " + failure);
            }
        }
        return new GraphException("the run failed with code " + code);
    }

    private MemorySegment segment(Buffer buffer, Arena arena) {
        return switch (buffer.role()) {
            case Buffer.Role.Input input -> inputs.get(input.parameter()).segment();
            case Buffer.Role.RunNumber _ -> inputs.get(parameter(RunNumber.class)).segment();
            case Buffer.Role.State state -> packed(buffer, arena, initial(state.variable()));
            case Buffer.Role.Constant constant -> packed(buffer, arena, constant.value());
            case Buffer.Role.NextState next when next.inPlace() -> memory.entrySet().stream()
                    .filter(entry -> program.buffers().get(entry.getKey()).role() instanceof Buffer.Role.State state
                            && state.variable().equals(next.variable()))
                    .map(Map.Entry::getValue).findFirst().orElseGet(() -> empty(buffer, arena));
            case Buffer.Role.NextState _, Buffer.Role.Output _, Buffer.Role.Temporary _ -> empty(buffer, arena);
            case Buffer.Role.View view -> memory.get(view.of());
            case Buffer.Role.Row _, Buffer.Role.Carried _, Buffer.Role.Counter _, Buffer.Role.Tape _ ->
                    throw new CompilerBug(buffer + " is a loop's own");
        };
    }

    private MemorySegment empty(Buffer buffer, Arena arena) {
        long bytes = symbols.evaluate(buffer.bytes().atMost(program.bounds()));
        MemorySegment segment = arena.allocate(Math.max(1, bytes), MemoryPlan.ALIGNMENT);
        boolean padded = !buffer.storage().equals(buffer.type().shape().elementCount());
        segment.fill((byte) (padded ? 0 : 0xff));
        return segment;
    }

    private MemorySegment packed(Buffer buffer, Arena arena, NDArray value) {
        MemorySegment segment = arena.allocate(Math.max(1, Packing.bytes(value, buffer.layout())),
                MemoryPlan.ALIGNMENT);
        Packing.pack(value, buffer.layout(), segment);
        return segment;
    }

    private NDArray initial(String variable) {
        for (int i = 0; i < inputs.size(); i++) {
            if (function.parameters().get(i).op() instanceof InitialState state
                    && state.variable().equals(variable)) {
                return inputs.get(i);
            }
        }
        throw new CompilerBug("no parameter is the state of " + variable);
    }

    private int parameter(Class<?> op) {
        for (int i = 0; i < inputs.size(); i++) {
            if (op.isInstance(function.parameters().get(i).op())) {
                return i;
            }
        }
        throw new CompilerBug("no parameter is a " + op.getSimpleName());
    }

    private NDArray result(int index, Value value, Frame frame) {
        return switch (value.type()) {
            case TensorType _ -> read(find(role -> role instanceof Buffer.Role.Output output
                    && output.result() == index), frame);
            case StateType state -> program.buffers().stream().anyMatch(buffer -> isNext(buffer.role(), state))
                    ? read(find(role -> isNext(role, state)), frame) : initial(state.variable());
            case TokenType _ -> NDArray.scalar(DType.BOOL, 1);
            case TupleType _, TapeType _ -> throw new CompilerBug(value + " is no tensor and cannot be a result");
        };
    }

    private static boolean isNext(Buffer.Role role, StateType state) {
        return role instanceof Buffer.Role.NextState next && next.variable().equals(state.variable());
    }

    private Buffer find(java.util.function.Predicate<Buffer.Role> wanted) {
        return program.buffers().stream().filter(buffer -> wanted.test(buffer.role())).findFirst()
                .orElseThrow(() -> new CompilerBug("the program lacks the buffer of a result"));
    }

    private NDArray read(Buffer buffer, Frame frame) {
        NDArray array = NDArray.zeros(buffer.type().dtype(), program.actual(buffer, symbols::value, frame));
        Packing.unpack(memory.get(buffer.id()), buffer.layout(), array);
        return array;
    }
}
