package dev.sinter.pass;

import static dev.sinter.pass.Pattern.any;
import static dev.sinter.pass.Pattern.op;
import static dev.sinter.pass.Rule.rule;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import dev.sinter.op.Concat;
import dev.sinter.op.Contract;
import dev.sinter.op.Map;
import dev.sinter.op.Pad;
import dev.sinter.op.Reshape;
import dev.sinter.op.Slice;
import dev.sinter.op.Transpose;
import dev.sinter.op.Windows;
import dev.sinter.op.Windows.Window;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Axes of size 1 that a reshape has added are added later, so that what follows a product has the product's axes and
 * can be computed with it. All exact.
 */
final class UnitAxisRules {
    private static final Pattern X = any("x");
    private static final Pattern Y = any("y");
    private static final Pattern Z = any("z");
    private static final Pattern.Node<Reshape> RESHAPE = op(Reshape.class, X);
    private static final Pattern.Node<Concat> CONCAT = op(Concat.class, RESHAPE, op(Reshape.class, Y));
    private static final Pattern.Node<Contract> CONTRACT = op(Contract.class, X, Y);
    private static final Pattern.Node<Reshape> MATRICES = op(Reshape.class, CONTRACT);
    private static final Pattern.Node<Transpose> TRANSPOSE = op(Transpose.class, MATRICES);
    private static final Pattern.Node<Pad> PAD = op(Pad.class, RESHAPE, any("value"));
    private static final Pattern.Node<Slice> SLICE = op(Slice.class, RESHAPE);
    private static final Pattern.Node<Windows> WINDOWS = op(Windows.class, RESHAPE);

    static final List<Rule> ALL = List.of(
            mapped("f(reshape(x)) -> reshape(f(x))", RESHAPE),
            mapped("f(reshape(x), y) -> reshape(f(x, reshape(y)))", RESHAPE, Y),
            mapped("f(y, reshape(x)) -> reshape(f(reshape(y), x))", Y, RESHAPE),
            mapped("f(y, reshape(x), z) -> reshape(f(reshape(y), x, reshape(z)))", Y, RESHAPE, Z),
            mapped("f(y, z, reshape(x)) -> reshape(f(reshape(y), reshape(z), x))", Y, Z, RESHAPE),
            rule("transpose(reshape(contract(x, y))) -> reshape(transpose(contract(x, y))), added axes of size 1")
                    .on(TRANSPOSE).when(m -> kept(m.get(MATRICES)).isPresent() && isBatched(m.op(CONTRACT)))
                    .to((m, b) -> b.reshape(b.transpose(m.get(CONTRACT), m.op(TRANSPOSE).permutation().stream()
                            .map(kept(m.get(MATRICES)).orElseThrow()::indexOf).filter(axis -> axis >= 0).toList()),
                            m.root().shape())),
            rule("pad(reshape(x)) -> reshape(pad(x)), added axes of size 1").on(PAD).toMaybe(UnitAxisRules::padded),
            rule("slice(reshape(x)) -> reshape(slice(x)), added axes of size 1").on(SLICE).toMaybe(UnitAxisRules::cut),
            rule("windows(reshape(x)) -> reshape(windows(x)), added axes of size 1").on(WINDOWS)
                    .toMaybe(UnitAxisRules::windowed),
            rule("concat(reshape(x), reshape(y)) -> reshape(concat(x, y)), added axes of size 1").on(CONCAT)
                    .toMaybe(UnitAxisRules::joined));

    private UnitAxisRules() {}

    /** The axes of a reshape that those of its operand are, where it adds axes of size 1 and nothing else. */
    private static Optional<List<Integer>> kept(Value reshape) {
        Shape from = reshape.operand(0).shape();
        return from.rank() >= reshape.rank() ? Optional.empty()
                : UnitAxes.correspondence(from, reshape.shape())
                        .flatMap(places -> UnitAxes.placed(places, reshape.rank()));
    }

    /** Whether a contraction is several products of matrices, which then may lie one behind the other. */
    private static boolean isBatched(Contract op) {
        return op.out().chars().anyMatch(letter -> op.lhs().indexOf(letter) >= 0 && op.rhs().indexOf(letter) >= 0);
    }

    /** A scalar function before the axes are added. */
    private static Rule mapped(String name, Pattern... operands) {
        return rule(name + ", added axes of size 1").on(op(Map.class, operands))
                .when(m -> kept(m.get(RESHAPE)).isPresent())
                .to((m, b) -> b.reshape(b.add(m.root().op(), m.root().operands().stream()
                        .map(operand -> b.reshape(operand, m.shape(X))).toList()), m.root().shape()));
    }

    private static Optional<Value> padded(Match m, Builder b) {
        Pad pad = m.op(PAD);
        Optional<List<Integer>> kept = kept(m.get(RESHAPE));
        if (kept.isEmpty()) {
            return Optional.empty();
        }
        List<Dim> low = new ArrayList<>();
        List<Dim> high = new ArrayList<>();
        List<Long> interior = new ArrayList<>();
        for (int axis = 0; axis < m.root().rank(); axis++) {
            if (kept.get().contains(axis)) {
                low.add(pad.low().get(axis));
                high.add(pad.high().get(axis));
                interior.add(pad.interior().get(axis));
            } else if (!m.root().shape().dim(axis).isConstant(1)) {
                return Optional.empty();
            }
        }
        Value less = b.add(new Pad(low, high, interior), m.get(X), m.root().operand(1));
        return Optional.of(b.reshape(less, m.root().shape()));
    }

    private static Optional<Value> cut(Match m, Builder b) {
        Slice slice = m.op(SLICE);
        Optional<List<Integer>> kept = kept(m.get(RESHAPE));
        if (kept.isEmpty()) {
            return Optional.empty();
        }
        List<Dim> starts = new ArrayList<>();
        List<Dim> limits = new ArrayList<>();
        List<Long> strides = new ArrayList<>();
        for (int axis = 0; axis < m.root().rank(); axis++) {
            if (kept.get().contains(axis)) {
                starts.add(slice.starts().get(axis));
                limits.add(slice.limits().get(axis));
                strides.add(slice.strides().get(axis));
            } else if (!m.root().shape().dim(axis).isConstant(1)) {
                return Optional.empty();
            }
        }
        Value less = b.add(new Slice(starts, limits, strides), m.get(X));
        return Optional.of(b.reshape(less, m.root().shape()));
    }

    private static Optional<Value> windowed(Match m, Builder b) {
        Optional<List<Integer>> kept = kept(m.get(RESHAPE));
        List<Window> windows = m.op(WINDOWS).windows();
        if (kept.isEmpty() || windows.stream().anyMatch(window -> !kept.get().contains(window.axis()))) {
            return Optional.empty();
        }
        Value less = b.add(new Windows(windows.stream().map(window -> new Window(kept.get().indexOf(window.axis()),
                window.size(), window.stride(), window.dilation())).toList()), m.get(X));
        return Optional.of(b.reshape(less, m.root().shape()));
    }

    /** A concatenation along an axis that was there before, of operands that get the same axes. */
    private static Optional<Value> joined(Match m, Builder b) {
        Optional<List<Integer>> kept = kept(m.get(RESHAPE));
        int axis = kept.map(axes -> axes.indexOf(m.op(CONCAT).axis())).orElse(-1);
        return axis < 0 || !kept(m.root().operand(1)).equals(kept) ? Optional.empty()
                : Optional.of(b.reshape(b.concat(axis, List.of(m.get(X), m.get(Y))), m.root().shape()));
    }
}
