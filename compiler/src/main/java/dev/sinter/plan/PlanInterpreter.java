package dev.sinter.plan;

import dev.sinter.eval.Interpreter;
import dev.sinter.eval.Loops;
import dev.sinter.ir.Function;
import dev.sinter.ir.Symbols;
import dev.sinter.ir.Type.StateType;
import dev.sinter.ir.Type.TapeType;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Type.TokenType;
import dev.sinter.ir.Type.TupleType;
import dev.sinter.ir.Value;
import dev.sinter.op.DefineSize;
import dev.sinter.op.InitialState;
import dev.sinter.op.RunNumber;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Symbol;
import dev.sinter.tensor.SymbolBindings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Runs a plan step by step in Java, each nest point by point, and so says what a plan means. Every buffer is
 * taken as row-major. What the plan has not written is NaN, or a large number, so that a read of it shows.
 */
public final class PlanInterpreter {
    private final Plan plan;
    private final Set<Symbol> missing;
    private SymbolBindings symbols;
    private final List<NDArray> inputs;
    private final OptionalInt runNumber;
    private final Map<String, NDArray> variables = new HashMap<>();
    private final List<NDArray> memory = new ArrayList<>();

    /**
     * A plan to be run once.
     *
     * @param inputs    by the numbers of the plan's inputs
     * @param variables the values of variables, which are copied
     * @param runNumber which input is the number of the run
     */
    private PlanInterpreter(Plan plan, SymbolBindings symbols, List<NDArray> inputs, Map<String, NDArray> variables,
            OptionalInt runNumber) {
        this.plan = plan;
        this.symbols = symbols;
        this.inputs = inputs;
        this.runNumber = runNumber;
        variables.forEach((variable, value) -> this.variables.put(variable, copy(value)));
        this.missing = definitions(plan);
        for (Buffer buffer : plan.buffers()) {
            memory.add(isKnown(buffer) ? allocate(buffer) : NDArray.zeros(buffer.type().dtype(), 0));
        }
    }

    private static Set<Symbol> definitions(Plan plan) {
        Set<Symbol> symbols = new HashSet<>();
        plan.steps().forEach(step -> {
            if (step instanceof Plan.Define size) {
                symbols.add(size.symbol());
            }
        });
        return symbols;
    }

    private boolean isKnown(Buffer buffer) {
        return missing.isEmpty() || Collections.disjoint(missing, Symbols.of(buffer.type()));
    }

    /** Sets the size and makes the buffers that waited for it alone. */
    private void define(Plan.Define size) {
        long value = memory.get(size.value()).getLong(0);
        long most = symbols.evaluate(size.atMost());
        if (value < 0 || value > most) {
            throw new GraphException(new DefineSize(size.symbol(), size.atMost()).refusal(value, most));
        }
        symbols = symbols.with(size.symbol(), value);
        List<Buffer> waiting = plan.buffers().stream().filter(buffer -> !isKnown(buffer)).toList();
        missing.remove(size.symbol());
        waiting.stream().filter(this::isKnown).forEach(buffer -> memory.set(buffer.id(), allocate(buffer)));
    }

    private static NDArray copy(NDArray array) {
        NDArray copy = NDArray.zeros(array.dtype(), array.sizes());
        copy.segment().copyFrom(array.segment());
        return copy;
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
        Map<String, NDArray> variables = new HashMap<>();
        OptionalInt runNumber = OptionalInt.empty();
        for (int i = 0; i < inputs.size(); i++) {
            if (function.parameters().get(i).op() instanceof InitialState state) {
                variables.put(state.variable(), inputs.get(i));
            } else if (function.parameters().get(i).op() instanceof RunNumber) {
                runNumber = OptionalInt.of(i);
            }
        }
        PlanInterpreter interpreter = new PlanInterpreter(plan, Interpreter.binder(function).bind(inputs), inputs,
                variables, runNumber);
        interpreter.run();
        List<NDArray> results = new ArrayList<>();
        for (int i = 0; i < function.results().size(); i++) {
            results.add(interpreter.result(i, function.results().get(i)));
        }
        return results;
    }

    private NDArray allocate(Buffer buffer) {
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
            case Buffer.Role.RunNumber run -> inputs.get(runNumber.orElseThrow(() -> new CompilerBug(
                    "the plan reads the number of the run, the function has no such parameter")));
            case Buffer.Role.Tape tape -> NDArray.zeros(type.dtype(), tapeSizes(0, sizes));
            case Buffer.Role.Row _, Buffer.Role.Carried _, Buffer.Role.Counter _ ->
                    throw new CompilerBug("a plan has no " + buffer);
        };
    }

    private static long[] tapeSizes(long count, long[] sizes) {
        return LongStream.concat(LongStream.of(count), LongStream.of(sizes)).toArray();
    }

    private static NDArray undefined(DType dtype, long[] sizes) {
        return NDArray.full(dtype, dtype.isFloat() ? Double.NaN : 123456789, sizes);
    }

    private void run() {
        for (Plan.Step step : plan.steps()) {
            switch (step) {
                case Plan.Compute compute -> new NestInterpreter(compute.nest(), memory, symbols).run();
                case Plan.Call call -> call(call);
                case Plan.Define size -> define(size);
                case Plan.Iterate loop -> give(loop.results(), new Loops(loop.trips(), loop.sequences(), loop.carries(),
                        stacked(loop), symbols, arguments -> iteration(loop, arguments))
                        .run(loop.operands().stream().map(memory::get).toList()));
                case Plan.Choose choice -> choose(choice);
            }
        }
    }

    /** The types of the elements of what a loop stacks. */
    private List<TensorType> stacked(Plan.Iterate loop) {
        return loop.results().subList(loop.carries(), loop.carries() + loop.stacked()).stream().map(id -> {
            Buffer buffer = plan.buffers().get(id);
            boolean tape = buffer.role() instanceof Buffer.Role.Tape;
            List<Dim> dims = buffer.type().shape().dims();
            return tape ? buffer.type() : buffer.type().withShape(new Shape(dims.subList(1, dims.size())));
        }).toList();
    }

    private List<NDArray> iteration(Plan.Iterate loop, List<NDArray> arguments) {
        Map<String, NDArray> given = new HashMap<>();
        int firstCarry = 1 + loop.sequences();
        for (int i = firstCarry; i < arguments.size(); i++) {
            int carry = i - firstCarry;
            given.put(carry < loop.carries() ? Bodies.carry(carry) : Bodies.capture(carry - loop.carries()),
                    arguments.get(i));
        }
        PlanInterpreter body = new PlanInterpreter(loop.body(), symbols, arguments.subList(0, firstCarry), given,
                OptionalInt.empty());
        body.run();
        List<NDArray> results = new ArrayList<>();
        for (int i = 0; i < loop.carries(); i++) {
            results.add(body.variable(Bodies.carry(i)));
        }
        int outputs = loop.stacked() + (loop.trips().conditional() ? 1 : 0);
        for (int i = 0; i < outputs; i++) {
            Integer carry = loop.histories().get(loop.carries() + i);
            results.add(carry == null ? body.output(loop.carries() + i) : arguments.get(firstCarry + carry));
        }
        return results;
    }

    private void choose(Plan.Choose choice) {
        long number = memory.get(choice.operands().getFirst()).getLong(0);
        int last = choice.branches().size() - 1;
        Plan chosen = choice.branches().get(number < 0 || number > last ? last : (int) number);
        Map<String, NDArray> captures = new HashMap<>();
        for (int i = 1; i < choice.operands().size(); i++) {
            captures.put(Bodies.capture(i - 1), memory.get(choice.operands().get(i)));
        }
        PlanInterpreter branch = new PlanInterpreter(chosen, symbols, List.of(), captures, OptionalInt.empty());
        branch.run();
        give(choice.results(), IntStream.range(0, choice.writes().size()).mapToObj(branch::output).toList());
    }

    private void give(List<Integer> results, List<NDArray> values) {
        for (int i = 0; i < values.size(); i++) {
            if (plan.buffers().get(results.get(i)).role() instanceof Buffer.Role.Tape) {
                memory.set(results.get(i), values.get(i));
            } else {
                memory.get(results.get(i)).segment().copyFrom(values.get(i).segment());
            }
        }
    }

    private void call(Plan.Call call) {
        List<NDArray> results;
        try {
            results = call.function().call(call.operands().stream().map(memory::get).toList());
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw new GraphException("host call " + call.function().name() + ": interrupted", interrupt);
        } catch (GraphException mistake) {
            throw mistake;
        } catch (Exception failure) {
            throw new GraphException("host call " + call.function().name() + ": " + failure, failure);
        }
        for (int i = 0; i < results.size(); i++) {
            memory.get(call.results().get(i)).segment().copyFrom(results.get(i).segment());
        }
    }

    private NDArray result(int index, Value value) {
        return switch (value.type()) {
            case TensorType tensor -> output(index);
            case StateType state -> variable(state.variable());
            case TokenType token -> NDArray.scalar(DType.BOOL, 1);
            case TupleType _, TapeType _ -> throw new CompilerBug(value + " is no tensor and cannot be a result");
        };
    }

    private NDArray output(int index) {
        return find(buffer -> buffer.role() instanceof Buffer.Role.Output output && output.result() == index)
                .orElseThrow(() -> new CompilerBug("the plan lacks the buffer of a result"));
    }

    /** A variable's value after the run. */
    private NDArray variable(String name) {
        return find(buffer -> buffer.role() instanceof Buffer.Role.NextState next && next.variable().equals(name))
                .orElseGet(() -> variables.get(name));
    }

    private Optional<NDArray> find(Predicate<Buffer> wanted) {
        return plan.buffers().stream().filter(wanted).findFirst().map(buffer -> memory.get(buffer.id()));
    }
}
