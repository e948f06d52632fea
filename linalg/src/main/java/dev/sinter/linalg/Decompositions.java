package dev.sinter.linalg;

import static dev.sinter.linalg.Operands.call;
import static dev.sinter.linalg.Operands.placed;
import static dev.sinter.linalg.Operands.square;
import static dev.sinter.linalg.Operands.system;

import dev.sinter.graph.Complex;
import dev.sinter.graph.Linalg;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import java.util.List;

/**
 * Decompositions of matrices, systems of equations, and functions of matrices, under the names of {@code tf.linalg}.
 * What needs no decomposition (products, diagonals, traces, most norms) is {@link Linalg}.
 *
 * <p>Operands are {@code [..., rows, columns]} of a float dtype, of known or unknown sizes; leading axes are a batch,
 * and those of two operands broadcast. Matrices that must be square and are not are a
 * {@link dev.sinter.tensor.GraphException}, when the graph is made or, where sizes are unknown, at the run. Matrices of
 * size 0 are allowed: their determinant is 1.
 *
 * <p>A run calls Java code for each, in double precision whatever the dtype. A matrix without what is asked for (not
 * invertible, not positive definite) makes the run fail, with its place in the batch; a run that fails changes nothing.
 * Of a matrix that holds NaN or infinity where it is read, every result is NaN; the others of the batch have theirs.
 *
 * <p>All have gradients of any order where it is not said otherwise. Where eigenvalues or singular values are equal,
 * those of second order are not complete.
 */
public final class Decompositions {
    private Decompositions() {}

    /**
     * The lower triangular L of {@code A = L L'}, of symmetric positive definite matrices. The upper triangle is not
     * read; the gradient is symmetric, as in TensorFlow. A run fails where a matrix is not positive definite.
     */
    public static Tensor cholesky(Operand a) {
        return call(new CholeskyFunction(), square(a)).getFirst();
    }

    /** The X of {@code A X = B} from the {@link #cholesky} factor L of A. */
    public static Tensor choleskySolve(Operand l, Operand b) {
        return MatrixOps.choleskySolve(l, b);
    }

    /**
     * The factors of {@code A[p] = L U} with row exchanges, of matrices of any shape and rank. The gradient needs a U
     * without zeros on its diagonal, else its run fails.
     */
    public static Lu lu(Operand a) {
        List<Tensor> results = call(new LuFunction(), placed(a).getFirst());
        return new Lu(results.get(0), results.get(1));
    }

    /** The X of {@code A X = B} from the factors of A. */
    public static Tensor luSolve(Lu lu, Operand b) {
        return MatrixOps.luSolve(lu, b);
    }

    /** The inverse of A from its factors. */
    public static Tensor luMatrixInverse(Lu lu) {
        return MatrixOps.luSolve(lu, MatrixOps.eyeLike(square(lu.lu())));
    }

    /** A from its factors. */
    public static Tensor luReconstruct(Lu lu) {
        return MatrixOps.luReconstruct(lu);
    }

    /** {@link #qr(Operand, boolean)} with as many columns of Q as the lesser size. */
    public static Qr qr(Operand a) {
        return qr(a, false);
    }

    /**
     * The factors of {@code A = Q R}. The diagonal of R is not negative, which makes the factors of a matrix of full
     * rank unique. The gradient needs full rank, else its run fails; a full decomposition of more rows than columns has
     * none.
     *
     * @param fullMatrices whether Q is square
     */
    public static Qr qr(Operand a, boolean fullMatrices) {
        List<Tensor> results = call(new QrFunction(fullMatrices), placed(a).getFirst());
        return new Qr(results.get(0), results.get(1));
    }

    /** {@link #svd(Operand, boolean)} with as many vectors as there are values. */
    public static Svd svd(Operand a) {
        return svd(a, false);
    }

    /**
     * The factors of {@code A = U diag(s) V'}. The element of the greatest magnitude of each column of U is positive.
     * In the gradient, terms of equal singular values, and of reciprocals of those that are 0, are left out: they are 0
     * for what does not depend on the choice of vectors. A full decomposition of matrices that are not square has no
     * gradient.
     *
     * @param fullMatrices whether U and V are square
     */
    public static Svd svd(Operand a, boolean fullMatrices) {
        SvdFunction.Vectors vectors = fullMatrices ? SvdFunction.Vectors.FULL : SvdFunction.Vectors.REDUCED;
        List<Tensor> results = call(new SvdFunction(vectors), placed(a).getFirst());
        return new Svd(results.get(0), results.get(1), results.get(2));
    }

    /** The singular values in decreasing order: {@code tf.linalg.svd(a, compute_uv=False)}. */
    public static Tensor singularValues(Operand a) {
        return call(new SvdFunction(SvdFunction.Vectors.NONE), placed(a).getFirst()).getFirst();
    }

    /**
     * The eigenvalues, in increasing order, and eigenvectors of symmetric matrices, of which the lower triangle is
     * read. The element of the greatest magnitude of each vector is positive. The gradient flows to the lower triangle,
     * as in TensorFlow; terms of equal eigenvalues are left out, which are 0 for what does not depend on the choice of
     * vectors.
     */
    public static Eigh eigh(Operand a) {
        List<Tensor> results = call(new EighFunction(true), square(a));
        return new Eigh(results.get(0), results.get(1));
    }

    /** The eigenvalues of symmetric matrices in increasing order. */
    public static Tensor eigvalsh(Operand a) {
        return call(new EighFunction(false), square(a)).getFirst();
    }

    /**
     * The eigenvalues, in increasing order, and eigenvectors of symmetric tridiagonal matrices, as of {@link #eigh}.
     *
     * @param alpha {@code [..., n]}: the diagonal
     * @param beta  {@code [..., n - 1]}: the elements beside it
     */
    public static Eigh eighTridiagonal(Operand alpha, Operand beta) {
        List<Tensor> results = call(new EighTridiagonalFunction(true), MatrixOps.tridiagonal(alpha, beta));
        return new Eigh(results.get(0), results.get(1));
    }

    /** The eigenvalues alone of {@link #eighTridiagonal}. */
    public static Tensor eigvalshTridiagonal(Operand alpha, Operand beta) {
        return call(new EighTridiagonalFunction(false), MatrixOps.tridiagonal(alpha, beta)).getFirst();
    }

    /**
     * The eigenvalues, in no order, and eigenvectors of matrices. Each vector has the length 1, and its element of the
     * greatest magnitude is real and positive. In the gradient, terms of equal eigenvalues are left out; its run fails
     * where a matrix has fewer independent vectors than rows.
     */
    public static Eig eig(Operand a) {
        List<Tensor> results = call(new EigFunction(true), square(a));
        return new Eig(new Complex(results.get(0), results.get(1)), new Complex(results.get(2), results.get(3)));
    }

    /** The eigenvalues of matrices, in no order. */
    public static Complex eigvals(Operand a) {
        List<Tensor> results = call(new EigFunction(false), square(a));
        return new Complex(results.get(0), results.get(1));
    }

    /** The real Schur form: {@code A = Z T Z'}. It has no gradient. */
    public static Schur schur(Operand a) {
        List<Tensor> results = call(new SchurFunction(), square(a));
        return new Schur(results.get(0), results.get(1));
    }

    /** {@link #solve(Operand, Operand, boolean)} without transposing. */
    public static Tensor solve(Operand a, Operand b) {
        return solve(a, b, false);
    }

    /**
     * The X of {@code A X = B}: {@code [..., n, n]} and {@code [..., n, k]} give {@code [..., n, k]}. A run fails where
     * a matrix is not invertible; one that nearly is not gives large numbers.
     *
     * @param adjoint whether A is transposed
     */
    public static Tensor solve(Operand a, Operand b, boolean adjoint) {
        return call(new SolveFunction(adjoint), system(a, b)).getFirst();
    }

    /** {@link #triangularSolve(Operand, Operand, boolean, boolean)} without transposing. */
    public static Tensor triangularSolve(Operand a, Operand b, boolean lower) {
        return triangularSolve(a, b, lower, false);
    }

    /**
     * The X of {@code A X = B} of triangular matrices, whose other triangle is not read. A run fails where the diagonal
     * holds a 0.
     *
     * @param lower   whether A is lower triangular
     * @param adjoint whether it is transposed
     */
    public static Tensor triangularSolve(Operand a, Operand b, boolean lower, boolean adjoint) {
        return call(new TriangularSolveFunction(lower, adjoint), system(a, b)).getFirst();
    }

    /**
     * {@link #triangularSolve} of matrices given by their bands.
     *
     * @param bands {@code [..., k, n]}: of a lower triangular matrix the diagonal, then those below it, aligned to the
     *              right; of an upper one those above it, aligned to the left, then the diagonal
     */
    public static Tensor bandedTriangularSolve(Operand bands, Operand b, boolean lower, boolean adjoint) {
        return MatrixOps.bandedTriangularSolve(bands, b, lower, adjoint);
    }

    /**
     * The X of {@code T X = B} of tridiagonal matrices, by elimination with row exchanges.
     *
     * @param diagonals {@code [..., 3, n]}: above the main diagonal (the last element is ignored), on it, and below it
     *                  (the first element is ignored)
     * @param b         {@code [..., n, k]}
     */
    public static Tensor tridiagonalSolve(Operand diagonals, Operand b) {
        return MatrixOps.tridiagonalSolve(diagonals, b);
    }

    /** The X of {@code A X + X B = C}. A run fails where A and -B share an eigenvalue. */
    public static Tensor sylvester(Operand a, Operand b, Operand c) {
        return MatrixOps.sylvester(a, b, c);
    }

    /** {@link #lstsq(Operand, Operand, double, boolean)} without a regularizer, by the fast way. */
    public static Tensor lstsq(Operand a, Operand b) {
        return lstsq(a, b, 0, true);
    }

    /**
     * The X that minimises {@code |A X - B|^2 + l2 |X|^2}; of several the least one.
     *
     * @param l2Regularizer not negative
     * @param fast          by the Cholesky factor of {@code A'A} or {@code AA'}, which loses half of the digits: a run
     *                      fails where A has not full rank. Where it is false, or sizes are unknown so that nobody
     * knows
     *                      which of the two is the smaller, without a regularizer: by {@link #pinv}
     */
    public static Tensor lstsq(Operand a, Operand b, double l2Regularizer, boolean fast) {
        return MatrixOps.lstsq(a, b, l2Regularizer, fast);
    }

    /** The inverse. A run fails where a matrix is not invertible. */
    public static Tensor inv(Operand a) {
        return call(new InverseFunction(), square(a)).getFirst();
    }

    /**
     * The inverse, or its transpose.
     *
     * @param adjoint whether it is transposed
     */
    public static Tensor inv(Operand a, boolean adjoint) {
        return adjoint ? Linalg.matrixTranspose(inv(a)) : inv(a);
    }

    /** {@link #pinv(Operand, double)} with 10 times the greater size times the epsilon of the dtype. */
    public static Tensor pinv(Operand a) {
        Tensor x = placed(a).getFirst();
        return call(new PseudoInverseFunction(0, 10 * x.dtype().epsilon()), x).getFirst();
    }

    /**
     * The Moore-Penrose inverse. Its gradient is that of matrices of one rank.
     *
     * @param rcond singular values up to this part of the greatest count as 0
     */
    public static Tensor pinv(Operand a, double rcond) {
        return call(new PseudoInverseFunction(rcond, 0), placed(a).getFirst()).getFirst();
    }

    /**
     * The determinant. Its gradient exists for singular matrices too; the gradient of that fails for them.
     */
    public static Tensor det(Operand a) {
        return call(new DeterminantFunction(), square(a)).getFirst();
    }

    /** The sign and the logarithm of the magnitude of the determinant. A run of the gradient fails where it is 0. */
    public static Slogdet slogdet(Operand a) {
        List<Tensor> results = call(new SlogdetFunction(), square(a));
        return new Slogdet(results.get(0), results.get(1));
    }

    /** The logarithm of the determinant of symmetric positive definite matrices, by {@link #cholesky}. */
    public static Tensor logdet(Operand a) {
        return Ops.reduceSum(Ops.log(Linalg.diagPart(cholesky(a))), -1).times(2);
    }

    /** {@link #matrixRank(Operand, double)} with the greater size times the greatest singular value times epsilon. */
    public static Tensor matrixRank(Operand a) {
        return MatrixOps.matrixRank(a);
    }

    /** How many singular values are greater than a number, as int32. */
    public static Tensor matrixRank(Operand a, double tolerance) {
        return MatrixOps.matrixRank(a, tolerance);
    }

    /** The exponential, by scaling and squaring. */
    public static Tensor expm(Operand a) {
        return call(new ExponentialFunction(), square(a)).getFirst();
    }

    /**
     * The principal logarithm. A run fails where an eigenvalue is 0 or negative, since there is no real one then.
     */
    public static Tensor logm(Operand a) {
        return call(new LogarithmFunction(), square(a)).getFirst();
    }

    /** The principal square root. A run fails where there is no real one; its gradient where 0 is an eigenvalue. */
    public static Tensor sqrtm(Operand a) {
        return call(new SquareRootFunction(), square(a)).getFirst();
    }

    /** The greatest singular value: the norm of order 2 of matrices. */
    public static Tensor spectralNorm(Operand a) {
        return Ops.reduceMax(singularValues(a), -1);
    }

    /** The sum of the singular values. */
    public static Tensor nuclearNorm(Operand a) {
        return Ops.reduceSum(singularValues(a), -1);
    }

    /** The greatest singular value divided by the smallest one: infinite for singular matrices. */
    public static Tensor cond(Operand a) {
        Tensor s = singularValues(a);
        return Ops.divide(Ops.reduceMax(s, -1), Ops.reduceMin(s, -1));
    }
}
