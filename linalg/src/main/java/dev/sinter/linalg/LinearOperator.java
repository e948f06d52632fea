package dev.sinter.linalg;

import dev.sinter.graph.Complex;
import dev.sinter.graph.Composite;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Linalg;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A matrix, or a batch of them, that is known by its structure: {@code tf.linalg.LinearOperator}. A diagonal matrix is
 * its diagonal, a product the list of its factors; products, solutions and determinants take the time that the
 * structure needs, and the matrix itself is made by {@link #toDense} alone.
 *
 * <pre>{@code
 * // The covariance of n values with noise: a diagonal and a few directions.
 * LinearOperator covariance = LinearOperator.lowRankUpdate(
 *         LinearOperator.diag(noise, Hint.POSITIVE_DEFINITE), directions);
 * Tensor whitened = covariance.solvevec(residual);         // [..., n], by a system as large as there are directions
 * Tensor loss = Ops.reduceSum(residual.times(whitened), -1).plus(covariance.logAbsDeterminant());
 * }</pre>
 *
 * <p>An operator has the shape {@code [..., rows, columns]} and elements of a float dtype. It acts on matrices
 * {@code [..., columns, k]}, whose leading axes broadcast with its own, and holds tensors of one graph; nothing is
 * computed before a run. Gradients flow to what it is made of. Operands that do not fit are a {@link GraphException},
 * when the graph is made or, where sizes are unknown, at the run.
 *
 * <p>{@link Hint}s are promises of the caller's that no run checks; they choose algorithms. Where nothing better is
 * known of a structure, it is made dense, and {@link Decompositions} say what then holds.
 */
public abstract sealed class LinearOperator permits AdjointOperator, BlockDiagOperator, BlockLowerTriangularOperator,
        CirculantOperator, CompositionOperator, DiagOperator, FullMatrixOperator, HouseholderOperator, IdentityOperator,
        InversionOperator, KroneckerOperator, LowerTriangularOperator, LowRankUpdateOperator, PermutationOperator,
        ScaledIdentityOperator, ToeplitzOperator, TridiagOperator, ZerosOperator {
    /** What the caller knows of a matrix. */
    public enum Hint {
        /** It has an inverse. */
        NON_SINGULAR,
        /** It is its transpose. */
        SELF_ADJOINT,
        /** {@code x' A x} is positive for all x but 0; such a matrix has an inverse. */
        POSITIVE_DEFINITE,
        /** It has as many rows as columns, as each other hint says too. */
        SQUARE
    }

    private final Graph graph;
    private final DType dtype;
    private final Shape shape;
    private final Set<Hint> hints;

    LinearOperator(Graph graph, DType dtype, Shape shape, Set<Hint> hints) {
        this.graph = graph;
        this.dtype = dtype;
        this.shape = shape;
        EnumSet<Hint> all = EnumSet.noneOf(Hint.class);
        all.addAll(hints);
        if (all.contains(Hint.POSITIVE_DEFINITE)) {
            all.add(Hint.NON_SINGULAR);
        }
        if (!all.isEmpty() || domainDimension().equals(rangeDimension())) {
            requireSquare();
            all.add(Hint.SQUARE);
        }
        this.hints = Collections.unmodifiableSet(all);
    }

    /** Diagonal matrices of their diagonals {@code [..., n]}. */
    public static LinearOperator diag(Operand diagonal, Hint... hints) {
        return OperatorParts.of("diag", diagonal, 1, d -> new DiagOperator(d, OperatorParts.hints(hints)));
    }

    /** The identity, of the shape {@code [..., n, n]}. */
    public static LinearOperator identity(Graph graph, DType dtype, Shape shape) {
        return named("identity", graph, () -> new IdentityOperator(graph, dtype, OperatorParts.matrices(shape)));
    }

    /**
     * A number times the identity.
     *
     * @param multiplier {@code [...]}: a number for each matrix
     * @param size       the rows
     */
    public static LinearOperator scaledIdentity(Operand multiplier, Dim size, Hint... hints) {
        return OperatorParts.of("scaled_identity", multiplier, 0,
                m -> new ScaledIdentityOperator(m, OperatorParts.size(size), OperatorParts.hints(hints)));
    }

    /** {@link #scaledIdentity(Operand, Dim, Hint...)} of a known size. */
    public static LinearOperator scaledIdentity(Operand multiplier, long size, Hint... hints) {
        return scaledIdentity(multiplier, Dim.of(size), hints);
    }

    /** Matrices of zeros, of the shape {@code [..., rows, columns]}. */
    public static LinearOperator zeros(Graph graph, DType dtype, Shape shape) {
        return named("zeros", graph, () -> new ZerosOperator(graph, dtype, OperatorParts.matrices(shape)));
    }

    /** Matrices {@code [..., rows, columns]} without a structure. */
    public static LinearOperator fullMatrix(Operand matrix, Hint... hints) {
        return OperatorParts.of("full_matrix", matrix, 2, a -> new FullMatrixOperator(a, OperatorParts.hints(hints)));
    }

    /** Lower triangular matrices {@code [..., n, n]}; what is above the diagonal is not read. */
    public static LinearOperator lowerTriangular(Operand matrix, Hint... hints) {
        return OperatorParts.of("lower_triangular", matrix, 2,
                a -> new LowerTriangularOperator(a, OperatorParts.hints(hints)));
    }

    /**
     * Tridiagonal matrices.
     *
     * @param diagonals {@code [..., 3, n]}: above the main diagonal (the last element is ignored), on it, and below it
     *                  (the first element is ignored)
     */
    public static LinearOperator tridiag(Operand diagonals, Hint... hints) {
        return OperatorParts.of("tridiag", diagonals, 2, d -> new TridiagOperator(d, OperatorParts.hints(hints)));
    }

    /**
     * Permutations: element i of a product is the element of the operand at {@code permutation[i]}.
     *
     * @param permutation {@code [..., n]}, int32 or int64: the numbers below n. A run does not check that each stands
     *                    once
     * @param dtype       of the elements
     */
    public static LinearOperator permutation(Operand permutation, DType dtype, Hint... hints) {
        return Composite.of("linear_operator_permutation", List.of(permutation),
                in -> PermutationOperator.of(in.getFirst(), dtype, OperatorParts.hints(hints)));
    }

    /**
     * Reflections at the plane through 0 that is orthogonal to a vector: {@code I - 2 v v' / |v|^2}. One of the vector
     * 0 is the identity.
     *
     * @param axis {@code [..., n]}: v, of any length
     */
    public static LinearOperator householder(Operand axis, Hint... hints) {
        return OperatorParts.of("householder", axis, 1, v -> new HouseholderOperator(v, OperatorParts.hints(hints)));
    }

    /** The product of operators, of which the last one acts first. It is symmetric where it is {@code A A'}. */
    public static LinearOperator composition(List<? extends LinearOperator> operators, Hint... hints) {
        return OperatorParts.joined("composition", operators,
                all -> CompositionOperator.of(all, OperatorParts.hints(hints)));
    }

    /** The Kronecker product: each element of the first operator times the product of the others. */
    public static LinearOperator kronecker(List<? extends LinearOperator> operators, Hint... hints) {
        return OperatorParts.joined("kronecker", operators,
                all -> KroneckerOperator.of(all, OperatorParts.hints(hints)));
    }

    /** Operators along the diagonal, zeros elsewhere. */
    public static LinearOperator blockDiag(List<? extends LinearOperator> operators, Hint... hints) {
        return OperatorParts.joined("block_diag", operators,
                all -> BlockDiagOperator.of(all, OperatorParts.hints(hints)));
    }

    /**
     * Operators on the diagonal and below it, zeros above.
     *
     * @param rows row i has those of columns 0 to i; those on the diagonal are square
     */
    public static LinearOperator blockLowerTriangular(List<? extends List<? extends LinearOperator>> rows,
            Hint... hints) {
        return OperatorParts.joined("block_lower_triangular", rows.stream().flatMap(List::stream).toList(),
                _ -> BlockLowerTriangularOperator.of(rows, OperatorParts.hints(hints)));
    }

    /**
     * An operator with something of low rank added: {@code L + U U'}. Solutions and determinants are those of L and of
     * a system as large as U has columns.
     *
     * @param u {@code [..., n, k]}
     */
    public static LinearOperator lowRankUpdate(LinearOperator base, Operand u, Hint... hints) {
        return named("low_rank_update", base.graph, () -> LowRankUpdateOperator.of(base, u, Optional.empty(),
                Optional.empty(), OperatorParts.hints(hints)));
    }

    /**
     * {@code L + U D U'}. Where L and D are symmetric and positive definite, so is the sum.
     *
     * @param middle D, of k rows and columns, such as {@link #diag}
     */
    public static LinearOperator lowRankUpdate(LinearOperator base, Operand u, LinearOperator middle, Hint... hints) {
        return named("low_rank_update", base.graph, () -> LowRankUpdateOperator.of(base, u, Optional.of(middle),
                Optional.empty(), OperatorParts.hints(hints)));
    }

    /**
     * {@code L + U D V'}.
     *
     * @param u {@code [..., rows, k]}
     * @param v {@code [..., columns, k]}
     */
    public static LinearOperator lowRankUpdate(LinearOperator base, Operand u, LinearOperator middle, Operand v,
            Hint... hints) {
        return named("low_rank_update", base.graph, () -> LowRankUpdateOperator.of(base, u, Optional.of(middle),
                Optional.of(v), OperatorParts.hints(hints)));
    }

    /**
     * Toeplitz matrices, with one number along each diagonal; products are made by Fourier transforms.
     *
     * @param column {@code [..., n]}, float32 or float64: the first column
     * @param row    {@code [..., n]}: the first row, whose first element is not read
     */
    public static LinearOperator toeplitz(Operand column, Operand row, Hint... hints) {
        return Composite.of("linear_operator_toeplitz", List.of(column, row),
                in -> ToeplitzOperator.of(in.get(0), in.get(1), OperatorParts.hints(hints)));
    }

    /**
     * Circulant matrices: {@code A[m, n]} is element m - n, counted around the ring, of a convolution kernel, and the
     * spectrum is the kernel's Fourier transform. Solutions and determinants are those of numbers. Of a spectrum that
     * is not Hermitian, whose matrix is not real, products have the real part.
     *
     * @param spectrum {@code [..., n]}
     */
    public static LinearOperator circulant(Complex spectrum, Hint... hints) {
        return CirculantOperator.of(spectrum, 1, hints);
    }

    /** {@link #circulant(Complex, Hint...)} of a real spectrum, whose matrix is symmetric. */
    public static LinearOperator circulant(Operand spectrum, Hint... hints) {
        return CirculantOperator.ofReal(spectrum, 1, hints);
    }

    /**
     * Circulant matrices of circulant blocks: convolutions of images whose edges meet.
     *
     * @param spectrum {@code [..., n1, n2]}, the two-dimensional transform of a kernel; operands have n1 n2 rows
     */
    public static LinearOperator circulant2d(Complex spectrum, Hint... hints) {
        return CirculantOperator.of(spectrum, 2, hints);
    }

    /** {@link #circulant2d(Complex, Hint...)} of a real spectrum, whose matrix is symmetric. */
    public static LinearOperator circulant2d(Operand spectrum, Hint... hints) {
        return CirculantOperator.ofReal(spectrum, 2, hints);
    }

    /**
     * The same of three dimensions.
     *
     * @param spectrum {@code [..., n1, n2, n3]}
     */
    public static LinearOperator circulant3d(Complex spectrum, Hint... hints) {
        return CirculantOperator.of(spectrum, 3, hints);
    }

    /** {@link #circulant3d(Complex, Hint...)} of a real spectrum, whose matrix is symmetric. */
    public static LinearOperator circulant3d(Operand spectrum, Hint... hints) {
        return CirculantOperator.ofReal(spectrum, 3, hints);
    }

    /** The graph of the tensors that it is made of. */
    public final Graph graph() {
        return graph;
    }

    /** The dtype of the elements. */
    public final DType dtype() {
        return dtype;
    }

    /** {@code [..., rows, columns]}. */
    public final Shape shape() {
        return shape;
    }

    /** The leading axes: none where it is one matrix. */
    public final Shape batchShape() {
        return new Shape(leading());
    }

    /** The columns: the size of the vectors that it acts on. */
    public final Dim domainDimension() {
        return shape.dim(shape.rank() - 1);
    }

    /** The rows: the size of the vectors that it gives. */
    public final Dim rangeDimension() {
        return shape.dim(shape.rank() - 2);
    }

    /** What is known of it: the caller's hints, and what follows from its structure. */
    public final Set<Hint> hints() {
        return hints;
    }

    /** Its product with matrices {@code [..., columns, k]}: {@code [..., rows, k]}. */
    public final Tensor matmul(Operand x) {
        return matmul(x, false, false);
    }

    /**
     * Its product with matrices.
     *
     * @param adjoint    whether it is transposed
     * @param adjointArg whether the matrices are
     */
    public final Tensor matmul(Operand x, boolean adjoint, boolean adjointArg) {
        return of("matmul", () -> times(operand(x, adjoint, adjointArg), adjoint));
    }

    /** Its product with an operator that acts first; what is simpler than the list of both is made so. */
    public final LinearOperator matmul(LinearOperator right) {
        return of("matmul", () -> Products.of(this, right));
    }

    /** Its product with vectors {@code [..., columns]}. */
    public final Tensor matvec(Operand x) {
        return matvec(x, false);
    }

    /**
     * Its product with vectors.
     *
     * @param adjoint whether it is transposed
     */
    public final Tensor matvec(Operand x, boolean adjoint) {
        return of("matvec", () -> Ops.squeeze(times(vector(x, adjoint), adjoint), -1));
    }

    /** The X of {@code A X = B}: {@code [..., n, k]} for right sides {@code [..., n, k]}. */
    public final Tensor solve(Operand rhs) {
        return solve(rhs, false, false);
    }

    /**
     * The X of {@code A X = B}. Where a matrix has no inverse, a run fails if the structure is solved by elimination,
     * and the result is not finite otherwise.
     *
     * @param adjoint    whether the operator is transposed
     * @param adjointArg whether the right sides are
     */
    public final Tensor solve(Operand rhs, boolean adjoint, boolean adjointArg) {
        return of("solve", () -> {
            requireInverse();
            return solved(operand(rhs, !adjoint, adjointArg), adjoint);
        });
    }

    /** The operator X of {@code A X = B}. */
    public final LinearOperator solve(LinearOperator right) {
        return of("solve", () -> {
            requireInverse();
            return Products.of(inverted(), right);
        });
    }

    /** The x of {@code A x = b}, for right sides {@code [..., n]}. */
    public final Tensor solvevec(Operand rhs) {
        return solvevec(rhs, false);
    }

    /**
     * The x of {@code A x = b}.
     *
     * @param adjoint whether the operator is transposed
     */
    public final Tensor solvevec(Operand rhs, boolean adjoint) {
        return of("solvevec", () -> {
            requireInverse();
            return Ops.squeeze(solved(vector(rhs, !adjoint), adjoint), -1);
        });
    }

    /** The determinant, {@code [...]}. */
    public final Tensor determinant() {
        return of("determinant", () -> {
            requireSquare();
            return det();
        });
    }

    /** The logarithm of the magnitude of the determinant, {@code [...]}. */
    public final Tensor logAbsDeterminant() {
        return of("log_abs_determinant", () -> {
            requireSquare();
            return logAbsDet();
        });
    }

    /** The sum of the main diagonal, {@code [...]}. */
    public final Tensor trace() {
        return of("trace", this::sumOfDiagonal);
    }

    /** The main diagonal, {@code [..., min(rows, columns)]}. */
    public final Tensor diagPart() {
        return of("diag_part", this::diagonal);
    }

    /** The matrix itself, {@code [..., rows, columns]}. */
    public final Tensor toDense() {
        return of("to_dense", this::dense);
    }

    /** Its sum with matrices {@code [..., rows, columns]}. */
    public final Tensor addToTensor(Operand x) {
        return of("add_to_tensor", () -> {
            Tensor fitted = operand(x, true, false);
            return plus(OperatorParts.sized("the columns of the matrices", fitted, -1, domainDimension()));
        });
    }

    /** The transpose. */
    public final LinearOperator adjoint() {
        return hints.contains(Hint.SELF_ADJOINT) ? this : of("adjoint", this::transposed);
    }

    /** The inverse. */
    public final LinearOperator inverse() {
        return of("inverse", () -> {
            requireInverse();
            return inverted();
        });
    }

    /**
     * The lower triangular L of {@code A = L L'}.
     *
     * @throws GraphException where the hints do not say that the matrix is symmetric and positive definite
     */
    public final LinearOperator cholesky() {
        return of("cholesky", () -> {
            if (!isSymmetricPositiveDefinite()) {
                throw new GraphException("the hints SELF_ADJOINT and POSITIVE_DEFINITE are needed, not " + hints);
            }
            return factor();
        });
    }

    /**
     * The eigenvalues of a symmetric matrix, {@code [..., n]}, in no order.
     *
     * @throws GraphException where the hints do not say that the matrix is symmetric
     */
    public final Tensor eigvals() {
        return of("eigvals", () -> {
            requireSymmetric();
            return eigenvalues();
        });
    }

    /** The greatest singular value divided by the smallest one, {@code [...]}. */
    public final Tensor cond() {
        return of("cond", this::condition);
    }

    // What structures know; operands fit when they come here.

    /** The product with matrices, of the transpose where that is asked for. */
    abstract Tensor times(Tensor x, boolean adjoint);

    Tensor solved(Tensor rhs, boolean adjoint) {
        return isSymmetricPositiveDefinite()
                ? Decompositions.choleskySolve(Decompositions.cholesky(dense()), rhs)
                : Decompositions.solve(dense(), rhs, adjoint);
    }

    Tensor det() {
        return isSymmetricPositiveDefinite() ? Ops.exp(logAbsDet()) : Decompositions.det(dense());
    }

    Tensor logAbsDet() {
        return isSymmetricPositiveDefinite() ? Decompositions.logdet(dense())
                : Decompositions.slogdet(dense()).logAbsDeterminant();
    }

    Tensor sumOfDiagonal() {
        return Ops.reduceSum(diagonal(), -1);
    }

    Tensor diagonal() {
        return Linalg.diagPart(dense());
    }

    Tensor dense() {
        List<Dim> dims = new ArrayList<>(leading());
        dims.addAll(List.of(domainDimension(), domainDimension()));
        return times(graph.tensor(Linalg.eye(dtype, new Shape(dims))), false);
    }

    Tensor plus(Tensor x) {
        return dense().plus(x);
    }

    LinearOperator transposed() {
        return new AdjointOperator(this);
    }

    LinearOperator inverted() {
        return new InversionOperator(this);
    }

    LinearOperator factor() {
        return new LowerTriangularOperator(Decompositions.cholesky(dense()), Set.of(Hint.NON_SINGULAR));
    }

    Tensor eigenvalues() {
        return Decompositions.eigvalsh(dense());
    }

    Tensor condition() {
        return is(Hint.SELF_ADJOINT) ? OperatorParts.spread(eigenvalues()) : Decompositions.cond(dense());
    }

    /** The word of its structure. */
    abstract String structure();

    final boolean is(Hint hint) {
        return hints.contains(hint);
    }

    final boolean isSymmetricPositiveDefinite() {
        return is(Hint.SELF_ADJOINT) && is(Hint.POSITIVE_DEFINITE);
    }

    final List<Dim> leading() {
        return shape.dims().subList(0, shape.rank() - 2);
    }

    /** A number for each matrix. */
    final Tensor each(double value) {
        return graph.tensor(Ops.fill(dtype, batchShape(), value));
    }

    final void requireSymmetric() {
        if (!is(Hint.SELF_ADJOINT)) {
            throw new GraphException("the hint SELF_ADJOINT is needed, not " + hints);
        }
    }

    private void requireSquare() {
        if (domainDimension().isConstant() && rangeDimension().isConstant()
                && !domainDimension().equals(rangeDimension())) {
            throw new GraphException("a square operator is needed, not one of " + rangeDimension() + " rows and "
                    + domainDimension() + " columns");
        }
    }

    /** Refuses what has no inverse. */
    void requireInverse() {
        requireSquare();
    }

    static <T> T named(String op, Graph graph, Supplier<T> code) {
        return Composite.inScope(graph, "linear_operator_" + op, code);
    }

    private <T> T of(String op, Supplier<T> code) {
        return named(op, graph, code);
    }

    /** Matrices that it acts on, or that its transpose does. */
    private Tensor operand(Operand given, boolean adjoint, boolean transposed) {
        Tensor x = OperatorParts.matrices(this, graph.tensor(given), 2);
        return OperatorParts.sized("the rows of the matrices", transposed ? Linalg.matrixTranspose(x) : x, -2,
                adjoint ? rangeDimension() : domainDimension());
    }

    /** Vectors that it acts on, or that its transpose does, as matrices of one column. */
    private Tensor vector(Operand given, boolean adjoint) {
        Tensor x = OperatorParts.matrices(this, graph.tensor(given), 1);
        return Ops.expandDims(OperatorParts.sized("the length of the vectors", x, -1,
                adjoint ? rangeDimension() : domainDimension()), -1);
    }

    /** {@code LinearOperator("diag", shape=(3, 3), dtype=float32, hints=[SELF_ADJOINT, SQUARE])}. */
    @Override
    public final String toString() {
        return "LinearOperator(\"" + structure() + "\", shape=" + shape.toUserString() + ", dtype=" + dtype
                + ", hints=" + hints.stream().map(Hint::toString).collect(Collectors.joining(", ", "[", "]")) + ")";
    }
}
