package dev.sinter.eval;

import dev.sinter.ir.Function;
import dev.sinter.ir.Region;
import dev.sinter.ir.Type;
import dev.sinter.ir.Type.StateType;
import dev.sinter.ir.Type.TapeType;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Type.TokenType;
import dev.sinter.ir.Type.TupleType;
import dev.sinter.ir.Value;
import dev.sinter.op.After;
import dev.sinter.op.Assign;
import dev.sinter.op.Bitcast;
import dev.sinter.op.Branch;
import dev.sinter.op.Broadcast;
import dev.sinter.op.Call;
import dev.sinter.op.CheckIndex;
import dev.sinter.op.Concat;
import dev.sinter.op.Constant;
import dev.sinter.op.Contract;
import dev.sinter.op.Convert;
import dev.sinter.op.CustomGradient;
import dev.sinter.op.DefineSize;
import dev.sinter.op.DimSize;
import dev.sinter.op.DynamicSlice;
import dev.sinter.op.DynamicUpdateSlice;
import dev.sinter.op.Gather;
import dev.sinter.op.HostCall;
import dev.sinter.op.InitialState;
import dev.sinter.op.Iota;
import dev.sinter.op.Join;
import dev.sinter.op.Loop;
import dev.sinter.op.Map;
import dev.sinter.op.Op;
import dev.sinter.op.Pad;
import dev.sinter.op.Parameter;
import dev.sinter.op.Project;
import dev.sinter.op.RandomBits;
import dev.sinter.op.Read;
import dev.sinter.op.Recurrence;
import dev.sinter.op.Reduce;
import dev.sinter.op.Reshape;
import dev.sinter.op.Reverse;
import dev.sinter.op.RunNumber;
import dev.sinter.op.Scatter;
import dev.sinter.op.Slice;
import dev.sinter.op.StopGradient;
import dev.sinter.op.Transpose;
import dev.sinter.op.Tuple;
import dev.sinter.op.Windows;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.SymbolBinder;
import dev.sinter.tensor.SymbolBindings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;

/**
 * Computes a function value by value, in the order of the ids, each by the definition of its op. Values are
 * dropped after their last use. An interpreter runs one function once.
 */
public final class Interpreter {
    /** What a value is in a run. A state is the array that its variable holds. */
    private sealed interface Result {
        record Array(NDArray array) implements Result {}

        record Several(List<Result> elements) implements Result {}

        record Happened() implements Result {}
    }

    private final Function function;
    private final java.util.Map<Value, NDArray> inputs = new HashMap<>();
    private SymbolBindings symbols;
    private final java.util.Map<Value, Result> results = new HashMap<>();
    private final Runnable poll;

    private Interpreter(Function function, List<NDArray> arrays, SymbolBindings symbols, Runnable poll) {
        this.function = function;
        this.symbols = symbols;
        this.poll = poll;
        for (int i = 0; i < arrays.size(); i++) {
            inputs.put(function.parameters().get(i), arrays.get(i));
        }
    }

    /** What checks the arrays that are given for a function's parameters and binds its symbols. */
    public static SymbolBinder binder(Function function) {
        return new SymbolBinder(function.parameters().stream().map(Interpreter::input).toList());
    }

    private static SymbolBinder.Input input(Value parameter) {
        TensorType type = parameter.type() instanceof StateType state ? state.content() : parameter.tensorType();
        String what = switch (parameter.op()) {
            case Parameter given -> "parameter \"" + given.name() + "\"";
            case InitialState state -> "variable \"" + state.variable() + "\"";
            default -> parameter.op().mnemonic();
        };
        return new SymbolBinder.Input(what, type.dtype(), type.shape());
    }

    /** {@link #run(Function, List, Runnable)} without a poll. */
    public static List<NDArray> run(Function function, List<NDArray> inputs) {
        return run(function, inputs, () -> { });
    }

    /**
     * The results of a function.
     *
     * @param function what is computed
     * @param inputs   one array a parameter, in their order: the tensor of a {@code Parameter}, the variable's
     *                 value of an {@code InitialState}, the {@code int64} scalar of a {@code RunNumber}
     * @param poll     called before each op; what it throws ends the run
     * @return one array a result: of a state the variable's value, of a token the bool {@code true}
     * @throws GraphException where an input does not fit, or an op fails; the message names the op's place
     */
    public static List<NDArray> run(Function function, List<NDArray> inputs, Runnable poll) {
        return new Interpreter(function, inputs, binder(function).bind(inputs), poll).run();
    }

    /** The results of a region that are tensors. */
    private List<NDArray> run(Region region, List<NDArray> arguments) {
        return new Interpreter(region.function(), arguments, symbols, poll).run()
                .subList(0, region.tensorResults().size());
    }

    private List<NDArray> run() {
        List<Value> values = function.values();
        java.util.Map<Value, Value> lastUse = new HashMap<>();
        for (Value value : values) {
            value.operands().forEach(operand -> lastUse.put(operand, value));
        }
        function.results().forEach(lastUse::remove);
        for (Value value : values) {
            poll.run();
            results.put(value, checked(value, compute(value)));
            for (Value operand : value.operands()) {
                if (lastUse.get(operand) == value) {
                    results.remove(operand);
                }
            }
        }
        return function.results().stream().map(this::fetched).toList();
    }

    private NDArray fetched(Value value) {
        return switch (results.get(value)) {
            case Result.Array result -> result.array();
            case Result.Happened _ -> NDArray.scalar(DType.BOOL, 1);
            case Result.Several _ -> throw new CompilerBug(value + " is a tuple and cannot be a result");
        };
    }

    private Result compute(Value value) {
        try {
            return evaluate(value);
        } catch (GraphException error) {
            throw new GraphException(function.locations().behind(error.getMessage(), value), error);
        }
    }

    private Result evaluate(Value value) {
        return switch (value.op()) {
            case Parameter _, InitialState _, RunNumber _ -> new Result.Array(inputs.get(value));
            case Join _ -> new Result.Happened();
            case DefineSize size -> define(size, arrayOf(value.operand(0)).getLong(0));
            case After _, Read _, StopGradient _, CustomGradient _ -> results.get(value.operand(0));
            case Assign _ -> results.get(value.operand(1));
            case Tuple _ -> new Result.Several(value.operands().stream().map(results::get).toList());
            case Project op -> elements(value.operand(0)).get(op.index());
            case HostCall op -> new Result.Several(call(op, value));
            case Loop op -> several(value, new Loops(op.trips(), op.sequences(), op.carries(), op.stackedTypes(),
                    symbols, arguments -> run(op.body(), arguments))
                    .run(value.operands().stream().map(this::arrayOf).toList()));
            case Branch op -> several(value, branch(op, value.operands().stream().map(this::arrayOf).toList()));
            case Call op -> several(value,
                    run(op.function(), value.operands().stream().map(this::arrayOf).toList()));
            case Constant _, Iota _, DimSize _, RandomBits _, Map _, Convert _, Bitcast _, Broadcast _, Reshape _,
                    Transpose _, Reverse _, Slice _, Windows _, DynamicSlice _, DynamicUpdateSlice _, Gather _,
                    Scatter _, CheckIndex _, Recurrence _, Pad _, Concat _, Reduce _, Contract _ ->
                    new Result.Array(array(value));
        };
    }

    private NDArray array(Value value) {
        long[] sizes = symbols.evaluate(value.shape());
        List<NDArray> operands = value.operands().stream().map(this::arrayOf).toList();
        Op op = value.op();
        return switch (op) {
            case Constant constant -> constant.array();
            case Iota iota -> Arithmetic.iota(iota, sizes);
            case DimSize size -> integer(symbols.evaluate(size.dim()));
            case RandomBits random -> Arithmetic.randomBits(random, operands.get(0).getLong(0), sizes);
            case Map map -> Arithmetic.map(map.fn(), operands, value.dtype());
            case Convert convert -> operands.get(0).cast(convert.dtype());
            case Bitcast bitcast -> Movement.bits(operands.get(0), bitcast.dtype());
            case Broadcast broadcast -> Movement.broadcast(broadcast, operands.get(0), sizes);
            case Reshape _ -> Movement.reshape(operands.get(0), sizes);
            case Transpose transpose -> Movement.transpose(transpose, operands.get(0), sizes);
            case Reverse reverse -> Movement.reverse(reverse, operands.get(0));
            case Slice slice -> Movement.slice(slice, operands.get(0), sizes, symbols);
            case Windows windows -> Movement.windows(windows, operands.get(0), sizes);
            case DynamicSlice _ ->
                    Movement.dynamicSlice(operands.get(0), operands.subList(1, operands.size()), sizes);
            case DynamicUpdateSlice _ -> Movement.dynamicUpdateSlice(operands.get(0), operands.get(1),
                    operands.subList(2, operands.size()));
            case CheckIndex check -> Indexing.check(check, operands.get(0), symbols.evaluate(check.size()));
            case Gather gather -> Indexing.gather(gather, operands.get(0), operands.subList(1, operands.size()), sizes);
            case Scatter scatter -> Indexing.scatter(scatter, operands.get(0), operands.get(1),
                    operands.subList(2, operands.size()));
            case Recurrence recurrence -> Indexing.recurrence(recurrence, operands, sizes);
            case Pad pad -> Movement.pad(pad, operands.get(0), operands.get(1), sizes, symbols);
            case Concat concat -> Movement.concat(concat, operands, sizes);
            case Reduce reduce -> Arithmetic.reduce(reduce, operands.get(0), sizes);
            case Contract contract -> Arithmetic.contract(contract, operands.get(0), operands.get(1), sizes);
            case Parameter _, InitialState _, RunNumber _, Join _, After _, Read _, StopGradient _,
                    CustomGradient _, Assign _, Tuple _, Project _, HostCall _, Loop _, Branch _, Call _,
                    DefineSize _ -> throw new CompilerBug(value + " is not computed from arrays");
        };
    }

    private Result define(DefineSize size, long value) {
        long most = symbols.evaluate(size.atMost());
        if (value < 0 || value > most) {
            throw new GraphException(size.refusal(value, most));
        }
        symbols = symbols.with(size.symbol(), value);
        return new Result.Happened();
    }

    private List<NDArray> branch(Branch op, List<NDArray> operands) {
        long number = operands.getFirst().getLong(0);
        int last = op.branches().size() - 1;
        Region chosen = op.branches().get(number < 0 || number > last ? last : (int) number);
        return run(chosen, operands.subList(1, operands.size()));
    }

    /** The arrays of a tuple's elements; an element without one is a token. */
    private static Result several(Value value, List<NDArray> arrays) {
        List<Result> elements = new ArrayList<>();
        for (int i = 0; i < ((TupleType) value.type()).elements().size(); i++) {
            elements.add(i < arrays.size() ? new Result.Array(arrays.get(i)) : new Result.Happened());
        }
        return new Result.Several(elements);
    }

    private static NDArray integer(long value) {
        NDArray array = NDArray.zeros(DType.INT64);
        array.setLong(0, value);
        return array;
    }

    private NDArray arrayOf(Value value) {
        if (results.get(value) instanceof Result.Array result) {
            return result.array();
        }
        throw new CompilerBug(value + " has no array");
    }

    private List<Result> elements(Value tuple) {
        if (results.get(tuple) instanceof Result.Several several) {
            return several.elements();
        }
        throw new CompilerBug(tuple + " has no elements");
    }

    private List<Result> call(HostCall op, Value value) {
        String name = op.function().name();
        List<NDArray> operands = value.operands().stream().filter(Value::isTensor).map(this::arrayOf).toList();
        List<NDArray> outcome;
        try {
            outcome = List.copyOf(op.function().call(operands));
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw new GraphException("host call " + name + ": interrupted", interrupt);
        } catch (GraphException mistake) {
            throw mistake;
        } catch (Exception failure) {
            throw new GraphException("host call " + name + ": " + failure, failure);
        }
        List<Type> types = ((TupleType) value.type()).elements();
        if (outcome.size() != types.size()) {
            throw new GraphException("host call " + name + ": returned " + outcome.size() + " arrays, declared "
                    + types.size());
        }
        List<Result> elements = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            if (!fits(outcome.get(i), (TensorType) types.get(i))) {
                throw new GraphException("host call " + name + ": result " + i + " is " + outcome.get(i).dtype()
                        + Arrays.toString(outcome.get(i).sizes()) + ", declared " + types.get(i));
            }
            elements.add(new Result.Array(outcome.get(i)));
        }
        return elements;
    }

    private boolean fits(NDArray array, TensorType type) {
        return array.dtype() == type.dtype() && Arrays.equals(array.sizes(), symbols.evaluate(type.shape()));
    }

    private boolean isTape(NDArray array, TapeType type) {
        return array.dtype() == type.element().dtype() && array.rank() == type.element().rank() + 1
                && Arrays.equals(Arrays.copyOfRange(array.sizes(), 1, array.rank()),
                        symbols.evaluate(type.element().shape()));
    }

    private Result checked(Value value, Result result) {
        boolean fits = switch (value.type()) {
            case TensorType type -> result instanceof Result.Array(NDArray array) && fits(array, type);
            case StateType type -> result instanceof Result.Array(NDArray array) && fits(array, type.content());
            case TokenType _ -> result instanceof Result.Happened;
            case TapeType type -> result instanceof Result.Array(NDArray array) && isTape(array, type);
            case TupleType _ -> result instanceof Result.Several;
        };
        if (!fits) {
            throw new CompilerBug(value + " was computed as " + result + " where " + symbols);
        }
        return result;
    }
}
