package dev.sinter.linalg;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import dev.sinter.op.Derivative;
import dev.sinter.tensor.Dim;
import java.util.List;

/**
 * The eigenvalues of a matrix and their vectors, as columns: real parts, imaginary parts, real parts of vectors,
 * imaginary parts, and the row in which each vector has its greatest element. That one is real and positive; the
 * magnitudes' squares have the sum 1. In the gradient, terms with the reciprocal of the difference of two eigenvalues
 * that are equal are left out; that of a matrix without as many vectors as rows does not exist.
 *
 * @param vectors whether there are eigenvectors
 */
record EigFunction(boolean vectors) implements MatrixFunction {
    @Override
    public String name() {
        return "eig";
    }

    @Override
    public List<Integer> ranks() {
        return List.of(2);
    }

    @Override
    public List<Part> parts(List<List<Dim>> operands) {
        Dim n = MatrixFunction.square(operands.getFirst());
        return vectors ? List.of(Part.of(n), Part.of(n), Part.of(n, n), Part.of(n, n), new Part(List.of(n), true))
                : List.of(Part.of(n), Part.of(n));
    }

    @Override
    public List<Dense> of(List<Dense> operands) throws Unsuited {
        Dense a = operands.getFirst();
        int n = a.rows();
        if (a.isEmpty()) {
            return vectors ? List.of(Dense.zeros(0, 1), Dense.zeros(0, 1), a, a, Dense.zeros(0, 1))
                    : List.of(Dense.zeros(0, 1), Dense.zeros(0, 1));
        }
        Lapack.SchurForm form = Lapack.schur(a);
        Dense realParts = Dense.vector(form.real());
        Dense imaginaryParts = Dense.vector(form.imaginary());
        if (!vectors) {
            return List.of(realParts, imaginaryParts);
        }
        Lapack.eigenvectors(form);
        Dense real = form.z();
        Dense imaginary = Dense.zeros(n, n);
        Dense peaks = Dense.zeros(n, 1);
        for (int i = 0; i < n; i++) {
            if (form.imaginary()[i] > 0) {
                for (int row = 0; row < n; row++) {
                    imaginary.set(row, i, real.get(row, i + 1));
                    imaginary.set(row, i + 1, -real.get(row, i + 1));
                    real.set(row, i + 1, real.get(row, i));
                }
            }
            peaks.set(i, 0, normalize(real, imaginary, i));
        }
        return List.of(realParts, imaginaryParts, real, imaginary, peaks);
    }

    /** Turns and scales a vector; returns the row of its greatest element. */
    private static int normalize(Dense real, Dense imaginary, int column) {
        double greatest = 0;
        int at = 0;
        double scale = 0;
        for (int row = 0; row < real.rows(); row++) {
            scale = Math.max(scale, Math.max(Math.abs(real.get(row, column)), Math.abs(imaginary.get(row, column))));
        }
        double sum = 0;
        for (int row = 0; row < real.rows(); row++) {
            double x = real.get(row, column) / scale;
            double y = imaginary.get(row, column) / scale;
            double square = x * x + y * y;
            sum += square;
            if (square > greatest) {
                greatest = square;
                at = row;
            }
        }
        double x = real.get(at, column) / scale;
        double y = imaginary.get(at, column) / scale;
        double size = Math.hypot(x, y);
        double length = scale * Math.sqrt(sum);
        for (int row = 0; row < real.rows(); row++) {
            double u = real.get(row, column) / length;
            double v = imaginary.get(row, column) / length;
            real.set(row, column, (u * x + v * y) / size);
            imaginary.set(row, column, row == at ? 0 : (v * x - u * y) / size);
        }
        return at;
    }

    @Override
    public Derivative derivative() {
        return Derivative.of((b, self, gradients) -> {
            Algebra m = new Algebra(b);
            List<Value> results = vectors ? m.elements(self, 5) : m.call(new EigFunction(true), self.operand(0));
            Planes v = new Planes(results.get(2), results.get(3));
            Planes k = new Planes(m.ofDiagonal(b.project(gradients, 0)), m.ofDiagonal(b.project(gradients, 1)));
            if (vectors) {
                Planes g = free(m, v, results.get(4), new Planes(b.project(gradients, 2), b.project(gradients, 3)));
                k = ofVectors(m, results, v, g).plus(m, k);
            }
            Value embedded = m.above(m.beside(v.real(), b.negate(v.imaginary())), m.beside(v.imaginary(), v.real()));
            Value z = m.call(new SolveFunction(true), embedded, m.above(k.real(), k.imaginary())).getFirst();
            Dim n = Algebra.dim(v.real(), -1);
            Value real = m.part(z, Dim.ZERO, n, Dim.ZERO, n);
            Value imaginary = m.part(z, n, n.times(2), Dim.ZERO, n);
            return m.plus(m.times(real, false, v.real(), true), m.times(imaginary, false, v.imaginary(), true));
        });
    }

    /** The real and imaginary parts of complex matrices. */
    private record Planes(Value real, Value imaginary) {
        Planes plus(Algebra m, Planes other) {
            return new Planes(m.plus(real, other.real), m.plus(imaginary, other.imaginary));
        }
    }

    /** The gradient of vectors before they are turned and scaled. */
    private static Planes free(Algebra m, Planes v, Value peaks, Planes g) {
        Builder b = m.b();
        Value stretch = m.columnSums(m.plus(b.times(v.real(), g.real()), b.times(v.imaginary(), g.imaginary())));
        Value turn = m.columnSums(m.minus(b.times(g.real(), v.imaginary()), b.times(g.imaginary(), v.real())));
        Value atPeak = m.columnMask(peaks, v.real());
        Value peak = m.columnSums(b.select(atPeak, v.real(), b.zerosLike(v.real())));
        Value turned = m.asRows(b.div(turn, peak), v.real().shape());
        return new Planes(m.minus(g.real(), m.scaledColumns(v.real(), stretch)),
                m.plus(m.minus(g.imaginary(), m.scaledColumns(v.imaginary(), stretch)),
                        b.select(atPeak, turned, b.zerosLike(turned))));
    }

    /** The conjugates of the reciprocal differences of eigenvalues times the product of V' and the gradient. */
    private static Planes ofVectors(Algebra m, List<Value> results, Planes v, Planes g) {
        Builder b = m.b();
        Value dx = m.differences(results.get(0));
        Value dy = m.differences(results.get(1));
        Value scale = m.reciprocal(m.plus(b.times(dx, dx), b.times(dy, dy)));
        Value fx = b.times(dx, scale);
        Value fy = b.times(dy, scale);
        Value hx = m.plus(m.times(v.real(), true, g.real(), false), m.times(v.imaginary(), true, g.imaginary(), false));
        Value hy = m.minus(m.times(v.real(), true, g.imaginary(), false),
                m.times(v.imaginary(), true, g.real(), false));
        return new Planes(m.minus(b.times(fx, hx), b.times(fy, hy)), m.plus(b.times(fx, hy), b.times(fy, hx)));
    }
}
