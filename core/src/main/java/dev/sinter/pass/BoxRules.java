package dev.sinter.pass;

import static dev.sinter.pass.Pattern.any;
import static dev.sinter.pass.Pattern.op;
import static dev.sinter.pass.Rule.rule;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Failures;
import dev.sinter.ir.Value;
import dev.sinter.op.Concat;
import dev.sinter.op.Constant;
import dev.sinter.op.DynamicSlice;
import dev.sinter.op.DynamicUpdateSlice;
import dev.sinter.op.Pad;
import dev.sinter.op.Slice;
import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Boxes cut out of tensors and put into larger ones. All exact. */
final class BoxRules {
    /** How many parts nested concatenations may become. */
    private static final int MOST_PARTS = 128;
    private static final Pattern X = any("x");
    private static final Pattern.Node<Slice> INNER = op(Slice.class, X);
    private static final Pattern.Node<Slice> OUTER = op(Slice.class, INNER);
    private static final Pattern.Node<Slice> OF_CONCAT = op(Slice.class, op(Concat.class));
    private static final Pattern.Node<Pad> PAD = op(Pad.class, X, any("value"));

    static final List<Rule> ALL = List.of(
            rule("slice(x) -> x, of everything").on(op(Slice.class, X))
                    .when(m -> m.shape(X).equals(m.root().shape()) && hasStepsOfOne((Slice) m.root().op()))
                    .to((m, b) -> m.get(X)),
            rule("slice(slice(x)) -> slice(x)").on(OUTER).when(m -> hasStepsOfOne(m.op(INNER)))
                    .to((m, b) -> b.add(new Slice(sum(m.op(INNER).starts(), m.op(OUTER).starts()),
                            sum(m.op(INNER).starts(), m.op(OUTER).limits()), m.op(OUTER).strides()),
                            m.get(X))),
            rule("slice(concat(..., x, ...)) -> slice(x), of one part").on(OF_CONCAT)
                    .toMaybe(BoxRules::ofOnePart),
            rule("pad(x) -> x, by nothing").on(PAD).when(m -> m.shape(X).equals(m.root().shape())
                            && m.op(PAD).low().stream().allMatch(Dim.ZERO::equals)
                            && m.op(PAD).interior().stream().allMatch(between -> between == 0))
                    .to((m, b) -> m.get(X)),
            rule("concat(x) -> x").on(op(Concat.class, X)).to((m, b) -> m.get(X)),
            rule("concat(x, empty) -> x").on(op(Concat.class)).when(m -> m.root().operands().size() > 1)
                    .toMaybe(BoxRules::withoutEmptyParts),
            rule("concat(concat(x, y), z) -> concat(x, y, z)").on(op(Concat.class)).toMaybe(BoxRules::flat),
            rule("dynamic_slice(x) -> x, of everything").on(op(DynamicSlice.class))
                    .when(m -> m.root().operand(0).shape().equals(m.root().shape()) && hasSafeStart(m, 1))
                    .to((m, b) -> m.root().operand(0)),
            rule("dynamic_slice(x) -> slice(x), where the start is known").on(op(DynamicSlice.class))
                    .when(m -> m.root().operand(0).shape().isStatic() && m.root().shape().isStatic())
                    .toMaybe(BoxRules::withKnownStart),
            rule("dynamic_update_slice(x, y) -> y, of everything").on(op(DynamicUpdateSlice.class))
                    .when(m -> m.root().operand(1).shape().equals(m.root().shape()) && hasSafeStart(m, 2))
                    .to((m, b) -> m.root().operand(1)));

    private BoxRules() {}

    /** Whether nothing that says where a box begins is checked, which is an error of the run. */
    private static boolean hasSafeStart(Match m, int first) {
        return m.root().operands().stream().skip(first).noneMatch(Failures::canFail);
    }

    private static boolean hasStepsOfOne(Slice slice) {
        return slice.strides().stream().allMatch(stride -> stride == 1);
    }

    private static List<Dim> sum(List<Dim> x, List<Dim> y) {
        return IntStream.range(0, x.size()).mapToObj(i -> x.get(i).plus(y.get(i))).toList();
    }

    /** Where the box lies in one part of the concatenation for certain, or is that part. */
    private static Optional<Value> ofOnePart(Match m, Builder b) {
        Slice slice = m.op(OF_CONCAT);
        Value concat = m.root().operand(0);
        int axis = ((Concat) concat.op()).axis();
        Dim start = slice.starts().get(axis);
        Dim limit = slice.limits().get(axis);
        Dim before = Dim.ZERO;
        for (Value part : concat.operands()) {
            Dim after = before.plus(part.shape().dim(axis));
            if (isAtLeast(start, before) && isAtLeast(after, limit)) {
                List<Dim> starts = new ArrayList<>(slice.starts());
                List<Dim> limits = new ArrayList<>(slice.limits());
                starts.set(axis, start.minus(before));
                limits.set(axis, limit.minus(before));
                return Optional.of(b.add(new Slice(starts, limits, slice.strides()), part));
            }
            before = after;
        }
        return Optional.empty();
    }

    private static boolean isAtLeast(Dim large, Dim small) {
        Dim difference = large.minus(small);
        return difference.isConstant() && difference.constant() >= 0;
    }

    private static Optional<Value> withoutEmptyParts(Match m, Builder b) {
        Concat concat = (Concat) m.root().op();
        List<Value> parts = m.root().operands().stream()
                .filter(part -> !part.shape().dim(concat.axis()).isConstant(0)).toList();
        if (parts.size() == m.root().operands().size()) {
            return Optional.empty();
        }
        return Optional.of(parts.isEmpty() ? m.root().operand(0) : b.concat(concat.axis(), parts));
    }

    /** Nested concatenations of the same parts could have any number of these: they stay nested beyond a limit. */
    private static Optional<Value> flat(Match m, Builder b) {
        List<Value> parts = new ArrayList<>();
        for (Value operand : m.root().operands()) {
            boolean isNested = operand.op().equals(m.root().op());
            parts.addAll(isNested ? operand.operands() : List.of(operand));
            if (isNested && parts.size() > MOST_PARTS) {
                return Optional.empty();
            }
        }
        return parts.equals(m.root().operands()) ? Optional.empty()
                : Optional.of(b.add(m.root().op(), parts));
    }

    private static Optional<Value> withKnownStart(Match m, Builder b) {
        Value x = m.root().operand(0);
        long[] sizes = x.shape().sizes();
        long[] box = m.root().shape().sizes();
        List<Dim> starts = new ArrayList<>();
        List<Dim> limits = new ArrayList<>();
        for (int axis = 0; axis < sizes.length; axis++) {
            if (!(m.root().operand(1 + axis).op() instanceof Constant constant)) {
                return Optional.empty();
            }
            long start = Math.clamp(constant.array().getLong(0), 0, sizes[axis] - box[axis]);
            starts.add(Dim.of(start));
            limits.add(Dim.of(start + box[axis]));
        }
        return Optional.of(b.add(new Slice(starts, limits, Collections.nCopies(sizes.length, 1L)), x));
    }
}
