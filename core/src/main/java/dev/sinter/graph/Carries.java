package dev.sinter.graph;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
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

    /** The values after an iteration must have the types of those before it. */
    static void check(Composer c, List<Node> initial, List<Node> before, List<Node> after, String howTo) {
        if (after.size() != before.size()) {
            throw new GraphException("the body returns " + count(after.size(), "carry", "carries") + " for "
                    + count(before.size(), "initial one", "initial ones") + "; " + howTo);
        }
        for (int i = 0; i < before.size(); i++) {
            String types = "carry " + i + " is " + Composer.text(before.get(i).tensorType())
                    + " before an iteration and " + Composer.text(after.get(i).tensorType()) + " after it";
            String lines = "\n  before: " + initial.get(i).describe() + "      after: " + after.get(i).describe();
            if (Composer.dtype(before.get(i)) != Composer.dtype(after.get(i))) {
                throw located(c, types + ", of another dtype; return cast(..., " + Composer.dtype(before.get(i)).name()
                        + ") or begin with cast(..., " + Composer.dtype(after.get(i)).name() + ")", lines);
            }
            int axis = differingAxis(c, "carry " + i, before.get(i), after.get(i));
            if (axis >= 0) {
                throw located(c, types + ": " + difference(before.get(i), after.get(i), axis)
                        + "; return a value of the initial shape, or begin with one of the shape that is returned",
                        lines);
            }
        }
    }

    /** The first axis whose sizes cannot be made equal; the lesser rank where ranks differ, -1 where all agree. */
    static int differingAxis(Composer c, String what, Node first, Node second) {
        int rank = Math.min(Composer.rank(first), Composer.rank(second));
        for (int axis = 0; axis < rank; axis++) {
            String why = c.op() + " at " + c.place() + ": axis " + axis + " of " + what;
            Dim one = Composer.shape(first).dim(axis);
            Dim other = Composer.shape(second).dim(axis);
            boolean grows = !one.equals(other) && one.symbols().stream().anyMatch(other.symbols()::contains);
            if (grows || c.graph().sizes().unify(one, other, why) != Sizes.Relation.EQUAL) {
                return axis;
            }
        }
        return Composer.rank(first) == Composer.rank(second) ? -1 : rank;
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
            throw new GraphException(what + " must be a bool scalar, not " + Composer.text(node.tensorType()) + " ("
                    + node.describe() + ")" + (Composer.dtype(node) == DType.BOOL
                            ? "; reduceAll(...) or reduceAny(...) makes one" : "; compare it, as in greater(x, 0)"));
        }
        return node;
    }

    /** An integer scalar as int64. */
    static Node integer(Composer c, String what, Node node) {
        if (!Composer.dtype(node).isInteger() || Composer.rank(node) != 0) {
            throw new GraphException(what + " must be an integer scalar, not " + Composer.text(node.tensorType())
                    + " (" + node.describe() + ")");
        }
        return c.convert(node, DType.INT64);
    }

    static Node yes(Composer c) {
        return c.constant(NDArray.scalar(true));
    }
}
