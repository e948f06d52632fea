package dev.sinter.linalg;

import java.util.Arrays;
import org.netlib.lapack.Dbdsqr;
import org.netlib.lapack.Dgebrd;
import org.netlib.lapack.Dgehrd;
import org.netlib.lapack.Dgeqrf;
import org.netlib.lapack.Dgesdd;
import org.netlib.lapack.Dgetrf;
import org.netlib.lapack.Dgetri;
import org.netlib.lapack.Dgetrs;
import org.netlib.lapack.Dgtsv;
import org.netlib.lapack.Dlahqr;
import org.netlib.lapack.Dlamch;
import org.netlib.lapack.Dorghr;
import org.netlib.lapack.Dorgqr;
import org.netlib.lapack.Dpotrf;
import org.netlib.lapack.Dstevd;
import org.netlib.lapack.Dsyevd;
import org.netlib.lapack.Dtrevc;
import org.netlib.lapack.Dtrsyl;
import org.netlib.lapack.Dtrtrs;
import org.netlib.util.doubleW;
import org.netlib.util.intW;

/**
 * The routines of LAPACK that are used, on matrices that they may write. No size may be 0, but that of right-hand sides
 * and where it is said.
 */
final class Lapack {
    private static final String NO_CONVERGENCE = "has a decomposition that does not converge; scale it";

    /** The numbers that LAPACK finds out about the arithmetic once, which two threads must not do at a time. */
    static final double EPSILON = Dlamch.dlamch("E");

    /** Beyond this a matrix is scaled, lest its products overflow or vanish. */
    private static final double LARGE = 0x1p400;

    /** Held by who solves the small systems of complex pairs of eigenvalues, in variables that all threads share. */
    private static final Object PAIRS = new Object();

    private Lapack() {}

    /** Room for a routine; where an array cannot be as long, an {@code ArithmeticException}. */
    private static double[] workspace(long length) {
        return new double[Math.toIntExact(length)];
    }

    /** The lower triangular factor L of the symmetric matrix whose lower triangle is given. */
    static Dense cholesky(Dense a) throws Unsuited {
        intW info = new intW(0);
        // The lower triangle of a matrix is the upper one of its transpose, by whose columns LAPACK is faster.
        Dense upper = a.transposed();
        Dpotrf.dpotrf("U", upper.rows(), upper.values(), 0, upper.stride(), info);
        if (info.val > 0) {
            throw new Unsuited("is not positive definite: its leading minor of order " + info.val
                    + " is not positive");
        }
        return upper.transposed().lower();
    }

    /** The factors in one matrix, in place, and the row that each step exchanges its own for, counted from 1. */
    static int[] lu(Dense a) {
        int[] pivots = new int[Math.min(a.rows(), a.columns())];
        Dgetrf.dgetrf(a.rows(), a.columns(), a.values(), 0, a.stride(), pivots, 0, new intW(0));
        return pivots;
    }

    /** Which row of the matrix each row of the product of the factors is. */
    static int[] permutation(int[] pivots, int rows) {
        int[] permutation = new int[rows];
        Arrays.setAll(permutation, i -> i);
        for (int i = 0; i < pivots.length; i++) {
            int other = pivots[i] - 1;
            int row = permutation[i];
            permutation[i] = permutation[other];
            permutation[other] = row;
        }
        return permutation;
    }

    static boolean isSingular(Dense lu) {
        for (int i = 0; i < lu.rows(); i++) {
            if (lu.get(i, i) == 0) {
                return true;
            }
        }
        return false;
    }

    /** The solution of A X = B, or of the transpose of A, in place of B. */
    static void solve(Dense a, boolean adjoint, Dense b) throws Unsuited {
        int[] pivots = lu(a);
        if (isSingular(a)) {
            throw new Unsuited("is not invertible");
        }
        if (!b.isEmpty()) {
            Dgetrs.dgetrs(adjoint ? "T" : "N", a.rows(), b.columns(), a.values(), 0, a.stride(), pivots, 0,
                    b.values(), 0, b.stride(), new intW(0));
        }
    }

    /** The inverse from the factors, in their place. */
    static void inverse(Dense lu, int[] pivots) {
        double[] work = workspace(32L * lu.rows());
        Dgetri.dgetri(lu.rows(), lu.values(), 0, lu.stride(), pivots, 0, work, 0, work.length, new intW(0));
    }

    /** The solution of a triangular system, in place of the right-hand sides. */
    static void triangularSolve(Dense a, boolean lower, boolean adjoint, Dense b) throws Unsuited {
        if (isSingular(a)) {
            throw new Unsuited("is not invertible: its diagonal holds a 0");
        }
        if (!b.isEmpty()) {
            Dtrtrs.dtrtrs(lower ? "L" : "U", adjoint ? "T" : "N", "N", a.rows(), b.columns(), a.values(), 0,
                    a.stride(), b.values(), 0, b.stride(), new intW(0));
        }
    }

    /**
     * The factors Q, of some columns, and R, of as many rows.
     *
     * @param columns at least the lesser size, at most the rows
     */
    static Dense[] qr(Dense a, int columns) {
        int rank = Math.min(a.rows(), a.columns());
        double[] tau = new double[rank];
        double[] work = workspace(32L * Math.max(a.columns(), columns));
        Dgeqrf.dgeqrf(a.rows(), a.columns(), a.values(), 0, a.stride(), tau, 0, work, 0, work.length, new intW(0));
        Dense r = Dense.zeros(columns, a.columns());
        for (int column = 0; column < a.columns(); column++) {
            for (int row = 0; row <= Math.min(column, columns - 1); row++) {
                r.set(row, column, a.get(row, column));
            }
        }
        Dense q = Dense.zeros(a.rows(), columns);
        System.arraycopy(a.values(), 0, q.values(), 0, a.rows() * rank);
        Dorgqr.dorgqr(a.rows(), columns, rank, q.values(), 0, q.stride(), tau, 0, work, 0, work.length, new intW(0));
        return new Dense[] {q, r};
    }

    /** The singular values, and all or some columns of U and of V. */
    static Dense[] svd(Dense a, boolean full) throws Unsuited {
        int rows = a.rows();
        int columns = a.columns();
        int rank = Math.min(rows, columns);
        double scale = scale(a);
        Dense s = Dense.zeros(rank, 1);
        Dense u = Dense.zeros(rows, full ? rows : rank);
        Dense vt = Dense.zeros(full ? columns : rank, columns);
        double[] work = workspace(7L * rank * rank + 4L * rank + 64L * (rows + columns));
        intW info = new intW(0);
        Dgesdd.dgesdd(full ? "A" : "S", rows, columns, a.values(), 0, a.stride(), s.values(), 0, u.values(), 0,
                u.stride(), vt.values(), 0, vt.stride(), work, 0, work.length, new int[8 * rank], 0, info);
        converged(info);
        return new Dense[] {s.times(1 / scale), u, vt.transposed()};
    }

    /** The singular values. */
    static Dense singularValues(Dense a) throws Unsuited {
        int rank = Math.min(a.rows(), a.columns());
        double scale = scale(a);
        Dense s = Dense.zeros(rank, 1);
        double[] e = new double[rank];
        double[] tau = new double[rank];
        double[] work = workspace(64L * (a.rows() + a.columns()));
        intW info = new intW(0);
        Dgebrd.dgebrd(a.rows(), a.columns(), a.values(), 0, a.stride(), s.values(), 0, e, 0, tau, 0, new double[rank],
                0, work, 0, work.length, info);
        // With one row to turn along: without any, the routine works in variables that all threads share.
        Dbdsqr.dbdsqr(a.rows() >= a.columns() ? "U" : "L", rank, 0, 1, 0, s.values(), 0, e, 0, new double[1], 0, 1,
                new double[rank], 0, 1, new double[1], 0, 1, work, 0, info);
        converged(info);
        return s.times(1 / scale);
    }

    private static void converged(intW info) throws Unsuited {
        if (info.val != 0) {
            throw new Unsuited(NO_CONVERGENCE);
        }
    }

    /** Multiplies a matrix of very large or very small elements by a power of 2, and says by which. */
    private static double scale(Dense a) {
        double greatest = a.greatest();
        if (greatest == 0 || greatest < LARGE && greatest > 1 / LARGE) {
            return 1;
        }
        double factor = Math.scalb(1.0, -Math.max(Math.getExponent(greatest), -1000));
        for (int i = 0; i < a.values().length; i++) {
            a.values()[i] *= factor;
        }
        return factor;
    }

    /** The eigenvalues, in increasing order, of the symmetric matrix whose lower triangle is given. */
    static Dense symmetricEigen(Dense a, boolean vectors) throws Unsuited {
        double scale = scale(a.lower());
        Dense scaled = scale == 1 ? a : a.lower().times(scale);
        System.arraycopy(scaled.values(), 0, a.values(), 0, a.values().length);
        int n = a.rows();
        Dense w = Dense.zeros(n, 1);
        double[] work = workspace(1 + 70L * n + 2L * n * n);
        int[] integers = new int[3 + 5 * n];
        intW info = new intW(0);
        Dsyevd.dsyevd(vectors ? "V" : "N", "L", n, a.values(), 0, a.stride(), w.values(), 0, work, 0, work.length,
                integers, 0, integers.length, info);
        converged(info);
        return w.times(1 / scale);
    }

    /** The eigenvalues, in increasing order, in place of the diagonal, and the eigenvectors. */
    static Dense tridiagonalEigen(double[] diagonal, double[] beside, boolean vectors) throws Unsuited {
        int n = diagonal.length;
        Dense z = vectors ? Dense.zeros(n, n) : Dense.zeros(1, 1);
        double[] work = workspace(1 + 4L * n + (long) n * n);
        int[] integers = new int[3 + 5 * n];
        intW info = new intW(0);
        Dstevd.dstevd(vectors ? "V" : "N", n, diagonal, 0, Arrays.copyOf(beside, n), 0, z.values(), 0, z.stride(),
                work, 0, work.length, integers, 0, integers.length, info);
        converged(info);
        return z;
    }

    /** A real Schur form: T in place of the matrix, Z, and the eigenvalues' real and imaginary parts. */
    record SchurForm(Dense t, Dense z, double[] real, double[] imaginary) {}

    static SchurForm schur(Dense a) throws Unsuited {
        int n = a.rows();
        double scale = scale(a);
        double[] tau = new double[n];
        double[] work = workspace(64L * n);
        intW info = new intW(0);
        Dgehrd.dgehrd(n, 1, n, a.values(), 0, n, tau, 0, work, 0, work.length, info);
        Dense z = a.copy();
        Dorghr.dorghr(n, 1, n, z.values(), 0, n, tau, 0, work, 0, work.length, info);
        clearBelow(a, 1);
        double[] real = new double[n];
        double[] imaginary = new double[n];
        Dlahqr.dlahqr(true, true, n, 1, n, a.values(), 0, n, real, 0, imaginary, 0, 1, n, z.values(), 0, n, info);
        converged(info);
        clearBelow(a, 1);
        for (int i = 0; i < a.values().length; i++) {
            a.values()[i] /= scale;
        }
        return new SchurForm(a, z, Dense.vector(real).times(1 / scale).values(),
                Dense.vector(imaginary).times(1 / scale).values());
    }

    private static void clearBelow(Dense a, int diagonals) {
        for (int column = 0; column < a.columns(); column++) {
            for (int row = column + diagonals + 1; row < a.rows(); row++) {
                a.set(row, column, 0);
            }
        }
    }

    /** The eigenvectors of a Schur form in place of Z: a real one is a column, a complex pair two, parts of one. */
    static void eigenvectors(SchurForm schur) {
        int n = schur.t().rows();
        synchronized (PAIRS) {
            Dtrevc.dtrevc("R", "B", new boolean[n], 0, n, schur.t().values(), 0, n, new double[1], 0, 1,
                    schur.z().values(), 0, n, n, new intW(0), new double[3 * n], 0, new intW(0));
        }
    }

    /** The solution of A X + X B = C for quasi-triangular A and B, in place of C. */
    static void sylvester(Dense a, Dense b, Dense c) throws Unsuited {
        doubleW scale = new doubleW(1);
        intW info = new intW(0);
        synchronized (PAIRS) {
            Dtrsyl.dtrsyl("N", "N", 1, a.rows(), b.rows(), a.values(), 0, a.stride(), b.values(), 0, b.stride(),
                    c.values(), 0, c.stride(), scale, info);
        }
        if (info.val != 0 || scale.val != 1) {
            throw new Unsuited("shares an eigenvalue with the negative of the other one, or nearly so");
        }
    }

    /** The solution of a tridiagonal system by elimination with row exchanges, in place of the right-hand sides. */
    static void tridiagonalSolve(double[] below, double[] diagonal, double[] above, Dense b) throws Unsuited {
        intW info = new intW(0);
        int n = diagonal.length;
        Dgtsv.dgtsv(n, b.columns(), Arrays.copyOf(below, n), 0, diagonal, 0, Arrays.copyOf(above, n), 0, b.values(), 0,
                b.stride(), info);
        if (info.val != 0) {
            throw new Unsuited("is not invertible");
        }
    }
}
