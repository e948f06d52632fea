package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Complex;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Signal;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Windows, spectra and what follows from them. */
final class SignalOperators {
    /** The most elements of a matrix that is made when the graph is. */
    private static final double MOST = 1 << 26;

    private SignalOperators() {}

    static void addTo(Operators table) {
        table.one("HannWindow", call -> window(call, 0.5, 0.5, 0), 0);
        table.one("HammingWindow", call -> window(call, 25.0 / 46, 21.0 / 46, 0), 0);
        table.one("BlackmanWindow", call -> window(call, 0.42, 0.5, 0.08), 0);
        table.one("MelWeightMatrix", SignalOperators::melWeights, 0, 1, 2, 3, 4);
        table.one("DFT", 1, call -> transformed(call, call.integer("axis", 1)), 1);
        table.one("DFT", 20, call -> transformed(call, call.has(2) ? call.integer(2) : -2), 1, 2);
        table.one("STFT", SignalOperators::frames, 1, 3);
    }

    // --- windows -----------------------------------------------------------------------------------------------

    /** {@code mean - once cos(2 pi n / N) + twice cos(4 pi n / N)}. */
    private static Tensor window(Call call, double mean, double once, double twice) {
        long size = call.integer(0);
        if (size < 0) {
            throw call.wrong("the size of a window must be at least 0, not " + size);
        }
        DType dtype = call.dtype("output_datatype").orElse(DType.FLOAT32);
        long period = call.flag("periodic", true) ? size : size - 1;
        Tensor position = call.graph().tensor(Ops.range(DType.FLOAT64, size));
        Tensor angle = position.times(2 * Math.PI / Math.max(1, period));
        Tensor plain = Ops.cos(angle).times(-once).plus(mean);
        return Axes.cast(twice == 0 ? plain : plain.plus(Ops.cos(angle.times(2)).times(twice)), dtype);
    }

    /** The weights {@code [dft_length / 2 + 1, num_mel_bins]} that make a spectrum one of the mel scale. */
    private static Tensor melWeights(Call call) {
        long bins = call.integer(0);
        long length = call.integer(1);
        long rate = call.integer(2);
        double low = 2595 * Math.log10(1 + call.number(3) / 700);
        double high = 2595 * Math.log10(1 + call.number(4) / 700);
        if (bins < 0 || length < 0 || rate < 1 || !(low >= 0 && high >= low && Double.isFinite(high))) {
            throw call.wrong("numbers of bins and a length from 0 on, a rate from 1 on and rising edges from 0 Hz on"
                    + " are needed, not " + bins + ", " + length + ", " + rate + ", " + call.number(3) + " and "
                    + call.number(4));
        }
        long lines = length / 2 + 1;
        if ((double) lines * bins > MOST) {
            throw call.unsupported("a matrix of " + lines + " x " + bins + " weights is too large");
        }
        double step = (high - low) / (bins + 2);
        long[] edges = new long[(int) bins + 2];
        for (int i = 0; i < edges.length; i++) {
            double hertz = 700 * (Math.pow(10, (low + i * step) / 2595) - 1);
            edges[i] = (long) Math.floor((length + 1) * hertz / rate);
        }
        if (bins > 0 && edges[edges.length - 1] > lines) {
            throw call.wrong("the upper edge, " + call.number(4) + " Hz, is above half the rate of " + rate + " Hz");
        }
        double[] weights = new double[(int) (lines * bins)];
        for (int bin = 0; bin < bins; bin++) {
            long begin = edges[bin];
            long middle = edges[bin + 1];
            long end = edges[bin + 2];
            for (long line = begin; line <= middle && line < lines; line++) {
                weights[(int) (line * bins) + bin] = begin == middle ? 1 : (double) (line - begin) / (middle - begin);
            }
            for (long line = middle; line < end && line < lines; line++) {
                weights[(int) (line * bins) + bin] = (double) (end - line) / (end - middle);
            }
        }
        DType dtype = call.dtype("output_datatype").orElse(DType.FLOAT32);
        return call.graph().constant(NDArray.of(weights, lines, bins).cast(dtype));
    }

    // --- spectra -----------------------------------------------------------------------------------------------

    private static Tensor transformed(Call call, long given) {
        Tensor x = call.input(0);
        int axis = call.axis(given, x.rank());
        if (axis == x.rank() - 1) {
            throw call.wrong("axis " + given + " is that of the parts of complex numbers, which is not transformed");
        }
        long[] length = call.has(1) ? new long[] {call.integer(1)} : new long[0];
        if (length.length > 0 && length[0] < 1) {
            throw call.wrong("dft_length must be at least 1, not " + length[0]);
        }
        boolean isOneSided = call.flag("onesided", false);
        boolean isInverse = call.flag("inverse", false);
        Tensor wide = Axes.cast(x, Axes.computed(x.dtype()));
        Tensor result;
        if (isInverse && isOneSided) {
            result = Ops.expandDims(Signal.irfftnd(complex(call, wide), length, axis), x.rank() - 1);
        } else if (isInverse) {
            result = inverse(call, complex(call, wide), length, axis).interleaved();
        } else {
            result = spectrum(call, wide, length, axis, isOneSided);
        }
        return Axes.cast(result, x.dtype());
    }

    private static Complex complex(Call call, Tensor x) {
        return real(call, x).map(Complex::of).orElseGet(() -> Complex.ofInterleaved(x));
    }

    /** The real numbers that a tensor of one part is, empty for one of two parts. */
    private static Optional<Tensor> real(Call call, Tensor x) {
        int last = x.rank() - 1;
        if (last < 1 || !x.dim(last).isConstant(1) && !x.dim(last).isConstant(2)) {
            throw call.wrong("the last axis must be that of the parts of numbers, of size 1 or 2, not " + x.shape());
        }
        return x.dim(last).isConstant(1) ? Optional.of(Ops.squeeze(x, last)) : Optional.empty();
    }

    /** The spectrum along an axis, with its parts on the last one. */
    private static Tensor spectrum(Call call, Tensor x, long[] length, int axis, boolean isOneSided) {
        Optional<Tensor> real = real(call, x);
        if (isOneSided) {
            return Signal.rfftnd(real.orElseThrow(() -> call.wrong("onesided needs real numbers, a last axis of size 1,"
                    + " not " + x.shape())), length, axis).interleaved();
        }
        return Signal.fftnd(real.map(Complex::of).orElseGet(() -> Complex.ofInterleaved(x)), length, axis)
                .interleaved();
    }

    private static Complex inverse(Call call, Complex x, long[] length, int axis) {
        Dim size = x.shape().dim(axis);
        boolean isWhole = length.length == 0 || size.isConstant(length[0]);
        if (!call.isReference() || !isWhole || !NumpyInverse.covers(size)) {
            return Signal.ifftnd(x, length, axis);
        }
        int[] order = Axes.range(0, x.rank());
        order[axis] = x.rank() - 1;
        order[x.rank() - 1] = axis;
        UnaryOperator<Tensor> swapped = plane -> Ops.transpose(plane, order);
        return NumpyInverse.ofRows(x.eachPlane(swapped)).eachPlane(swapped);
    }

    private static Tensor frames(Call call) {
        Tensor signal = call.input(0);
        long step = call.integer(1);
        if (signal.rank() != 3 && signal.rank() != 2) {
            throw call.wrong("a signal [batch, samples, parts] is needed, not " + signal.shape());
        }
        Tensor x = signal.rank() == 2 ? Ops.expandDims(signal, 2) : signal;
        long length = length(call, x);
        if (step < 1 || length < 1) {
            throw call.wrong("frame_step and frame_length must be at least 1, not " + step + " and " + length);
        }
        DType dtype = Axes.computed(x.dtype());
        Tensor wide = Axes.cast(x, dtype);
        UnaryOperator<Tensor> framed = plane -> {
            Tensor frames = Signal.frame(plane, length, step);
            return call.maybe(2).map(window -> frames.times(Axes.cast(window, dtype))).orElse(frames);
        };
        boolean isOneSided = call.flag("onesided", true);
        Optional<Tensor> real = real(call, wide);
        if (isOneSided && real.isEmpty()) {
            throw call.wrong("onesided needs a real signal, a last axis of size 1, not " + x.shape());
        }
        Complex spectra = isOneSided ? Signal.rfft(framed.apply(real.get()))
                : Signal.fft(real.map(plane -> Complex.of(framed.apply(plane)))
                        .orElseGet(() -> Complex.ofInterleaved(wide).eachPlane(framed)));
        return Axes.cast(spectra.interleaved(), x.dtype());
    }

    /** The length of frames: that of the window where there is one. */
    private static long length(Call call, Tensor x) {
        Optional<Tensor> window = call.maybe(2);
        if (window.isPresent() && window.get().rank() != 1) {
            throw call.wrong("a window has one axis, not " + window.get().shape());
        }
        if (!call.has(3)) {
            return window.map(Tensor::shape).orElse(Shape.of(x.dim(1))).dim(0).asConstant()
                    .orElseThrow(() -> call.unsupported("without frame_length the window or the signal must have a"
                            + " known size, not " + x.shape()));
        }
        long length = call.integer(3);
        List<Long> wrong = window.map(Tensor::shape).filter(shape -> shape.dim(0).isConstant()
                && !shape.dim(0).isConstant(length)).map(shape -> List.of(shape.dim(0).constant())).orElse(List.of());
        if (!wrong.isEmpty()) {
            throw call.wrong("the window must have frame_length elements, " + length + ", not " + wrong.getFirst());
        }
        return length;
    }
}
