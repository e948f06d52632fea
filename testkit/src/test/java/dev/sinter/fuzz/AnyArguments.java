package dev.sinter.fuzz;

import dev.sinter.graph.Complex;
import dev.sinter.graph.Gradients;
import dev.sinter.graph.Graph;
import dev.sinter.graph.GraphElement;
import dev.sinter.graph.Initializer;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.linalg.LinearOperator;
import dev.sinter.nn.GruCell;
import dev.sinter.nn.LstmCell;
import dev.sinter.nn.RnnCell;
import dev.sinter.nn.SimpleRnnCell;
import dev.sinter.op.HostFunction;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import dev.sinter.testkit.NegatingFunction;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Arguments of any type that a facade's method takes, drawn from a seed. Most tensors of one draw are alike in dtype
 * and shape and most numbers are small, so that many calls make sense; the others are at the ends of their ranges.
 * Half of all draws follow {@link ArgumentHints}.
 */
final class AnyArguments {
    private static final long[] SIZES = {0, 1, 1, 2, 2, 3, 3, 4, 5};
    private static final long[] EDGES = {Long.MIN_VALUE, Long.MIN_VALUE + 1, -(1L << 62), Integer.MIN_VALUE - 1L,
        Integer.MIN_VALUE, -1000, -7, -3, -2, -1, 0, 5, 8, 100, 1 << 16, Integer.MAX_VALUE, 1L << 31, 1L << 32,
        (1L << 53) + 1, 1L << 62, Long.MAX_VALUE - 1, Long.MAX_VALUE};
    private static final double[] NUMBERS = {0, 1, 1, 2, 0.5, 0.25, 3, -1, 1e-3};
    private static final double[] ODD_NUMBERS = {-0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY,
        Double.MIN_VALUE, -Double.MIN_VALUE, Double.MAX_VALUE, -2.5, 1e-300, 1e9, -1e19, 0x1p63};
    private static final List<String> WORDS = List.of("", "x", "a/b", " ", "ij,jk->ik", "ij->ji", "ii", "...i->...",
            "bij,bjk->bik", "ij,ij,ij->", "i,->i", "->", ",", "ij,jk->il", "iii->", "\u00e4");
    private static final List<DType> COMMON = List.of(DType.FLOAT32, DType.FLOAT32, DType.FLOAT32, DType.FLOAT64,
            DType.INT32, DType.INT64, DType.BOOL);
    private static final int MOST_LISTED = 5;
    private static final int DEEPEST = 4;

    private final SplittableRandom random;
    private final Graph graph = new Graph();
    private final Map<Tensor, NDArray> feeds = new LinkedHashMap<>();
    private final List<Tensor> made = new ArrayList<>();
    private final double oddity;
    private final double unlikeness;
    private final DType dtype;
    /** The size of all axes, or 0 where they differ. */
    private final long only;
    private final long[] sizes;
    private final boolean hinted;
    /** The name of the parameter that is drawn, empty where it is of no matter. */
    private String name = "";
    private int depth;
    private boolean huge;

    /** Arguments for one call of a method. */
    static AnyArguments of(Method method, long seed) {
        return new AnyArguments(method, FacadeMethods.name(method).hashCode() + seed * 0x9e3779b97f4a7c15L);
    }

    private AnyArguments(Method method, long seed) {
        random = new SplittableRandom(seed);
        hinted = random.nextBoolean();
        oddity = pick(hinted ? List.of(0.0, 0.1) : List.of(0.0, 0.0, 0.15, 0.4));
        unlikeness = pick(hinted ? List.of(0.0, 0.1) : List.of(0.0, 0.1, 0.1, 0.4));
        dtype = hinted && chance(0.6) ? pick(ArgumentHints.dtypes(method))
                : chance(0.85) ? pick(COMMON) : pick(List.of(DType.values()));
        List<Integer> squares = ArgumentHints.squares(method);
        only = hinted && !squares.isEmpty() && chance(0.5) ? pick(squares)
                : chance(hinted ? 0.5 : 0.3) ? random.nextInt(1, 4) : 0;
        List<Integer> ranks = ArgumentHints.ranks(method);
        sizes = sizes(hinted && !ranks.isEmpty() ? pick(ranks) : random.nextInt(6));
    }

    /** The graph of the tensors. */
    Graph graph() {
        return graph;
    }

    /** The placeholders among the tensors, and values that fit. */
    Map<Tensor, NDArray> feeds() {
        return feeds;
    }

    /** Whether there are placeholders of sizes that no value has. */
    boolean isHuge() {
        return huge;
    }

    private boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    private <T> T pick(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    /** A value for each parameter of a method or constructor. */
    Object[] forParameters(Executable method) {
        String outer = name;
        List<Argument> drawn = new ArrayList<>();
        try {
            for (Parameter parameter : method.getParameters()) {
                name = hinted && chance(0.95) ? parameter.getName() : "";
                drawn.add(new Argument(parameter.getName(), related(method, drawn).orElseGet(
                        () -> draw(parameter.getParameterizedType()))));
            }
        } finally {
            name = outer;
        }
        return drawn.stream().map(Argument::value).toArray();
    }

    /** A value for a parameter of a name. */
    private record Argument(String name, Object value) {}

    /** What must be made of other arguments: tensors to differentiate, by which ones, and along what. */
    private Optional<Object> related(Executable method, List<Argument> drawn) {
        if (!ArgumentHints.names(method).contains("xs")
                || Stream.of(method.getParameterTypes()).anyMatch(type -> type.getName().contains("Complex"))) {
            return Optional.empty();
        }
        return switch (name) {
            case "y" -> Optional.of(derivable());
            case "ys" -> Optional.of(List.of(derivable()));
            case "xs" -> made.isEmpty() || like("y", drawn).isEmpty() && like("ys", drawn).isEmpty()
                    ? Optional.empty()
                    : Optional.of(ArgumentHints.has(method, Operand[].class) ? new Operand[] {made.getLast()}
                            : List.of(made.getLast()));
            case "tangents", "vectors" -> Optional.of(like("xs", drawn));
            case "cotangents" -> Optional.of(like("ys", drawn));
            default -> Optional.empty();
        };
    }

    /** A scalar that is made of the last one of the tensors. */
    private Tensor derivable() {
        Tensor x = tensor(array(dtype, sizes));
        made.add(x);
        return Ops.reduceSum(x.times(x));
    }

    /** Tensors like those of an argument. */
    private static List<Tensor> like(String name, List<Argument> drawn) {
        List<Tensor> all = new ArrayList<>();
        drawn.stream().filter(argument -> argument.name().equals(name))
                .forEach(argument -> collect(argument.value(), all));
        return all.stream().map(Ops::onesLike).toList();
    }

    /** A value of a type. */
    Object draw(Type type) {
        depth++;
        try {
            return switch (type) {
                case ParameterizedType generic -> ofGeneric(generic);
                case WildcardType wild -> draw(wild.getUpperBounds()[0]);
                case Class<?> plain when plain.isArray() -> array(plain.getComponentType());
                case Class<?> plain -> ofClass(plain);
                default -> throw new AssertionError("no values of " + type);
            };
        } finally {
            depth--;
        }
    }

    private Object ofGeneric(ParameterizedType type) {
        Class<?> raw = (Class<?>) type.getRawType();
        Type[] arguments = type.getActualTypeArguments();
        if (raw == List.class) {
            return IntStream.range(0, count()).mapToObj(_ -> draw(arguments[0])).toList();
        }
        if (raw == Optional.class) {
            return chance(0.4) ? Optional.empty() : Optional.of(draw(arguments[0]));
        }
        if (raw == Map.class) {
            return Map.of();
        }
        if (raw.isInterface()) {
            return function(raw, arguments[arguments.length - 1]);
        }
        throw new AssertionError("no values of " + type);
    }

    private Object array(Class<?> component) {
        int length = depth > 2 && chance(0.7) ? 2 : count();
        Object array = Array.newInstance(component, length);
        for (int i = 0; i < length; i++) {
            Array.set(array, i, draw(component));
        }
        return array;
    }

    private int count() {
        List<Integer> likely = ArgumentHints.lengths(name, sizes.length);
        return !likely.isEmpty() ? pick(likely) : chance(0.4) ? random.nextInt(1, 3)
                : chance(0.7) ? sizes.length : random.nextInt(MOST_LISTED);
    }

    private Object ofClass(Class<?> type) {
        return switch (type.getName()) {
            case "boolean" -> random.nextBoolean();
            case "int" -> Math.clamp(number(), Integer.MIN_VALUE, Integer.MAX_VALUE);
            case "long", "java.lang.Long" -> number();
            case "java.lang.Integer" -> Math.clamp(number(), Integer.MIN_VALUE, Integer.MAX_VALUE);
            case "double", "java.lang.Double" -> real();
            case "java.lang.String" -> pick(WORDS);
            case "java.lang.Object" -> chance(0.5) ? number() : array(chance(0.5) ? long.class : double.class);
            case "java.util.OptionalInt" -> chance(0.4) ? OptionalInt.empty() : OptionalInt.of((int) number());
            case "java.util.OptionalLong" -> chance(0.4) ? OptionalLong.empty() : OptionalLong.of(number());
            case "java.util.OptionalDouble" -> chance(0.4) ? OptionalDouble.empty() : OptionalDouble.of(real());
            default -> ofOurs(type);
        };
    }

    private Object ofOurs(Class<?> type) {
        if (type == Graph.class) {
            return graph;
        }
        if (type == DType.class) {
            return likelyDtype();
        }
        if (type == Shape.class) {
            return shape();
        }
        if (type == Dim.class) {
            return dim();
        }
        if (type == NDArray.class) {
            return array();
        }
        if (type == Operand.class) {
            return operand();
        }
        if (type == Tensor.class || type == GraphElement.class) {
            return tensor();
        }
        if (type == Complex.class && chance(0.8)) {
            return complex();
        }
        if (type == Variable.class) {
            return graph.variable("v", graph.constant(array()));
        }
        if (type == Initializer.class) {
            return chance(0.5) ? Ops.zeros(likelyDtype(), Shape.shape(likelySizes())) : Ops.constant(number());
        }
        if (type == HostFunction.class) {
            return NegatingFunction.INSTANCE;
        }
        if (isCode(type) && (makers(type).isEmpty() || chance(0.2))) {
            return function(type, oneMethod(type).orElseThrow().getGenericReturnType());
        }
        return made(type);
    }

    private long number() {
        List<Long> likely = ArgumentHints.wholes(name);
        return !likely.isEmpty() ? pick(likely) : chance(oddity) ? EDGES[random.nextInt(EDGES.length)]
                : random.nextInt(-1, 4);
    }

    private double real() {
        List<Double> likely = ArgumentHints.reals(name);
        return !likely.isEmpty() ? pick(likely) : chance(oddity) ? ODD_NUMBERS[random.nextInt(ODD_NUMBERS.length)]
                : NUMBERS[random.nextInt(NUMBERS.length)];
    }

    private DType likelyDtype() {
        return !chance(unlikeness) ? dtype : chance(0.6) ? pick(COMMON) : pick(List.of(DType.values()));
    }

    private long[] sizes(int rank) {
        return LongStream.generate(() -> only > 0 ? only : SIZES[random.nextInt(SIZES.length)]).limit(rank).toArray();
    }

    /** The sizes of most tensors, or others that are like them. */
    private long[] likelySizes() {
        if (chance(hinted ? 0.75 : 0.55)) {
            return sizes;
        }
        int rank = sizes.length;
        return switch (random.nextInt(6)) {
            case 0 -> Arrays.copyOfRange(sizes, Math.min(1, rank), rank);
            case 1 -> Arrays.copyOf(sizes, Math.max(0, rank - 1));
            case 2 -> rank == 0 ? sizes : new long[] {sizes[random.nextInt(rank)]};
            case 3 -> new long[0];
            case 4 -> LongStream.of(sizes).map(size -> chance(0.4) ? 1 : size).toArray();
            default -> sizes(random.nextInt(5));
        };
    }

    private Shape shape() {
        return Shape.shape(LongStream.of(likelySizes()).map(size -> chance(oddity / 2) ? number() : size).toArray());
    }

    private Dim dim() {
        List<Dim> dims = tensor().shape().dims();
        return chance(0.3) && !dims.isEmpty() ? pick(dims) : Dim.of(number());
    }

    /** Elements of one kind: small whole numbers, fractions, or anything. */
    private NDArray array() {
        return ArgumentHints.tensor(name).map(like -> array(
                like.dtypes().isEmpty() || like.dtypes().contains(dtype) ? dtype : pick(like.dtypes()),
                pick(like.sizes()).apply(sizes))).orElseGet(() -> array(likelyDtype(), likelySizes()));
    }

    private NDArray array(DType of, long[] lengths) {
        NDArray array = NDArray.zeros(of, lengths);
        int kind = random.nextInt(4);
        for (long i = 0; i < array.elementCount(); i++) {
            if (array.dtype().isFloat()) {
                array.setDouble(i, kind == 0 ? random.nextInt(-1, 4) : kind == 1 ? random.nextDouble() : kind == 2
                        ? random.nextDouble(-3, 3) : real());
            } else if (array.dtype() == DType.BOOL) {
                array.setLong(i, random.nextInt(2));
            } else {
                array.setLong(i, kind == 0 ? random.nextInt(3) : number());
            }
        }
        return array;
    }

    private Complex complex() {
        DType plane = dtype == DType.FLOAT64 ? dtype : DType.FLOAT32;
        long[] of = likelySizes();
        Tensor real = tensor(array(plane, of));
        return chance(0.3) ? Complex.of(real) : new Complex(real, tensor(array(plane, of)));
    }

    private Operand operand() {
        return isHinted() ? tensor() : switch (random.nextInt(12)) {
            case 0 -> (Variable) ofOurs(Variable.class);
            case 1 -> (Initializer) ofOurs(Initializer.class);
            default -> tensor();
        };
    }

    /** A tensor of its own, one that is an argument already, or one that is made of such a one. */
    private Tensor tensor() {
        Tensor tensor = made.isEmpty() || isHinted() || chance(0.75) ? newTensor()
                : chance(0.3) ? pick(made) : derived(pick(made));
        made.add(tensor);
        return tensor;
    }

    private boolean isHinted() {
        return ArgumentHints.tensor(name).isPresent();
    }

    private Tensor derived(Tensor x) {
        return x.dtype() == DType.BOOL ? Ops.logicalNot(x) : chance(0.5) ? x.times(x) : Ops.reduceSum(x);
    }

    private Tensor newTensor() {
        if (!isHinted() && chance(oddity / 3)) {
            huge = true;
            return graph.placeholder("huge", likelyDtype(), shape());
        }
        return tensor(array());
    }

    private Tensor tensor(NDArray value) {
        if (chance(0.3)) {
            return graph.constant(value);
        }
        long[] known = LongStream.of(value.sizes()).map(size -> chance(0.15) ? Shape.UNKNOWN : size).toArray();
        Tensor placeholder = graph.placeholder("p", value.dtype(), Shape.shape(known));
        feeds.put(placeholder, value);
        return placeholder;
    }

    /** Whether a type is that of code that the user writes. */
    static boolean isCode(Class<?> type) {
        Class<?> each = type.isArray() ? type.getComponentType() : type;
        return each.isInterface() && !each.isSealed() && each != List.class && oneMethod(each).isPresent();
    }

    private static Optional<Method> oneMethod(Class<?> type) {
        return Stream.of(type.getMethods()).filter(method -> Modifier.isAbstract(method.getModifiers())).findFirst();
    }

    /** Code of the user's: it gives back what it is given, or something that is made of that, or anything. */
    private Object function(Class<?> type, Type result) {
        SplittableRandom own = random.split();
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, given) -> {
            if (method.isDefault()) {
                return java.lang.reflect.InvocationHandler.invokeDefault(proxy, method, given);
            }
            if (method.getDeclaringClass() == Object.class) {
                return switch (method.getName()) {
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "equals" -> proxy == given[0];
                    default -> "code";
                };
            }
            Type answer = method.getGenericReturnType() instanceof TypeVariable<?> ? result
                    : method.getGenericReturnType();
            return answer(own, answer, given == null ? List.of() : List.of(given));
        });
    }

    private Object answer(SplittableRandom own, Type result, List<?> given) {
        List<Tensor> tensors = new ArrayList<>();
        given.forEach(each -> collect(each, tensors));
        Class<?> raw = raw(result);
        boolean isOfTensors = result instanceof ParameterizedType list && raw == List.class
                && raw(list.getActualTypeArguments()[0]).isAssignableFrom(Tensor.class);
        if (isOfTensors && own.nextInt(5) > 0) {
            return (tensors.isEmpty() ? List.of(graph.constant(array(dtype, sizes))) : tensors).stream()
                    .map(each -> each(own, each)).toList();
        }
        if (raw.isAssignableFrom(Tensor.class) && !tensors.isEmpty() && own.nextInt(5) > 0) {
            return each(own, tensors.get(own.nextInt(tensors.size())));
        }
        if (raw.isAssignableFrom(Tensor.class) && own.nextBoolean()) {
            return graph.constant(own.nextBoolean());
        }
        return draw(result);
    }

    private static Tensor each(SplittableRandom own, Tensor x) {
        return switch (own.nextInt(6)) {
            case 0 -> x.dtype() == DType.BOOL ? Ops.logicalNot(x) : x.plus(1);
            case 1 -> x.dtype() == DType.BOOL ? x : Ops.less(x, x);
            case 2 -> Ops.reshape(x, Shape.shape(Shape.UNKNOWN));
            default -> x;
        };
    }

    private static Class<?> raw(Type type) {
        return switch (type) {
            case ParameterizedType generic -> (Class<?>) generic.getRawType();
            case WildcardType wild -> raw(wild.getUpperBounds()[0]);
            case Class<?> plain -> plain;
            default -> throw new AssertionError(type);
        };
    }

    /** Whatever makes values of a type: constants, constructors, static methods, the types that it permits. */
    private static List<Object> makers(Class<?> type) {
        List<Object> makers = new ArrayList<>();
        if (type.isEnum()) {
            Collections.addAll(makers, type.getEnumConstants());
            return makers;
        }
        for (Field field : type.getFields()) {
            if (Modifier.isStatic(field.getModifiers()) && type.isAssignableFrom(field.getType())) {
                makers.add(field);
            }
        }
        if (!Modifier.isAbstract(type.getModifiers())) {
            Collections.addAll(makers, type.getConstructors());
        }
        Stream.of(type.getMethods()).filter(method -> Modifier.isStatic(method.getModifiers())
                && type.isAssignableFrom(method.getReturnType())).forEach(makers::add);
        if (type.isSealed()) {
            Stream.of(type.getPermittedSubclasses()).filter(each -> Modifier.isPublic(each.getModifiers()))
                    .forEach(makers::add);
        }
        if (type == RnnCell.class) {
            Collections.addAll(makers, GruCell.class, LstmCell.class, SimpleRnnCell.class);
        }
        makers.sort(java.util.Comparator.comparing(Object::toString));
        return makers;
    }

    private Object made(Class<?> type) {
        List<Object> makers = makers(type);
        if (depth > DEEPEST && makers.stream().anyMatch(Field.class::isInstance)) {
            makers.removeIf(maker -> !(maker instanceof Field));
        }
        if (makers.isEmpty()) {
            throw new AssertionError("nothing makes a " + type);
        }
        Object value = switch (pick(makers)) {
            case Field field -> value(() -> field.get(null));
            case Constructor<?> constructor -> value(() -> constructor.newInstance(forParameters(constructor)));
            case Method method -> value(() -> method.invoke(null, forParameters(method)));
            case Class<?> permitted -> draw(permitted);
            case Object constant -> constant;
        };
        List<Method> changes = Stream.of(type.getMethods()).filter(method -> method.getReturnType() == type
                && !Modifier.isStatic(method.getModifiers()) && method.getName().startsWith("with"))
                .sorted(java.util.Comparator.comparing(Method::toString)).toList();
        for (int i = changes.isEmpty() ? 0 : random.nextInt(3); i > 0; i--) {
            Method change = pick(changes);
            Object before = value;
            value = value(() -> change.invoke(before, forParameters(change)));
        }
        return value;
    }

    /** Code that calls a method by reflection. */
    @FunctionalInterface
    interface Reflective {
        Object call() throws ReflectiveOperationException;
    }

    /** What a method gives that is called by reflection, or its exception. */
    static Object value(Reflective code) {
        try {
            return code.call();
        } catch (InvocationTargetException failure) {
            switch (failure.getCause()) {
                case RuntimeException problem -> throw problem;
                case Error problem -> throw problem;
                default -> throw new AssertionError(failure.getCause());
            }
        } catch (ReflectiveOperationException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** Adds the tensors that something is made of to a list. */
    static void collect(Object value, List<Tensor> tensors) {
        switch (value) {
            case Tensor tensor -> tensors.add(tensor);
            case List<?> list -> list.forEach(each -> collect(each, tensors));
            case Optional<?> optional -> optional.ifPresent(each -> collect(each, tensors));
            case Gradients gradients -> tensors.addAll(gradients.asList());
            case LinearOperator operator -> tensors.add(operator.toDense());
            case Object[] array -> List.of(array).forEach(each -> collect(each, tensors));
            case Record row when !(row instanceof Operand) -> Stream.of(row.getClass().getRecordComponents())
                    .filter(part -> Modifier.isPublic(part.getAccessor().getModifiers())
                            && Modifier.isPublic(row.getClass().getModifiers()))
                    .forEach(part -> collect(value(() -> part.getAccessor().invoke(row)), tensors));
            case null, default -> { }
        }
    }

    /** An argument as messages show it. */
    static String text(Object argument) {
        return switch (argument) {
            case null -> "null";
            case long[] numbers -> Arrays.toString(numbers);
            case int[] numbers -> Arrays.toString(numbers);
            case double[] numbers -> Arrays.toString(numbers);
            case Object[] values -> Stream.of(values).map(AnyArguments::text).toList().toString();
            case List<?> values -> values.stream().map(AnyArguments::text).toList().toString();
            default -> argument.toString();
        };
    }
}
