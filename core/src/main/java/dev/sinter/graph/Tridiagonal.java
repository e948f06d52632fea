package dev.sinter.graph;

import dev.sinter.op.Concat;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Slice;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Products of matrices that are given by three diagonals. */
final class Tridiagonal {
    private Tridiagonal() {}

    static Node matmul(Composer c, Node givenDiagonals, Node x) {
        c.label("diagonals", "x");
        c.sameDtype(List.of(givenDiagonals, x));
        Diagonals.matrix(c, givenDiagonals);
        Diagonals.matrix(c, x);
        int rank = Composer.rank(x);
        if (Composer.rank(givenDiagonals) != rank) {
            throw new GraphException("three diagonals and the leading axes of x are needed: "
                    + c.describe(givenDiagonals) + ", " + c.describe(x));
        }
        String why = c.op() + " at " + c.place() + ": three diagonals are needed";
        if (c.graph().sizes().unify(Composer.shape(givenDiagonals).dim(rank - 2), Dim.of(3), why)
                == Sizes.Relation.DIFFERENT) {
            throw new GraphException("three diagonals are needed, not " + c.describe(givenDiagonals));
        }
        Node diagonals = c.resized(givenDiagonals, rank - 2, Dim.of(3));
        for (int axis = 0; axis < rank - 2; axis++) {
            diagonals = c.same("leading axes differ", x, axis, diagonals, axis);
        }
        diagonals = c.same("the lengths of the diagonals and of x differ", x, rank - 2, diagonals, rank - 1);
        Dim n = Composer.shape(x).dim(rank - 2);
        Node zeros = c.full(Composer.dtype(x), rows(x, Dim.ONE), 0);
        Node next = part(c, c.add(new Concat(rank - 2), x, zeros), Dim.ONE, n.plus(1));
        Node before = part(c, c.add(new Concat(rank - 2), zeros, x), Dim.ZERO, n);
        List<Node> shifted = List.of(next, x, before);
        List<Node> products = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Node diagonal = c.stretch(Shaping.index(c, diagonals, rank - 2, i), Composer.shape(x),
                    IntStream.range(0, rank - 1).boxed().toList());
            products.add(c.map(ScalarFn.MUL, diagonal, shifted.get(i)));
        }
        return c.map(ScalarFn.ADD, c.map(ScalarFn.ADD, products.get(0), products.get(1)), products.get(2));
    }

    private static Shape rows(Node x, Dim count) {
        List<Dim> dims = new ArrayList<>(Composer.shape(x).dims());
        dims.set(dims.size() - 2, count);
        return new Shape(dims);
    }

    private static Node part(Composer c, Node x, Dim from, Dim to) {
        List<Dim> starts = Shaping.zeros(Composer.rank(x));
        starts.set(Composer.rank(x) - 2, from);
        return c.add(new Slice(starts, rows(x, to).dims(), Shaping.ones(Composer.rank(x))), x);
    }
}
