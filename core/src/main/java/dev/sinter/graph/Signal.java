package dev.sinter.graph;

import dev.sinter.op.Concat;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.Optional;

/**
 * Signal processing: TensorFlow's {@code tf.signal}.
 *
 * <p>Transforms are of any length and along known or unknown sizes; the inverse ones divide by the number of elements.
 * Their error is a few units in the last place of the largest result, and grows as the logarithm of the length.
 * {@code fftLength} cuts what is transformed along each of its axes, or fills it up with zeros. A known length is at
 * most {@link Integer#MAX_VALUE}, and 2^23 where it has a prime factor above 512.
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

    /** The discrete cosine transform of type 2 along the last axis, not normalised. */
    public static Tensor dct(Operand x) {
        return dct(x, 2, false);
    }

    /**
     * The discrete cosine transform along the last axis, as SciPy defines it: {@code 2 sum x[i] cos(...)}.
     *
     * @param type        1 to 4
     * @param orthonormal whether the transform is scaled to be orthonormal, of types 2 to 4
     */
    public static Tensor dct(Operand x, int type, boolean orthonormal) {
        return Composer.tensor("dct", c -> CosineTransform.of(c, c.in(0), type, orthonormal), x);
    }

    /** The transform of the first {@code n} elements, or of all and zeros behind them. */
    public static Tensor dct(Operand x, int type, boolean orthonormal, long n) {
        return Composer.tensor("dct", c -> CosineTransform.of(c, CosineTransform.fitted(c, c.in(0), n), type,
                orthonormal), x);
    }

    /** The inverse of {@link #dct(Operand)} but for a factor: twice the number of elements. */
    public static Tensor idct(Operand x) {
        return idct(x, 2, false);
    }

    /**
     * The inverse of a discrete cosine transform, where it is not orthonormal but for a factor: of types 2 to 4 twice
     * the number of elements, of type 1 twice that number less 2.
     *
     * @param type of the transform that is undone, 1 to 4
     */
    public static Tensor idct(Operand x, int type, boolean orthonormal) {
        int opposite = type == 2 || type == 3 ? 5 - type : type;
        return Composer.tensor("idct", c -> CosineTransform.of(c, c.in(0), opposite, orthonormal), x);
    }

    /**
     * The frames of a signal along the last axis that lie inside: {@code [..., samples] -> [..., frames, frameLength]}.
     */
    public static Tensor frame(Operand signal, long frameLength, long frameStep) {
        return frame(signal, frameLength, frameStep, false, 0, -1);
    }

    /**
     * The frames of a signal: the axis becomes two, {@code [..., samples, ...] -> [..., frames, frameLength, ...]}.
     *
     * @param frameLength samples of a frame, at least 1
     * @param frameStep   from a frame to the next, at least 1
     * @param padEnd      whether the signal is filled up so that a frame begins at each step
     * @param padValue    with what it is filled up
     */
    public static Tensor frame(Operand signal, long frameLength, long frameStep, boolean padEnd, double padValue,
            int axis) {
        return Composer.tensor("frame", c -> Frames.frame(c, c.in(0), frameLength, frameStep, padEnd, padValue, axis),
                signal);
    }

    /**
     * The signal whose frames are given, which are added where they overlap:
     * {@code [..., frames, frameLength] -> [..., (frames - 1) * frameStep + frameLength]}.
     */
    public static Tensor overlapAndAdd(Operand frames, long frameStep) {
        return Composer.tensor("overlap_and_add", c -> Frames.overlapAndAdd(c, c.in(0), frameStep), frames);
    }

    /** {@link #stft(Operand, long, long, StftOptions)} with TensorFlow's options. */
    public static Complex stft(Operand signal, long frameLength, long frameStep) {
        return stft(signal, frameLength, frameStep, StftOptions.DEFAULT);
    }

    /** The short-time Fourier transform: {@code [..., samples] -> [..., frames, fftLength / 2 + 1]}. */
    public static Complex stft(Operand signal, long frameLength, long frameStep, StftOptions options) {
        return Complex.make("stft", c -> {
            Fourier.requireFloat(c, c.in(0));
            Node frames = Frames.weighted(c, Frames.frame(c, c.in(0), frameLength, frameStep, options.padEnd(), 0, -1),
                    options.window(), 1);
            List<Integer> axes = Fourier.lastAxes(c, frames, 1);
            return new Fourier(c, false).ofReal(frames, axes, Fourier.lengths(axes, options.length(frameLength)));
        }, List.of(signal));
    }

    /** {@link #inverseStft(Complex, long, long, StftOptions)} with TensorFlow's options. */
    public static Tensor inverseStft(Complex stfts, long frameLength, long frameStep) {
        return inverseStft(stfts, frameLength, frameStep, StftOptions.DEFAULT);
    }

    /**
     * The signal whose short-time Fourier transform is given, {@code [..., frames, fftLength / 2 + 1] -> [...,
     * samples]}, where the window is {@link WindowFunction#inverse} to that of {@link #stft}.
     */
    public static Tensor inverseStft(Complex stfts, long frameLength, long frameStep, StftOptions options) {
        return Complex.real("inverse_stft", (c, planes) -> {
            Fourier.lastAxes(c, planes.re(), 2);
            List<Integer> axes = Fourier.lastAxes(c, planes.re(), 1);
            Frames.positive("frameLength", frameLength);
            Node frames = new Fourier(c, true).toReal(planes, axes, Fourier.lengths(axes, options.length(frameLength)));
            Node fitting = Planes.fitted(c, frames, axes.getLast(), Dim.of(frameLength));
            return Frames.overlapAndAdd(c, Frames.weighted(c, fitting, options.window(), 1), frameStep);
        }, stfts);
    }

    /** The window that undoes a periodic Hann window: {@code tf.signal.inverse_stft_window_fn(frame_step)}. */
    public static WindowFunction inverseStftWindowFn(int frameStep) {
        return WindowFunction.hann().inverse(frameStep);
    }

    /** {@link #mdct(Operand, long, Optional, boolean, boolean)} with a Vorbis window, of whole frames. */
    public static Tensor mdct(Operand signal, long frameLength) {
        return mdct(signal, frameLength, Optional.of(WindowFunction.vorbis()), false, false);
    }

    /**
     * The modified discrete cosine transform: {@code [..., samples] -> [..., frames, frameLength / 2]}, of frames that
     * overlap by half.
     *
     * @param frameLength a multiple of 4
     * @param window      or none, which scales by the root of 1/2
     */
    public static Tensor mdct(Operand signal, long frameLength, Optional<WindowFunction> window, boolean padEnd,
            boolean orthonormal) {
        return Composer.tensor("mdct", c -> {
            Fourier.requireFloat(c, c.in(0));
            Frames.requireQuarters("frameLength", frameLength, 4);
            Node frames = Frames.frame(c, c.in(0), frameLength, frameLength / 2, padEnd, 0, -1);
            Node weighted = Frames.weighted(c, frames, window, Math.sqrt(0.5));
            return CosineTransform.of(c, Frames.folded(c, weighted, frameLength), 4, orthonormal);
        }, signal);
    }

    /** {@link #inverseMdct(Operand, Optional, boolean)} with a Vorbis window. */
    public static Tensor inverseMdct(Operand mdcts) {
        return inverseMdct(mdcts, Optional.of(WindowFunction.vorbis()), false);
    }

    /**
     * The signal whose modified discrete cosine transform is given: {@code [..., frames, frameLength / 2] -> [...,
     * samples]}.
     *
     * @param window that of {@link #mdct}
     */
    public static Tensor inverseMdct(Operand mdcts, Optional<WindowFunction> window, boolean orthonormal) {
        return Composer.tensor("inverse_mdct", c -> {
            Fourier.requireFloat(c, c.in(0));
            int last = Fourier.lastAxes(c, c.in(0), 2).getLast();
            Dim half = Composer.shape(c.in(0)).dim(last);
            if (!half.isConstant()) {
                throw new GraphException("the size of the last axis must be known: " + c.describe(c.in(0)));
            }
            Frames.requireQuarters("the last axis", half.constant(), 2);
            Node halves = CosineTransform.of(c, c.in(0), 4, orthonormal);
            Node scaled = orthonormal ? halves
                    : c.map(ScalarFn.MUL, halves, c.fullLike(halves, 0.5 / half.constant()));
            Node frames = Frames.unfolded(c, scaled, 2 * half.constant());
            return Frames.overlapAndAdd(c, Frames.weighted(c, frames, window, Math.sqrt(0.5)), half.constant());
        }, mdcts);
    }

    private static Initializer window(String op, WindowFunction window, long length, DType dtype) {
        Distributions.requireFloat(op, dtype);
        NDArray weights = Composite.named(op, () -> Frames.weights(window, length, dtype));
        return new Initializer(op, dtype, Shape.shape(length), c -> c.constant(weights));
    }

    /** A {@link WindowFunction#hann Hann} window; symmetric where not periodic. */
    public static Initializer hannWindow(long length, boolean periodic, DType dtype) {
        return window("hann_window", WindowFunction.raisedCosine(0.5, periodic), length, dtype);
    }

    /** A {@link WindowFunction#hamming Hamming} window; symmetric where not periodic. */
    public static Initializer hammingWindow(long length, boolean periodic, DType dtype) {
        return window("hamming_window", WindowFunction.raisedCosine(0.54, periodic), length, dtype);
    }

    /** A {@link WindowFunction#kaiser Kaiser} window. */
    public static Initializer kaiserWindow(long length, double beta, DType dtype) {
        return window("kaiser_window", WindowFunction.kaiser(beta), length, dtype);
    }

    /** A {@link WindowFunction#kaiserBesselDerived Kaiser-Bessel derived} window. */
    public static Initializer kaiserBesselDerivedWindow(long length, double beta, DType dtype) {
        return window("kaiser_bessel_derived_window", WindowFunction.kaiserBesselDerived(beta), length, dtype);
    }

    /** A {@link WindowFunction#vorbis Vorbis} window. */
    public static Initializer vorbisWindow(long length, DType dtype) {
        return window("vorbis_window", WindowFunction.vorbis(), length, dtype);
    }

    /**
     * The matrix {@code [spectrogramBins, melBins]} that weights the frequencies of a spectrogram from 0 to half the
     * sample rate for bands on the mel scale, triangles of height 1, as the Hidden Markov Model Toolkit has it. It has
     * at most 2^24 elements.
     *
     * @param sampleRate     samples a second
     * @param lowerEdgeHertz of the lowest band, at least 0
     * @param upperEdgeHertz of the highest band, at most half the sample rate
     */
    public static Initializer linearToMelWeightMatrix(int melBins, int spectrogramBins, double sampleRate,
            double lowerEdgeHertz, double upperEdgeHertz, DType dtype) {
        String op = "linear_to_mel_weight_matrix";
        NDArray matrix = Composite.named(op, () -> MelScale.weights(melBins, spectrogramBins, sampleRate,
                lowerEdgeHertz, upperEdgeHertz, dtype));
        return new Initializer(op, dtype, Shape.shape(spectrogramBins, melBins),
                c -> c.constant(matrix));
    }

    /**
     * The mel-frequency cepstral coefficients of logarithmic mel spectrograms, as many as there are bins: {@code [...,
     * bins]}.
     */
    public static Tensor mfccsFromLogMelSpectrograms(Operand logMelSpectrograms) {
        return Composer.tensor("mfccs_from_log_mel_spectrograms", c -> {
            Node transformed = CosineTransform.of(c, c.in(0), 2, false);
            Dim bins = Composer.shape(transformed).dim(Composer.rank(transformed) - 1);
            Node root = c.map(ScalarFn.SQRT, c.size(bins.times(2), Composer.dtype(transformed)));
            return c.map(ScalarFn.DIV, transformed, c.stretch(root, Composer.shape(transformed), List.of()));
        }, logMelSpectrograms);
    }
}
