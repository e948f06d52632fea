package dev.sinter.graph;

import dev.sinter.ir.Copier;
import dev.sinter.ir.Region;
import dev.sinter.ir.Type.TapeType;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.Broadcast;
import dev.sinter.op.Constant;
import dev.sinter.op.DefineSize;
import dev.sinter.op.DimSize;
import dev.sinter.op.Iota;
import dev.sinter.op.Loop;
import dev.sinter.op.Project;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Derivatives along directions, and matrices of all of them. Gradients are linear in the seeds that they start
 * with: {@code g = J^T u}. The gradient of {@code <g, v>} with respect to {@code u} is {@code J v}, so that forward
 * mode needs no rule of its own. Matrices are such linear functions of all unit vectors at once: what depends on the
 * seed gets a new axis 0, or is a loop over the unit vectors where an op in it can have none.
 */
final class Directions {
    private final Composer c;
    private final Differentiation between;

    private Directions(Composer c, Differentiation between) {
        this.c = c;
        this.between = between;
    }

    /** What some code makes of the derivatives of ys with respect to xs. */
    static List<Tensor> of(String op, List<? extends Operand> ys, List<? extends Operand> xs, GradientOptions options,
            Function<Directions, List<Node>> code) {
        return of(op, ys, xs, options, List.of(), (_, _, _) -> { }, (directions, _) -> code.apply(directions));
    }

    /** The derivatives of ys along one tangent for each x. */
    static List<Tensor> along(List<? extends Operand> ys, List<? extends Operand> xs,
            List<? extends Operand> tangents, GradientOptions options) {
        return of("jvp", ys, xs, options, tangents,
                (c, nodes, given) -> Differentiation.fit(c, "tangent", given, "x", nodes.subList(ys.size(),
                        ys.size() + xs.size())),
                (directions, given) -> directions.along(given, options.unconnected()));
    }

    /** The derivatives of the rows of y, each by the row of x of the same number. */
    static Tensor ofBatch(Operand y, Operand x, GradientOptions options) {
        return of("batch_jacobian", List.of(y), List.of(x), options, List.of(), (c, nodes, _) -> {
            if (nodes.stream().anyMatch(node -> Composer.rank(node) == 0)) {
                throw new GraphException("both need an axis 0, along which the batch lies: y is "
                        + Composer.text(nodes.get(0).tensorType()) + ", x is "
                        + Composer.text(nodes.get(1).tensorType()) + "; use jacobian(...)");
            }
            c.same("the batches differ", nodes.get(0), 0, nodes.get(1), 0);
        }, (directions, _) -> List.of(directions.ofBatch(options.unconnected()))).getFirst();
    }

    /** What comes before anything is lowered, and makes sizes equal. */
    private interface Check {
        /**
         * @param nodes the ys, then the xs
         * @param given what is given besides
         */
        void check(Composer c, List<Node> nodes, List<Node> given);
    }

    private static List<Tensor> of(String op, List<? extends Operand> ys, List<? extends Operand> xs,
            GradientOptions options, List<? extends Operand> more, Check check,
            BiFunction<Directions, List<Node>, List<Node>> code) {
        if (ys.isEmpty() || xs.isEmpty()) {
            throw new GraphException(op + ": at least one y and one x are needed\n  at " + Place.here());
        }
        if (!options.initial().isEmpty()) {
            throw new GraphException(op + ": takes no initial gradients; multiply y, or use vjp(...)\n  at "
                    + Place.here());
        }
        List<Operand> operands = new ArrayList<>(ys);
        operands.addAll(Differentiation.valuesAtStart(op, xs));
        operands.addAll(options.stopAt());
        operands.addAll(more);
        Graph graph = Composer.graphOf(op, Stream.concat(ys.stream(), xs.stream()).toList());
        return Composer.nodes(graph, op, c -> {
            List<Node> given = c.ins().subList(operands.size() - more.size(), operands.size());
            check.check(c, c.ins().subList(0, ys.size() + xs.size()), given);
            return code.apply(new Directions(c, new Differentiation(c, ys.size(), xs, options.stopAt().size())),
                    given);
        }, operands).stream().map(Node::tensor).toList();
    }

    private List<Node> along(List<Node> tangents, GradientOptions.Unconnected unconnected) {
        return between.raised(between.toYs(pushed(between.fitted(tangents, between.xs())),
                unconnected));
    }

    /** The derivatives of the ys, linear in tangents of the xs. */
    private List<Optional<Value>> pushed(List<Value> tangents) {
        List<Value> seeds = between.ys().stream().map(between::seed).toList();
        List<Optional<Value>> pulled = between.gradients(seeds);
        List<Value> of = new ArrayList<>();
        List<Value> from = new ArrayList<>();
        for (int i = 0; i < pulled.size(); i++) {
            if (pulled.get(i).isPresent()) {
                of.add(pulled.get(i).get());
                from.add(tangents.get(i));
            }
        }
        return between.gradients(of, from, seeds);
    }

    /** For each x the derivative of every element of y by every element of x, of y's shape and then x's. */
    List<Node> byRows(GradientOptions.Unconnected unconnected) {
        Node y = between.ys().getFirst();
        Value seed = between.seed(y);
        List<Value> pulled = between.toXs(between.gradients(List.of(seed)), unconnected);
        Dim count = count(y, 0);
        List<Node> rows = stacked(count, seed, unitVectors(y, 0), pulled);
        return IntStream.range(0, rows.size()).mapToObj(i -> c.reshape(rows.get(i),
                joined(Composer.shape(y).dims(), Composer.shape(between.xs().get(i)).dims()))).toList();
    }

    /** {@link #byRows}, column by column. */
    List<Node> byColumns(GradientOptions.Unconnected unconnected) {
        Node y = between.ys().getFirst();
        Value seed = between.seed(y);
        List<Value> pulled = between.toXs(between.gradients(List.of(seed)), unconnected);
        List<Node> matrices = new ArrayList<>();
        for (int i = 0; i < pulled.size(); i++) {
            Node x = between.xs().get(i);
            Value tangent = between.seed(x);
            Value pushed = between.gradients(List.of(pulled.get(i)), List.of(tangent), List.of(seed)).getFirst()
                    .orElseGet(() -> between.builder().zerosLike(between.leafOr(y)));
            Node columns = stacked(count(x, 0), tangent, unitVectors(x, 0), List.of(pushed)).getFirst();
            List<Integer> last = new ArrayList<>(IntStream.rangeClosed(1, Composer.rank(y)).boxed().toList());
            last.add(0);
            matrices.add(c.reshape(c.transpose(columns, last),
                    joined(Composer.shape(y).dims(), Composer.shape(x).dims())));
        }
        return matrices;
    }

    private Node ofBatch(GradientOptions.Unconnected unconnected) {
        Node y = between.ys().getFirst();
        Node x = between.xs().getFirst();
        Value seed = between.seed(y);
        Value pulled = between.toXs(between.gradients(List.of(seed)), unconnected).getFirst();
        Dim count = count(y, 1);
        Node rows = stacked(count, seed, unitVectors(y, 1), List.of(pulled)).getFirst();
        List<Integer> swapped = new ArrayList<>(Composer.axes(rows));
        swapped.set(0, 1);
        swapped.set(1, 0);
        List<Dim> dims = Composer.shape(y).dims();
        return c.reshape(c.transpose(rows, swapped), joined(dims, Composer.shape(x).dims().subList(1,
                Composer.rank(x))));
    }

    private Shape joined(List<Dim> first, List<Dim> second) {
        return new Shape(Stream.concat(first.stream(), second.stream()).map(c.graph().sizes()::canonical).toList());
    }

    /** The number of elements along the axes from one on. */
    private Dim count(Node like, int from) {
        Dim count = Dim.ONE;
        for (Dim dim : Composer.shape(like).dims().subList(from, Composer.rank(like))) {
            count = count.times(dim);
        }
        return c.graph().sizes().canonical(count);
    }

    /** The unit vectors of a tensor's axes from one on, along a new axis 0; the same for all of the axes before. */
    private Node unitVectors(Node like, int from) {
        Dim count = count(like, from);
        Shape square = Shape.of(count, count);
        TensorType type = new TensorType(DType.INT64, square);
        Node equal = c.map(ScalarFn.EQ, c.add(new Iota(type, 0)), c.add(new Iota(type, 1)));
        Node unit = c.convert(equal, Composer.dtype(like));
        List<Dim> dims = Composer.shape(like).dims();
        Node apart = c.reshape(unit, joined(List.of(count), dims.subList(from, dims.size())));
        List<Integer> axes = new ArrayList<>(List.of(0));
        IntStream.range(from + 1, dims.size() + 1).forEach(axes::add);
        return from == 0 ? apart : c.stretch(apart, joined(List.of(count), dims), axes);
    }

    /**
     * Values for many seeds at once.
     *
     * @param count how many there are
     * @param all   the seeds along a new axis 0
     * @return the results with that axis
     */
    private List<Node> stacked(Dim count, Value seed, Node all, List<Value> results) {
        Set<Value> dependent = dependent(results, seed);
        return Batching.inPlace(between.builder(), count, dependent, seed, between.parameter(all), results)
                .map(between::raised).orElseGet(() -> looped(count, seed, all, results, dependent));
    }

    /** Values for many seeds, one after the other. */
    private List<Node> looped(Dim count, Value seed, Node all, List<Value> results, Set<Value> dependent) {
        List<Value> captures = new ArrayList<>();
        for (Value value : Stream.concat(dependent.stream().flatMap(value -> value.operands().stream()),
                results.stream()).distinct().toList()) {
            if (!dependent.contains(value) && value != seed && !isMade(value)) {
                captures.add(value);
            }
        }
        if (captures.stream().anyMatch(value -> value.type() instanceof TapeType)) {
            throw new GraphException("the rows are computed one after the other, and each needs values of all"
                    + " iterations of a loop, whose number is not known; give the loop"
                    + " WhileOptions.DEFAULT.withMaxIterations(...)");
        }
        List<Node> outside = between.raised(captures.stream().filter(Value::isTensor).toList());
        List<Value> parameters = new ArrayList<>(List.of(seed));
        captures.stream().filter(Value::isTensor).forEach(parameters::add);
        List<TensorType> types = new ArrayList<>(List.of(new TensorType(DType.INT64, Shape.SCALAR)));
        parameters.forEach(value -> types.add(value.tensorType()));
        Region region = Region.of(types, (r, given) -> {
            Map<Value, Value> known = new HashMap<>();
            definitions().forEach(definition -> known.put(definition, given.getFirst()));
            for (int i = 0; i < parameters.size(); i++) {
                known.put(parameters.get(i), given.get(i + 1));
            }
            Copier copier = Copier.withoutOrder(r, between.builder().locations(),
                    value -> Optional.ofNullable(known.get(value)));
            return results.stream().map(copier::copy).toList();
        });
        Loop loop = new Loop(region, Loop.Trips.of(count), 1, 0);
        Node rows = c.add(loop, Stream.concat(Stream.of(all), outside.stream()).toList());
        return IntStream.range(0, results.size()).mapToObj(i -> c.add(new Project(i), rows)).toList();
    }

    /** The definitions of sizes, which a region need not repeat. */
    private Stream<Value> definitions() {
        return IntStream.range(0, between.builder().size()).mapToObj(between.builder()::value)
                .filter(value -> value.op() instanceof DefineSize);
    }

    /** Whether a value costs nothing to make inside. */
    private static boolean isMade(Value value) {
        return switch (value.op()) {
            case Constant _, Iota _, DimSize _ -> true;
            case Broadcast _ -> value.operand(0).op() instanceof Constant;
            default -> false;
        };
    }

    /** The values that results need and that depend on a seed. */
    private static Set<Value> dependent(List<Value> results, Value seed) {
        Set<Value> needed = new TreeSet<>(Comparator.comparingInt(Value::id));
        needed.addAll(results);
        Deque<Value> pending = new ArrayDeque<>(needed);
        while (!pending.isEmpty()) {
            for (Value operand : pending.pop().operands()) {
                if (needed.add(operand)) {
                    pending.push(operand);
                }
            }
        }
        Set<Value> dependent = new LinkedHashSet<>();
        for (Value value : needed) {
            if (value.operands().stream().anyMatch(operand -> operand == seed || dependent.contains(operand))) {
                dependent.add(value);
            }
        }
        return dependent;
    }
}
