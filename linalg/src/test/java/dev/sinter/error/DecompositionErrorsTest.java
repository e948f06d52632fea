package dev.sinter.error;

import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.runtime.Fetch.fetch;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.DType.INT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.linalg.Decompositions;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What matrices without a decomposition, and operands that are none, are told; on both back ends alike. */
class DecompositionErrorsTest {
    private static final NDArray SINGULAR = NDArray.of(new double[] {1, 2, 2, 4}, 2, 2);
    private static final NDArray SECOND_SINGULAR = NDArray.of(new double[] {1, 0, 0, 1, 1, 2, 2, 4}, 2, 1, 2, 2);
    private static final NDArray NEGATIVE = NDArray.of(new double[] {-1, 0, 0, 4}, 2, 2);

    /** A run of a function of matrices of unknown sizes fails with a message on each back end, and writes nothing. */
    private static void fails(NDArray matrix, UnaryOperator<Tensor> function, String message) {
        for (Backend backend : List.of(Backend.EVAL, Backend.LLVM)) {
            Graph graph = new Graph();
            long[] unknown = matrix.shape().dims().stream().mapToLong(_ -> UNKNOWN).toArray();
            Tensor a = graph.placeholder("a", matrix.dtype(), shape(unknown));
            Variable w = graph.variable("w", Ops.fill(FLOAT64, shape(), 1));
            Tensor written = w.assign(w.plus(1.0));
            Tensor result = function.apply(a);
            try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(backend))) {
                session.run(graph.initializer());
                assertThatThrownBy(() -> session.run(feed(a, matrix), fetch(result, written)))
                        .isInstanceOf(GraphException.class).hasMessageContaining(message);
                assertThat(session.run(fetch(w)).get(w).doubleValue()).isEqualTo(1);
            }
        }
    }

    @Test
    void matricesThatAreNotInvertible() {
        fails(SINGULAR, Decompositions::inv, "inv: the matrix float64[2,2] is not invertible");
        fails(SECOND_SINGULAR, Decompositions::inv, "inv: the matrix at [1,0] of float64[2,1,2,2] is not invertible");
        fails(SECOND_SINGULAR, a -> Decompositions.solve(a, a),
                "solve: the matrix at [1,0] of float64[2,1,2,2] is not invertible");
        fails(NDArray.of(new double[] {1, 0, 5, 0}, 2, 2), a -> Decompositions.triangularSolve(a, a, true),
                "triangular_solve: the matrix float64[2,2] is not invertible: its diagonal holds a 0");
        fails(NDArray.of(new float[] {0}, 1, 1), Decompositions::inv, "inv: the matrix float32[1,1] is not invertible");
        fails(NDArray.of(new double[] {0, 0, 0, 0, 0, 0}, 3, 2), a -> Decompositions.tridiagonalSolve(a,
                a.graph().tensor(Ops.ones(FLOAT64, shape(2, 1)))), "tridiagonal_solve: the matrix float64[3,2] is not"
                + " invertible");
    }

    @Test
    void matricesThatAreNotPositiveDefinite() {
        fails(NEGATIVE, Decompositions::cholesky, "cholesky: the matrix float64[2,2] is not positive definite: its"
                + " leading minor of order 1 is not positive");
        fails(SINGULAR, Decompositions::logdet, "its leading minor of order 2 is not positive");
    }

    @Test
    void functionsThatAreNotReal() {
        fails(NEGATIVE, Decompositions::sqrtm, "sqrtm: the matrix float64[2,2] has no real principal square root");
        fails(NEGATIVE, Decompositions::logm, "logm: the matrix float64[2,2] has no real principal logarithm");
        fails(NDArray.of(new double[] {0, 1, 0, 0}, 2, 2), Decompositions::sqrtm, "without as many eigenvectors");
        fails(NEGATIVE, a -> Decompositions.sylvester(a, Ops.negative(a), a),
                "sylvester: the matrix float64[2,2] shares an eigenvalue with the negative of the other one");
    }

    @Test
    void gradientsThatDoNotExist() {
        UnaryOperator<Tensor> ofLog = a -> gradient(Decompositions.slogdet(a).logAbsDeterminant(), a);
        fails(SINGULAR, ofLog, "inv: the matrix float64[2,2] is not invertible");
        fails(NDArray.zeros(FLOAT64, 2, 2), a -> gradient(Decompositions.qr(a).q(), a), "its diagonal holds a 0");
        Graph graph = new Graph();
        Tensor tall = graph.placeholder("tall", FLOAT64, shape(4, 2));
        refused(() -> gradient(Decompositions.qr(tall, true).q(), tall), "qr: no gradient exists of a full");
        refused(() -> gradient(Decompositions.svd(tall, true).u(), tall), "svd: no gradient exists of a full");
        Tensor square = graph.placeholder("square", FLOAT64, shape(2, 2));
        refused(() -> gradient(Decompositions.schur(square).t(), square), "the Schur form of a matrix is not unique");
    }

    private static Tensor gradient(Tensor y, Tensor x) {
        return Ops.gradients(Ops.reduceSum(y), x).of(x);
    }

    @Test
    void sizesThatTheRunFindsDifferent() {
        fails(NDArray.zeros(FLOAT64, 2, 3), Decompositions::inv, "axis");
        fails(NDArray.zeros(FLOAT64, 2, 3), Decompositions::eigvalsh, "axis");
        fails(NDArray.zeros(FLOAT64, 2, 2, 3), Decompositions::det, "axis");
    }

    private static void refused(Supplier<?> call, String message) {
        assertThatThrownBy(call::get).isInstanceOf(GraphException.class).hasMessageContaining(message);
    }

    @Test
    void operandsThatAreNoMatrices() {
        Graph graph = new Graph();
        Tensor wide = graph.placeholder("wide", FLOAT32, shape(UNKNOWN, 3, 4));
        Tensor vector = graph.placeholder("vector", FLOAT32, shape(3));
        Tensor integers = graph.placeholder("integers", INT32, shape(3, 3));
        Tensor doubles = graph.placeholder("doubles", FLOAT64, shape(3, 4));
        refused(() -> Decompositions.cholesky(wide), "cholesky: square matrices are needed, not ones of 3 rows and 4"
                + " columns\n  at DecompositionErrorsTest.java:");
        refused(() -> Decompositions.det(vector), "det: a matrix is needed, not float32[3]; expandDims(...)");
        refused(() -> Decompositions.svd(vector), "svd: a matrix is needed, not float32[3]");
        refused(() -> Decompositions.qr(integers), "qr: float matrices are needed, not int32[3,3]; cast(...) it");
        refused(() -> Decompositions.solve(wide, wide), "solve: square matrices are needed");
        refused(() -> Decompositions.solve(graph.placeholder("a", FLOAT32, shape(4, 4)), wide),
                "solve: the rows of the matrix and of the right-hand sides differ: 4, 3");
        refused(() -> Decompositions.lstsq(wide, doubles), "dtypes differ");
        refused(() -> Decompositions.lstsq(wide, vector), "lstsq: matrices are needed");
        refused(() -> Decompositions.lstsq(wide, wide, -1, true), "lstsq: the regularizer is -1.0");
        refused(() -> Decompositions.tridiagonalSolve(wide, vector), "tridiagonal_solve: diagonals [..., 3, n]");
        refused(() -> Decompositions.eighTridiagonal(vector, vector),
                "eigh_tridiagonal: the length of the diagonal and that of the other one plus 1 differ: 3, 4");
        refused(() -> Decompositions.bandedTriangularSolve(vector, wide, true, false), "the bands are [..., k, n]");
    }
}
