package dev.sinter.graph;

import dev.sinter.tensor.GraphException;
import java.util.stream.IntStream;

/**
 * How the samples of a frame are weighted: TensorFlow's {@code window_fn}. Weights are computed in double precision.
 * Ops take windows of at most 2^24 samples.
 */
@FunctionalInterface
public interface WindowFunction {
    /** The weights of a frame of a length from 1 on. */
    double[] weights(int length);

    /** The Hann window {@code 0.5 - 0.5 cos(2 pi i / n)}, periodic: n is the length where that is even. */
    static WindowFunction hann() {
        return raisedCosine(0.5, true);
    }

    /** The Hamming window {@code 0.54 - 0.46 cos(2 pi i / n)}, periodic: n is the length where that is even. */
    static WindowFunction hamming() {
        return raisedCosine(0.54, true);
    }

    /**
     * {@code a - (1 - a) cos(2 pi i / n)}.
     *
     * @param periodic whether n is the length where that is even; else, and for odd lengths, it is one less
     */
    static WindowFunction raisedCosine(double a, boolean periodic) {
        return length -> {
            int n = checked(length) - (periodic && length % 2 == 0 ? 0 : 1);
            return IntStream.range(0, length)
                    .mapToDouble(i -> length == 1 ? 1 : a - (1 - a) * RationalTurns.cos(2L * i, n)).toArray();
        };
    }

    /** The Kaiser window, of Bessel functions, that decays as {@code beta} says. */
    static WindowFunction kaiser(double beta) {
        return length -> {
            double half = (checked(length) - 1) / 2.0;
            if (!Double.isFinite(beta)) {
                throw new GraphException("the beta of a Kaiser window must be finite, not " + beta);
            }
            double whole = scaledBessel(beta);
            return IntStream.range(0, length).mapToDouble(i -> {
                double place = half == 0 ? 0 : (i - half) / half;
                double argument = beta * Math.sqrt(Math.max(0, (1 - place) * (1 + place)));
                return Math.exp(argument - Math.abs(beta)) * scaledBessel(argument) / whole;
            }).toArray();
        };
    }

    /** The window whose squares are sums of a Kaiser window; of an even length. */
    static WindowFunction kaiserBesselDerived(double beta) {
        return length -> {
            if (checked(length) % 2 != 0) {
                throw new GraphException("the length " + length
                        + " of a Kaiser-Bessel derived window must be even");
            }
            double[] sums = kaiser(beta).weights(length / 2 + 1);
            for (int i = 1; i < sums.length; i++) {
                sums[i] += sums[i - 1];
            }
            return IntStream.range(0, length).mapToDouble(i ->
                    Math.sqrt(sums[Math.min(i, length - 1 - i)] / sums[length / 2])).toArray();
        };
    }

    /** The window of the Vorbis codec: {@code sin(pi / 2 * sin(pi * (i + 0.5) / length)^2)}. */
    static WindowFunction vorbis() {
        return length -> IntStream.range(0, checked(length)).mapToDouble(i -> {
            double sine = RationalTurns.sin(2L * i + 1, 2L * length);
            return Math.sin(Math.PI / 2 * sine * sine);
        }).toArray();
    }

    /**
     * The window of {@link Signal#inverseStft} that undoes a window of {@link Signal#stft}: the window over the sum of
     * the squares of all frames that show a sample.
     *
     * @param frameStep from a frame to the next, in samples
     */
    default WindowFunction inverse(int frameStep) {
        if (frameStep < 1) {
            throw new GraphException("inverse_stft_window_fn: frameStep " + frameStep + " must be at least 1\n  at "
                    + Place.here());
        }
        return length -> {
            double[] weights = weights(length);
            double[] sums = new double[Math.min(frameStep, length)];
            for (int i = 0; i < length; i++) {
                sums[i % frameStep] += weights[i] * weights[i];
            }
            return IntStream.range(0, length).mapToDouble(i -> weights[i] / sums[i % frameStep]).toArray();
        };
    }

    private static int checked(int length) {
        if (length < 1) {
            throw new GraphException("the window length " + length + " must be at least 1");
        }
        return length;
    }

    /**
     * {@code exp(-|x|) I0(x)}: the mean of {@code exp(x cos t - |x|)} around a circle, by the trapezoidal rule; for
     * large x the series of Hankel (Abramowitz and Stegun, 9.7.1).
     */
    private static double scaledBessel(double x) {
        if (Math.abs(x) > 1000) {
            double term = 1;
            double series = 1;
            for (int k = 1; k < 7; k++) {
                term *= (2 * k - 1) * (2 * k - 1) / (8 * k * Math.abs(x));
                series += term;
            }
            return series / Math.sqrt(2 * Math.PI * Math.abs(x));
        }
        int points = 40 + (int) Math.sqrt(100 * Math.abs(x));
        double sum = 0;
        for (int i = 0; i < points; i++) {
            sum += Math.exp(Math.abs(x) * (RationalTurns.cos(2L * i, points) - 1));
        }
        return sum / points;
    }
}
