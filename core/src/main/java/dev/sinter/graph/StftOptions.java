package dev.sinter.graph;

import dev.sinter.tensor.GraphException;
import java.util.Optional;

/**
 * How short-time Fourier transforms are made.
 *
 * @param fftLength the length of each transform, at least 1, to which frames are cut or filled up with zeros; 0 is the
 *                  least power of two that holds a frame, which is of at most 2^30 samples then
 * @param window    weights of the samples of a frame, or none
 * @param padEnd    whether zeros follow the signal, so that a frame begins at each step; of {@link Signal#stft} alone
 */
public record StftOptions(long fftLength, Optional<WindowFunction> window, boolean padEnd) {
    /** TensorFlow's: the least power of two, a periodic Hann window, whole frames alone. */
    public static final StftOptions DEFAULT = new StftOptions(0, Optional.of(WindowFunction.hann()), false);

    private static final long LONGEST_FRAME = 1L << 30;

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
        if (fftLength != 0) {
            return fftLength;
        }
        if (frameLength > LONGEST_FRAME) {
            throw new GraphException("a frame of " + frameLength + " samples is too long for a transform that holds it;"
                    + " at most " + LONGEST_FRAME + " are possible without withFftLength(...)");
        }
        return Long.highestOneBit(2 * frameLength - 1);
    }
}
