package dev.sinter.pass;

import static dev.sinter.pass.Pattern.any;
import static dev.sinter.pass.Pattern.op;
import static dev.sinter.pass.Rule.rule;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Failures;
import dev.sinter.ir.Value;
import dev.sinter.op.Broadcast;
import dev.sinter.op.Constant;
import dev.sinter.op.Reshape;
import dev.sinter.op.Reverse;
import dev.sinter.op.Slice;
import dev.sinter.op.Transpose;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Repetition: as late as possible, so that everything before it works on fewer elements. All exact.
 */
final class BroadcastRules {
    private static final Pattern X = any("x");
    private static final Pattern.Node<Broadcast> INNER = op(Broadcast.class, X);
    private static final Pattern.Node<Broadcast> OUTER = op(Broadcast.class, INNER);
    private static final Pattern.Node<Transpose> TRANSPOSE = op(Transpose.class, INNER);
    private static final Pattern.Node<Reverse> REVERSE = op(Reverse.class, INNER);
    private static final Pattern.Node<Slice> SLICE = op(Slice.class, INNER);
    private static final Pattern.Node<Broadcast> OF_RESHAPE = op(Broadcast.class, op(Reshape.class, X));

    static final List<Rule> ALL = List.of(
            rule("broadcast(x) -> x, in the same shape").on(op(Broadcast.class, X))
                    .when(m -> m.shape(X).equals(m.root().shape())).to((m, b) -> m.get(X)),
            rule("broadcast(broadcast(x)) -> broadcast(x)").on(OUTER).toMaybe(BroadcastRules::ofBroadcast),
            rule("constant, one element repeated -> broadcast(scalar)").on(op(Constant.class))
                    .when(m -> m.root().rank() > 0)
                    .toMaybe((m, b) -> Splats.uniform(((Constant) m.root().op()).array())
                            .map(scalar -> Splats.make(b, scalar, m.root().shape()))),
            rule("broadcast(reshape(x)) -> broadcast(x), axes of size 1").on(OF_RESHAPE)
                    .toMaybe(BroadcastRules::ofReshape),
            rule("reshape(broadcast(scalar)) -> broadcast(scalar)").on(op(Reshape.class, INNER))
                    .when(m -> m.get(X).rank() == 0).to((m, b) -> b.broadcast(m.get(X), m.root().shape())),
            rule("reshape(broadcast(x)) -> broadcast(x), axes of size 1").on(op(Reshape.class, INNER))
                    .toMaybe(BroadcastRules::reshaped),
            rule("reshape(broadcast(x)) -> broadcast(x), as often as a size repeats")
                    .on(op(Reshape.class, INNER)).toMaybe(BroadcastRules::joined),
            rule("transpose(broadcast(x)) -> broadcast(transpose(x))").on(TRANSPOSE)
                    .to(BroadcastRules::transposed),
            rule("reverse(broadcast(x)) -> broadcast(reverse(x))").on(REVERSE).to(BroadcastRules::reversed),
            rule("slice(broadcast(x)) -> broadcast(slice(x))").on(SLICE).toMaybe(BroadcastRules::sliced));

    private BroadcastRules() {}

    private static Optional<Value> ofBroadcast(Match m, Builder b) {
        List<Integer> axes = m.op(INNER).axes().stream().map(m.op(OUTER).axes()::get).toList();
        boolean fits = IntStream.range(0, axes.size()).allMatch(axis ->
                Broadcast.fits(m.shape(X).dim(axis), m.root().shape().dim(axes.get(axis))));
        return fits ? Optional.of(b.broadcast(m.get(X), m.root().shape(), axes)) : Optional.empty();
    }

    private static Optional<Value> ofReshape(Match m, Builder b) {
        Value reshaped = m.root().operand(0);
        List<Integer> axes = m.op(OF_RESHAPE).axes();
        return UnitAxes.correspondence(m.shape(X), reshaped.shape())
                .map(places -> places.stream()
                        .map(place -> place == UnitAxes.ANYWHERE ? UnitAxes.ANYWHERE : axes.get(place))
                        .toList())
                .flatMap(places -> UnitAxes.placed(places, m.root().rank()))
                .map(placed -> b.broadcast(m.get(X), m.root().shape(), placed));
    }

    private static Optional<Value> reshaped(Match m, Builder b) {
        List<Integer> axes = m.op(INNER).axes();
        return UnitAxes.correspondence(m.get(INNER).shape(), m.root().shape())
                .map(places -> axes.stream().map(places::get).toList())
                .flatMap(places -> UnitAxes.placed(places, m.root().rank()))
                .map(placed -> b.broadcast(m.get(X), m.root().shape(), placed));
    }

    /** Where the repetitions of an axis that may stretch become one axis with it. */
    private static Optional<Value> joined(Match m, Builder b) {
        Shape spread = m.get(INNER).shape();
        Shape shape = m.root().shape();
        List<Integer> axes = m.op(INNER).axes();
        List<Integer> places = new ArrayList<>();
        int from = 0;
        for (int axis = 0; axis < shape.rank(); axis++) {
            boolean both = from + 1 < spread.rank() && !axes.contains(from) && axes.contains(from + 1)
                    && !spread.dim(from).equals(shape.dim(axis))
                    && spread.dim(from).equals(spread.dim(from + 1).repeats(shape.dim(axis)));
            from += both ? 1 : 0;
            if (from >= spread.rank() || !both && !spread.dim(from).equals(shape.dim(axis))) {
                return Optional.empty();
            }
            if (axes.contains(from)) {
                places.add(axis);
            }
            from++;
        }
        boolean joins = from == spread.rank() && from > shape.rank();
        return joins ? Optional.of(b.broadcast(m.get(X), shape, places)) : Optional.empty();
    }

    private static Value transposed(Match m, Builder b) {
        List<Integer> permutation = m.op(TRANSPOSE).permutation();
        List<Integer> axes = m.op(INNER).axes();
        List<Integer> order = IntStream.range(0, axes.size()).boxed()
                .sorted(Comparator.comparing(axis -> permutation.indexOf(axes.get(axis)))).toList();
        List<Integer> places = order.stream().map(axis -> permutation.indexOf(axes.get(axis))).toList();
        return b.broadcast(b.transpose(m.get(X), order), m.root().shape(), places);
    }

    private static Value reversed(Match m, Builder b) {
        List<Integer> axes = m.op(INNER).axes();
        List<Integer> inner = IntStream.range(0, axes.size())
                .filter(axis -> m.op(REVERSE).axes().contains(axes.get(axis)))
                .filter(axis -> !m.shape(X).dim(axis).isConstant(1)).boxed()
                .toList();
        Value x = inner.isEmpty() ? m.get(X) : b.add(new Reverse(inner), m.get(X));
        return b.broadcast(x, m.root().shape(), axes);
    }

    /** Empty where a part is cut out of an axis that may be stretched. */
    private static Optional<Value> sliced(Match m, Builder b) {
        Slice slice = m.op(SLICE);
        Shape inner = m.shape(X);
        Shape repeated = m.get(INNER).shape();
        List<Integer> axes = m.op(INNER).axes();
        List<Dim> starts = new ArrayList<>();
        List<Dim> limits = new ArrayList<>();
        List<Long> strides = new ArrayList<>();
        for (int axis = 0; axis < axes.size(); axis++) {
            int place = axes.get(axis);
            boolean same = inner.dim(axis).equals(repeated.dim(place));
            boolean whole = slice.starts().get(place).isConstant(0) && slice.strides().get(place) == 1
                    && slice.limits().get(place).equals(repeated.dim(place));
            if (!same && !whole && !inner.dim(axis).isConstant(1)) {
                return Optional.empty();
            }
            starts.add(same ? slice.starts().get(place) : Dim.ZERO);
            limits.add(same ? slice.limits().get(place) : inner.dim(axis));
            strides.add(same ? slice.strides().get(place) : 1L);
        }
        Value sliced = b.add(new Slice(starts, limits, strides), m.get(X));
        return Optional.of(b.broadcast(sliced, m.root().shape(), axes));
    }

    /**
     * A scalar function whose operands are all repeated in the same way, or are the same everywhere, applied
     * before the repetition.
     */
    static Optional<Value> mapBeforeBroadcast(Match m, Builder b) {
        Value root = m.root();
        List<Value> broadcasts = root.operands().stream().filter(value -> value.op() instanceof Broadcast)
                .toList();
        if (Failures.canFail(root) || broadcasts.size() != root.operands().size()) {
            return Optional.empty();
        }
        Value widest = broadcasts.stream().max(Comparator.comparing(value -> value.operand(0).rank()))
                .orElseThrow();
        Shape shape = widest.operand(0).shape();
        List<Value> operands = new ArrayList<>();
        for (Value broadcast : broadcasts) {
            Value inner = broadcast.operand(0);
            boolean scalar = inner.rank() == 0;
            if (!scalar && !(broadcast.op().equals(widest.op()) && inner.shape().equals(shape))) {
                return Optional.empty();
            }
            operands.add(scalar ? b.broadcast(inner, shape) : inner);
        }
        Value inner = b.add(root.op(), operands);
        return Optional.of(b.broadcast(inner, root.shape(), ((Broadcast) widest.op()).axes()));
    }
}
