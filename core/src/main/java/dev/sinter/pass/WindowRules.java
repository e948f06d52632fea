package dev.sinter.pass;

import static dev.sinter.pass.Pattern.any;
import static dev.sinter.pass.Pattern.op;
import static dev.sinter.pass.Rule.rule;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import dev.sinter.op.Contract;
import dev.sinter.op.Pad;
import dev.sinter.op.Slice;
import dev.sinter.op.Windows;
import dev.sinter.op.Windows.Window;
import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Windows of one element and of what is the same everywhere, and slices that leave less of windows and padding. */
final class WindowRules {
    private static final Pattern X = any("x");
    private static final Pattern Y = any("y");
    private static final Pattern.Node<Windows> WINDOWS = op(Windows.class, X);
    private static final Pattern.Node<Contract> CONVOLUTION = op(Contract.class, Y, WINDOWS);
    private static final Pattern.Node<Slice> CUT = op(Slice.class, CONVOLUTION);
    private static final Pattern.Node<Slice> SLICE = op(Slice.class, X);
    private static final Pattern.Node<Contract> OF_SLICE = op(Contract.class, Y, SLICE);
    private static final Pattern.Node<Slice> CUT_PRODUCT = op(Slice.class, OF_SLICE);
    private static final Pattern.Node<Pad> PAD = op(Pad.class, X, Y);
    private static final Pattern.Node<Slice> OF_PAD = op(Slice.class, PAD);

    static final List<Rule> ALL = List.of(
            rule("windows(x) -> reshape(slice(x)), of one element").on(WINDOWS)
                    .when(m -> m.op(WINDOWS).windows().stream().allMatch(window -> window.size() == 1))
                    .to(WindowRules::sliced),
            rule("windows(c) -> c, the same everywhere").on(WINDOWS).when(m -> Splats.of(m.get(X)).isPresent())
                    .to((m, b) -> Splats.make(b, Splats.of(m.get(X)).orElseThrow(), m.root().shape())),
            rule("slice(contract(y, windows(x))) -> contract(y, windows(slice(x)))").on(CUT)
                    .toMaybe((m, b) -> ofFewer(m, b, CONVOLUTION, m.get(X), m.op(WINDOWS).windows())
                            .map(kept -> b.add(m.op(WINDOWS), kept)).map(kept -> with(m, b, CONVOLUTION, kept))),
            rule("slice(contract(y, slice(x))) -> contract(y, slice(slice(x)))").on(CUT_PRODUCT)
                    .when(m -> m.isUsedOnce(OF_SLICE))
                    .toMaybe((m, b) -> ofFewer(m, b, OF_SLICE, m.get(SLICE), List.of())
                            .map(kept -> with(m, b, OF_SLICE, kept))),
            rule("slice(pad(x)) -> pad(slice(x))").on(OF_PAD).when(m -> m.op(PAD).interior().stream()
                            .allMatch(between -> between == 0))
                    .toMaybe(WindowRules::padLess));

    private WindowRules() {}

    private static Value sliced(Match m, Builder b) {
        List<Dim> limits = new ArrayList<>(m.shape(X).dims());
        List<Long> strides = new ArrayList<>(Collections.nCopies(limits.size(), 1L));
        m.op(WINDOWS).windows().forEach(window -> strides.set(window.axis(), window.stride()));
        return b.reshape(b.add(new Slice(Collections.nCopies(limits.size(), Dim.ZERO), limits, strides), m.get(X)),
                m.root().shape());
    }

    private static Value with(Match m, Builder b, Pattern.Node<Contract> contract, Value kept) {
        Contract op = m.op(contract);
        return b.contract(op.lhs(), op.rhs(), op.out(), m.get(Y), kept);
    }

    /**
     * What a contraction's second operand, or its windows, must show for a slice; empty where that is everything, the
     * slice cuts along other axes or in steps, or others read what it cuts off along an axis without windows.
     */
    private static Optional<Value> ofFewer(Match m, Builder b, Pattern.Node<Contract> contraction, Value x,
            List<Window> windows) {
        Slice cut = (Slice) m.root().op();
        Contract op = m.op(contraction);
        boolean isUsedOnce = m.isUsedOnce(contraction);
        List<Dim> starts = new ArrayList<>(Collections.nCopies(x.rank(), Dim.ZERO));
        List<Dim> limits = new ArrayList<>(x.shape().dims());
        for (int axis = 0; axis < cut.starts().size(); axis++) {
            Dim start = cut.starts().get(axis);
            Dim limit = cut.limits().get(axis);
            if (start.isConstant(0) && limit.equals(m.get(contraction).shape().dim(axis))) {
                continue;
            }
            int at = op.rhs().indexOf(op.out().charAt(axis));
            boolean fits = at >= 0 && at < x.rank() && op.lhs().indexOf(op.out().charAt(axis)) < 0
                    && start.isConstant() && limit.minus(start).isConstant() && limit.minus(start).constant() > 0;
            if (!fits) {
                return Optional.empty();
            }
            Optional<Window> sliding = windows.stream().filter(each -> each.axis() == at).findFirst();
            if (sliding.isEmpty() && !isUsedOnce) {
                return Optional.empty();
            }
            Window window = sliding.orElse(new Window(at, 1, 1, 1));
            starts.set(at, start.times(window.stride()));
            limits.set(at, limit.minus(1).times(window.stride()).plus(window.reach()).plus(1));
        }
        if (cut.strides().stream().anyMatch(step -> step != 1) || limits.equals(x.shape().dims())
                && starts.stream().allMatch(Dim.ZERO::equals)) {
            return Optional.empty();
        }
        return Optional.of(b.add(new Slice(starts, limits, Collections.nCopies(starts.size(), 1L)), x));
    }

    /**
     * The padding that is kept; empty where sizes are open, nothing but padding is kept, the slice has steps, or others
     * read what is padded, which then is one array for all.
     */
    private static Optional<Value> padLess(Match m, Builder b) {
        Slice cut = m.op(OF_PAD);
        Pad pad = m.op(PAD);
        boolean isKnown = m.shape(X).isStatic() && m.get(PAD).shape().isStatic()
                && Stream.concat(cut.starts().stream(), cut.limits().stream()).allMatch(Dim::isConstant);
        if (!isKnown || cut.strides().stream().anyMatch(step -> step != 1)) {
            return Optional.empty();
        }
        List<Dim> low = new ArrayList<>();
        List<Dim> high = new ArrayList<>();
        List<Dim> starts = new ArrayList<>();
        List<Dim> limits = new ArrayList<>();
        for (int axis = 0; axis < pad.low().size(); axis++) {
            long before = pad.low().get(axis).constant();
            long size = m.shape(X).dim(axis).constant();
            long start = Math.max(0, cut.starts().get(axis).constant() - before);
            long limit = Math.min(size, cut.limits().get(axis).constant() - before);
            if (start > size || limit < start) {
                return Optional.empty();
            }
            starts.add(Dim.of(start));
            limits.add(Dim.of(limit));
            low.add(Dim.of(Math.max(0, before - cut.starts().get(axis).constant())));
            high.add(Dim.of(Math.max(0, cut.limits().get(axis).constant() - before - size)));
        }
        boolean isInside = Stream.concat(low.stream(), high.stream()).allMatch(Dim.ZERO::equals);
        if (!isInside && !m.isUsedOnce(PAD)) {
            return Optional.empty();
        }
        Value kept = b.add(new Slice(starts, limits, cut.strides()), m.get(X));
        return Optional.of(b.add(new Pad(low, high, pad.interior()), kept, m.get(Y)));
    }
}
