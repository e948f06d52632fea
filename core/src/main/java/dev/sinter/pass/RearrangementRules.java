package dev.sinter.pass;

import static dev.sinter.pass.Pattern.any;
import static dev.sinter.pass.Pattern.op;
import static dev.sinter.pass.Rule.rule;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import dev.sinter.op.Reshape;
import dev.sinter.op.Reverse;
import dev.sinter.op.Transpose;
import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The same elements in another arrangement. All exact. */
final class RearrangementRules {
    private static final Pattern X = any("x");
    private static final Pattern.Node<Reshape> INNER_RESHAPE = op(Reshape.class, X);
    private static final Pattern.Node<Transpose> INNER_TRANSPOSE = op(Transpose.class, X);
    private static final Pattern.Node<Transpose> TRANSPOSE = op(Transpose.class, X);
    private static final Pattern.Node<Transpose> OUTER_TRANSPOSE = op(Transpose.class, INNER_TRANSPOSE);
    private static final Pattern.Node<Reverse> INNER_REVERSE = op(Reverse.class, X);
    private static final Pattern.Node<Reverse> REVERSE = op(Reverse.class, X);
    private static final Pattern.Node<Reverse> OUTER_REVERSE = op(Reverse.class, INNER_REVERSE);

    static final List<Rule> ALL = List.of(
            rule("reshape(x) -> x, to the same shape").on(op(Reshape.class, X))
                    .when(m -> m.shape(X).equals(m.root().shape())).to((m, b) -> m.get(X)),
            rule("reshape(reshape(x)) -> reshape(x), where it checks no less").on(op(Reshape.class, INNER_RESHAPE))
                    .when(RearrangementRules::checksNoLess)
                    .to((m, b) -> b.reshape(m.get(X), m.root().shape())),
            rule("transpose(transpose(x)) -> transpose(x)").on(OUTER_TRANSPOSE)
                    .to((m, b) -> b.transpose(m.get(X), m.op(OUTER_TRANSPOSE).permutation().stream()
                            .map(m.op(INNER_TRANSPOSE).permutation()::get).toList())),
            rule("transpose(x) -> reshape(x), where only axes of size 1 move").on(TRANSPOSE)
                    .when(RearrangementRules::movesUnitAxesOnly)
                    .to((m, b) -> b.reshape(m.get(X), m.root().shape())),
            rule("reverse(x) -> x, along nothing or axes of size 1").on(REVERSE)
                    .when(m -> m.op(REVERSE).axes().stream()
                                    .anyMatch(axis -> m.shape(X).dim(axis).isConstant(1))
                            || m.op(REVERSE).axes().isEmpty())
                    .to((m, b) -> reversed(b, m.get(X), m.op(REVERSE).axes().stream()
                            .filter(axis -> !m.shape(X).dim(axis).isConstant(1)).toList())),
            rule("reverse(reverse(x)) -> reverse(x)").on(OUTER_REVERSE).to((m, b) -> {
                List<Integer> once = new ArrayList<>(m.op(OUTER_REVERSE).axes());
                once.removeAll(m.op(INNER_REVERSE).axes());
                m.op(INNER_REVERSE).axes().stream().filter(axis -> !m.op(OUTER_REVERSE).axes().contains(axis))
                        .forEach(once::add);
                return reversed(b, m.get(X), once.stream().sorted().toList());
            }));

    private RearrangementRules() {}

    /** Whether the sizes between two reshapes make as many elements as those before or behind. */
    private static boolean checksNoLess(Match m) {
        Dim between = m.shape(INNER_RESHAPE).elementCount();
        return between.equals(m.shape(X).elementCount()) || between.equals(m.root().shape().elementCount());
    }

    private static boolean movesUnitAxesOnly(Match m) {
        List<Integer> moved = m.op(TRANSPOSE).permutation().stream()
                .filter(axis -> !m.shape(X).dim(axis).isConstant(1)).toList();
        return IntStream.range(1, moved.size()).allMatch(i -> moved.get(i - 1) < moved.get(i));
    }

    private static Value reversed(Builder b, Value x, List<Integer> axes) {
        return axes.isEmpty() ? x : b.add(new Reverse(axes), x);
    }
}
