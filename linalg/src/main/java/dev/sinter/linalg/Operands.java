package dev.sinter.linalg;

import dev.sinter.graph.Control;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** What becomes of operands before a function gets them: sizes that must be equal are made equal. */
final class Operands {
    private Operands() {}

    /** Square matrices. */
    static Tensor square(Tensor a) {
        if (a.rank() < 2) {
            return a;
        }
        Dim size = common(a.dim(-2), a.dim(-1));
        return fit(fit(a, -2, size), -1, size);
    }

    /** The size of two that both have: the one that is known. */
    static Dim common(Dim x, Dim y) {
        return x.isConstant() || !y.isConstant() ? x : y;
    }

    /** The tensor with a size along an axis that the graph does not know otherwise; each run checks it. */
    static Tensor fit(Tensor x, int axis, Dim size) {
        if (x.rank() < -axis || x.dim(axis).isConstant() || x.dim(axis).equals(size)) {
            return x;
        }
        List<Dim> dims = new ArrayList<>(x.shape().dims());
        dims.set(x.rank() + axis, size);
        return Ops.broadcastTo(x, new Shape(dims));
    }

    /**
     * Two tensors with the same leading axes, which broadcast.
     *
     * @param xRank the axes of x that are not leading ones
     * @param yRank those of y
     */
    static List<Tensor> aligned(Tensor x, int xRank, Tensor y, int yRank) {
        List<Dim> leading = leading(leading(x, xRank), leading(y, yRank));
        return List.of(led(x, xRank, leading), led(y, yRank, leading));
    }

    private static List<Dim> leading(Tensor x, int own) {
        return x.shape().dims().subList(0, Math.max(0, x.rank() - own));
    }

    /** The leading axes that two lists of them broadcast to. */
    static List<Dim> leading(List<Dim> x, List<Dim> y) {
        int rank = Math.max(x.size(), y.size());
        List<Dim> leading = new ArrayList<>();
        for (int axis = 0; axis < rank; axis++) {
            Dim ofX = leading(x, axis - rank + x.size());
            Dim ofY = leading(y, axis - rank + y.size());
            leading.add(ofX.isConstant(1) ? ofY : ofY.isConstant(1) ? ofX : common(ofX, ofY));
        }
        return leading;
    }

    private static Dim leading(List<Dim> dims, int axis) {
        return axis < 0 ? Dim.ONE : dims.get(axis);
    }

    /** A tensor with other leading axes, to which its own broadcast. */
    static Tensor led(Tensor x, int own, List<Dim> leading) {
        if (x.rank() < own) {
            return x;
        }
        List<Dim> dims = new ArrayList<>(leading);
        dims.addAll(x.shape().dims().subList(x.rank() - own, x.rank()));
        Shape shape = new Shape(dims);
        return x.shape().equals(shape) ? x : Ops.broadcastTo(x, shape);
    }

    /** Square matrices, and right-hand sides of as many rows and of the same leading axes. */
    static List<Tensor> system(Tensor matrix, Tensor rightHandSides) {
        List<Tensor> both = aligned(matrix, 2, rightHandSides, 2);
        if (both.stream().anyMatch(one -> one.rank() < 2)) {
            return both;
        }
        Tensor a = both.getFirst();
        Tensor b = both.getLast();
        Dim size = common(common(a.dim(-2), a.dim(-1)), b.dim(-2));
        return List.of(fit(fit(a, -2, size), -1, size), fit(b, -2, size));
    }

    /** The results of a function of each matrix. */
    static List<Tensor> call(MatrixFunction function, List<Tensor> operands) {
        return Control.hostCall(function, operands.toArray(Tensor[]::new));
    }

    static List<Tensor> call(MatrixFunction function, Tensor operand) {
        return Control.hostCall(function, operand);
    }
}
