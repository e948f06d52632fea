package dev.sinter.op;

import dev.sinter.graph.Complex;
import dev.sinter.graph.Index;
import dev.sinter.graph.Linalg;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Signal;
import dev.sinter.graph.Tensor;
import dev.sinter.linalg.LinearOperator;
import dev.sinter.linalg.LinearOperator.Hint;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

/** Linear operators of module linalg; the last operand of each case is what they act on. */
final class OperatorsFacadeTest extends FacadeTest {
    OperatorsFacadeTest() {
        super("operators", Stream.of(parts(), joined(), blocks(), updates(), rings()).flatMap(List::stream).toList());
    }

    private static Row row(String name, Function<List<Tensor>, LinearOperator> make,
            BiFunction<LinearOperator, Tensor, List<Tensor>> results) {
        return new Row(name, in -> results.apply(make.apply(in), in.getLast()));
    }

    private static List<Row> parts() {
        return List.of(
                row("diag", in -> LinearOperator.diag(in.get(0)), OperatorsFacadeTest::symmetric),
                row("diag_definite", in -> LinearOperator.diag(in.get(0), Hint.POSITIVE_DEFINITE),
                        OperatorsFacadeTest::definite),
                row("identity", in -> LinearOperator.identity(in.get(0).graph(), in.get(0).dtype(),
                        Shape.of(Dim.of(2), in.get(0).dim(-2), in.get(0).dim(-2))),
                        OperatorsFacadeTest::definite),
                row("scaled_identity", in -> LinearOperator.scaledIdentity(in.get(0), in.get(1).dim(-2)),
                        OperatorsFacadeTest::symmetric),
                row("scaled_identity_definite", in -> LinearOperator.scaledIdentity(in.get(0), in.get(1).dim(-2),
                        Hint.POSITIVE_DEFINITE), OperatorsFacadeTest::definite),
                row("zeros", in -> LinearOperator.zeros(in.get(0).graph(), in.get(0).dtype(), Shape.shape(2, 3, 2)),
                        (a, x) -> List.of(a.matmul(x), a.matmul(Linalg.matrixTranspose(x), false, true), a.diagPart(),
                                a.toDense(), a.addToTensor(Ops.ones(x.dtype(), Shape.shape(3, 2))))),
                row("zeros_square", in -> LinearOperator.zeros(in.get(0).graph(), in.get(0).dtype(),
                        Shape.shape(3, 3)), (a, x) -> List.of(a.matmul(x), a.determinant(), a.trace(), a.diagPart(),
                                a.toDense())),
                row("full_matrix", in -> LinearOperator.fullMatrix(in.get(0)), OperatorsFacadeTest::whole),
                row("full_matrix_wide", in -> LinearOperator.fullMatrix(in.get(0)), OperatorsFacadeTest::products),
                row("full_matrix_definite", in -> LinearOperator.fullMatrix(in.get(0), Hint.SELF_ADJOINT,
                        Hint.POSITIVE_DEFINITE), OperatorsFacadeTest::definite),
                row("lower_triangular", in -> LinearOperator.lowerTriangular(in.get(0)), OperatorsFacadeTest::whole),
                row("tridiag", in -> LinearOperator.tridiag(in.get(0)), OperatorsFacadeTest::whole),
                row("permutation", in -> LinearOperator.permutation(in.get(0), in.get(1).dtype()),
                        OperatorsFacadeTest::whole),
                row("householder", in -> LinearOperator.householder(in.get(0)), OperatorsFacadeTest::symmetric));
    }

    private static List<Row> joined() {
        return List.of(
                row("composition", in -> LinearOperator.composition(List.of(LinearOperator.fullMatrix(in.get(0)),
                        LinearOperator.diag(in.get(1)), LinearOperator.lowerTriangular(in.get(2)))),
                        OperatorsFacadeTest::whole),
                row("composition_tall", in -> LinearOperator.composition(List.of(LinearOperator.fullMatrix(in.get(0)),
                        LinearOperator.diag(in.get(1)))), OperatorsFacadeTest::products),
                row("composition_through_more", in -> LinearOperator.fullMatrix(in.get(0))
                        .matmul(LinearOperator.fullMatrix(in.get(1))), OperatorsFacadeTest::whole),
                row("composition_lower", in -> {
                    LinearOperator lower = LinearOperator.lowerTriangular(in.get(0), Hint.NON_SINGULAR);
                    return lower.matmul(lower.adjoint());
                }, OperatorsFacadeTest::definite),
                row("adjoint", in -> LinearOperator.lowerTriangular(in.get(0)).adjoint(), OperatorsFacadeTest::whole),
                row("adjoint_wide", in -> LinearOperator.fullMatrix(in.get(0)).adjoint(),
                        OperatorsFacadeTest::products),
                row("inversion", in -> LinearOperator.tridiag(in.get(0)).inverse(), OperatorsFacadeTest::whole),
                row("inversion_symmetric", in -> LinearOperator.fullMatrix(in.get(0), Hint.SELF_ADJOINT,
                        Hint.POSITIVE_DEFINITE).inverse(), OperatorsFacadeTest::definite));
    }

    private static LinearOperator full(Tensor matrix, Hint... hints) {
        return LinearOperator.fullMatrix(matrix, hints);
    }

    private static LinearOperator definite(Tensor matrix) {
        return full(matrix, Hint.SELF_ADJOINT, Hint.POSITIVE_DEFINITE);
    }

    private static LinearOperator positive(Tensor diagonal) {
        return LinearOperator.diag(diagonal, Hint.POSITIVE_DEFINITE);
    }

    private static List<Row> blocks() {
        return List.of(
                row("kronecker", in -> LinearOperator.kronecker(List.of(full(in.get(0)), LinearOperator.diag(in.get(1)),
                        full(in.get(2)))), OperatorsFacadeTest::whole),
                row("kronecker_unknown", in -> LinearOperator.kronecker(List.of(full(in.get(0)),
                        LinearOperator.lowerTriangular(in.get(1)))), OperatorsFacadeTest::solutions),
                row("kronecker_wide", in -> LinearOperator.kronecker(List.of(full(in.get(0)), full(in.get(1)))),
                        OperatorsFacadeTest::products),
                row("kronecker_definite", in -> LinearOperator.kronecker(List.of(definite(in.get(0)),
                        positive(in.get(1)))), OperatorsFacadeTest::definite),
                row("block_diag", in -> LinearOperator.blockDiag(List.of(full(in.get(0)),
                        LinearOperator.diag(in.get(1)))), OperatorsFacadeTest::whole),
                row("block_diag_unknown", in -> LinearOperator.blockDiag(List.of(full(in.get(0)),
                        LinearOperator.diag(in.get(1)))), OperatorsFacadeTest::solutions),
                row("block_diag_wide", in -> LinearOperator.blockDiag(List.of(full(in.get(0)), full(in.get(1)))),
                        OperatorsFacadeTest::products),
                row("block_diag_definite", in -> LinearOperator.blockDiag(List.of(definite(in.get(0)),
                        positive(in.get(1)))), OperatorsFacadeTest::definite),
                row("block_lower_triangular", OperatorsFacadeTest::lowerBlocks, OperatorsFacadeTest::whole),
                row("block_lower_triangular_smooth", OperatorsFacadeTest::lowerBlocks, OperatorsFacadeTest::solutions),
                row("block_lower_triangular_three", in -> {
                    LinearOperator lower = LinearOperator.lowerTriangular(in.get(0));
                    return LinearOperator.blockLowerTriangular(List.of(List.of(lower), List.of(full(in.get(1)), lower),
                            List.of(full(in.get(2)), full(in.get(1)), lower)));
                }, OperatorsFacadeTest::whole));
    }

    private static LinearOperator lowerBlocks(List<Tensor> in) {
        return LinearOperator.blockLowerTriangular(List.of(List.of(full(in.get(0))),
                List.of(full(in.get(1)), LinearOperator.diag(in.get(2)))));
    }

    private static LinearOperator update(List<Tensor> in) {
        return LinearOperator.lowRankUpdate(LinearOperator.diag(in.get(0)), in.get(1), LinearOperator.diag(in.get(2)),
                in.get(3));
    }

    private static List<Row> updates() {
        return List.of(
                row("low_rank_update", OperatorsFacadeTest::update, OperatorsFacadeTest::whole),
                row("low_rank_update_smooth", OperatorsFacadeTest::update, OperatorsFacadeTest::solutions),
                row("low_rank_update_definite", in -> LinearOperator.lowRankUpdate(positive(in.get(0)), in.get(1)),
                        OperatorsFacadeTest::definite),
                row("low_rank_update_solutions", in -> LinearOperator.lowRankUpdate(positive(in.get(0)), in.get(1),
                        positive(in.get(2))), (a, x) -> List.of(a.solve(x), a.logAbsDeterminant(), a.determinant(),
                                a.matmul(x))),
                row("low_rank_update_wide", in -> LinearOperator.lowRankUpdate(full(in.get(0)), in.get(1),
                        LinearOperator.identity(in.get(0).graph(), in.get(0).dtype(), Shape.of(in.get(1).dim(-1),
                                in.get(1).dim(-1))), in.get(2)), OperatorsFacadeTest::products));
    }

    private static List<Row> rings() {
        return List.of(
                row("toeplitz", in -> LinearOperator.toeplitz(in.get(0), in.get(1)), OperatorsFacadeTest::whole),
                row("circulant", in -> LinearOperator.circulant(Signal.fft(Complex.of(in.get(0)))),
                        OperatorsFacadeTest::whole),
                row("circulant_unknown", in -> LinearOperator.circulant(Signal.fft(Complex.of(in.get(0)))),
                        OperatorsFacadeTest::solutions),
                row("circulant_real", in -> LinearOperator.circulant(in.get(0)), OperatorsFacadeTest::symmetric),
                row("circulant2d", in -> LinearOperator.circulant2d(Signal.fft2d(Complex.of(in.get(0)))),
                        OperatorsFacadeTest::whole),
                row("circulant2d_real", in -> LinearOperator.circulant2d(in.get(0)), OperatorsFacadeTest::symmetric),
                row("circulant3d", in -> LinearOperator.circulant3d(Signal.fft3d(Complex.of(in.get(0)))),
                        OperatorsFacadeTest::whole),
                row("circulant3d_real", in -> LinearOperator.circulant3d(in.get(0)), OperatorsFacadeTest::symmetric));
    }

    private static List<Tensor> solutions(LinearOperator a, Tensor x) {
        return List.of(a.matmul(x), a.matmul(x, true, false), a.solve(x), a.determinant(), a.logAbsDeterminant(),
                a.toDense());
    }

    private static Tensor firstColumn(Tensor x) {
        return Ops.slice(x, Index.ELLIPSIS, Index.at(0));
    }

    private static List<Tensor> products(LinearOperator a, Tensor x) {
        return List.of(a.matmul(x), a.matmul(Linalg.matrixTranspose(x), false, true), a.matvec(firstColumn(x)),
                a.trace(), a.diagPart(), a.toDense(), a.adjoint().toDense());
    }

    private static List<Tensor> whole(LinearOperator a, Tensor x) {
        Tensor column = firstColumn(x);
        return joined(products(a, x),
                a.matmul(x, true, false), a.matvec(column, true), a.determinant(), a.logAbsDeterminant(), a.cond(),
                a.addToTensor(x),
                a.solve(x), a.solve(x, true, false), a.solve(Linalg.matrixTranspose(x), false, true),
                a.solvevec(column), a.solvevec(column, true), a.inverse().toDense());
    }

    private static List<Tensor> symmetric(LinearOperator a, Tensor x) {
        return joined(whole(a, x), a.eigvals());
    }

    private static List<Tensor> definite(LinearOperator a, Tensor x) {
        return joined(symmetric(a, x), a.cholesky().toDense());
    }

    private static List<Tensor> joined(List<Tensor> first, Tensor... more) {
        List<Tensor> all = new ArrayList<>(first);
        all.addAll(List.of(more));
        return all;
    }
}
