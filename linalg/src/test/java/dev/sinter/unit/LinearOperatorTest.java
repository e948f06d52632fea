package dev.sinter.unit;

import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.runtime.Fetch.fetch;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.graph.Control;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.linalg.Decompositions;
import dev.sinter.linalg.LinearOperator;
import dev.sinter.linalg.LinearOperator.Hint;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What linear operators know of their structure, what becomes simpler, and what their products then are. */
class LinearOperatorTest {
    private final Graph graph = new Graph();
    private final LinearOperator diag = LinearOperator.diag(vector(2, -4), Hint.NON_SINGULAR);
    private final LinearOperator scaled = LinearOperator.scaledIdentity(graph.constant(3.0), 2,
            Hint.POSITIVE_DEFINITE);
    private final LinearOperator lower = LinearOperator.lowerTriangular(graph.constant(new double[][] {{1, 9}, {2, 4}}),
            Hint.NON_SINGULAR);
    private final LinearOperator full = LinearOperator.fullMatrix(graph.constant(new double[][] {{1, 2}, {3, 4}}));
    private final LinearOperator identity = LinearOperator.identity(graph, FLOAT64, shape(2, 2));
    private final LinearOperator zeros = LinearOperator.zeros(graph, FLOAT64, shape(2, 2));

    private Tensor vector(double... values) {
        return graph.constant(values);
    }

    private double[] run(Tensor result) {
        double[] expected = run(Backend.EVAL, result);
        assertThat(run(Backend.LLVM, result)).containsExactly(expected, within(1e-14));
        return expected;
    }

    private double[] run(Backend backend, Tensor result) {
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(backend))) {
            return session.run(fetch(result)).get(result).toDoubleArray();
        }
    }

    /** A product has a structure, and the elements of the product of both matrices. */
    private LinearOperator product(LinearOperator x, LinearOperator y, String structure) {
        LinearOperator product = x.matmul(y);
        assertThat(product.toString()).startsWith("LinearOperator(\"" + structure + "\", ");
        assertThat(run(product.toDense())).containsExactly(run(Ops.matmul(x.toDense(), y.toDense())), within(1e-14));
        return product;
    }

    @Test
    void productsThatHaveAStructure() {
        assertThat(product(diag, diag, "diag").hints()).contains(Hint.NON_SINGULAR, Hint.SELF_ADJOINT);
        assertThat(product(diag, scaled, "diag").hints()).doesNotContain(Hint.POSITIVE_DEFINITE);
        product(scaled, diag, "diag");
        assertThat(product(scaled, scaled, "scaled_identity").hints()).contains(Hint.POSITIVE_DEFINITE);
        product(diag, lower, "lower_triangular");
        product(lower, diag, "lower_triangular");
        assertThat(identity.matmul(full)).isSameAs(full);
        assertThat(full.matmul(identity)).isSameAs(full);
        product(zeros, full, "zeros");
        product(full, zeros, "zeros");
        product(full, lower, "[full_matrix, lower_triangular]");
        product(full.matmul(lower), diag.matmul(full), "[full_matrix, lower_triangular, diag, full_matrix]");
    }

    @Test
    void aBatchOfIdentitiesIsNotLost() {
        LinearOperator many = LinearOperator.identity(graph, FLOAT64, shape(3, 2, 2));
        assertThat(product(many, full, "[identity, full_matrix]").shape()).isEqualTo(shape(3, 2, 2));
        assertThat(many.matmul(vector(1, 2, 3, 4, 5, 6).graph().tensor(Ops.ones(FLOAT64, shape(2, 5)))).shape())
                .isEqualTo(shape(3, 2, 5));
    }

    @Test
    void inversesAndTransposes() {
        assertThat(full.inverse().inverse()).isSameAs(full);
        assertThat(lower.adjoint().adjoint()).isSameAs(lower);
        assertThat(diag.adjoint()).isSameAs(diag);
        assertThat(identity.inverse()).isSameAs(identity);
        assertThat(diag.inverse().toString()).isEqualTo("LinearOperator(\"diag\", shape=(2, 2), dtype=float64,"
                + " hints=[NON_SINGULAR, SELF_ADJOINT, SQUARE])");
        assertThat(run(diag.inverse().diagPart())).containsExactly(0.5, -0.25);
        assertThat(run(diag.solve(scaled).toDense())).containsExactly(1.5, 0, 0, -0.75);
        assertThat(diag.solve(scaled).toString()).contains("\"diag\"");
        assertThat(full.solve(lower).toString()).contains("[inverse of full_matrix, lower_triangular]");
        assertThat(full.matmul(lower).inverse().toString())
                .contains("[inverse of lower_triangular, inverse of full_matrix]");
        assertThat(lower.matmul(full).adjoint().toString()).contains("[full_matrix, adjoint of lower_triangular]");
        LinearOperator permutation = LinearOperator.permutation(graph.constant(new int[] {2, 0, 1}), FLOAT32);
        Tensor there = permutation.matvec(graph.constant(new float[] {5, 6, 7}));
        assertThat(run(Ops.cast(there, FLOAT64))).containsExactly(7, 5, 6);
        assertThat(run(Ops.cast(permutation.inverse().matvec(there), FLOAT64))).containsExactly(5, 6, 7);
    }

    @Test
    void blocksStayBlocks() {
        LinearOperator blocks = LinearOperator.blockDiag(List.of(diag, full));
        product(blocks, LinearOperator.blockDiag(List.of(diag, lower)),
                "block_diag [diag, [full_matrix, lower_triangular]]");
        product(blocks, LinearOperator.diag(vector(1, 2, 3, 4)), "[block_diag [diag, full_matrix], diag]");
        assertThat(blocks.inverse().toString()).contains("block_diag [diag, inverse of full_matrix]");
        assertThat(blocks.adjoint().toString()).contains("block_diag [diag, full_matrix]");
        LinearOperator kronecker = LinearOperator.kronecker(List.of(diag, lower));
        assertThat(kronecker.inverse().toString()).contains("kronecker [diag, inverse of lower_triangular]");
        assertThat(kronecker.hints()).contains(Hint.NON_SINGULAR);
        assertThat(LinearOperator.kronecker(List.of(full, full)).hints()).containsExactly(Hint.SQUARE);
        assertThat(run(LinearOperator.kronecker(List.of(full, full)).determinant())).containsExactly(new double[] {16},
                within(1e-13));
    }

    @Test
    void circulantsOfOneRing() {
        LinearOperator ring = LinearOperator.circulant(vector(6, 4, 2, 4));
        assertThat(run(ring.toDense())).containsExactly(new double[] {4, 1, 0, 1, 1, 4, 1, 0, 0, 1, 4, 1, 1, 0, 1, 4},
                within(1e-14));
        assertThat(product(ring, ring, "circulant").hints()).contains(Hint.SELF_ADJOINT);
        product(ring, LinearOperator.circulant2d(Ops.reshape(vector(6, 4, 2, 4), shape(2, 2))),
                "[circulant, circulant2d]");
        assertThat(ring.inverse().toString()).contains("\"circulant\"");
        assertThat(LinearOperator.toeplitz(vector(1, 2), vector(1, 3)).adjoint().toString()).contains("\"toeplitz\"");
    }

    @Test
    void updatesOfDefiniteOperatorsAreDefinite() {
        LinearOperator base = LinearOperator.diag(vector(1, 2), Hint.POSITIVE_DEFINITE);
        Tensor u = graph.constant(new double[][] {{1}, {2}});
        assertThat(LinearOperator.lowRankUpdate(base, u).hints()).contains(Hint.SELF_ADJOINT, Hint.POSITIVE_DEFINITE);
        LinearOperator middle = LinearOperator.diag(vector(-1));
        assertThat(LinearOperator.lowRankUpdate(base, u, middle).hints()).contains(Hint.SELF_ADJOINT)
                .doesNotContain(Hint.POSITIVE_DEFINITE);
        assertThat(LinearOperator.lowRankUpdate(base, u, middle, u).hints()).containsExactly(Hint.SQUARE);
        assertThat(run(LinearOperator.lowRankUpdate(base, u, middle).toDense())).containsExactly(0, -2, -2, -2);
    }

    @Test
    void hintsThatFollow() {
        assertThat(LinearOperator.diag(vector(1, 2), Hint.POSITIVE_DEFINITE).hints()).contains(Hint.NON_SINGULAR);
        assertThat(lower.matmul(lower.adjoint()).hints()).contains(Hint.SELF_ADJOINT, Hint.POSITIVE_DEFINITE);
        assertThat(full.matmul(full.adjoint()).hints()).doesNotContain(Hint.SELF_ADJOINT);
        assertThat(lower.matmul(lower.adjoint()).cholesky().toString()).contains("\"lower_triangular\"");
        assertThat(LinearOperator.diag(vector(4, 9), Hint.POSITIVE_DEFINITE).cholesky().toString()).contains("diag");
    }

    /** The example of the class: twice the negative logarithm of a normal density, without its constant. */
    @Test
    void theExample() {
        Tensor noise = vector(1, 2, 3);
        Tensor directions = graph.constant(new double[][] {{1}, {0}, {-1}});
        Tensor residual = vector(2, -1, 0.5);
        LinearOperator covariance = LinearOperator.lowRankUpdate(
                LinearOperator.diag(noise, Hint.POSITIVE_DEFINITE), directions);
        Tensor whitened = covariance.solvevec(residual);
        Tensor loss = Ops.reduceSum(residual.times(whitened), -1).plus(covariance.logAbsDeterminant());
        Tensor dense = covariance.toDense();
        Tensor expected = Ops.reduceSum(residual.times(Ops.squeeze(Decompositions.solve(dense,
                Ops.expandDims(residual, -1)), -1)), -1).plus(Decompositions.logdet(dense));
        assertThat(run(dense)).containsExactly(2, 0, -1, 0, 2, 0, -1, 0, 4);
        assertThat(run(loss)).containsExactly(run(expected), within(1e-14));
    }

    /** Of unknown sizes too, where a run finds them equal, also in the body of a loop. */
    @Test
    void sizesThatARunFinds() {
        Tensor matrices = graph.placeholder("matrices", FLOAT64, shape(UNKNOWN, UNKNOWN, UNKNOWN));
        Tensor entries = graph.placeholder("entries", FLOAT64, shape(UNKNOWN));
        LinearOperator operator = LinearOperator.diag(entries)
                .matmul(LinearOperator.identity(graph, FLOAT64, Shape.of(entries.dim(0), entries.dim(0))));
        Tensor all = Control.mapFn(matrices, each -> operator.matmul(each).plus(operator.determinant()));
        NDArray values = NDArray.of(new double[] {1, 2, 3, 4, 5, 6, 7, 8}, 2, 2, 2);
        for (Backend backend : List.of(Backend.EVAL, Backend.LLVM)) {
            try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(backend))) {
                assertThat(session.run(feed(matrices, values).and(entries, NDArray.of(new double[] {2, 3}, 2)),
                        fetch(all)).get(all).toDoubleArray()).containsExactly(8, 10, 15, 18, 16, 18, 27, 30);
            }
        }
    }

    @Test
    void halfFloats() {
        for (DType dtype : List.of(DType.FLOAT16, DType.BFLOAT16)) {
            LinearOperator half = LinearOperator.diag(Ops.cast(vector(2, 4), dtype), Hint.POSITIVE_DEFINITE);
            assertThat(half.dtype()).isEqualTo(dtype);
            assertThat(run(Ops.cast(half.solvevec(graph.tensor(Ops.ones(dtype, shape(2)))), FLOAT64)))
                    .containsExactly(0.5, 0.25);
        }
    }
}
