package dev.sinter.op;

import static dev.sinter.graph.Ops.add;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.multiply;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.graph.Ops.subtract;

import dev.sinter.graph.Complex;
import dev.sinter.graph.Linalg;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.linalg.Decompositions;
import dev.sinter.linalg.Eig;
import dev.sinter.linalg.Eigh;
import dev.sinter.linalg.Lu;
import dev.sinter.linalg.Qr;
import dev.sinter.linalg.Schur;
import dev.sinter.linalg.Slogdet;
import dev.sinter.linalg.Svd;
import java.util.List;
import java.util.stream.Stream;

/** The functions of matrices of module linalg. */
final class DecompositionsFacadeTest extends FacadeTest {
    DecompositionsFacadeTest() {
        super("decompositions", Stream.of(factors(), systems(), functions()).flatMap(List::stream).toList());
    }

    private static List<Row> factors() {
        return List.of(
                Row.of("cholesky", in -> Decompositions.cholesky(symmetric(in.get(0)))),
                Row.of("cholesky_gradient", in -> gradient(Decompositions.cholesky(in.get(0)), in)),
                Row.of("cholesky_solve", in -> Decompositions.choleskySolve(in.get(0), in.get(1))),
                new Row("lu", in -> {
                    Lu lu = Decompositions.lu(in.get(0));
                    return List.of(lu.lu(), lu.p());
                }),
                Row.of("lu_solve", in -> Decompositions.luSolve(Decompositions.lu(in.get(0)), in.get(1))),
                Row.of("lu_matrix_inverse", in -> Decompositions.luMatrixInverse(Decompositions.lu(in.get(0)))),
                Row.of("lu_reconstruct", in -> Decompositions.luReconstruct(Decompositions.lu(in.get(0)))),
                new Row("qr", in -> factors(Decompositions.qr(in.get(0)))),
                new Row("qr_full", in -> factors(Decompositions.qr(in.get(0), true))),
                new Row("qr_full_tall", in -> {
                    Qr qr = Decompositions.qr(in.get(0), true);
                    return List.of(Ops.expandDims(Ops.abs(Linalg.matmul(matmul(qr.q(), qr.r()), in.get(0), true,
                            false)), 0));
                }),
                new Row("svd", in -> factors(Decompositions.svd(in.get(0)))),
                new Row("svd_full", in -> factors(Decompositions.svd(in.get(0), true))),
                Row.of("svd_full_wide", in -> {
                    Svd svd = Decompositions.svd(in.get(0), true);
                    Tensor values = Linalg.setDiag(Ops.zerosLike(in.get(0)), svd.s());
                    return Linalg.matmul(matmul(svd.u(), values), svd.v(), false, true);
                }),
                Row.of("singular_values", in -> Decompositions.singularValues(in.get(0))),
                new Row("eigh", in -> factors(Decompositions.eigh(in.get(0)))),
                Row.of("eigh_gradient", in -> gradient(Decompositions.eigvalsh(in.get(0)), in)),
                Row.of("eigvalsh", in -> Decompositions.eigvalsh(in.get(0))),
                new Row("eigh_tridiagonal", in -> factors(Decompositions.eighTridiagonal(in.get(0), in.get(1)))),
                Row.of("eigvalsh_tridiagonal", in -> Decompositions.eigvalshTridiagonal(in.get(0), in.get(1))),
                new Row("eigvals", in -> powerSums(Decompositions.eigvals(in.get(0)))),
                new Row("eig", in -> residuals(in.get(0), Decompositions.eig(in.get(0)))),
                new Row("eig_rows", in -> {
                    Eig eig = Decompositions.eig(in.get(0));
                    return List.of(eig.values().real(), eig.values().imag(), eig.vectors().real(),
                            eig.vectors().imag());
                }),
                new Row("schur", in -> {
                    Schur schur = Decompositions.schur(in.get(0));
                    Tensor product = Linalg.matmul(matmul(schur.z(), schur.t()), schur.z(), false, true);
                    Tensor below = subtract(schur.t(), Linalg.bandPart(schur.t(), 1, -1));
                    return List.of(product, below, Linalg.matmul(schur.z(), schur.z(), true, false));
                }));
    }

    private static Tensor symmetric(Tensor x) {
        return add(x, Linalg.matrixTranspose(x)).times(0.5);
    }

    /** The gradient, with respect to the first operand, of a result times the second. */
    private static Tensor gradient(Tensor result, List<Tensor> in) {
        return Ops.gradients(reduceSum(multiply(result, in.get(1))), in.get(0)).of(in.get(0));
    }

    private static List<Tensor> factors(Qr qr) {
        return List.of(qr.q(), qr.r());
    }

    private static List<Tensor> factors(Svd svd) {
        return List.of(svd.s(), svd.u(), svd.v());
    }

    private static List<Tensor> factors(Eigh eigh) {
        return List.of(eigh.values(), eigh.vectors());
    }

    /** The sums of the first, second and third powers of complex numbers whose imaginary parts cancel. */
    private static List<Tensor> powerSums(Complex numbers) {
        Tensor x = numbers.real();
        Tensor y = numbers.imag();
        Tensor xx = square(x);
        Tensor yy = square(y);
        return List.of(reduceSum(x, -1), reduceSum(subtract(xx, yy), -1),
                reduceSum(multiply(x, subtract(xx, yy.times(3))), -1));
    }

    /** How far A V is from V W, and the lengths of the vectors. */
    private static List<Tensor> residuals(Tensor a, Eig eig) {
        Tensor w = Ops.expandDims(eig.values().real(), -2);
        Tensor u = Ops.expandDims(eig.values().imag(), -2);
        Tensor x = eig.vectors().real();
        Tensor y = eig.vectors().imag();
        return List.of(subtract(matmul(a, x), subtract(multiply(x, w), multiply(y, u))),
                subtract(matmul(a, y), add(multiply(x, u), multiply(y, w))),
                reduceSum(add(square(x), square(y)), -2));
    }

    private static List<Row> systems() {
        return List.of(
                Row.of("solve", in -> Decompositions.solve(in.get(0), in.get(1))),
                Row.of("solve_adjoint", in -> Decompositions.solve(in.get(0), in.get(1), true)),
                Row.of("triangular_solve", in -> Decompositions.triangularSolve(in.get(0), in.get(1), true)),
                Row.of("triangular_solve_upper_adjoint",
                        in -> Decompositions.triangularSolve(in.get(0), in.get(1), false, true)),
                Row.of("banded_triangular_solve", in -> Decompositions.bandedTriangularSolve(in.get(0),
                        in.get(1), true, false)),
                Row.of("tridiagonal_solve", in -> Decompositions.tridiagonalSolve(in.get(0), in.get(1))),
                Row.of("sylvester", in -> Decompositions.sylvester(in.get(0), in.get(1), in.get(2))),
                Row.of("lstsq", in -> Decompositions.lstsq(in.get(0), in.get(1))),
                Row.of("lstsq_regularized", in -> Decompositions.lstsq(in.get(0), in.get(1), 0.5, true)),
                Row.of("lstsq_by_pinv", in -> Decompositions.lstsq(in.get(0), in.get(1), 0, false)),
                Row.of("inv", in -> Decompositions.inv(in.get(0))),
                Row.of("inv_adjoint", in -> Decompositions.inv(in.get(0), true)),
                Row.of("pinv", in -> Decompositions.pinv(in.get(0))),
                Row.of("pinv_rcond", in -> Decompositions.pinv(in.get(0), 0.5)));
    }

    private static List<Row> functions() {
        return List.of(
                Row.of("det", in -> Decompositions.det(in.get(0))),
                Row.of("det_gradient", in -> Ops.gradients(Decompositions.det(in.get(0)), in.get(0)).of(in.get(0))),
                new Row("slogdet", in -> {
                    Slogdet slogdet = Decompositions.slogdet(in.get(0));
                    return List.of(slogdet.sign(), slogdet.logAbsDeterminant());
                }),
                Row.of("logdet", in -> Decompositions.logdet(symmetric(in.get(0)))),
                Row.of("matrix_rank", in -> Decompositions.matrixRank(in.get(0))),
                Row.of("matrix_rank_tolerance", in -> Decompositions.matrixRank(in.get(0), 0.5)),
                Row.of("expm", in -> Decompositions.expm(in.get(0))),
                Row.of("logm", in -> Decompositions.logm(in.get(0))),
                Row.of("sqrtm", in -> Decompositions.sqrtm(in.get(0))),
                Row.of("spectral_norm", in -> Decompositions.spectralNorm(in.get(0))),
                Row.of("nuclear_norm", in -> Decompositions.nuclearNorm(in.get(0))),
                Row.of("cond", in -> Decompositions.cond(in.get(0))));
    }
}
