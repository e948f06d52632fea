package dev.sinter.error;

import static dev.sinter.tensor.DType.BOOL;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.INT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.graph.ConjugateGradients;
import dev.sinter.graph.DiagonalOptions;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Linalg;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.op.ReduceFn;
import dev.sinter.tensor.GraphException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What wrong operands of linear algebra are told. */
class LinalgErrorsTest {
    private final Graph graph = new Graph();
    private final Tensor matrix = graph.placeholder("matrix", FLOAT32, shape(UNKNOWN, 3));
    private final Tensor vector = graph.placeholder("vector", FLOAT32, shape(4));
    private final Tensor square = graph.placeholder("square", FLOAT32, shape(4, 4));
    private final Tensor integers = graph.placeholder("integers", INT32, shape(4, 4));
    private final Tensor flags = graph.placeholder("flags", BOOL, shape(4, 4));

    private static void refused(Supplier<?> call, String message) {
        assertThatThrownBy(call::get).isInstanceOf(GraphException.class).hasMessageContaining(message)
                .hasMessageContaining("at LinalgErrorsTest.java:");
    }

    @Test
    void equations() {
        refused(() -> Linalg.einsum("ij,jk->ik", matrix), "einsum: \"ij,jk->ik\": it has 2 operands, 1 are given");
        refused(() -> Linalg.einsum("ijk->i", matrix), "\"ijk\" does not name the axes of x float32[?,3]");
        refused(() -> Linalg.einsum("...i...->i", matrix), "\"...i...\" does not name the axes");
        refused(() -> Linalg.einsum("i.j->i", matrix), "\"i.j\" does not name the axes");
        refused(() -> Linalg.einsum("ij->ik", matrix), "the result has the letter k, which no operand has");
        refused(() -> Linalg.einsum("ij,j->i", matrix, vector), "sizes of j differ: x float32[?,3] axis 1 is 3, y"
                + " float32[4] axis 0 is 4");
        refused(() -> Linalg.einsum("ij->", flags), "numbers are needed, not x bool[4,4]; cast(...) it");
        refused(() -> Linalg.einsum("ij,ij->ij", square, integers), "dtypes differ");
    }

    @Test
    void products() {
        refused(() -> Linalg.matvec(matrix, vector), "matvec: contracted sizes differ");
        refused(() -> Linalg.matvec(vector, vector), "matvec: matrices are needed");
        refused(() -> Linalg.kron(square, vector), "kron: a matrix is needed: y float32[4]");
        refused(() -> Linalg.cross(vector, vector), "cross: three elements along the last axis are needed");
        refused(() -> Linalg.tridiagonalMatmul(square, square), "tridiagonal_matmul: three diagonals");
        Tensor open = graph.placeholder("open", FLOAT32, shape(UNKNOWN, 1));
        refused(() -> Linalg.tridiagonalMatmul(open, open), "the lengths of the diagonals and of x differ");
        refused(() -> Linalg.norm(integers), "norm: x int32[4,4] is not of a float dtype; cast(...) it");
        refused(() -> Linalg.norm(square, -1, new int[] {0}, false), "the order of a norm is greater than 0, not -1.0");
        refused(() -> Linalg.norm(square, 2, new int[] {0, 1}, false), "that of order 2 is spectralNorm(...)");
        refused(() -> Linalg.norm(square, 1, new int[] {2}, false), "axis 2 is outside of x float32[4,4]");
    }

    @Test
    void diagonals() {
        DiagonalOptions plain = DiagonalOptions.DEFAULT;
        refused(() -> Linalg.diagPart(vector), "diag_part: a matrix is needed: x float32[4]");
        refused(() -> Linalg.diagPart(square, plain.withDiagonal(4)), "diagonals 4 to 4 do not lie in x float32[4,4]");
        refused(() -> Linalg.diag(square, plain.withBand(-1, 1)), "diag: x float32[4,4] axis 0 must be 3, the number of"
                + " diagonals from -1 to 1");
        refused(() -> Linalg.diag(vector, plain.withSize(3, 3)),
                "axis 0 must be 3, the length of the longest diagonal");
        refused(() -> Linalg.setDiag(square, square), "set_diag: leading axes differ");
        refused(() -> Linalg.tensorDiagPart(vector), "tensor_diag_part: an even number of axes");
        refused(() -> Linalg.tensorDiagPart(graph.placeholder("other", FLOAT32, shape(2, 3))),
                "the first half of the sizes differs from the second");
        refused(() -> Linalg.trace(flags), "trace: x bool[4,4] is not numeric");
        assertThatThrownBy(() -> plain.withBand(1, 0)).hasMessageStartingWith(
                "diagonal_options: the lowest diagonal, 1, is above the highest, 0\n  at LinalgErrorsTest.java");
        assertThatThrownBy(() -> Linalg.eye(FLOAT32, shape(3)))
                .hasMessageContaining("eye: rows and columns are needed");
    }

    @Test
    void conjugateGradients() {
        Tensor sides = graph.placeholder("sides", FLOAT32, shape(2, 4));
        refused(() -> Linalg.conjugateGradient(v -> Ops.reduce(ReduceFn.SUM, v, new int[] {-1}, true), sides),
                "the matrices must give vectors float32[2,4], not float32[2,1]");
        refused(() -> Linalg.conjugateGradient(v -> Ops.reduce(ReduceFn.SUM, v, new int[] {0}, true), sides),
                "the matrices must give vectors float32[2,4], not float32[1,4]");
        refused(() -> Linalg.conjugateGradient(v -> Ops.reduceSum(v, -1), sides),
                "the matrices must give vectors float32[2,4], not float32[2]");
        ConjugateGradients.Options plain = ConjugateGradients.Options.DEFAULT;
        refused(() -> Linalg.conjugateGradient(v -> v, sides, plain.withPreconditioner(v -> Ops.slice(v,
                new long[] {0, 0}, new long[] {2, 1}))),
                "the preconditioner must give vectors float32[2,4], not float32[2,1]");
        refused(() -> Linalg.conjugateGradient(v -> v, sides, plain.withStart(Ops.zeros(FLOAT32, shape(2, 1)))),
                "the start must give vectors float32[2,4], not float32[2,1]");
    }
}
