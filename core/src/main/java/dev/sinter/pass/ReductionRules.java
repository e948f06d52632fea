package dev.sinter.pass;

import static dev.sinter.pass.Pattern.any;
import static dev.sinter.pass.Pattern.map;
import static dev.sinter.pass.Pattern.op;
import static dev.sinter.pass.Pattern.splat;
import static dev.sinter.pass.Rule.rule;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import dev.sinter.op.Broadcast;
import dev.sinter.op.Reduce;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.Reshape;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Transpose;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Reductions. Exact where the same elements are combined in the same order, or the order does not matter. */
final class ReductionRules {
    private static final Pattern X = any("x");
    private static final Pattern.Splat C = splat("c");
    private static final Pattern.Node<Reduce> REDUCE = op(Reduce.class, X);
    private static final Pattern.Node<Reduce> INNER = op(Reduce.class, X);
    private static final Pattern.Node<Reduce> OUTER = op(Reduce.class, INNER);
    private static final Pattern.Node<Broadcast> BROADCAST = op(Broadcast.class, X);
    private static final Pattern.Node<Reduce> OF_BROADCAST = op(Reduce.class, BROADCAST);
    private static final Pattern.Node<Transpose> TRANSPOSE = op(Transpose.class, X);
    private static final Pattern.Node<Reduce> OF_TRANSPOSE = op(Reduce.class, TRANSPOSE);
    private static final Pattern.Node<Reduce> OF_RESHAPE = op(Reduce.class, op(Reshape.class, X));
    private static final Pattern.Node<Reduce> OF_SCALED = op(Reduce.class, map(ScalarFn.MUL, X, C));

    private static final Rule.Rewrite MERGED = (m, b) -> b.reduce(m.op(OUTER).fn(), m.get(X), mergedAxes(m));
    private static final Rule.Rewrite SCALED_LATER = (m, b) -> {
        Value sum = b.add(m.root().op(), m.get(X));
        return b.times(sum, Splats.make(b, m.scalar(C), sum.shape()));
    };
    private static final Predicate<Match> MERGEABLE =
            m -> m.op(OUTER).fn() == m.op(INNER).fn() && m.isUsedOnce(INNER);
    private static final Predicate<Match> SUM_OF_SCALED = m -> m.op(OF_SCALED).fn() == ReduceFn.SUM;

    static final List<Rule> ALL = List.of(
            rule("reduce(x) -> reduce(reshape(x)), along axes of size 1 too").on(REDUCE)
                    .when(m -> !unit(m).isEmpty() && unit(m).size() < m.op(REDUCE).axes().size())
                    .to(ReductionRules::withoutUnitAxes),
            rule("reduce(x) -> reshape(x), along nothing but axes of size 1, but float sums").on(REDUCE)
                    .when(m -> unit(m).size() == m.op(REDUCE).axes().size() && keepsOneElement(m))
                    .to((m, b) -> b.reshape(m.get(X), m.root().shape())),
            rule("reduce{sum}(x) -> reshape(x), along nothing but axes of size 1, of floats").on(REDUCE)
                    .when(m -> unit(m).size() == m.op(REDUCE).axes().size() && !keepsOneElement(m))
                    .reassociates()
                    .to((m, b) -> b.reshape(m.get(X), m.root().shape())),
            rule("reduce(reduce(x)) -> reduce(x), in any order").on(OUTER)
                    .when(MERGEABLE.and(m -> ignoresOrder(m.op(OUTER), m))).to(MERGED),
            rule("reduce(reduce(x)) -> reduce(x), float sums and products").on(OUTER)
                    .when(MERGEABLE.and(m -> !ignoresOrder(m.op(OUTER), m))).reassociates().to(MERGED),
            rule("reduce(broadcast(x)) -> broadcast(reduce(x)), repeated elsewhere").on(OF_BROADCAST)
                    .when(m -> repeatedSizes(m).isEmpty()).to(ReductionRules::reducedFirst),
            rule("reduce{max}(broadcast(x)) -> reduce{max}(x), the like for min, all, any").on(OF_BROADCAST)
                    .when(m -> isIdempotent(m.op(OF_BROADCAST).fn()) && !repeatedSizes(m).isEmpty()
                            && repeatedSizes(m).stream()
                                    .allMatch(dim -> dim.isConstant() && dim.constant() > 0))
                    .to(ReductionRules::reducedFirst),
            rule("reduce{sum}(broadcast(x)) -> reduce{sum}(x) * count, of integers").on(OF_BROADCAST)
                    .when(m -> m.op(OF_BROADCAST).fn() == ReduceFn.SUM && !repeatedSizes(m).isEmpty()
                            && m.root().dtype().isInteger())
                    .to(ReductionRules::counted),
            rule("reduce{sum}(broadcast(x)) -> reduce{sum}(x) * count, of floats").on(OF_BROADCAST)
                    .when(m -> m.op(OF_BROADCAST).fn() == ReduceFn.SUM && !repeatedSizes(m).isEmpty()
                            && isWide(m))
                    .reassociates().to(ReductionRules::counted),
            rule("reduce(transpose(x)) -> transpose(reduce(x))").on(OF_TRANSPOSE)
                    .when(m -> ignoresOrder(m.op(OF_TRANSPOSE), m) || keepsOrder(m))
                    .to(ReductionRules::untransposed),
            rule("reduce(transpose(x)) -> transpose(reduce(x)), float sums and products").on(OF_TRANSPOSE)
                    .when(m -> !ignoresOrder(m.op(OF_TRANSPOSE), m) && !keepsOrder(m)).reassociates()
                    .to(ReductionRules::untransposed),
            rule("reduce(reshape(x)) -> reshape(reduce(x)), axes of size 1").on(OF_RESHAPE)
                    .toMaybe(ReductionRules::unshaped),
            rule("reduce{sum}(x * c) -> reduce{sum}(x) * c, of integers").on(OF_SCALED)
                    .when(SUM_OF_SCALED.and(m -> m.root().dtype().isInteger())).to(SCALED_LATER),
            rule("reduce{sum}(x * c) -> reduce{sum}(x) * c, of floats").on(OF_SCALED)
                    .when(SUM_OF_SCALED.and(ReductionRules::isWide)).reassociates()
                    .to(SCALED_LATER));

    private ReductionRules() {}

    /** The reduced axes of size 1. */
    private static List<Integer> unit(Match m) {
        return m.op(REDUCE).axes().stream().filter(axis -> m.shape(X).dim(axis).isConstant(1)).toList();
    }

    /** Whether the reduction of one element is that element: a float sum starts at 0 and makes 0 of -0. */
    private static boolean keepsOneElement(Match m) {
        return m.op(REDUCE).fn() != ReduceFn.SUM || m.root().dtype().isInteger();
    }

    /** Whether it is a float whose sums hardly ever leave its range: no half float. */
    private static boolean isWide(Match m) {
        return m.root().dtype().isFloat() && !m.root().dtype().isHalf();
    }

    private static boolean isIdempotent(ReduceFn fn) {
        return switch (fn) {
            case MAX, MIN, ALL, ANY -> true;
            case SUM, PROD -> false;
        };
    }

    private static boolean ignoresOrder(Reduce reduce, Match m) {
        return isIdempotent(reduce.fn()) || m.root().dtype().isInteger();
    }

    private static Value withoutUnitAxes(Match m, Builder b) {
        Value x = b.reshape(m.get(X), UnitAxes.without(m.shape(X), unit(m)));
        List<Integer> axes = m.op(REDUCE).axes().stream().filter(axis -> !unit(m).contains(axis))
                .map(axis -> axis - (int) unit(m).stream().filter(gone -> gone < axis).count()).toList();
        return b.reduce(m.op(REDUCE).fn(), x, axes);
    }

    private static List<Integer> mergedAxes(Match m) {
        List<Integer> first = m.op(INNER).axes();
        List<Integer> left = IntStream.range(0, m.shape(X).rank()).filter(axis -> !first.contains(axis))
                .boxed().toList();
        List<Integer> axes = new ArrayList<>(first);
        m.op(OUTER).axes().forEach(axis -> axes.add(left.get(axis)));
        return axes;
    }

    /** How often elements are repeated along each axis whose repetitions are reduced, where not once. */
    private static List<Dim> repeatedSizes(Match m) {
        Shape repeated = m.shape(BROADCAST);
        List<Integer> axes = m.op(BROADCAST).axes();
        return m.op(OF_BROADCAST).axes().stream().map(axis -> {
            int inner = axes.indexOf(axis);
            return inner < 0 ? repeated.dim(axis) : m.shape(X).dim(inner).repeats(repeated.dim(axis));
        }).filter(count -> !count.isConstant(1)).toList();
    }

    /** The reduction of what is repeated, repeated along the axes that are left. */
    private static Value reducedFirst(Match m, Builder b) {
        List<Integer> reduced = m.op(OF_BROADCAST).axes();
        List<Integer> axes = m.op(BROADCAST).axes();
        List<Integer> inner = IntStream.range(0, axes.size()).filter(axis -> reduced.contains(axes.get(axis)))
                .boxed().toList();
        Value result = b.add(new Reduce(m.op(OF_BROADCAST).fn(), inner), m.get(X));
        List<Integer> places = axes.stream().filter(axis -> !reduced.contains(axis))
                .map(axis -> axis - (int) reduced.stream().filter(gone -> gone < axis).count()).toList();
        return b.broadcast(result, m.root().shape(), places);
    }


    private static Value counted(Match m, Builder b) {
        Dim count = Dim.ONE;
        for (Dim size : repeatedSizes(m)) {
            count = count.times(size);
        }
        Value factor = b.convert(b.dimSize(count), m.root().dtype());
        return b.times(reducedFirst(m, b), b.broadcast(factor, m.root().shape()));
    }

    /** Whether the reduced axes stand in the same order before and after the transpose. */
    private static boolean keepsOrder(Match m) {
        List<Integer> before = m.op(OF_TRANSPOSE).axes().stream().map(m.op(TRANSPOSE).permutation()::get)
                .toList();
        return IntStream.range(1, before.size()).allMatch(i -> before.get(i - 1) < before.get(i));
    }

    private static Value untransposed(Match m, Builder b) {
        List<Integer> permutation = m.op(TRANSPOSE).permutation();
        List<Integer> reduced = m.op(OF_TRANSPOSE).axes().stream().map(permutation::get).toList();
        Value result = b.add(new Reduce(m.op(OF_TRANSPOSE).fn(), reduced), m.get(X));
        List<Integer> rest = permutation.stream().filter(axis -> !reduced.contains(axis))
                .map(axis -> axis - (int) reduced.stream().filter(gone -> gone < axis).count()).toList();
        return b.transpose(result, rest);
    }

    private static Optional<Value> unshaped(Match m, Builder b) {
        Shape reshaped = m.root().operand(0).shape();
        List<Integer> reduced = m.op(OF_RESHAPE).axes();
        Optional<List<Integer>> places = UnitAxes.correspondence(m.shape(X), reshaped);
        List<Integer> axes = IntStream.range(0, m.shape(X).rank())
                .filter(axis -> places.isPresent() && reduced.contains(places.get().get(axis))).boxed()
                .toList();
        if (axes.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(b.reshape(b.reduce(m.op(OF_RESHAPE).fn(), m.get(X), axes), m.root().shape()));
    }
}
