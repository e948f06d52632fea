package dev.sinter.bench;

import dev.sinter.tensor.NDArray;
import java.util.Iterator;
import java.util.List;

/** What a {@link GptNet} computes of its first sequence, in plain loops on doubles. */
final class GptReference {
    private static final int LENGTH = GptNet.LENGTH;
    private static final int WIDTH = GptNet.WIDTH;

    private final Iterator<NDArray> weights;

    private GptReference(List<NDArray> weights) {
        this.weights = weights.iterator();
    }

    /**
     * The loss of each token of the first sequence.
     *
     * @param weights in the net's order
     */
    static double[] losses(List<NDArray> weights, NDArray x, NDArray y) {
        return new GptReference(weights).losses(x, y);
    }

    private double[] losses(NDArray x, NDArray y) {
        NDArray tokens = weights.next();
        NDArray positions = weights.next();
        double[][] h = new double[LENGTH][WIDTH];
        for (int t = 0; t < LENGTH; t++) {
            for (int i = 0; i < WIDTH; i++) {
                h[t][i] = Values.get(tokens, (long) x.getDouble(t) * WIDTH + i)
                        + Values.get(positions, (long) t * WIDTH + i);
            }
        }
        for (int block = 0; block < GptNet.BLOCKS; block++) {
            add(h, attention(normalized(h)));
            double[][] wide = dense(normalized(h));
            for (double[] row : wide) {
                for (int i = 0; i < row.length; i++) {
                    double inner = Math.sqrt(2 / Math.PI) * (row[i] + 0.044715 * row[i] * row[i] * row[i]);
                    row[i] = 0.5 * row[i] * (1 + Math.tanh(inner));
                }
            }
            add(h, dense(wide));
        }
        double[][] logits = product(normalized(h), weights.next());
        double[] losses = new double[LENGTH];
        for (int t = 0; t < LENGTH; t++) {
            double sum = 0;
            for (double logit : logits[t]) {
                sum += Math.exp(logit);
            }
            losses[t] = Math.log(sum) - logits[t][(int) y.getDouble(t)];
        }
        return losses;
    }

    private static void add(double[][] h, double[][] more) {
        for (int t = 0; t < h.length; t++) {
            for (int i = 0; i < h[t].length; i++) {
                h[t][i] += more[t][i];
            }
        }
    }

    private double[][] normalized(double[][] h) {
        NDArray scale = weights.next();
        NDArray offset = weights.next();
        double[][] result = new double[LENGTH][WIDTH];
        for (int t = 0; t < LENGTH; t++) {
            double mean = 0;
            for (double value : h[t]) {
                mean += value / WIDTH;
            }
            double variance = 0;
            for (double value : h[t]) {
                variance += (value - mean) * (value - mean) / WIDTH;
            }
            for (int i = 0; i < WIDTH; i++) {
                result[t][i] = (h[t][i] - mean) / Math.sqrt(variance + GptNet.EPSILON) * Values.get(scale, i)
                        + Values.get(offset, i);
            }
        }
        return result;
    }

    private double[][] dense(double[][] h) {
        double[][] result = product(h, weights.next());
        NDArray bias = weights.next();
        for (double[] row : result) {
            for (int i = 0; i < row.length; i++) {
                row[i] += Values.get(bias, i);
            }
        }
        return result;
    }

    private static double[][] product(double[][] h, NDArray weight) {
        int rows = h[0].length;
        int columns = (int) (weight.elementCount() / rows);
        double[][] result = new double[h.length][columns];
        for (int i = 0; i < rows; i++) {
            double[] row = new double[columns];
            for (int j = 0; j < columns; j++) {
                row[j] = Values.get(weight, (long) i * columns + j);
            }
            for (int t = 0; t < h.length; t++) {
                for (int j = 0; j < columns; j++) {
                    result[t][j] += h[t][i] * row[j];
                }
            }
        }
        return result;
    }

    /** Queries, keys and values lie side by side, in each the heads. */
    private double[][] attention(double[][] h) {
        double[][] in = dense(h);
        int width = WIDTH / GptNet.HEADS;
        double[][] mixed = new double[LENGTH][WIDTH];
        for (int first = 0; first < WIDTH; first += width) {
            for (int t = 0; t < LENGTH; t++) {
                double[] shares = new double[t + 1];
                double sum = 0;
                for (int s = 0; s <= t; s++) {
                    double score = 0;
                    for (int i = first; i < first + width; i++) {
                        score += in[t][i] * in[s][WIDTH + i];
                    }
                    shares[s] = Math.exp(score / Math.sqrt(width));
                    sum += shares[s];
                }
                for (int s = 0; s <= t; s++) {
                    for (int i = first; i < first + width; i++) {
                        mixed[t][i] += shares[s] / sum * in[s][2 * WIDTH + i];
                    }
                }
            }
        }
        return dense(mixed);
    }
}
