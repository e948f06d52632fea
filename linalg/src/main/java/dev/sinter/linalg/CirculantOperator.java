package dev.sinter.linalg;

import dev.sinter.graph.Complex;
import dev.sinter.graph.Linalg;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Signal;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Circulant matrices of one to three dimensions: products with them are convolutions around a ring. */
final class CirculantOperator extends LinearOperator {
    private final Complex spectrum;
    private final int depth;

    /** Operators of spectra {@code [..., n1, ..., nd]}, which hold their eigenvalues. */
    CirculantOperator(Complex spectrum, int depth, Set<Hint> hints) {
        super(spectrum.graph(), spectrum.dtype(), shape(spectrum.shape(), depth),
                OperatorParts.with(hints, Hint.SQUARE));
        this.spectrum = spectrum;
        this.depth = depth;
    }

    private static Shape shape(Shape spectrum, int depth) {
        if (spectrum.rank() < depth) {
            throw new GraphException("a spectrum of " + depth + " axes is needed, not one of the shape "
                    + spectrum.toUserString());
        }
        int leading = spectrum.rank() - depth;
        Dim size = size(spectrum.dims().subList(leading, spectrum.rank()));
        return OperatorParts.shape(spectrum.dims().subList(0, leading), size, size);
    }

    private static Dim size(List<Dim> dims) {
        return dims.stream().reduce(Dim::times).orElseThrow();
    }

    private static String word(int depth) {
        return depth == 1 ? "circulant" : "circulant" + depth + "d";
    }

    static LinearOperator of(Complex spectrum, int depth, Hint... hints) {
        return named(word(depth), spectrum.graph(),
                () -> new CirculantOperator(spectrum, depth, OperatorParts.hints(hints)));
    }

    /** Operators of real spectra, whose matrices are symmetric. */
    static LinearOperator ofReal(Operand spectrum, int depth, Hint... hints) {
        return OperatorParts.of(word(depth), spectrum, 0, real -> {
            if (real.dtype() != DType.FLOAT32 && real.dtype() != DType.FLOAT64) {
                throw new GraphException("a float32 or float64 spectrum is needed, not " + real);
            }
            return new CirculantOperator(Complex.of(real), depth, OperatorParts.with(OperatorParts.hints(hints),
                    Hint.SELF_ADJOINT));
        });
    }

    private List<Dim> ring() {
        return spectrum.shape().dims().subList(spectrum.rank() - depth, spectrum.rank());
    }

    private int[] axes() {
        return IntStream.range(-depth, 0).toArray();
    }

    private Complex transformed(Complex x, boolean inverse) {
        return switch (depth) {
            case 1 -> inverse ? Signal.ifft(x) : Signal.fft(x);
            case 2 -> inverse ? Signal.ifft2d(x) : Signal.fft2d(x);
            default -> inverse ? Signal.ifft3d(x) : Signal.fft3d(x);
        };
    }

    /** Matrices whose columns are taken to their frequencies, multiplied, and taken back. */
    private Tensor filtered(Tensor x, Complex factors) {
        Tensor columns = Linalg.matrixTranspose(x);
        List<Dim> dims = new ArrayList<>(columns.shape().dims());
        dims.removeLast();
        dims.addAll(ring());
        Complex frequencies = transformed(Complex.of(Ops.reshape(columns, new Shape(dims))), false);
        Tensor back = transformed(frequencies.times(factors.eachPlane(plane -> Ops.expandDims(plane, -depth - 1))),
                true).real();
        List<Dim> flat = new ArrayList<>(back.shape().dims().subList(0, back.rank() - depth));
        flat.add(domainDimension());
        return Linalg.matrixTranspose(Ops.reshape(back, new Shape(flat)));
    }

    @Override
    Tensor times(Tensor x, boolean adjoint) {
        return filtered(x, adjoint ? spectrum.conj() : spectrum);
    }

    @Override
    Tensor solved(Tensor rhs, boolean adjoint) {
        return filtered(rhs, (adjoint ? spectrum.conj() : spectrum).reciprocal());
    }

    /** The product of the eigenvalues, where their number is known. */
    @Override
    Tensor det() {
        return domainDimension().isConstant() ? spectrum.reduceProd(axes()).real() : super.det();
    }

    @Override
    Tensor logAbsDet() {
        return Ops.reduceSum(Ops.log(spectrum.abs()), axes());
    }

    @Override
    Tensor sumOfDiagonal() {
        return Ops.reduceSum(spectrum.real(), axes());
    }

    @Override
    Tensor diagonal() {
        return Ops.broadcastTo(OperatorParts.column(Ops.reduceMean(spectrum.real(), axes())),
                OperatorParts.shape(leading(), domainDimension()));
    }

    @Override
    LinearOperator transposed() {
        return new CirculantOperator(spectrum.conj(), depth, hints());
    }

    @Override
    LinearOperator inverted() {
        return new CirculantOperator(spectrum.reciprocal(), depth, OperatorParts.with(hints(), Hint.NON_SINGULAR));
    }

    /** Whether another operator goes round the same ring. */
    boolean meets(CirculantOperator other) {
        return depth == other.depth && ring().equals(other.ring());
    }

    /** The product with an operator of the same ring. */
    LinearOperator times(CirculantOperator other) {
        return new CirculantOperator(spectrum.times(other.spectrum), depth, OperatorParts.common(List.of(this, other),
                Hint.NON_SINGULAR, Hint.SELF_ADJOINT));
    }

    private Tensor flat(Tensor values) {
        return Ops.reshape(values, OperatorParts.shape(leading(), domainDimension()));
    }

    @Override
    Tensor eigenvalues() {
        return flat(spectrum.real());
    }

    @Override
    Tensor condition() {
        return OperatorParts.spread(flat(spectrum.abs()));
    }

    @Override
    String structure() {
        return word(depth);
    }
}
