package dev.sinter.graph;

import java.util.Optional;

/**
 * How short-time Fourier transforms are made.
 *
 * @param fftLength the length of each transform, at least 1; 0 is the least power of two that holds a frame
 * @param window    weights of the samples of a frame, or none
 * @param padEnd    whether zeros follow the signal, so that a frame begins at each step; of {@link Signal#stft} alone
 */
public record StftOptions(long fftLength, Optional<WindowFunction> window, boolean padEnd) {
    /** TensorFlow's: the least power of two, a periodic Hann window, whole frames alone. */
    public static final StftOptions DEFAULT = new StftOptions(0, Optional.of(WindowFunction.hann()), false);

    /** These options with a length of the transforms. */
    public StftOptions withFftLength(long length) {
        return new StftOptions(length, window, padEnd);
    }

    /** These options with another window. */
    public StftOptions withWindow(WindowFunction other) {
        return new StftOptions(fftLength, Optional.of(other), padEnd);
    }

    /** These options without a window. */
    public StftOptions withoutWindow() {
        return new StftOptions(fftLength, Optional.empty(), padEnd);
    }

    /** These options with zeros behind the signal, or without. */
    public StftOptions withPadEnd(boolean pad) {
        return new StftOptions(fftLength, window, pad);
    }

    /** The length of the transforms of frames. */
    long length(long frameLength) {
        return fftLength != 0 ? fftLength : Long.highestOneBit(2 * Math.min(frameLength, 1L << 32) - 1);
    }
}
