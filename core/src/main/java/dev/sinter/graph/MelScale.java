package dev.sinter.graph;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;

/** Frequencies as they are heard: {@code 1127 ln(1 + hertz / 700)}. */
final class MelScale {
    private static final double BREAK_HERTZ = 700;
    private static final double HIGH_Q = 1127;

    private MelScale() {}

    private static double mel(double hertz) {
        return HIGH_Q * Math.log1p(hertz / BREAK_HERTZ);
    }

    /** The weights of frequencies, a row each, for bands, a column each; frequency 0 has none. */
    static NDArray weights(int bands, int frequencies, double sampleRate, double low, double high, DType dtype) {
        if (bands < 1 || frequencies < 1 || !(low >= 0 && low < high && high <= sampleRate / 2)
                || !Double.isFinite(sampleRate) || !dtype.isFloat()) {
            throw new GraphException("at least one bin of each kind and edges in rising order from 0 to half of a"
                    + " finite sample rate are needed, of a float dtype: " + bands + " and " + frequencies
                    + " bins, edges " + low + " and " + high + ", sample rate " + sampleRate + ", " + dtype);
        }
        double first = mel(low);
        double width = (mel(high) - first) / (bands + 1);
        DoubleTable table = new DoubleTable(dtype, frequencies, bands);
        for (int frequency = 0; frequency < frequencies; frequency++) {
            double place = (mel(sampleRate / 2 * frequency / Math.max(1, frequencies - 1)) - first) / width;
            for (int band = 0; band < bands; band++) {
                double weight = Math.min(place - band, band + 2 - place);
                table.add(frequency == 0 ? 0 : Math.max(0, weight));
            }
        }
        return table.array();
    }
}
