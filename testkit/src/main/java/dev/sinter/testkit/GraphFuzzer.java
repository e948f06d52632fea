package dev.sinter.testkit;

import dev.sinter.diff.NotDifferentiableException;
import dev.sinter.diff.ReverseMode;
import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Printer;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.After;
import dev.sinter.op.Assign;
import dev.sinter.op.DimSize;
import dev.sinter.op.HostCall;
import dev.sinter.op.InitialState;
import dev.sinter.op.Iota;
import dev.sinter.op.Join;
import dev.sinter.op.Map;
import dev.sinter.op.Op;
import dev.sinter.op.Parameter;
import dev.sinter.op.Project;
import dev.sinter.op.Read;
import dev.sinter.op.RunNumber;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Makes random well-typed functions over all ops, with inputs. A failure is shrunk to a small function; the
 * message has its seed, its text and its inputs.
 */
public final class GraphFuzzer {
    /**
     * What is made.
     *
     * @param depth    how many ops may stand above each other
     * @param symbolic whether sizes may be symbols
     * @param special  whether inputs may be infinite, NaN, -0 or very large or small; otherwise floats lie
     *                 between 0.5 and 2
     * @param effects  whether variables, orders and host calls occur
     * @param large    whether sizes exceed those of vectors
     * @param dtypes   the dtypes of what is computed; indices are int64 all the same
     */
    public record Options(int depth, boolean symbolic, boolean special, boolean effects, boolean large,
            List<DType> dtypes) {
        /** Everything. */
        public static Options all() {
            return new Options(6, true, true, true, false, List.of(DType.values()));
        }

        public Options withDepth(int levels) {
            return new Options(levels, symbolic, special, effects, large, dtypes);
        }

        /** Without unknown sizes. */
        public Options withStaticSizes() {
            return new Options(depth, false, special, effects, large, dtypes);
        }

        /** Without special values. */
        public Options withPlainValues() {
            return new Options(depth, symbolic, false, effects, large, dtypes);
        }

        /** Tensors alone. */
        public Options withoutEffects() {
            return new Options(depth, symbolic, special, false, large, dtypes);
        }

        /** With sizes beyond those of vectors. */
        public Options withLargeSizes() {
            return new Options(depth, symbolic, special, effects, true, dtypes);
        }

        public Options withDtypes(DType... others) {
            return new Options(depth, symbolic, special, effects, large, List.of(others));
        }
    }

    /** A function, and one array for each of its parameters. */
    public record Case(Function function, List<NDArray> inputs) {
        public Case {
            inputs = List.copyOf(inputs);
        }
    }

    /** What must hold for every case; it throws where it does not. */
    @FunctionalInterface
    public interface Check {
        void run(Case sample) throws Exception;
    }

    private static final long MOST_ELEMENTS = 600;
    private static final long MOST_ELEMENTS_OF_LARGE = 6000;
    private static final int ATTEMPTS = 30;

    private final Options options;
    private final RandomValues values;
    private final RandomOps ops;
    private final Excursion excursion;
    private final Builder builder = new Builder();
    private final List<Value> parameters = new ArrayList<>();
    private final List<NDArray> inputs = new ArrayList<>();
    private final java.util.Map<Dim, Long> bindings = new java.util.LinkedHashMap<>();

    private GraphFuzzer(long seed, Options options) {
        this.options = options;
        this.values = new RandomValues(new SplittableRandom(seed), options.symbolic(), options.special(),
                options.large());
        this.ops = new RandomOps(values);
        this.excursion = new Excursion(seed);
    }

    /** The case of a seed. */
    public static Case generate(long seed, Options options) {
        return new GraphFuzzer(seed, options).make("case_" + seed);
    }

    /**
     * Runs a check on many cases.
     *
     * @throws AssertionError where it fails, with the smallest failing case that was found
     */
    public static void check(String what, long firstSeed, int count, Options options, Check check) {
        for (long seed = firstSeed; seed < firstSeed + count; seed++) {
            Case sample = generate(seed, options);
            Optional<Throwable> failure = failure(check, sample);
            if (failure.isPresent()) {
                Class<?> kind = failure.get().getClass();
                Case small = CaseShrinker.shrink(sample,
                        smaller -> failure(check, smaller).filter(kind::isInstance).isPresent());
                Throwable last = failure(check, small).orElse(failure.get());
                throw new AssertionError(what + ", seed " + seed + ": " + last.getMessage() + "\n"
                        + describe(small), last);
            }
        }
    }

    private static Optional<Throwable> failure(Check check, Case sample) {
        try {
            check.run(sample);
            return Optional.empty();
        } catch (Exception | AssertionError failed) {
            return Optional.of(failed);
        }
    }

    /** The text of a case: its function and its inputs. */
    public static String describe(Case sample) {
        StringBuilder out = new StringBuilder(Printer.print(sample.function()));
        for (int i = 0; i < sample.inputs().size(); i++) {
            NDArray input = sample.inputs().get(i);
            out.append("// ").append(sample.function().parameters().get(i)).append(" is ")
                    .append(java.util.Arrays.toString(input.sizes())).append(' ')
                    .append(input.elementCount() > 64 ? "..." : input.toString().replace("\n", ""))
                    .append('\n');
        }
        return out.toString();
    }

    /**
     * The case with the gradients of its float results by its float parameters as further results; the same
     * case where some op on the way has none.
     */
    public static Case differentiated(Case sample) {
        Function function = sample.function();
        Builder b = new Builder();
        List<Value> parameters = function.parameters().stream().map(parameter -> b.add(parameter.op())).toList();
        List<Value> results = new ArrayList<>(function.inline(b, parameters));
        List<Value> ys = results.stream().filter(GraphFuzzer::isFloat).distinct().toList();
        try {
            ReverseMode.gradients(b, ys, ys.stream().map(y -> b.fullLike(y, 1)).toList(),
                    parameters.stream().filter(GraphFuzzer::isFloat).toList())
                    .forEach(gradient -> gradient.ifPresent(results::add));
        } catch (NotDifferentiableException none) {
            return sample;
        }
        return new Case(new Function(function.name(), parameters, results, b.locations()), sample.inputs());
    }

    private static boolean isFloat(Value value) {
        return value.isTensor() && value.dtype().isFloat();
    }

    /** The results of a case by the interpreter. */
    public static List<NDArray> interpreted(Case sample) {
        return Interpreter.run(sample.function(), sample.inputs());
    }

    private Case make(String name) {
        if (options.symbolic()) {
            for (Dim symbol : RandomValues.SYMBOLS) {
                bindings.put(symbol, values.binding());
                TensorType type = new TensorType(DType.BOOL, Shape.of(symbol));
                addParameter(new Parameter("size_" + symbol, type), type);
            }
        }
        List<Value> results = new ArrayList<>();
        for (int i = values.random().nextInt(1, 4); i > 0; i--) {
            results.add(value(new TensorType(dtype(), smallShape()), options.depth()));
        }
        if (options.effects() && values.chance(0.4)) {
            TensorType content = new TensorType(dtype(), smallShape());
            Value state = addParameter(new InitialState("v" + parameters.size(), content), content);
            for (int i = values.random().nextInt(3); i > 0; i--) {
                Value next = value(content, options.depth() - 2);
                Value ordered = values.chance(0.3) ? b().add(new After(), state, b().add(new Join(), next))
                        : state;
                state = b().add(new Assign(), ordered, next);
            }
            results.add(state);
        }
        return new Case(new Function(name, parameters, results, builder.locations()), inputs);
    }

    private Builder b() {
        return builder;
    }

    private DType dtype() {
        return values.pick(options.dtypes());
    }

    private Shape smallShape() {
        Shape shape = values.shape();
        while (!isSmall(shape)) {
            shape = values.shape();
        }
        return shape;
    }

    private boolean isSmall(Shape shape) {
        return shape.elementCount().evaluate(symbol -> bindings.get(Dim.ofSymbol(symbol)))
                <= (options.large() ? MOST_ELEMENTS_OF_LARGE : MOST_ELEMENTS);
    }

    private Value addParameter(Op op, TensorType content) {
        Value value = builder.add(op);
        parameters.add(value);
        inputs.add(values.array(content.dtype(), content.shape().dims().stream()
                .mapToLong(dim -> dim.evaluate(symbol -> bindings.get(Dim.ofSymbol(symbol)))).toArray()));
        return value;
    }

    /** A value of a type. Recursion is as deep as the options say. */
    private Value value(TensorType type, int depth) {
        List<Value> known = new ArrayList<>();
        for (int id = 0; id < builder.size(); id++) {
            if (builder.value(id).type().equals(type)) {
                known.add(builder.value(id));
            }
        }
        if (!known.isEmpty() && values.chance(depth <= 0 ? 0.7 : 0.2)) {
            return values.pick(known);
        }
        if (depth <= 0) {
            return leaf(type);
        }
        if (options.effects() && values.chance(0.08)) {
            return effect(type, depth - 1);
        }
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<RandomOps.Sample> sample = values.chance(0.5)
                    ? ops.map(values.pick(List.of(ScalarFn.values())), type)
                    : ops.sample(values.pick(RandomOps.KINDS), type);
            if (sample.isPresent() && sample.get().operands().stream().allMatch(this::isAllowed)) {
                List<Value> operands = new ArrayList<>();
                for (TensorType operand : sample.get().operands()) {
                    operands.add(value(operand, depth - 1));
                }
                Value made = builder.add(sample.get().op(), safe(sample.get().op(), operands));
                return made.isTensor() && made.rank() > 0 && excursion.isWanted(0.04)
                        ? excursion.of(b(), made, source()) : made;
            }
        }
        return leaf(type);
    }

    /** An integer scalar that was made before. */
    private Value source() {
        List<Value> integers = new ArrayList<>();
        for (int id = 0; id < builder.size(); id++) {
            Value value = builder.value(id);
            if (value.isTensor() && value.rank() == 0 && value.dtype().isInteger()) {
                integers.add(value);
            }
        }
        return integers.isEmpty() ? b().constant(NDArray.scalar(2L)) : integers.getLast();
    }

    private boolean isAllowed(TensorType type) {
        boolean index = type.dtype() == DType.INT64 && type.rank() == 0;
        return isSmall(type.shape()) && (index || type.dtype() == DType.BOOL
                || options.dtypes().contains(type.dtype()));
    }

    /** Divisors of integers made odd, so that none is 0. */
    private List<Value> safe(Op op, List<Value> operands) {
        boolean divides = op instanceof Map(ScalarFn fn) && (fn == ScalarFn.DIV || fn == ScalarFn.REM);
        if (!divides || operands.getFirst().dtype().isFloat()) {
            return operands;
        }
        Value divisor = operands.get(1);
        return List.of(operands.getFirst(), b().map(ScalarFn.OR, divisor, b().fullLike(divisor, 1)));
    }

    private Value leaf(TensorType type) {
        boolean index = type.dtype() == DType.INT64 && type.rank() == 0;
        return switch (values.random().nextInt(8)) {
            case 0 -> b().full(type.dtype(), type.shape(), values.number(type.dtype()));
            case 1 -> type.shape().isStatic() ? b().constant(values.array(type.dtype(), type.shape().sizes()))
                    : b().full(type.dtype(), type.shape(), values.number(type.dtype()));
            case 2 -> type.rank() > 0 && type.dtype() != DType.BOOL
                    ? b().add(new Iota(type, values.random().nextInt(type.rank()))) : parameter(type);
            case 3 -> index ? b().add(new DimSize(values.dim())) : parameter(type);
            case 4 -> index && options.effects() ? runNumber() : parameter(type);
            default -> parameter(type);
        };
    }

    private Value parameter(TensorType type) {
        return addParameter(new Parameter("p" + parameters.size(), type), type);
    }

    private Value runNumber() {
        Value value = builder.add(new RunNumber());
        if (!parameters.contains(value)) {
            parameters.add(value);
            inputs.add(NDArray.scalar(values.random().nextLong(1000)));
        }
        return value;
    }

    private Value effect(TensorType type, int depth) {
        return switch (values.random().nextInt(3)) {
            case 0 -> {
                Value state = addParameter(new InitialState("v" + parameters.size(), type), type);
                boolean written = values.chance(0.3);
                yield b().add(new Read(), written ? b().add(new Assign(), state, value(type, depth)) : state);
            }
            case 1 -> b().add(new Project(0), b().add(new HostCall(NegatingFunction.INSTANCE),
                    value(type, depth)));
            default -> {
                Value token = b().add(new Join(), value(new TensorType(dtype(), smallShape()), depth));
                yield b().add(new After(), value(type, depth),
                        values.chance(0.5) ? token : b().add(new Join(), token));
            }
        };
    }
}
