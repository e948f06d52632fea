package dev.sinter.graph;

import dev.sinter.op.Concat;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Slice;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Linear algebra, under the names of {@code tf.linalg}: what needs no decomposition. Solvers, factors, eigenvalues,
 * determinants and functions of matrices are in {@code dev.sinter.linalg.Decompositions} of module
 * {@code dev.sinter.linalg}.
 *
 * <p>Matrices lie along the last two axes; axes before them are a batch.
 */
public final class Linalg {
    private Linalg() {}

    /**
     * The matrix product {@code [..., m, k] x [..., k, n] -> [..., m, n]}; leading axes broadcast.
     *
     * @param transposeX whether x is {@code [..., k, m]}
     * @param transposeW whether w is {@code [..., n, k]}
     */
    public static Tensor matmul(Operand x, Operand w, boolean transposeX, boolean transposeW) {
        return Composer.tensor("matmul", c -> {
            c.label("x", "w");
            return matmul(c, c.in(0), c.in(1), transposeX, transposeW);
        }, x, w);
    }

    private static Node matmul(Composer c, Node x, Node given, boolean transposeX, boolean transposeW) {
        c.sameDtype(List.of(x, given));
        int xRank = Composer.rank(x);
        int wRank = Composer.rank(given);
        if (xRank < 2 || wRank < 2) {
            throw new GraphException("matrices are needed: " + c.describe(x) + ", "
                    + c.describe(given) + "; expandDims(...) adds an axis");
        }
        Node w = c.same("contracted sizes differ", x, transposeX ? xRank - 2 : xRank - 1, given,
                transposeW ? wRank - 1 : wRank - 2);
        String xMatrix = transposeX ? "km" : "mk";
        String wMatrix = transposeW ? "nk" : "kn";
        if (xRank == 2 && wRank == 2) {
            return c.contract(xMatrix + "," + wMatrix + "->mn", x, w);
        }
        Shape batch = batchShape(c, x, w);
        String letters = "abcdefgh".substring(0, batch.rank());
        Node left = withBatch(c, x, batch);
        Node right = withBatch(c, w, batch);
        return c.contract(letters + xMatrix + "," + letters + wMatrix + "->" + letters + "mn", left, right);
    }

    private static Shape batchShape(Composer c, Node x, Node w) {
        int rank = Math.max(Composer.rank(x), Composer.rank(w)) - 2;
        if (rank > 8) {
            throw new GraphException("at most 8 leading axes are possible: " + c.describe(x) + ", " + c.describe(w));
        }
        return c.commonShape("leading axes do not broadcast", List.of(x, w), rank, 2);
    }

    private static Node withBatch(Composer c, Node x, Shape batch) {
        List<Dim> dims = new ArrayList<>(batch.dims());
        dims.addAll(Composer.shape(x).dims().subList(Composer.rank(x) - 2, Composer.rank(x)));
        return c.broadcastTo(x, new Shape(dims));
    }

    /** {@link #matmul(Operand, Operand, boolean, boolean)} with the first operand transposed, or not, and a vector. */
    public static Tensor matvec(Operand a, Operand v, boolean transposeA) {
        return Composer.tensor("matvec", c -> {
            c.label("a", "v");
            if (Composer.rank(c.in(1)) < 1) {
                throw new GraphException("a vector is needed: " + c.describe(c.in(1)));
            }
            List<Dim> dims = new ArrayList<>(Composer.shape(c.in(1)).dims());
            dims.add(Dim.ONE);
            Node product = matmul(c, c.in(0), c.reshape(c.in(1), new Shape(dims)), transposeA, false);
            return c.reshape(product, new Shape(Composer.shape(product).dims()
                    .subList(0, Composer.rank(product) - 1)));
        }, a, v);
    }

    /** The product {@code [..., m, n] x [..., n] -> [..., m]} of matrices with vectors; leading axes broadcast. */
    public static Tensor matvec(Operand a, Operand v) {
        return matvec(a, v, false);
    }

    /**
     * The sum of products in Einstein's notation, {@code einsum("bij,bjk->bik", x, y)}, of any number of operands. An
     * axis is named by a letter; letters that are not in the result are summed. A letter that stands twice in an
     * operand names its diagonal, one that stands twice in the result spreads it over a diagonal. Three dots stand for
     * any number of axes, the last ones of which meet those of the other operands and broadcast. Without an arrow the
     * result has the axes under the dots, then the letters that stand once, in alphabetical order.
     */
    public static Tensor einsum(String equation, Operand... operands) {
        return Composer.tensor("einsum", c -> new Einsum(c, equation).compose(c.ins()), operands);
    }

    /** The sum of products along axes of the first and of the second operand, which are dropped. */
    public static Tensor tensordot(Operand x, Operand y, int[] xAxes, int[] yAxes) {
        return Composer.tensor("tensordot", c -> {
            if (xAxes.length != yAxes.length) {
                throw new GraphException("as many axes of x as of y are needed");
            }
            StringBuilder left = new StringBuilder();
            StringBuilder right = new StringBuilder();
            IntStream.range(0, Composer.rank(c.in(0))).forEach(axis -> left.append((char) ('a' + axis)));
            IntStream.range(0, Composer.rank(c.in(1))).forEach(axis -> right.append((char) ('A' + axis)));
            StringBuilder out = new StringBuilder().append(left).append(right);
            for (int i = 0; i < xAxes.length; i++) {
                char letter = (char) ('a' + c.axis(xAxes[i], Composer.rank(c.in(0)), c.in(0)));
                int at = c.axis(yAxes[i], Composer.rank(c.in(1)), c.in(1));
                for (String gone : List.of(String.valueOf(letter), String.valueOf(right.charAt(at)))) {
                    if (out.indexOf(gone) < 0) {
                        throw new GraphException("an axis stands twice: axes " + Arrays.toString(xAxes) + " of "
                                + c.describe(c.in(0)) + ", " + Arrays.toString(yAxes) + " of "
                                + c.describe(c.in(1)));
                    }
                    out.deleteCharAt(out.indexOf(gone));
                }
                right.setCharAt(at, letter);
            }
            return new Einsum(c, left + "," + right + "->" + out).compose(c.ins());
        }, x, y);
    }

    /** The matrix or the batch of matrices with its last two axes exchanged. */
    public static Tensor matrixTranspose(Operand x) {
        return Composer.tensor("matrix_transpose", c -> {
            int rank = Composer.rank(c.in(0));
            if (rank < 2) {
                throw new GraphException("a matrix is needed: " + c.describe(c.in(0)));
            }
            List<Integer> permutation = new ArrayList<>(Composer.axes(c.in(0)));
            permutation.set(rank - 2, rank - 1);
            permutation.set(rank - 1, rank - 2);
            return c.transpose(c.in(0), permutation);
        }, x);
    }

    /** The conjugate transpose, of real matrices {@link #matrixTranspose}. */
    public static Tensor adjoint(Operand x) {
        return Composite.named("adjoint", () -> matrixTranspose(x));
    }

    /** The sum of products along the last {@code axes} axes of x and as many first ones of y. */
    public static Tensor tensordot(Operand x, Operand y, int axes) {
        int rank = x.shape().rank();
        if (axes < 0 || axes > Math.min(rank, y.shape().rank())) {
            throw new GraphException("tensordot: " + axes + " axes of " + Requirements.describe("x", x) + " and "
                    + Requirements.describe("y", y) + " cannot be contracted\n  at " + Place.here());
        }
        return tensordot(x, y, IntStream.range(rank - axes, rank).toArray(), IntStream.range(0, axes).toArray());
    }

    /**
     * The Kronecker product {@code [..., m, n] x [..., p, q] -> [..., m p, n q]}: each element of x times y; leading
     * axes broadcast.
     */
    public static Tensor kron(Operand x, Operand y) {
        return Composer.tensor("kron", c -> {
            Diagonals.matrix(c, c.in(0));
            Diagonals.matrix(c, c.in(1));
            c.sameDtype(c.ins());
            Shape batch = batchShape(c, c.in(0), c.in(1));
            Node left = withBatch(c, c.in(0), batch);
            Node right = withBatch(c, c.in(1), batch);
            int last = batch.rank();
            Shape ofLeft = Composer.shape(left);
            Shape ofRight = Composer.shape(right);
            List<Dim> dims = new ArrayList<>(batch.dims());
            dims.addAll(List.of(ofLeft.dim(last), ofRight.dim(last), ofLeft.dim(last + 1), ofRight.dim(last + 1)));
            List<Integer> axes = new ArrayList<>(IntStream.range(0, last).boxed().toList());
            Shape shape = new Shape(dims);
            List<Dim> joined = new ArrayList<>(batch.dims());
            joined.add(ofLeft.dim(last).times(ofRight.dim(last)));
            joined.add(ofLeft.dim(last + 1).times(ofRight.dim(last + 1)));
            return c.reshape(c.map(ScalarFn.MUL, c.stretch(left, shape, joined(axes, last, last + 2)),
                    c.stretch(right, shape, joined(axes, last + 1, last + 3))), new Shape(joined));
        }, x, y);
    }

    private static List<Integer> joined(List<Integer> axes, int first, int second) {
        List<Integer> all = new ArrayList<>(axes);
        all.addAll(List.of(first, second));
        return all;
    }

    /** The cross product of vectors of three elements along the last axis; leading axes broadcast. */
    public static Tensor cross(Operand x, Operand y) {
        return Composer.tensor("cross", c -> {
            c.sameDtype(c.ins());
            List<Node> both = new ArrayList<>();
            for (Node in : c.ins()) {
                both.add(Framing.last(c, in, 3, "three elements along the last axis are"));
            }
            List<Node> wide = c.broadcast(both);
            return c.map(ScalarFn.SUB,
                    c.map(ScalarFn.MUL, turned(c, wide.get(0), 1), turned(c, wide.get(1), 2)),
                    c.map(ScalarFn.MUL, turned(c, wide.get(0), 2), turned(c, wide.get(1), 1)));
        }, x, y);
    }

    /** The elements along the last axis, of which there are three, from one on. */
    private static Node turned(Composer c, Node x, int by) {
        int axis = Composer.rank(x) - 1;
        List<Dim> begin = Shaping.zeros(axis + 1);
        List<Dim> middle = new ArrayList<>(Composer.shape(x).dims());
        List<Dim> end = new ArrayList<>(Composer.shape(x).dims());
        middle.set(axis, Dim.of(by));
        List<Dim> from = new ArrayList<>(begin);
        from.set(axis, Dim.of(by));
        return c.add(new Concat(axis), c.add(new Slice(from, end, Shaping.ones(axis + 1)), x),
                c.add(new Slice(begin, middle, Shaping.ones(axis + 1)), x));
    }

    /** Matrices with ones on the main diagonal: {@code [..., rows, columns]}. */
    public static Initializer eye(DType dtype, Shape shape) {
        if (shape.rank() < 2) {
            throw new GraphException("eye: rows and columns are needed, not the shape " + shape.toUserString()
                    + "\n  at " + Place.here());
        }
        return new Initializer("eye", dtype, shape, c -> Diagonals.eye(c, dtype, shape));
    }

    /** The identity of a size. */
    public static Initializer eye(DType dtype, long size) {
        Requirements.requireCount("eye", size);
        return eye(dtype, Shape.shape(size, size));
    }

    /**
     * The elements near the main diagonal, others 0, as {@code tf.linalg.band_part}.
     *
     * @param lower how many diagonals below it are kept; negative for all
     * @param upper how many above it
     */
    public static Tensor bandPart(Operand x, long lower, long upper) {
        return Composer.tensor("band_part", c -> Diagonals.bandPart(c, c.in(0), lower, upper), x);
    }

    /** Square matrices with vectors on the main diagonal. */
    public static Tensor diag(Operand diagonal) {
        return diag(diagonal, DiagonalOptions.DEFAULT);
    }

    /** Matrices made of diagonals, as {@code tf.linalg.diag}. */
    public static Tensor diag(Operand diagonals, DiagonalOptions options) {
        return Composer.tensor("diag", c -> Diagonals.diag(c, c.in(0), options), diagonals);
    }

    /** The main diagonals of matrices. */
    public static Tensor diagPart(Operand x) {
        return diagPart(x, DiagonalOptions.DEFAULT);
    }

    /** Diagonals of matrices, as {@code tf.linalg.diag_part}. */
    public static Tensor diagPart(Operand x, DiagonalOptions options) {
        return Composer.tensor("diag_part", c -> Diagonals.diagPart(c, c.in(0), options), x);
    }

    /** Matrices with others in place of their main diagonals. */
    public static Tensor setDiag(Operand x, Operand diagonal) {
        return setDiag(x, diagonal, DiagonalOptions.DEFAULT);
    }

    /** Matrices with others in place of some of their diagonals, as {@code tf.linalg.set_diag}. */
    public static Tensor setDiag(Operand x, Operand diagonals, DiagonalOptions options) {
        return Composer.tensor("set_diag", c -> Diagonals.setDiag(c, c.in(0), c.in(1), options), x, diagonals);
    }

    /** A tensor of twice the rank: the elements where the first half of the indices is the second; 0 elsewhere. */
    public static Tensor tensorDiag(Operand x) {
        return Composer.tensor("tensor_diag", c -> Diagonals.tensorDiag(c, c.in(0)), x);
    }

    /** The elements where the first half of the indices is the second. */
    public static Tensor tensorDiagPart(Operand x) {
        return Composer.tensor("tensor_diag_part", c -> Diagonals.tensorDiagPart(c, c.in(0)), x);
    }

    /** The sum of the main diagonal. */
    public static Tensor trace(Operand x) {
        return Composer.tensor("trace", c -> Diagonals.trace(c, c.in(0)), x);
    }

    /**
     * Tridiagonal matrices times others.
     *
     * @param diagonals {@code [..., 3, n]}: above the main diagonal (the last element is ignored), on it, and below it
     *                  (the first element is ignored)
     * @param x         {@code [..., n, k]}
     */
    public static Tensor tridiagonalMatmul(Operand diagonals, Operand x) {
        return Composer.tensor("tridiagonal_matmul", c -> Tridiagonal.matmul(c, c.in(0), c.in(1)), diagonals, x);
    }

    /**
     * The square root of the sum of the squares along axes, which are dropped; of everything where none is given. Of
     * vectors it is the Euclidean norm, of matrices that of Frobenius. Its gradients of every
     * order at 0 are 0: along each line its second derivative there is 0 on both sides.
     */
    public static Tensor norm(Operand x, int... axes) {
        return Composer.tensor("norm", c -> Norms.euclidean(c, c.in(0), c.axes(c.in(0), axes), false), x);
    }

    /**
     * The norm of vectors along one axis: the root of order p of the sum of powers p of the magnitudes, the greatest
     * magnitude where p is infinite, the smallest where it is negative infinity. Of matrices, along two axes: the
     * greatest sum of magnitudes of a column where p is 1, of a row where it is infinite; the greatest singular value
     * is {@code spectralNorm} of module {@code dev.sinter.linalg}. Where no axis is given, of everything as one vector.
     * Gradients of every order are 0 where a norm is; equal magnitudes share them.
     *
     * @param order    p
     * @param axes     one or two, in the order rows, columns
     * @param keepAxes whether the axes stay with size 1
     */
    public static Tensor norm(Operand x, double order, int[] axes, boolean keepAxes) {
        return Composer.tensor("norm", c -> Norms.norm(c, c.in(0), order, axes.length == 2
                ? IntStream.of(axes).map(axis -> c.axis(axis, Composer.rank(c.in(0)), c.in(0))).boxed().toList()
                : c.axes(c.in(0), axes), axes.length == 2, keepAxes), x);
    }

    /** Everything divided by its Euclidean norm along axes, of everything where none is given; 0 stays 0. */
    public static Tensor normalize(Operand x, int... axes) {
        return Composer.tensor("normalize", c -> Norms.normalize(c, c.in(0),
                Norms.euclidean(c, c.in(0), c.axes(c.in(0), axes), true)), x);
    }

    /**
     * Solutions of systems of linear equations with symmetric positive definite matrices, step by step (Hestenes and
     * Stiefel, "Methods of conjugate gradients for solving linear systems", 1952), as
     * {@code tf.linalg.experimental.conjugate_gradient}. A matrix is known by its product with vectors alone. Gradients
     * flow through the steps.
     *
     * @param matrices gives the matrices times vectors {@code [..., n]}, of their type; called while the graph is built
     * @param rhs      the right sides, float32 or float64 {@code [..., n]}
     * @throws GraphException where the right sides are of another type, or what is given instead of vectors is not of
     *                        theirs
     */
    public static ConjugateGradients conjugateGradient(UnaryOperator<Tensor> matrices, Operand rhs,
            ConjugateGradients.Options options) {
        return Composite.of("conjugate_gradient", List.of(rhs),
                in -> ConjugateGradients.of(matrices, in.getFirst(), options));
    }

    /** {@link #conjugateGradient(UnaryOperator, Operand, ConjugateGradients.Options)} by default. */
    public static ConjugateGradients conjugateGradient(UnaryOperator<Tensor> matrices, Operand rhs) {
        return conjugateGradient(matrices, rhs, ConjugateGradients.Options.DEFAULT);
    }
}
