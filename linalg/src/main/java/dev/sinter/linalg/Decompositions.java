package dev.sinter.linalg;

import static dev.sinter.linalg.Operands.call;
import static dev.sinter.linalg.Operands.square;
import static dev.sinter.linalg.Operands.system;

import dev.sinter.graph.Complex;
import dev.sinter.graph.Composite;
import dev.sinter.graph.Linalg;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

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

    private static <T> T of(String op, Operand a, Function<Tensor, T> body) {
        return Composite.of(op, List.of(a), in -> body.apply(in.getFirst()));
    }

    private static <T> T of(String op, Operand a, Operand b, BiFunction<Tensor, Tensor, T> body) {
        return Composite.of(op, List.of(a, b), in -> body.apply(in.getFirst(), in.getLast()));
    }

    /**
     * The lower triangular L of {@code A = L L'}, of symmetric positive definite matrices. The upper triangle is not
     * read; the gradient is symmetric, as in TensorFlow. A run fails where a matrix is not positive definite.
     */
    public static Tensor cholesky(Operand a) {
        return of("cholesky", a, x -> call(new CholeskyFunction(), square(x)).getFirst());
    }

    /** The X of {@code A X = B} from the {@link #cholesky} factor L of A. */
    public static Tensor choleskySolve(Operand l, Operand b) {
        return of("cholesky_solve", l, b, MatrixOps::choleskySolve);
    }

    /**
     * The factors of {@code A[p] = L U} with row exchanges, of matrices of any shape and rank. The gradient needs a U
     * without zeros on its diagonal, else its run fails.
     */
    public static Lu lu(Operand a) {
        List<Tensor> results = of("lu", a, x -> call(new LuFunction(), x));
        return new Lu(results.get(0), results.get(1));
    }

    /** The X of {@code A X = B} from the factors of A. */
    public static Tensor luSolve(Lu lu, Operand b) {
        return Composite.of("lu_solve", List.of(lu.lu(), lu.p(), b),
                in -> MatrixOps.luSolve(new Lu(in.get(0), in.get(1)), in.get(2)));
    }

    /** The inverse of A from its factors. */
    public static Tensor luMatrixInverse(Lu lu) {
        return Composite.of("lu_matrix_inverse", List.of(lu.lu(), lu.p()),
                in -> MatrixOps.luMatrixInverse(new Lu(in.get(0), in.get(1))));
    }

    /** A from its factors. */
    public static Tensor luReconstruct(Lu lu) {
        return Composite.of("lu_reconstruct", List.of(lu.lu(), lu.p()),
                in -> MatrixOps.luReconstruct(new Lu(in.get(0), in.get(1))));
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
        List<Tensor> results = of("qr", a, x -> call(new QrFunction(fullMatrices), x));
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
        List<Tensor> results = of("svd", a, x -> call(new SvdFunction(vectors), x));
        return new Svd(results.get(0), results.get(1), results.get(2));
    }

    /** The singular values in decreasing order: {@code tf.linalg.svd(a, compute_uv=False)}. */
    public static Tensor singularValues(Operand a) {
        return of("singular_values", a, x -> call(new SvdFunction(SvdFunction.Vectors.NONE), x).getFirst());
    }

    /**
     * The eigenvalues, in increasing order, and eigenvectors of symmetric matrices, of which the lower triangle is
     * read. The element of the greatest magnitude of each vector is positive. The gradient flows to the lower triangle,
     * as in TensorFlow; terms of equal eigenvalues are left out, which are 0 for what does not depend on the choice of
     * vectors.
     */
    public static Eigh eigh(Operand a) {
        List<Tensor> results = of("eigh", a, x -> call(new EighFunction(true), square(x)));
        return new Eigh(results.get(0), results.get(1));
    }

    /** The eigenvalues of symmetric matrices in increasing order. */
    public static Tensor eigvalsh(Operand a) {
        return of("eigvalsh", a, x -> call(new EighFunction(false), square(x)).getFirst());
    }

    /**
     * The eigenvalues, in increasing order, and eigenvectors of symmetric tridiagonal matrices, as of {@link #eigh}.
     *
     * @param alpha {@code [..., n]}: the diagonal
     * @param beta  {@code [..., n - 1]}: the elements beside it
     */
    public static Eigh eighTridiagonal(Operand alpha, Operand beta) {
        List<Tensor> results = of("eigh_tridiagonal", alpha, beta,
                (x, y) -> call(new EighTridiagonalFunction(true), MatrixOps.tridiagonal(x, y)));
        return new Eigh(results.get(0), results.get(1));
    }

    /** The eigenvalues alone of {@link #eighTridiagonal}. */
    public static Tensor eigvalshTridiagonal(Operand alpha, Operand beta) {
        return of("eigvalsh_tridiagonal", alpha, beta,
                (x, y) -> call(new EighTridiagonalFunction(false), MatrixOps.tridiagonal(x, y)).getFirst());
    }

    /**
     * The eigenvalues, in no order, and eigenvectors of matrices. Each vector has the length 1, and its element of the
     * greatest magnitude is real and positive. In the gradient, terms of equal eigenvalues are left out; its run fails
     * where a matrix has fewer independent vectors than rows.
     */
    public static Eig eig(Operand a) {
        return of("eig", a, x -> {
            List<Tensor> results = call(new EigFunction(true), square(x));
            return new Eig(new Complex(results.get(0), results.get(1)), new Complex(results.get(2), results.get(3)));
        });
    }

    /** The eigenvalues of matrices, in no order. */
    public static Complex eigvals(Operand a) {
        return of("eigvals", a, x -> {
            List<Tensor> results = call(new EigFunction(false), square(x));
            return new Complex(results.get(0), results.get(1));
        });
    }

    /** The real Schur form: {@code A = Z T Z'}. It has no gradient. */
    public static Schur schur(Operand a) {
        List<Tensor> results = of("schur", a, x -> call(new SchurFunction(), square(x)));
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
        return of("solve", a, b, (x, y) -> call(new SolveFunction(adjoint), system(x, y)).getFirst());
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
        return of("triangular_solve", a, b,
                (x, y) -> call(new TriangularSolveFunction(lower, adjoint), system(x, y)).getFirst());
    }

    /**
     * {@link #triangularSolve} of matrices given by their bands.
     *
     * @param bands {@code [..., k, n]}: of a lower triangular matrix the diagonal, then those below it, aligned to the
     *              right; of an upper one those above it, aligned to the left, then the diagonal
     */
    public static Tensor bandedTriangularSolve(Operand bands, Operand b, boolean lower, boolean adjoint) {
        return of("banded_triangular_solve", bands, b,
                (x, y) -> MatrixOps.bandedTriangularSolve(x, y, lower, adjoint));
    }

    /**
     * The X of {@code T X = B} of tridiagonal matrices, by elimination with row exchanges.
     *
     * @param diagonals {@code [..., 3, n]}: above the main diagonal (the last element is ignored), on it, and below it
     *                  (the first element is ignored)
     * @param b         {@code [..., n, k]}
     */
    public static Tensor tridiagonalSolve(Operand diagonals, Operand b) {
        return of("tridiagonal_solve", diagonals, b, MatrixOps::tridiagonalSolve);
    }

    /** The X of {@code A X + X B = C}. A run fails where A and -B share an eigenvalue. */
    public static Tensor sylvester(Operand a, Operand b, Operand c) {
        return Composite.of("sylvester", List.of(a, b, c), in -> MatrixOps.sylvester(in.get(0), in.get(1), in.get(2)));
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
        return of("lstsq", a, b, (x, y) -> MatrixOps.lstsq(x, y, l2Regularizer, fast));
    }

    /** The inverse. A run fails where a matrix is not invertible. */
    public static Tensor inv(Operand a) {
        return of("inv", a, x -> call(new InverseFunction(), square(x)).getFirst());
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
        return of("pinv", a, x -> call(PseudoInverseFunction.of(x.dtype()), x).getFirst());
    }

    /**
     * The Moore-Penrose inverse. Its gradient is that of matrices of one rank.
     *
     * @param rcond singular values up to this part of the greatest count as 0
     */
    public static Tensor pinv(Operand a, double rcond) {
        return of("pinv", a, x -> call(new PseudoInverseFunction(rcond, 0), x).getFirst());
    }

    /**
     * The determinant. Its gradient exists for singular matrices too; the gradient of that fails for them.
     */
    public static Tensor det(Operand a) {
        return of("det", a, x -> call(new DeterminantFunction(), square(x)).getFirst());
    }

    /** The sign and the logarithm of the magnitude of the determinant. A run of the gradient fails where it is 0. */
    public static Slogdet slogdet(Operand a) {
        List<Tensor> results = of("slogdet", a, x -> call(new SlogdetFunction(), square(x)));
        return new Slogdet(results.get(0), results.get(1));
    }

    /** The logarithm of the determinant of symmetric positive definite matrices, by {@link #cholesky}. */
    public static Tensor logdet(Operand a) {
        return of("logdet", a, x -> Ops.reduceSum(Ops.log(Linalg.diagPart(cholesky(x))), -1).times(2));
    }

    /** {@link #matrixRank(Operand, double)} with the greater size times the greatest singular value times epsilon. */
    public static Tensor matrixRank(Operand a) {
        return of("matrix_rank", a, MatrixOps::matrixRank);
    }

    /** How many singular values are greater than a number, as int32. */
    public static Tensor matrixRank(Operand a, double tolerance) {
        return of("matrix_rank", a, x -> MatrixOps.matrixRank(x, tolerance));
    }

    /** The exponential, by scaling and squaring. */
    public static Tensor expm(Operand a) {
        return of("expm", a, x -> call(new ExponentialFunction(), square(x)).getFirst());
    }

    /**
     * The principal logarithm. A run fails where an eigenvalue is 0 or negative, since there is no real one then.
     */
    public static Tensor logm(Operand a) {
        return of("logm", a, x -> call(new LogarithmFunction(), square(x)).getFirst());
    }

    /** The principal square root. A run fails where there is no real one; its gradient where 0 is an eigenvalue. */
    public static Tensor sqrtm(Operand a) {
        return of("sqrtm", a, x -> call(new SquareRootFunction(), square(x)).getFirst());
    }

    /** The greatest singular value: the norm of order 2 of matrices. */
    public static Tensor spectralNorm(Operand a) {
        return of("spectral_norm", a, x -> Ops.reduceMax(singularValues(x), -1));
    }

    /** The sum of the singular values. */
    public static Tensor nuclearNorm(Operand a) {
        return of("nuclear_norm", a, x -> Ops.reduceSum(singularValues(x), -1));
    }

    /** The greatest singular value divided by the smallest one: infinite for singular matrices. */
    public static Tensor cond(Operand a) {
        return of("cond", a, x -> {
            Tensor s = singularValues(x);
            return Ops.divide(Ops.reduceMax(s, -1), Ops.reduceMin(s, -1));
        });
    }
}
