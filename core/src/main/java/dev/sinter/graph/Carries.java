package dev.sinter.graph;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Symbol;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** What the control flow ops ask of the values that their bodies take and give. */
final class Carries {
    private Carries() {}

    /** The nodes of what a body returns; the current frame is the body's. */
    static List<Node> resolve(Composer c, List<? extends Operand> operands) {
        List<Node> nodes = new ArrayList<>();
        operands.forEach(operand -> nodes.add(c.resolved(operand)));
        return nodes;
    }

    /** The tensors of some nodes. */
    static List<Tensor> tensors(List<Node> nodes) {
        return nodes.stream().map(Node::tensor).toList();
    }

    /** Labels for messages: {@code carry 0, carry 1, ...}. */
    static List<String> labels(String word, int count) {
        return IntStream.range(0, count).mapToObj(i -> word + " " + i).toList();
    }

    /**
     * The values after an iteration with the types of those before it.
     *
     * @param frame the body's frame
     */
    static List<Node> checked(Composer c, Frame frame, List<Node> initial, List<Node> before,
            List<Node> after, String howTo) {
        if (after.size() != before.size()) {
            throw new GraphException("the body returns " + count(after.size(), "carry", "carries") + " for "
                    + count(before.size(), "initial one", "initial ones") + "; " + howTo);
        }
        for (int i = 0; i < before.size(); i++) {
            DType dtype = Composer.dtype(before.get(i));
            DType other = Composer.dtype(after.get(i));
            String types = "carry " + i + " is " + Composer.text(before.get(i).tensorType())
                    + " before an iteration and " + Composer.text(after.get(i).tensorType()) + " after it";
            String lines = "\n  before: " + initial.get(i).describe() + "      after: "
                    + after.get(i).describe();
            if (dtype != other) {
                throw located(c, types + ", of another dtype; return cast(..., " + dtype.name()
                        + ") or begin with cast(..., " + other.name() + ")", lines);
            }
            int axis = differingAxis(c, "carry " + i, before.get(i), after.get(i));
            if (axis >= 0) {
                throw located(c, types + ": " + difference(before.get(i), after.get(i), axis)
                        + "; return a value of the initial shape, or begin with one of the shape that is"
                        + " returned" + (axis == 0 && c.op().equals("while_loop")
                                && Composer.rank(before.get(i)) == Composer.rank(after.get(i))
                                ? ", or give the loop WhileOptions.DEFAULT.withVaryingLength(" + i + ", atMost)"
                                : ""), lines);
            }
        }
        return fitted(c, frame, before, after);
    }

    /** Values of a frame with the shapes of others, which each run checks where the graph cannot tell. */
    static List<Node> fitted(Composer c, Frame frame, List<Node> like, List<Node> nodes) {
        List<Node> fitted = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            Node node = nodes.get(i);
            Shape shape = Composer.shape(like.get(i));
            fitted.add(Composer.shape(node).equals(shape) ? node
                    : c.graph().inside(frame, () -> resized(c, node, shape)));
        }
        return fitted;
    }

    /** A value with other sizes of its axes. Each axis is checked by itself: a transpose has as many elements. */
    private static Node resized(Composer c, Node node, Shape shape) {
        return Composer.node(c.graph(), c.op(), "reshape", inner -> {
            Node resized = node;
            for (int axis = 0; axis < shape.rank(); axis++) {
                if (!Composer.shape(resized).dim(axis).equals(shape.dim(axis))) {
                    resized = inner.resized(resized, axis, shape.dim(axis));
                }
            }
            return resized;
        }, List.of());
    }

    /**
     * The first axis whose sizes are not equal; the lesser rank where ranks differ, -1 where all may agree.
     */
    static int differingAxis(Composer c, String what, Node first, Node second) {
        int rank = Math.min(Composer.rank(first), Composer.rank(second));
        for (int axis = 0; axis < rank; axis++) {
            String why = c.op() + " at " + c.place() + ": axis " + axis + " of " + what;
            Dim one = Composer.shape(first).dim(axis);
            Dim other = Composer.shape(second).dim(axis);
            if (isMultiple(one, other)
                    || c.graph().sizes().unify(one, other, why) == Sizes.Relation.DIFFERENT) {
                return axis;
            }
        }
        return Composer.rank(first) == Composer.rank(second) ? -1 : rank;
    }

    /**
     * Whether two sizes such as n and 2 * n are equal for a few numbers n alone. Those of a quotient, as n and
     * 2 * floordiv(n, 2), may be equal for many.
     */
    private static boolean isMultiple(Dim one, Dim other) {
        Dim difference = one.minus(other);
        Set<Symbol> apart = difference.symbols();
        return !apart.isEmpty() && difference.isPolynomial() && one.symbols().containsAll(apart)
                && other.symbols().containsAll(apart);
    }

    /** {@code axis 1 is 3 and 4}. */
    static String difference(Node first, Node second, int axis) {
        if (Composer.rank(first) != Composer.rank(second)) {
            return "the ranks are " + Composer.rank(first) + " and " + Composer.rank(second);
        }
        return "axis " + axis + " is " + size(first, axis) + " and " + size(second, axis);
    }

    private static String size(Node node, int axis) {
        return Composer.shape(node).dim(axis).toString();
    }

    static GraphException located(Composer c, String message, String lines) {
        return new GraphException(c.op() + ": " + message + "\n  at " + c.place() + c.inScope() + lines);
    }

    static String count(int number, String one, String many) {
        return number + " " + (number == 1 ? one : many);
    }

    /** A condition is a bool scalar. */
    static Node bool(String what, Node node) {
        if (!node.tensorType().equals(new TensorType(DType.BOOL, Shape.SCALAR))) {
            throw new GraphException(what + " must be a bool scalar, not " + Composer.text(node.tensorType())
                    + " (" + node.describe() + ")" + (Composer.dtype(node) == DType.BOOL
                            ? "; reduceAll(...) or reduceAny(...) makes one"
                            : "; compare it, as in greater(x, 0)"));
        }
        return node;
    }

    /** An integer scalar as int64. */
    static Node integer(Composer c, String what, Node node) {
        if (!Composer.dtype(node).isInteger() || Composer.rank(node) != 0) {
            throw new GraphException(what + " must be an integer scalar, not "
                    + Composer.text(node.tensorType())
                    + " (" + node.describe() + ")");
        }
        return c.convert(node, DType.INT64);
    }

    static Node yes(Composer c) {
        return c.constant(NDArray.scalar(true));
    }
}
