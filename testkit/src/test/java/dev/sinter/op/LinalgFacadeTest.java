package dev.sinter.op;

import static dev.sinter.graph.Ops.reduceSum;

import dev.sinter.graph.ConjugateGradients;
import dev.sinter.graph.ConjugateGradients.Options;
import dev.sinter.graph.DiagonalOptions;
import dev.sinter.graph.DiagonalOptions.Align;
import dev.sinter.graph.Linalg;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.stream.Stream;

/** The methods of linear algebra that need no decomposition. */
final class LinalgFacadeTest extends FacadeTest {
    private static final DiagonalOptions BAND = DiagonalOptions.DEFAULT.withBand(-2, 1).withPadding(7);

    LinalgFacadeTest() {
        super("linalg", Stream.of(products(), einsums(), diagonals(), norms()).flatMap(List::stream).toList());
    }

    private static List<Row> products() {
        return List.of(
                Row.of("matmul_adjoint", in -> Linalg.matmul(in.get(0), in.get(1), true, true)),
                Row.of("matvec", in -> Linalg.matvec(in.get(0), in.get(1))),
                Row.of("matvec_transposed", in -> Linalg.matvec(in.get(0), in.get(1), true)),
                Row.of("tensordot", in -> Linalg.tensordot(in.get(0), in.get(1), 2)),
                Row.of("tensordot_none", in -> Linalg.tensordot(in.get(0), in.get(1), 0)),
                Row.of("kron", in -> Linalg.kron(in.get(0), in.get(1))),
                Row.of("cross", in -> Linalg.cross(in.get(0), in.get(1))),
                Row.of("tridiagonal_matmul", in -> Linalg.tridiagonalMatmul(in.get(0), in.get(1))),
                conjugate("", Options.DEFAULT.withTolerance(0).withMostSteps(2)),
                conjugate("_ends", Options.DEFAULT.withTolerance(0.05)),
                new Row("conjugate_gradient_conditioned", in -> found(in, Options.DEFAULT.withTolerance(0)
                        .withMostSteps(2).withStart(in.get(2)).withPreconditioner(v -> v.times(in.get(3))))));
    }

    private static Row conjugate(String word, Options options) {
        return new Row("conjugate_gradient" + word, in -> found(in, options));
    }

    /** Solutions for the matrix {@code factor factor^T + 2}. */
    private static List<Tensor> found(List<Tensor> in, Options options) {
        Tensor factor = in.get(0);
        ConjugateGradients all = Linalg.conjugateGradient(
                v -> Linalg.matvec(factor, Linalg.matvec(factor, v, true)).plus(v.times(2)), in.get(1), options);
        return List.of(all.x(), all.residual(), all.steps());
    }

    private static List<Row> einsums() {
        return List.of(einsum("trace", "ii->"), einsum("diagonal", "bii->bi"), einsum("implicit", "ij,jk"),
                einsum("transposed", "ij->ji"), einsum("chain", "ij,jk,kl->il"), einsum("chain4", "ij,jk,kl,l->i"),
                einsum("dots", "...ij,...jk->...ik"), einsum("dots_implicit", "...ij, jk"),
                einsum("dots_moved", "i...->...i"), einsum("outer", "i,j->ij"), einsum("elementwise", "ij,ij->ij"),
                einsum("summed", "ij,kl->"), einsum("bilinear", "bi,ijk,bk->bj"), einsum("spread", "i->ii"));
    }

    private static Row einsum(String name, String equation) {
        return Row.of("einsum_" + name, in -> Linalg.einsum(equation, in.toArray(Operand[]::new)));
    }

    private static List<Row> diagonals() {
        DiagonalOptions plain = DiagonalOptions.DEFAULT;
        return List.of(
                Row.of("band_part10", in -> Linalg.bandPart(in.get(0), 1, 0)),
                Row.of("band_partm11", in -> Linalg.bandPart(in.get(0), -1, 1)),
                Row.of("band_part0m1", in -> Linalg.bandPart(in.get(0), 0, -1)),
                Row.of("diag", in -> Linalg.diag(in.get(0))),
                Row.of("diag_upper", in -> Linalg.diag(in.get(0), plain.withDiagonal(1))),
                Row.of("diag_band", in -> Linalg.diag(three(in.get(0)), plain.withBand(-1, 1).withPadding(9))),
                Row.of("diag_sized", in -> Linalg.diag(in.get(0), plain.withBand(-1, 2).withSize(3, 5)
                        .withAlign(Align.LEFT_RIGHT))),
                Row.of("diag_part", in -> Linalg.diagPart(in.get(0))),
                Row.of("diag_part_lower", in -> Linalg.diagPart(in.get(0), plain.withDiagonal(-2))),
                Row.of("diag_part_right_left", in -> Linalg.diagPart(in.get(0), BAND)),
                Row.of("diag_part_left_right", in -> Linalg.diagPart(in.get(0), BAND.withAlign(Align.LEFT_RIGHT))),
                Row.of("diag_part_left_left", in -> Linalg.diagPart(in.get(0), BAND.withAlign(Align.LEFT_LEFT))),
                Row.of("diag_part_right_right", in -> Linalg.diagPart(in.get(0), BAND.withAlign(Align.RIGHT_RIGHT))),
                Row.of("set_diag", in -> Linalg.setDiag(in.get(0), in.get(1))),
                Row.of("set_diag_band", in -> Linalg.setDiag(in.get(0), three(in.get(1)), plain.withBand(-1, 1)
                        .withAlign(Align.LEFT_LEFT))),
                Row.of("tensor_diag", in -> Linalg.tensorDiag(in.get(0))),
                Row.of("tensor_diag_part", in -> Linalg.tensorDiagPart(in.get(0))),
                Row.of("trace", in -> Linalg.trace(in.get(0))),
                Row.of("eye", in -> Ops.add(in.get(0), Linalg.eye(in.get(0).dtype(), in.get(0).shape()))));
    }

    /** Three diagonals of each matrix of a batch, whose number must be known. */
    private static Tensor three(Tensor x) {
        return Ops.reshape(x, Shape.of(x.dim(0), Dim.of(3), x.dim(2)));
    }

    private static List<Row> norms() {
        return List.of(
                Row.of("norm", in -> Linalg.norm(in.get(0))),
                Row.of("norm_axis", in -> Linalg.norm(in.get(0), 1)),
                norm("norm_1", 1, false, -1),
                norm("norm_3", 3, false, 0),
                norm("norm_half", 0.5, false),
                norm("norm_infinite", Double.POSITIVE_INFINITY, true, 1),
                norm("norm_least", Double.NEGATIVE_INFINITY, false, 1),
                norm("norm_matrix_1", 1, false, 0, 1),
                norm("norm_matrix_infinite", Double.POSITIVE_INFINITY, false, 1, 2),
                Row.of("normalize", in -> Linalg.normalize(in.get(0), 1)),
                Row.of("norm_gradient", in -> gradient(Linalg.norm(in.get(0)), in.get(0))),
                Row.of("norm_3_gradient", in -> gradient(Linalg.norm(in.get(0), 3, new int[0], false), in.get(0))),
                Row.of("norm_half_gradient",
                        in -> gradient(Linalg.norm(in.get(0), 0.5, new int[] {0}, false), in.get(0))),
                Row.of("normalize_gradient", in -> gradient(Linalg.normalize(in.get(0)), in.get(0))));
    }

    private static Row norm(String name, double order, boolean keepAxes, int... axes) {
        return Row.of(name, in -> Linalg.norm(in.get(0), order, axes, keepAxes));
    }

    private static Tensor gradient(Tensor y, Tensor x) {
        return Ops.gradients(reduceSum(y), x).of(x);
    }
}
