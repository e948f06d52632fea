package dev.sinter.plan;

import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Function;
import dev.sinter.ir.Type.StateType;
import dev.sinter.ir.Type.TapeType;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Type.TokenType;
import dev.sinter.ir.Type.TupleType;
import dev.sinter.ir.Value;
import dev.sinter.op.InitialState;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.SymbolBindings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs a plan step by step in Java, each nest point by point, and so says what a plan means. Every buffer is
 * taken as row-major. What the plan has not written is NaN, or a large number, so that a read of it shows.
 */
public final class PlanInterpreter {
    private final Plan plan;
    private final Function function;
    private final SymbolBindings symbols;
    private final List<NDArray> memory = new ArrayList<>();

    private PlanInterpreter(Plan plan, Function function, List<NDArray> inputs) {
        this.plan = plan;
        this.function = function;
        this.symbols = Interpreter.binder(function).bind(inputs);
        Map<String, NDArray> variables = new HashMap<>();
        for (int i = 0; i < inputs.size(); i++) {
            if (function.parameters().get(i).op() instanceof InitialState state) {
                NDArray copy = NDArray.zeros(inputs.get(i).dtype(), inputs.get(i).sizes());
                copy.segment().copyFrom(inputs.get(i).segment());
                variables.put(state.variable(), copy);
            }
        }
        for (Buffer buffer : plan.buffers()) {
            memory.add(allocate(buffer, inputs, variables));
        }
    }

    /**
     * The results of a function by its plan.
     *
     * @param function what was planned
     * @param inputs   one array a parameter, as for the interpreter of functions
     * @return one array a result: of a state the variable's value, of a token the bool {@code true}
     * @throws GraphException where a size does not fit or a step fails
     */
    public static List<NDArray> run(Plan plan, Function function, List<NDArray> inputs) {
        return new PlanInterpreter(plan, function, inputs).run();
    }

    private NDArray allocate(Buffer buffer, List<NDArray> inputs, Map<String, NDArray> variables) {
        TensorType type = buffer.type();
        long[] sizes = symbols.evaluate(type.shape());
        return switch (buffer.role()) {
            case Buffer.Role.Input input -> inputs.get(input.parameter());
            case Buffer.Role.State state -> variables.get(state.variable());
            case Buffer.Role.NextState next when next.inPlace() && variables.containsKey(next.variable()) ->
                    variables.get(next.variable());
            case Buffer.Role.NextState next -> undefined(type.dtype(), sizes);
            case Buffer.Role.Output output -> undefined(type.dtype(), sizes);
            case Buffer.Role.Temporary temporary -> undefined(type.dtype(), sizes);
            case Buffer.Role.Constant constant -> constant.value();
            case Buffer.Role.View view -> NDArray.wrap(type.dtype(), memory.get(view.of()).segment(), sizes);
            case Buffer.Role.RunNumber run -> inputs.get(runNumber());
        };
    }

    private int runNumber() {
        for (int i = 0; i < function.parameters().size(); i++) {
            if (function.parameters().get(i).op() instanceof dev.sinter.op.RunNumber) {
                return i;
            }
        }
        throw new CompilerBug("the plan reads the number of the run, the function has no such parameter");
    }

    private static NDArray undefined(DType dtype, long[] sizes) {
        return NDArray.full(dtype, dtype.isFloat() ? Double.NaN : 123456789, sizes);
    }

    private List<NDArray> run() {
        for (Plan.Step step : plan.steps()) {
            switch (step) {
                case Plan.Compute compute -> new NestInterpreter(compute.nest(), memory, symbols).run();
                case Plan.Call call -> call(call);
            }
        }
        List<NDArray> results = new ArrayList<>();
        for (int i = 0; i < function.results().size(); i++) {
            results.add(result(i, function.results().get(i)));
        }
        return results;
    }

    private void call(Plan.Call call) {
        List<NDArray> results;
        try {
            results = call.function().call(call.operands().stream().map(memory::get).toList());
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw new GraphException("host call " + call.function().name() + ": interrupted", interrupt);
        } catch (Exception failure) {
            throw new GraphException("host call " + call.function().name() + ": " + failure, failure);
        }
        for (int i = 0; i < results.size(); i++) {
            memory.get(call.results().get(i)).segment().copyFrom(results.get(i).segment());
        }
    }

    private NDArray result(int index, Value value) {
        return switch (value.type()) {
            case TensorType tensor -> find(buffer -> buffer.role() instanceof Buffer.Role.Output output
                    && output.result() == index);
            case StateType state -> find(buffer -> switch (buffer.role()) {
                case Buffer.Role.NextState next -> next.variable().equals(state.variable());
                case Buffer.Role.State read -> read.variable().equals(state.variable()) && !isWritten(state);
                default -> false;
            });
            case TokenType token -> NDArray.scalar(DType.BOOL, 1);
            case TupleType _, TapeType _ -> throw new CompilerBug(value + " is no tensor and cannot be a result");
        };
    }

    private boolean isWritten(StateType state) {
        return plan.buffers().stream().anyMatch(buffer -> buffer.role() instanceof Buffer.Role.NextState next
                && next.variable().equals(state.variable()));
    }

    private NDArray find(java.util.function.Predicate<Buffer> wanted) {
        return memory.get(plan.buffers().stream().filter(wanted).findFirst().orElseThrow(() ->
                new CompilerBug("the plan lacks the buffer of a result")).id());
    }
}
