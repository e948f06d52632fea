package dev.sinter.bench;

import dev.sinter.tensor.NDArray;
import java.util.Iterator;
import java.util.List;

/** What a {@link CnnNet} computes of its first images, in plain loops on doubles. */
final class CnnReference {
    private static final int IMAGES = 4;
    private static final int WINDOW = CnnNet.WINDOW;

    private final Iterator<NDArray> weights;

    private CnnReference(List<NDArray> weights) {
        this.weights = weights.iterator();
    }

    /**
     * The losses of the first images.
     *
     * @param weights in the net's order
     */
    static double[] losses(List<NDArray> weights, NDArray x, NDArray y) {
        double[] losses = new double[IMAGES];
        for (int image = 0; image < IMAGES; image++) {
            double[] pixels = new double[CnnNet.SIDE * CnnNet.SIDE];
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = Values.get(x, (long) image * pixels.length + i);
            }
            losses[image] = new CnnReference(weights).loss(pixels, (int) y.getDouble(image));
        }
        return losses;
    }

    private double loss(double[] pixels, int label) {
        double[] first = block(pixels, CnnNet.SIDE, 1, CnnNet.FIRST);
        double[] second = block(first, CnnNet.SIDE / 2, CnnNet.FIRST, CnnNet.SECOND);
        double[] hidden = dense(second, CnnNet.HIDDEN);
        for (int i = 0; i < hidden.length; i++) {
            hidden[i] = Math.max(hidden[i], 0);
        }
        double[] logits = dense(hidden, CnnNet.CLASSES);
        double sum = 0;
        for (double logit : logits) {
            sum += Math.exp(logit);
        }
        return Math.log(sum) - logits[label];
    }

    /** A convolution with a rectifier, and the greatest of each 2x2. */
    private double[] block(double[] h, int side, int in, int out) {
        NDArray filter = weights.next();
        NDArray bias = weights.next();
        double[] greatest = new double[side / 2 * (side / 2) * out];
        for (int row = 0; row < side; row++) {
            for (int column = 0; column < side; column++) {
                for (int channel = 0; channel < out; channel++) {
                    double sum = Values.get(bias, channel) + window(h, side, in, filter, row, column, channel, out);
                    int at = (row / 2 * (side / 2) + column / 2) * out + channel;
                    greatest[at] = Math.max(greatest[at], sum);
                }
            }
        }
        return greatest;
    }

    private static double window(double[] h, int side, int in, NDArray filter, int row, int column, int channel,
            int out) {
        double sum = 0;
        for (int i = 0; i < WINDOW; i++) {
            for (int j = 0; j < WINDOW; j++) {
                int y = row + i - WINDOW / 2;
                int x = column + j - WINDOW / 2;
                boolean isInside = y >= 0 && y < side && x >= 0 && x < side;
                for (int k = 0; isInside && k < in; k++) {
                    sum += h[(y * side + x) * in + k]
                            * Values.get(filter, ((long) (i * WINDOW + j) * in + k) * out + channel);
                }
            }
        }
        return sum;
    }

    private double[] dense(double[] h, int columns) {
        NDArray matrix = weights.next();
        NDArray bias = weights.next();
        double[] result = new double[columns];
        for (int column = 0; column < columns; column++) {
            double sum = Values.get(bias, column);
            for (int i = 0; i < h.length; i++) {
                sum += h[i] * Values.get(matrix, (long) i * columns + column);
            }
            result[column] = sum;
        }
        return result;
    }
}
