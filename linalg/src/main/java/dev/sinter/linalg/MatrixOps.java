package dev.sinter.linalg;

import static dev.sinter.linalg.Operands.aligned;
import static dev.sinter.linalg.Operands.call;
import static dev.sinter.linalg.Operands.common;
import static dev.sinter.linalg.Operands.fit;
import static dev.sinter.linalg.Operands.square;
import static dev.sinter.linalg.Operands.system;

import dev.sinter.graph.DiagonalOptions;
import dev.sinter.graph.Linalg;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.List;

/** What is made of several functions of matrices. */
final class MatrixOps {
    private MatrixOps() {}

    static Tensor choleskySolve(Tensor factor, Tensor rightHandSides) {
        List<Tensor> both = system(factor, rightHandSides);
        Tensor l = both.getFirst();
        return triangular(l, triangular(l, both.getLast(), true, false), true, true);
    }

    private static Tensor triangular(Tensor a, Tensor b, boolean lower, boolean adjoint) {
        return call(new TriangularSolveFunction(lower, adjoint), List.of(a, b)).getFirst();
    }

    static Tensor luSolve(Lu lu, Tensor rightHandSides) {
        List<Tensor> both = system(lu.lu(), rightHandSides);
        Tensor factors = both.getFirst();
        Tensor b = both.getLast();
        if (b.rank() < 2 || factors.rank() < 2) {
            throw new GraphException("matrices are needed: " + factors + ", " + b);
        }
        Tensor p = aligned(lu.p(), 1, b, 2).getFirst();
        Tensor permuted = Ops.gather(b, fit(p, -1, b.dim(-2)), b.rank() - 2, b.rank() - 2);
        return triangular(factors, triangular(unitLower(factors), permuted, true, false), false, false);
    }

    /** The lower triangular factor, with its ones. */
    private static Tensor unitLower(Tensor lu) {
        return Ops.add(Linalg.bandPart(lu, -1, 0), Ops.subtract(eyeLike(lu), Linalg.bandPart(lu, 0, 0)));
    }

    /** The identity in the type of matrices. */
    static Tensor eyeLike(Tensor x) {
        return x.graph().tensor(Linalg.eye(x.dtype(), x.shape()));
    }

    static Tensor luMatrixInverse(Lu lu) {
        return luSolve(lu, eyeLike(square(lu.lu())));
    }

    static Tensor luReconstruct(Lu lu) {
        Tensor factors = lu.lu();
        Dim rows = factors.dim(-2);
        // Chooses as many rows of the upper factor as there are columns of the lower one.
        Tensor chosen = factors.graph().tensor(Linalg.eye(factors.dtype(), Shape.of(factors.dim(-1), rows)));
        Tensor product = Ops.matmul(unitLower(factors), Ops.matmul(chosen, Linalg.bandPart(factors, 0, -1)));
        Tensor p = Ops.expandDims(Ops.cast(lu.p(), DType.INT64), -1);
        Tensor each = factors.graph().tensor(Ops.range(DType.INT64, rows));
        Tensor permutation = Ops.cast(Ops.equal(p, each), factors.dtype());
        return Linalg.matmul(permutation, product, true, false);
    }

    static List<Tensor> tridiagonal(Tensor alpha, Tensor beta) {
        List<Tensor> both = aligned(alpha, 1, beta, 1);
        Tensor a = both.getFirst();
        Tensor b = both.getLast();
        if (a.rank() < 1 || b.rank() < 1) {
            return both;
        }
        return a.dim(-1).isConstant() ? List.of(a, fit(b, -1, a.dim(-1).minus(1)))
                : List.of(fit(a, -1, b.dim(-1).plus(1)), b);
    }

    static Tensor bandedTriangularSolve(Tensor x, Tensor b, boolean lower, boolean adjoint) {
        if (x.rank() < 2 || !x.dim(-2).isConstant() || x.dim(-2).constant() < 1) {
            throw new GraphException("the bands are [..., k, n] of a known k, at least 1, not "
                    + x);
        }
        long beside = x.dim(-2).constant() - 1;
        DiagonalOptions options = DiagonalOptions.DEFAULT.withAlign(DiagonalOptions.Align.LEFT_RIGHT);
        Tensor a = beside == 0 ? Linalg.diag(Ops.squeeze(x, -2))
                : Linalg.diag(x, (lower ? options.withBand(-beside, 0) : options.withBand(0, beside))
                        .withSize(x.dim(-1), x.dim(-1)));
        return Decompositions.triangularSolve(a, b, lower, adjoint);
    }

    static Tensor tridiagonalSolve(Tensor diagonals, Tensor b) {
        List<Tensor> both = aligned(diagonals, 2, b, 2);
        Tensor d = both.getFirst();
        Tensor x = both.getLast();
        if (d.rank() < 2 || x.rank() < 2) {
            throw new GraphException("diagonals [..., 3, n] and right-hand sides [..., n, k] are"
                    + " needed: " + d + ", " + x);
        }
        Dim n = common(d.dim(-1), x.dim(-2));
        return call(new TridiagonalSolveFunction(),
                List.of(fit(fit(d, -2, Dim.of(3)), -1, n), fit(x, -2, n))).getFirst();
    }

    static Tensor sylvester(Tensor first, Tensor second, Tensor third) {
        List<Tensor> ac = system(first, third);
        Tensor b = square(second);
        Tensor c = ac.getLast();
        if (c.rank() < 2 || b.rank() < 2) {
            throw new GraphException("matrices are needed: " + ac.getFirst() + ", " + b + ", " + c);
        }
        Dim columns = common(b.dim(-1), c.dim(-1));
        List<Tensor> bc = aligned(fit(fit(b, -2, columns), -1, columns), 2, fit(c, -1, columns), 2);
        List<Tensor> ab = aligned(ac.getFirst(), 2, bc.getFirst(), 2);
        return call(new SylvesterFunction(), List.of(ab.getFirst(), ab.getLast(), bc.getLast())).getFirst();
    }

    static Tensor lstsq(Tensor matrix, Tensor rightHandSides, double l2, boolean fast) {
        if (!(l2 >= 0)) {
            throw new GraphException("the regularizer is " + l2 + "; it must not be negative");
        }
        List<Tensor> both = aligned(matrix, 2, rightHandSides, 2);
        Tensor a = both.getFirst();
        Tensor b = both.getLast();
        if (a.rank() < 2 || b.rank() < 2) {
            throw new GraphException("matrices are needed: " + a + ", " + b + "; expandDims(...) adds an axis");
        }
        boolean wide = a.dim(-1).minus(a.dim(-2)).isNeverNegative();
        boolean tall = a.dim(-2).minus(a.dim(-1)).isNeverNegative();
        if (!fast || !wide && !tall && l2 == 0) {
            return Ops.matmul(Decompositions.pinv(a), b);
        }
        if (wide && !tall) {
            Tensor gram = regularized(Linalg.matmul(a, a, false, true), l2);
            return Linalg.matmul(a, choleskySolve(Decompositions.cholesky(gram), b), true, false);
        }
        Tensor gram = regularized(Linalg.matmul(a, a, true, false), l2);
        return choleskySolve(Decompositions.cholesky(gram), Linalg.matmul(a, b, true, false));
    }

    private static Tensor regularized(Tensor gram, double l2) {
        return l2 == 0 ? gram : Ops.add(gram, eyeLike(gram).times(l2));
    }

    static Tensor matrixRank(Tensor a) {
        Tensor s = Decompositions.singularValues(a);
        Dim greater = a.dim(-1).max(a.dim(-2));
        Tensor size = Ops.cast(Ops.size(a.graph().tensor(Ops.range(DType.INT64, greater))), a.dtype());
        Tensor greatest = Ops.reduce(dev.sinter.op.ReduceFn.MAX, s, new int[] {-1}, true);
        return count(Ops.greater(s, Ops.multiply(size.times(a.dtype().epsilon()), greatest)));
    }

    static Tensor matrixRank(Tensor matrix, double tolerance) {
        Tensor s = Decompositions.singularValues(matrix);
        return count(Ops.greater(s, tolerance));
    }

    private static Tensor count(Tensor flags) {
        return Ops.reduceSum(Ops.cast(flags, DType.INT32), -1);
    }
}
