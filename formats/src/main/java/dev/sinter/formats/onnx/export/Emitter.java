package dev.sinter.formats.onnx.export;

import dev.sinter.formats.UnsupportedException;
import dev.sinter.graph.Ranking;
import dev.sinter.ir.Function;
import dev.sinter.ir.Location;
import dev.sinter.ir.Locations;
import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
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
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Symbol;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** Makes the nodes of a function, value by value, in a block. */
final class Emitter {
    /** Constants of more elements are initializers, which may lie outside of the file. */
    private static final long LARGE_CONSTANT = 4096;

    private final Target target;
    private final Block block;
    private final Sizes sizes;
    private final Map<Value, Term> terms = new HashMap<>();
    private final Map<Value, List<Term>> tuples = new HashMap<>();
    private final Set<Value> inWindowsAlone = Collections.newSetFromMap(new IdentityHashMap<>());
    private Locations locations = new Locations();

    Emitter(Target target, Block block, Sizes sizes) {
        this.target = target;
        this.block = block;
        this.sizes = sizes;
    }

    Target target() {
        return target;
    }

    Block block() {
        return block;
    }

    Sizes sizes() {
        return sizes;
    }

    /** The emitter of a body within this block. */
    Emitter inner() {
        Block inner = block.inner();
        return new Emitter(target, inner, sizes.inner(inner));
    }

    void bind(Value parameter, Term term) {
        terms.put(parameter, term);
        if (term.isWhole() && parameter.isTensor()) {
            sizes.learn(term.name(), term.shape());
        }
    }

    /** Makes what the results of a function need, whose parameters are bound: those results that are tensors. */
    List<Term> emit(Function function) {
        Locations outer = locations;
        locations = function.locations();
        List<Value> values = function.values();
        findPaddings(values);
        for (Value value : values) {
            if (!terms.containsKey(value) && !isMadeWhenNeeded(value)) {
                make(value);
            }
        }
        List<Term> results = function.results().stream().filter(Value::isTensor).map(this::term).toList();
        locations = outer;
        return results;
    }

    private boolean isMadeWhenNeeded(Value value) {
        return value.op() instanceof Windows || value.op() instanceof Parameter || inWindowsAlone.contains(value);
    }

    /** What is padded to be seen in windows is mostly a part of the operator that takes the windows. */
    private void findPaddings(List<Value> values) {
        Set<Value> others = new HashSet<>();
        for (Value value : values) {
            for (Value operand : value.operands()) {
                if (operand.op() instanceof Pad) {
                    (value.op() instanceof Windows ? inWindowsAlone : others).add(operand);
                }
            }
        }
        inWindowsAlone.removeAll(others);
    }

    /** The term of a value, made where it is not yet. */
    Term term(Value value) {
        Term term = terms.get(value);
        if (term == null) {
            make(value);
            term = terms.get(value);
        }
        return term;
    }

    /** The name of a value of the shape of its type. */
    String whole(Value value) {
        return whole(term(value));
    }

    String whole(Term term) {
        return term.isWhole() ? term.name() : block.add("Expand", term.name(), sizes.vector(term.shape().dims()));
    }

    List<Term> tuple(Value value) {
        return tuples.get(value);
    }

    private void make(Value value) {
        String outer = block.place();
        locations.of(value).stream().map(Location::node).filter(node -> !node.isEmpty()).findFirst()
                .ifPresent(block::at);
        try {
            switch (value.type()) {
                case TensorType _ -> {
                    Term term = made(value);
                    terms.put(value, term);
                    if (term.isWhole()) {
                        sizes.learn(term.name(), term.shape());
                    }
                }
                case Type.TapeType _ -> terms.put(value, tuple(value.operand(0)).get(((Project) value.op()).index()));
                case Type.TupleType _ -> tuples.put(value, several(value));
                case Type.StateType _, Type.TokenType _ -> effect(value);
            }
        } catch (UnsupportedException problem) {
            fail(value, problem.getMessage());
        }
        block.at(outer);
    }

    /** Notes that a value cannot be expressed, and goes on with something in its place. */
    private void fail(Value value, String why) {
        target.problem(value, locations, why);
        switch (value.type()) {
            case TensorType type -> terms.put(value, Term.of("?", type));
            case Type.TupleType tuple -> tuples.put(value, tuple.elements().stream().map(Emitter::instead).toList());
            case Type.TapeType _, Type.StateType _, Type.TokenType _ -> { }
        }
    }

    private static Term instead(Type type) {
        return Term.of("?", type instanceof TensorType tensor ? tensor : new TensorType(DType.FLOAT32, Shape.SCALAR));
    }

    private Term made(Value value) {
        TensorType type = value.tensorType();
        return switch (value.op()) {
            case Parameter(String name, TensorType _) -> throw new CompilerBug("the parameter " + name
                    + " is not bound");
            case Constant(NDArray array) -> Term.of(array.elementCount() > LARGE_CONSTANT
                    ? target.initializer(block.place().isEmpty() ? "constant" : block.place(), array)
                    : block.constant(array), type);
            case Iota iota -> iota(iota);
            case DimSize(var dim) -> Term.of(sizes.scalar(dim), type);
            case dev.sinter.op.Map(var fn) -> Pools.mean(this, fn, value)
                    .orElseGet(() -> Scalars.of(this, fn, value));
            case Convert(DType dtype) -> {
                Term x = term(value.operand(0));
                yield new Term(block.cast(x.name(), dtype), type, x.actual());
            }
            case Bitcast(DType dtype) -> {
                Term x = term(value.operand(0));
                boolean isOfFloats = dtype.isFloat() || x.dtype().isFloat();
                if (isOfFloats) {
                    target.need(FunctionWriter.OPSET_OF_BITS);
                }
                yield new Term(isOfFloats ? block.add("BitCast", x.name(), Attributes.dtype("to", dtype))
                        : block.cast(x.name(), dtype), type, x.actual());
            }
            case Broadcast broadcast -> Layouts.broadcast(this, broadcast, value);
            case Reshape _ -> Layouts.reshape(this, value);
            case Transpose transpose -> Layouts.transpose(this, transpose, value);
            case Reverse reverse -> Layouts.reverse(this, reverse, value);
            case Slice slice -> Layouts.slice(this, slice, value);
            case Windows windows -> Layouts.windows(this, windows, value);
            case Pad pad -> Layouts.pad(this, pad, value);
            case Concat(int axis) -> Term.of(block.concat(value.operands().stream().map(this::whole).toList(), axis),
                    type);
            case DynamicSlice slice -> Indices.slice(this, slice, value);
            case DynamicUpdateSlice _ -> Indices.update(this, value);
            case Gather gather -> Indices.gather(this, gather, value);
            case Scatter scatter -> Indices.scatter(this, scatter, value);
            case Reduce reduce -> Reductions.reduce(this, reduce, value);
            case Recurrence recurrence -> Reductions.recurrence(this, recurrence, value);
            case Contract contract -> Contractions.contract(this, contract, value);
            case CheckIndex _, StopGradient _, CustomGradient _, After _ -> term(value.operand(0)).as(type);
            case Read _ -> {
                if (value.operand(0).op() instanceof InitialState(String variable, TensorType _)) {
                    yield Term.of(target.variable(variable), type);
                }
                yield Term.of("?", type);
            }
            case Project(int index) -> tuple(value.operand(0)).get(index);
            case RunNumber _, RandomBits _ -> throw new UnsupportedException("random numbers of a run cannot be"
                    + " expressed: ONNX has no generator of the same numbers; export without dropout and the like, or"
                    + " make the numbers an input");
            case DefineSize _, Join _, Assign _, InitialState _, HostCall _, Loop _, Branch _, Call _, Tuple _ ->
                    throw new CompilerBug(value + " is no tensor");
        };
    }

    private List<Term> several(Value value) {
        return switch (value.op()) {
            case Tuple _ -> value.operands().stream().map(this::term).toList();
            case Call call -> called(call, value);
            case Loop loop -> Regions.loop(this, loop, value);
            case Branch branch -> Regions.branch(this, branch, value);
            case HostCall(Ranking ranking) -> List.of(Indices.ranked(this, ranking, value));
            case HostCall(var function) -> throw new UnsupportedException("Java code, " + function.name()
                    + ", cannot be expressed");
            default -> throw new CompilerBug(value + " has no several results");
        };
    }

    /** The function of a call in its place. */
    private List<Term> called(Call call, Value value) {
        Function function = call.function().function();
        Emitter inner = new Emitter(target, block, new Sizes(block, Optional.of(sizes)));
        for (int i = 0; i < function.parameters().size(); i++) {
            inner.bind(function.parameters().get(i), term(value.operand(i)));
        }
        return inner.emit(function);
    }

    private void effect(Value value) {
        switch (value.op()) {
            case DefineSize(Symbol symbol, Dim most) -> sizes.define(symbol, OwnFunctions.prefix(this,
                    numbers(DType.INT64, most), whole(value.operand(0))));
            case InitialState _, Join _, Project _, After _ -> { }
            case Assign _ -> throw new UnsupportedException("a variable is written, and a model has no state; write"
                    + " outputs that need no update, such as those of inference");
            default -> throw new CompilerBug(value + " is no effect");
        }
    }

    /** The index along an axis, repeated along the others. */
    private Term iota(Iota op) {
        Shape shape = op.type().shape();
        String numbers = numbers(op.type().dtype(), shape.dim(op.axis()));
        String laid = block.unsqueeze(numbers, IntStream.range(1, shape.rank() - op.axis()).boxed().toList());
        List<Dim> actual = new ArrayList<>(List.of(shape.dim(op.axis())));
        for (int axis = op.axis() + 1; axis < shape.rank(); axis++) {
            actual.add(Dim.ONE);
        }
        return new Term(laid, op.type(), new Shape(actual));
    }

    /** The numbers from 0 to before a size. */
    String numbers(DType dtype, Dim size) {
        Optional<String> found = sizes.numbers(size);
        if (found.isPresent()) {
            return dtype == DType.INT64 ? found.get() : block.cast(found.get(), dtype);
        }
        String numbers = block.add("Range", List.of(block.constant(NDArray.scalar(0L)), sizes.scalar(size),
                block.constant(NDArray.scalar(1L))));
        return dtype == DType.INT64 ? numbers : block.cast(numbers, dtype);
    }
}
