package dev.sinter.testkit;

import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Type;
import dev.sinter.ir.Type.StateType;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.After;
import dev.sinter.op.Assign;
import dev.sinter.op.Constant;
import dev.sinter.op.CustomGradient;
import dev.sinter.op.DimSize;
import dev.sinter.op.InitialState;
import dev.sinter.op.Join;
import dev.sinter.op.Map;
import dev.sinter.op.Op;
import dev.sinter.op.Parameter;
import dev.sinter.op.Project;
import dev.sinter.op.Read;
import dev.sinter.op.Tuple;
import dev.sinter.pass.Exactness;
import dev.sinter.pass.Pattern;
import dev.sinter.pass.Rule;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Tests a rule against the interpreter: random values in the shape of its pattern, computed before and after.
 * An exact rule keeps every bit on every input; another one is near on inputs between 0.5 and 2.
 */
public final class RuleFuzzer {
    private static final Tolerance NEAR = Tolerance.ulpsOfLargest(128);
    private static final long MOST_ELEMENTS = 600;

    /** A sample of the pattern that cannot be made. */
    private static final class Impossible extends Exception {
        private static final long serialVersionUID = 1L;

        Impossible() {
            super("this sample does not fit together", null, false, false);
        }
    }

    private final RandomValues values;
    private final RandomOps ops;
    private final Builder builder = new Builder();
    private final java.util.Map<Pattern, Value> bound = new IdentityHashMap<>();
    private final List<Value> parameters = new ArrayList<>();
    private final List<NDArray> inputs = new ArrayList<>();
    private final java.util.Map<Dim, Long> bindings = new java.util.HashMap<>();
    private final boolean constants;

    private RuleFuzzer(Rule rule, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        this.values = new RandomValues(random, random.nextInt(3) == 0, rule.exactness() == Exactness.EXACT);
        this.ops = new RandomOps(values);
        this.constants = random.nextInt(3) == 0;
    }

    /**
     * Tries samples until the rule has been applied to some.
     *
     * @param applications how many samples the rule must apply to
     * @param attempts     how many samples are tried at most
     * @throws AssertionError where a result differs, or the rule was never applied
     */
    public static void check(Rule rule, long firstSeed, int applications, int attempts) {
        int applied = 0;
        for (long seed = firstSeed; seed < firstSeed + attempts && applied < applications; seed++) {
            applied += new RuleFuzzer(rule, seed).run(rule, seed) ? 1 : 0;
        }
        if (applied == 0) {
            throw new AssertionError("the rule " + rule + " applied to none of " + attempts + " samples");
        }
    }

    private boolean run(Rule rule, long seed) {
        Value before;
        Optional<Value> after;
        for (Dim symbol : RandomValues.SYMBOLS) {
            bindings.put(symbol, (long) List.of(0, 1, 2, 3, 5).get(values.random().nextInt(5)));
            parameter(new TensorType(DType.BOOL, Shape.of(symbol)));
        }
        try {
            before = instance(rule.pattern(), Optional.empty());
        } catch (Impossible | GraphException doesNotFit) {
            return false;
        }
        after = rule.apply(before, builder);
        if (after.isEmpty() || !isComparable(before)) {
            return after.isPresent();
        }
        Function function = new Function("rule", parameters, List.of(before, after.get()),
                builder.locations());
        List<NDArray> results;
        try {
            results = Interpreter.run(function, inputs);
        } catch (GraphException divisionByZero) {
            return false;
        }
        Tolerance tolerance = rule.exactness() == Exactness.EXACT ? Tolerance.EXACT : NEAR;
        tolerance.mismatch(results.get(0), results.get(1)).ifPresent(why -> {
            throw new AssertionError("the rule " + rule + " is not " + rule.exactness() + ", seed " + seed
                    + ": "
                    + why + "\n" + GraphFuzzer.describe(new GraphFuzzer.Case(function, inputs)));
        });
        return true;
    }

    /** Tokens have no value to compare: that the rule gives the right type is all that can be seen. */
    private static boolean isComparable(Value value) {
        return value.isTensor();
    }

    /** A value in the shape of a pattern, of a given type where there is one. */
    private Value instance(Pattern pattern, Optional<Type> wanted) throws Impossible {
        Value known = bound.get(pattern);
        if (known != null) {
            if (wanted.isPresent() && !wanted.get().equals(known.type())) {
                throw new Impossible();
            }
            return known;
        }
        Value value = switch (pattern) {
            case Pattern.Any _ -> tensor(tensorType(wanted));
            case Pattern.AnyConstant _ -> constant(tensorType(wanted));
            case Pattern.Splat splat -> splat(splat, tensorType(wanted));
            case Pattern.Node<?> node -> node(node, wanted);
        };
        bound.put(pattern, value);
        return value;
    }

    private TensorType tensorType(Optional<Type> wanted) throws Impossible {
        if (wanted.isEmpty()) {
            return new TensorType(values.dtype(), smallShape());
        }
        if (wanted.get() instanceof TensorType tensor && isSmall(tensor.shape())) {
            return tensor;
        }
        throw new Impossible();
    }

    private Shape smallShape() {
        Shape shape = values.shape();
        while (!isSmall(shape)) {
            shape = values.shape();
        }
        return shape;
    }

    private boolean isSmall(Shape shape) {
        return shape.elementCount().evaluate(symbol -> bindings.get(Dim.ofSymbol(symbol))) <= MOST_ELEMENTS;
    }

    private Value splat(Pattern.Splat splat, TensorType type) throws Impossible {
        double number = splat.literal().orElseGet(() -> values.number(type.dtype()));
        boolean fits = type.dtype().isFloat()
                || (type.dtype() == DType.BOOL ? number == 0 || number == 1 : number == (long) number);
        if (!fits) {
            throw new Impossible();
        }
        return builder.full(type.dtype(), type.shape(), number);
    }

    private Value constant(TensorType type) throws Impossible {
        if (!type.shape().isStatic()) {
            throw new Impossible();
        }
        boolean same = values.chance(0.3);
        long[] sizes = type.shape().sizes();
        return builder.constant(same ? NDArray.full(type.dtype(), values.number(type.dtype()), sizes)
                : values.array(type.dtype(), sizes));
    }

    private Value tensor(TensorType type) throws Impossible {
        return constants && type.shape().isStatic() ? constant(type) : parameter(type);
    }

    private Value parameter(TensorType type) {
        Value value = builder.add(new Parameter("p" + parameters.size(), type));
        parameters.add(value);
        inputs.add(values.array(type.dtype(), type.shape().dims().stream()
                .mapToLong(dim -> dim.evaluate(symbol -> bindings.get(Dim.ofSymbol(symbol)))).toArray()));
        return value;
    }

    private Value node(Pattern.Node<?> node, Optional<Type> wanted) throws Impossible {
        Optional<Value> special = special(node, wanted);
        if (special.isPresent()) {
            return special.get();
        }
        TensorType type = tensorType(wanted);
        Class<? extends Op> kind = node.kind() == Op.class ? values.pick(RandomOps.KINDS) : node.kind();
        RandomOps.Sample sample = (node.fn().isPresent() ? ops.map(node.fn().get(), type)
                : ops.sample(kind, type))
                .orElseThrow(Impossible::new);
        if (!node.operands().isEmpty() && node.operands().size() != sample.operands().size()) {
            throw new Impossible();
        }
        int count = sample.operands().size();
        boolean backwards = values.chance(0.3);
        Value[] operands = new Value[count];
        for (int step = 0; step < count; step++) {
            int i = backwards ? count - 1 - step : step;
            TensorType operand = sample.operands().get(i);
            operands[i] = node.operands().isEmpty() ? free(node.kind(), operand)
                    : instance(node.operands().get(i), Optional.of(operand));
        }
        return builder.add(sample.op(), operands);
    }

    /** An operand that the pattern says nothing about; sometimes of its user's kind, or repeated. */
    private Value free(Class<? extends Op> kind, TensorType type) throws Impossible {
        if (!isSmall(type.shape())) {
            throw new Impossible();
        }
        if (kind == Map.class && values.chance(0.8)) {
            TensorType inner = type.withShape(values.chance(0.5) ? Shape.SCALAR : type.shape());
            return values.chance(0.3) ? builder.full(type.dtype(), type.shape(), values.number(type.dtype()))
                    : builder.broadcast(tensor(inner), type.shape(),
                            java.util.stream.IntStream.range(0, inner.rank()).boxed().toList());
        }
        Optional<RandomOps.Sample> same = values.chance(0.3) ? ops.sample(kind, type) : Optional.empty();
        if (same.isEmpty()) {
            return tensor(type);
        }
        List<Value> operands = new ArrayList<>();
        for (TensorType operand : same.get().operands()) {
            operands.add(tensor(tensorType(Optional.of(operand))));
        }
        return builder.add(same.get().op(), operands);
    }

    /** A value of a kind that is not a tensor made from tensors. */
    private Optional<Value> special(Pattern.Node<?> node, Optional<Type> wanted) throws Impossible {
        if (node.kind() == After.class) {
            Value first = tensor(tensorType(wanted));
            Value inner = values.chance(0.5) ? first : builder.add(new After(), first, token());
            return Optional.of(values.chance(0.2) ? builder.add(new After(), inner)
                    : builder.add(new After(), inner, token()));
        } else if (node.kind() == Join.class) {
            return Optional.of(values.chance(0.5) ? builder.add(new Join(), token())
                    : builder.add(new Join(), token(), token()));
        } else if (node.kind() == CustomGradient.class) {
            Value first = tensor(tensorType(wanted));
            return Optional.of(builder.add(new CustomGradient("none", (b, self, gradient) -> List.of()),
                    first));
        } else if (node.kind() == DimSize.class) {
            return Optional.of(builder.add(new DimSize(values.dim())));
        } else if (node.kind() == Constant.class) {
            return Optional.of(constant(tensorType(wanted)));
        } else if (node.kind() == Project.class) {
            Value tuple = builder.add(new Tuple(), tensor(tensorType(wanted)),
                    tensor(tensorType(Optional.empty())));
            return Optional.of(builder.add(new Project(0), tuple));
        } else if (node.kind() == Read.class) {
            StateType state = new StateType("v", tensorType(wanted));
            return Optional.of(builder.add(new Read(), instance(node.operands().getFirst(),
                    Optional.of(state))));
        } else if (node.kind() == Assign.class && wanted.isPresent()
                && wanted.get() instanceof StateType state) {
            return Optional.of(builder.add(new Assign(), instance(node.operands().get(0), wanted),
                    instance(node.operands().get(1), Optional.of(state.content()))));
        } else if (node.kind() == InitialState.class && wanted.isPresent()
                && wanted.get() instanceof StateType state) {
            Value value = builder.add(new InitialState(state.variable(), state.content()));
            parameters.add(value);
            inputs.add(NDArray.zeros(state.content().dtype(), state.content().shape().dims().stream()
                    .mapToLong(dim -> dim.evaluate(symbol -> bindings.get(Dim.ofSymbol(symbol)))).toArray()));
            return Optional.of(value);
        }
        return Optional.empty();
    }

    private Value token() throws Impossible {
        Value token = builder.add(new Join(), tensor(tensorType(Optional.empty())));
        return values.chance(0.5) ? token
                : builder.add(new Join(), token, tensor(tensorType(Optional.empty())));
    }
}
