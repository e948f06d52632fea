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
import dev.sinter.linalg.LinearOperator;
import dev.sinter.linalg.LinearOperator.Hint;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What is told of operators that there are not, and of operands that they do not take. */
class LinearOperatorErrorsTest {
    private final Graph graph = new Graph();
    private final Tensor vector = graph.placeholder("vector", FLOAT32, shape(3));
    private final Tensor wide = graph.placeholder("wide", FLOAT32, shape(2, 3));
    private final LinearOperator diag = LinearOperator.diag(vector);
    private final LinearOperator rectangle = LinearOperator.fullMatrix(wide);

    private static void refused(Supplier<?> call, String message) {
        assertThatThrownBy(call::get).isInstanceOf(GraphException.class).hasMessageContaining(message)
                .hasMessageContaining("\n  at LinearOperatorErrorsTest.java:");
    }

    @Test
    void partsOfNoOperator() {
        refused(() -> LinearOperator.diag(graph.constant(1f)), "linear_operator_diag: vectors are needed, not");
        refused(() -> LinearOperator.diag(graph.placeholder("whole", INT32, shape(3))),
                "linear_operator_diag: float elements are needed, not int32; cast(...) converts");
        refused(() -> LinearOperator.fullMatrix(vector), "linear_operator_full_matrix: matrices are needed, not");
        refused(() -> LinearOperator.fullMatrix(wide, Hint.NON_SINGULAR),
                "linear_operator_full_matrix: a square operator is needed, not one of 2 rows and 3 columns");
        refused(() -> LinearOperator.lowerTriangular(wide), "a square operator is needed");
        refused(() -> LinearOperator.tridiag(wide), "linear_operator_tridiag: three diagonals [..., 3, n] are needed");
        refused(() -> LinearOperator.identity(graph, FLOAT32, shape(2, 3)), "a square operator is needed");
        refused(() -> LinearOperator.identity(graph, FLOAT32, shape(UNKNOWN, UNKNOWN)), "the size is unknown");
        refused(() -> LinearOperator.zeros(graph, INT32, shape(2, 3)), "linear_operator_zeros: float elements");
        refused(() -> LinearOperator.scaledIdentity(vector, -1), "the size is -1; it must not be negative");
        refused(() -> LinearOperator.permutation(vector, FLOAT32), "int32 or int64 vectors are needed");
        refused(() -> LinearOperator.permutation(graph.constant(new int[] {0, 2, 2}), FLOAT32),
                "linear_operator_permutation: each of the numbers below 3 must stand once");
        refused(() -> LinearOperator.householder(vector, Hint.POSITIVE_DEFINITE), "a reflection is not positive");
        refused(() -> LinearOperator.composition(List.of()), "at least one operand is needed");
        refused(() -> LinearOperator.composition(List.of(rectangle, rectangle)), "the columns of an operator and the"
                + " rows of the next one differ: 3, 2");
        refused(() -> LinearOperator.composition(List.of(diag, LinearOperator.identity(graph, FLOAT64, shape(3, 3)))),
                "linear_operator_composition: dtypes differ: LinearOperator(\"diag\", shape=(3, 3), dtype=float32");
        refused(() -> diag.matmul(LinearOperator.identity(new Graph(), FLOAT32, shape(3, 3))),
                "operators of one graph are needed");
    }

    @Test
    void ringsThatAreNone() {
        refused(() -> LinearOperator.circulant2d(vector),
                "linear_operator_circulant2d: a spectrum of 2 axes is needed");
        refused(() -> LinearOperator.circulant(Ops.cast(vector, DType.FLOAT16)), "a float32 or float64 spectrum");
        refused(() -> LinearOperator.toeplitz(vector, graph.placeholder("row", FLOAT32, shape(4))),
                "linear_operator_toeplitz: the length of the row and the size that the operator takes differ: 4, 3");
        refused(() -> LinearOperator.toeplitz(vector, graph.placeholder("doubles", FLOAT64, shape(3))),
                "a column and a row that are both float32 or both float64");
    }

    @Test
    void blocksThatDoNotFit() {
        refused(() -> LinearOperator.blockLowerTriangular(List.of(List.of(diag), List.of(diag))),
                "linear_operator_block_lower_triangular: row 1 has 1 blocks, not 2");
        refused(() -> LinearOperator.blockLowerTriangular(List.of(List.of(diag), List.of(rectangle, diag))),
                "block 1, 0 has 2 rows, not 3");
        refused(() -> LinearOperator.blockLowerTriangular(List.of(List.of(rectangle))), "block 0, 0 has 2 rows, not 3");
        refused(() -> LinearOperator.blockDiag(List.of(rectangle)).inverse(), "a square operator is needed");
        refused(() -> LinearOperator.lowRankUpdate(diag, wide), "the rows of U and the size that the operator takes"
                + " differ: 2, 3");
        refused(() -> LinearOperator.lowRankUpdate(diag, graph.placeholder("u", FLOAT32, shape(3, 1)), diag),
                "the columns of U and the size that the operator takes differ: 1, 3");
    }

    @Test
    void operandsThatDoNotFit() {
        refused(() -> diag.matmul(wide), "linear_operator_matmul: the rows of the matrices and the size that the"
                + " operator takes differ: 2, 3");
        refused(() -> diag.matmul(graph.placeholder("one", FLOAT32, shape(1, 3))), "differ: 1, 3");
        refused(() -> rectangle.solve(wide), "linear_operator_solve: a square operator is needed");
        refused(() -> rectangle.determinant(), "linear_operator_determinant: a square operator is needed");
        refused(() -> rectangle.matvec(graph.placeholder("two", FLOAT32, shape(2))), "the length of the vectors");
        refused(() -> diag.matmul(vector), "linear_operator_matmul: matrices are needed, not");
        refused(() -> diag.matvec(graph.constant(new double[3])), "linear_operator_matvec: dtypes differ");
        refused(() -> diag.addToTensor(wide), "linear_operator_add_to_tensor: the rows of the matrices");
        refused(() -> LinearOperator.zeros(graph, FLOAT32, shape(3, 3)).solvevec(vector),
                "linear_operator_solvevec: zeros have no inverse");
        refused(() -> diag.cholesky(),
                "linear_operator_cholesky: the hints SELF_ADJOINT and POSITIVE_DEFINITE are needed");
        refused(() -> LinearOperator.lowerTriangular(graph.placeholder("square", FLOAT32, shape(3, 3))).eigvals(),
                "linear_operator_eigvals: the hint SELF_ADJOINT is needed");
    }

    /** A run that finds a size of 1 where another one is needed does not stretch it. */
    @Test
    void sizesThatTheRunFindsDifferent() {
        Tensor entries = graph.placeholder("entries", FLOAT32, shape(UNKNOWN));
        Tensor rows = graph.placeholder("rows", FLOAT32, shape(UNKNOWN, 2));
        Tensor one = graph.placeholder("one", FLOAT32, shape(1, 2));
        LinearOperator unknown = LinearOperator.diag(entries);
        Tensor ofRows = unknown.matmul(rows);
        Tensor ofOne = unknown.matmul(one);
        for (Backend backend : List.of(Backend.EVAL, Backend.LLVM)) {
            try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(backend))) {
                NDArray three = NDArray.of(new float[] {1, 2, 3}, 3);
                NDArray single = NDArray.of(new float[] {1, 2}, 1, 2);
                assertThatThrownBy(() -> session.run(feed(entries, three).and(rows, single), fetch(ofRows)))
                        .isInstanceOf(GraphException.class);
                assertThatThrownBy(() -> session.run(feed(entries, three).and(one, single), fetch(ofOne)))
                        .isInstanceOf(GraphException.class);
                assertThat(session.run(feed(entries, NDArray.of(new float[] {3}, 1)).and(one, single), fetch(ofOne))
                        .get(ofOne).toFloatArray()).containsExactly(3, 6);
            }
        }
    }

    @Test
    void failuresLeaveNothing() {
        int before = graph.toString().length();
        refused(() -> diag.matmul(Ops.zeros(FLOAT32, shape(2, 2))), "differ: 2, 3");
        assertThat(graph.toString()).hasSize(before);
    }
}
