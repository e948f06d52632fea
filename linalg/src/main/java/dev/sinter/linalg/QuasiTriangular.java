package dev.sinter.linalg;

import java.util.ArrayList;
import java.util.List;

/**
 * Functions of matrices in real Schur form: upper triangular but for blocks of two on the diagonal, each of a pair of
 * complex eigenvalues (Higham, Functions of Matrices, 2008, chapters 6 and 11).
 */
final class QuasiTriangular {
    private static final String NO_ROOT = "has no real principal square root: an eigenvalue is negative, or 0 is one"
            + " without as many eigenvectors";

    /** Nodes and weights of the Gauss-Legendre rule on 0 to 1. */
    private static final double[] NODES = {0.025446043828620757, 0.12923440720030277, 0.2970774243113014, 0.5,
        0.7029225756886985, 0.8707655927996972, 0.9745539561713792};
    private static final double[] WEIGHTS = {0.06474248308443485, 0.13985269574463835, 0.19091502525255949,
        0.2089795918367347, 0.19091502525255949, 0.13985269574463835, 0.06474248308443485};

    /** How far from the identity the rule has the logarithm in double precision. */
    private static final double LOG_REACH = 0.25;

    private QuasiTriangular() {}

    /** The principal square root. */
    static Dense squareRoot(Dense t) throws Unsuited {
        List<Integer> starts = blocks(t);
        Dense root = Dense.zeros(t.rows(), t.rows());
        for (int j = 0; j + 1 < starts.size(); j++) {
            ofBlock(t, starts.get(j), starts.get(j + 1), root);
            for (int i = j - 1; i >= 0; i--) {
                beside(t, root, starts.get(i), starts.get(i + 1), starts.get(j), starts.get(j + 1));
            }
        }
        return root;
    }

    /** Where each block starts, and the end. */
    private static List<Integer> blocks(Dense t) {
        List<Integer> starts = new ArrayList<>();
        int at = 0;
        while (at < t.rows()) {
            starts.add(at);
            at += at + 1 < t.rows() && t.get(at + 1, at) != 0 ? 2 : 1;
        }
        starts.add(t.rows());
        return starts;
    }

    private static void ofBlock(Dense t, int from, int to, Dense root) throws Unsuited {
        if (to - from == 1) {
            if (t.get(from, from) < 0) {
                throw new Unsuited(NO_ROOT);
            }
            root.set(from, from, Math.sqrt(t.get(from, from)));
            return;
        }
        double real = (t.get(from, from) + t.get(from + 1, from + 1)) / 2;
        double half = (t.get(from, from) - t.get(from + 1, from + 1)) / 2;
        double imaginary = Math.sqrt(Math.abs(half * half + t.get(from, from + 1) * t.get(from + 1, from)));
        double size = Math.hypot(real, imaginary);
        double alpha = real > 0 ? Math.sqrt((size + real) / 2) : imaginary / Math.sqrt(2 * (size - real));
        for (int row = from; row < to; row++) {
            for (int column = from; column < to; column++) {
                double centred = t.get(row, column) - (row == column ? real : 0);
                root.set(row, column, centred / (2 * alpha) + (row == column ? alpha : 0));
            }
        }
    }

    /** The block X beside two diagonal ones, A and B: {@code A X + X B} is what the blocks between leave over. */
    private static void beside(Dense t, Dense root, int from, int to, int fromColumn, int toColumn) throws Unsuited {
        int rows = to - from;
        int columns = toColumn - fromColumn;
        int unknowns = rows * columns;
        Dense system = Dense.zeros(unknowns, unknowns);
        Dense right = Dense.zeros(unknowns, 1);
        for (int c = 0; c < columns; c++) {
            for (int r = 0; r < rows; r++) {
                int equation = c * rows + r;
                double rest = t.get(from + r, fromColumn + c);
                for (int k = to; k < fromColumn; k++) {
                    rest -= root.get(from + r, k) * root.get(k, fromColumn + c);
                }
                right.set(equation, 0, rest);
                for (int k = 0; k < rows; k++) {
                    int unknown = c * rows + k;
                    system.set(equation, unknown, system.get(equation, unknown) + root.get(from + r, from + k));
                }
                for (int k = 0; k < columns; k++) {
                    int unknown = k * rows + r;
                    system.set(equation, unknown,
                            system.get(equation, unknown) + root.get(fromColumn + k, fromColumn + c));
                }
            }
        }
        if (unknowns == 1) {
            double divisor = system.get(0, 0);
            if (divisor == 0 && right.get(0, 0) != 0) {
                throw new Unsuited(NO_ROOT);
            }
            root.set(from, fromColumn, divisor == 0 ? 0 : right.get(0, 0) / divisor);
            return;
        }
        Lapack.solve(system, false, right);
        for (int c = 0; c < columns; c++) {
            for (int r = 0; r < rows; r++) {
                root.set(from + r, fromColumn + c, right.get(c * rows + r, 0));
            }
        }
    }

    /** The principal logarithm. */
    static Dense logarithm(Dense t) throws Unsuited {
        for (int at = 0; at < t.rows(); at++) {
            boolean alone = (at == 0 || t.get(at, at - 1) == 0) && (at + 1 == t.rows() || t.get(at + 1, at) == 0);
            if (alone && t.get(at, at) <= 0) {
                throw new Unsuited("has no real principal logarithm: an eigenvalue is 0 or negative");
            }
        }
        Dense identity = Dense.identity(t.rows());
        Dense root = t;
        int roots = 0;
        while (root.plus(identity, -1).norm() > LOG_REACH && roots < 100) {
            root = squareRoot(root);
            roots++;
        }
        Dense rest = root.plus(identity, -1);
        Dense sum = Dense.zeros(t.rows(), t.rows());
        for (int i = 0; i < NODES.length; i++) {
            Dense term = rest.copy();
            Lapack.solve(identity.plus(rest, NODES[i]), false, term);
            sum = sum.plus(term, WEIGHTS[i]);
        }
        return sum.times(Math.scalb(1.0, roots));
    }
}
