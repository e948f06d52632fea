package dev.sinter.graph;

import dev.sinter.op.Concat;
import dev.sinter.tensor.Dim;
import java.util.List;

/**
 * Signal processing: TensorFlow's {@code tf.signal}.
 *
 * <p>Transforms are of any length and along known or unknown sizes; the inverse ones divide by the number of elements.
 * Their error is a few units in the last place of the largest result, and grows as the logarithm of the length.
 * {@code fftLength} cuts what is transformed along each of its axes, or fills it up with zeros.
 */
public final class Signal {
    private Signal() {}

    private static Complex complex(String op, boolean inverse, Complex x, int count, long... fftLength) {
        return Complex.map(op, (c, planes) -> {
            List<Integer> axes = Fourier.lastAxes(c, planes.re(), count);
            return new Fourier(c, inverse).complex(planes, axes, Fourier.lengths(axes, fftLength));
        }, x);
    }

    private static Complex ofReal(String op, Operand x, int count, long... fftLength) {
        return Complex.make(op, c -> {
            Fourier.requireFloat(c, c.in(0));
            List<Integer> axes = Fourier.lastAxes(c, c.in(0), count);
            return new Fourier(c, false).ofReal(c.in(0), axes, Fourier.lengths(axes, fftLength));
        }, List.of(x));
    }

    private static Tensor toReal(String op, Complex x, int count, long... fftLength) {
        return Complex.real(op, (c, planes) -> {
            List<Integer> axes = Fourier.lastAxes(c, planes.re(), count);
            return new Fourier(c, true).toReal(planes, axes, Fourier.lengths(axes, fftLength));
        }, x);
    }

    /** The discrete Fourier transform along the last axis. */
    public static Complex fft(Complex x) {
        return complex("fft", false, x, 1);
    }

    /** The inverse of {@link #fft}. */
    public static Complex ifft(Complex x) {
        return complex("ifft", true, x, 1);
    }

    /** The discrete Fourier transform along the last two axes. */
    public static Complex fft2d(Complex x) {
        return complex("fft2d", false, x, 2);
    }

    /** The inverse of {@link #fft2d}. */
    public static Complex ifft2d(Complex x) {
        return complex("ifft2d", true, x, 2);
    }

    /** The discrete Fourier transform along the last three axes. */
    public static Complex fft3d(Complex x) {
        return complex("fft3d", false, x, 3);
    }

    /** The inverse of {@link #fft3d}. */
    public static Complex ifft3d(Complex x) {
        return complex("ifft3d", true, x, 3);
    }

    /** The discrete Fourier transform along some axes, all where none is given. */
    public static Complex fftnd(Complex x, int... axes) {
        return nd("fftnd", false, x, new long[0], axes);
    }

    /** The discrete Fourier transform along some axes, with a length for each. */
    public static Complex fftnd(Complex x, long[] fftLength, int... axes) {
        return nd("fftnd", false, x, fftLength, axes);
    }

    /** The inverse of {@link #fftnd(Complex, int...)}. */
    public static Complex ifftnd(Complex x, int... axes) {
        return nd("ifftnd", true, x, new long[0], axes);
    }

    /** The inverse transform along some axes, with a length for each. */
    public static Complex ifftnd(Complex x, long[] fftLength, int... axes) {
        return nd("ifftnd", true, x, fftLength, axes);
    }

    private static Complex nd(String op, boolean inverse, Complex x, long[] fftLength, int... given) {
        return Complex.map(op, (c, planes) -> {
            List<Integer> axes = Fourier.axes(c, planes.re(), given);
            return new Fourier(c, inverse).complex(planes, axes, Fourier.lengths(axes, fftLength));
        }, x);
    }

    /**
     * The first half of the transform of real numbers along the last axis: {@code [..., n] -> [..., n / 2 + 1]}. The
     * rest is its conjugate in the opposite order.
     *
     * @param fftLength n where it is not the size of the axis
     */
    public static Complex rfft(Operand x, long... fftLength) {
        return ofReal("rfft", x, 1, fftLength);
    }

    /**
     * The real numbers whose {@link #rfft} is given: {@code [..., n / 2 + 1] -> [..., n]}. Imaginary parts of the first
     * element, and of the last one where n is even, do not count.
     *
     * @param fftLength n where it is not twice the size of the axis less 2
     */
    public static Tensor irfft(Complex x, long... fftLength) {
        return toReal("irfft", x, 1, fftLength);
    }

    /** The first half of the transform of real numbers along the last two axes. */
    public static Complex rfft2d(Operand x, long... fftLength) {
        return ofReal("rfft2d", x, 2, fftLength);
    }

    /** The inverse of {@link #rfft2d}. */
    public static Tensor irfft2d(Complex x, long... fftLength) {
        return toReal("irfft2d", x, 2, fftLength);
    }

    /** The first half of the transform of real numbers along the last three axes. */
    public static Complex rfft3d(Operand x, long... fftLength) {
        return ofReal("rfft3d", x, 3, fftLength);
    }

    /** The inverse of {@link #rfft3d}. */
    public static Tensor irfft3d(Complex x, long... fftLength) {
        return toReal("irfft3d", x, 3, fftLength);
    }

    /** The transform of real numbers along some axes, all where none is given; half of it along the last of these. */
    public static Complex rfftnd(Operand x, long[] fftLength, int... axes) {
        return Complex.make("rfftnd", c -> {
            Fourier.requireFloat(c, c.in(0));
            List<Integer> normalised = Fourier.axes(c, c.in(0), axes);
            return new Fourier(c, false).ofReal(c.in(0), normalised, Fourier.lengths(normalised, fftLength));
        }, List.of(x));
    }

    /** The inverse of {@link #rfftnd}. */
    public static Tensor irfftnd(Complex x, long[] fftLength, int... axes) {
        return Complex.real("irfftnd", (c, planes) -> {
            List<Integer> normalised = Fourier.axes(c, planes.re(), axes);
            return new Fourier(c, true).toReal(planes, normalised, Fourier.lengths(normalised, fftLength));
        }, x);
    }

    /** The element of frequency 0 in the middle of each axis; of all axes where none is given. */
    public static Tensor fftshift(Operand x, int... axes) {
        return Composer.tensor("fftshift", c -> shifted(c, c.in(0), true, axes), x);
    }

    /** The inverse of {@link #fftshift(Operand, int...)}. */
    public static Tensor ifftshift(Operand x, int... axes) {
        return Composer.tensor("ifftshift", c -> shifted(c, c.in(0), false, axes), x);
    }

    /** The element of frequency 0 in the middle of each axis; of all axes where none is given. */
    public static Complex fftshift(Complex x, int... axes) {
        return x.eachPlane(plane -> fftshift(plane, axes));
    }

    /** The inverse of {@link #fftshift(Complex, int...)}. */
    public static Complex ifftshift(Complex x, int... axes) {
        return x.eachPlane(plane -> ifftshift(plane, axes));
    }

    private static Node shifted(Composer c, Node given, boolean forward, int... axes) {
        Node x = given;
        for (int axis : c.axes(given, axes)) {
            Dim size = Composer.shape(x).dim(axis);
            Dim half = size.floorDiv(2);
            Dim first = forward ? size.minus(half) : half;
            x = c.add(new Concat(axis), Planes.cut(c, x, axis, first, size.minus(first)),
                    Planes.cut(c, x, axis, Dim.ZERO, first));
            x = c.resized(x, axis, size);
        }
        return x;
    }
}
