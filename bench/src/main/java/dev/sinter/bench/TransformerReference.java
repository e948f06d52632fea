package dev.sinter.bench;

import dev.sinter.tensor.NDArray;
import java.util.Iterator;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * The {@linkplain TransformerLayers layers of transformers} in plain loops on doubles, on the rows of one sequence.
 * Each takes the weights that come next.
 */
final class TransformerReference {
    private static final int COLUMNS = 512;
    private static final int TERMS = 4;

    private final Iterator<NDArray> weights;
    private final int heads;

    /**
     * Layers of a net.
     *
     * @param weights in the net's order
     */
    TransformerReference(List<NDArray> weights, int heads) {
        this.weights = weights.iterator();
        this.heads = heads;
    }

    NDArray next() {
        return weights.next();
    }

    /**
     * The sum of the vectors of tokens and positions.
     *
     * @param first the position of the first token
     */
    static double[][] embedded(int[] tokens, NDArray table, NDArray positions, int first) {
        int width = (int) table.size(1);
        double[][] h = new double[tokens.length][width];
        for (int t = 0; t < tokens.length; t++) {
            for (int i = 0; i < width; i++) {
                h[t][i] = Values.get(table, (long) tokens[t] * width + i)
                        + Values.get(positions, (long) (first + t) * width + i);
            }
        }
        return h;
    }

    static double[][] sum(double[][] h, double[][] more) {
        double[][] sum = new double[h.length][h[0].length];
        for (int t = 0; t < h.length; t++) {
            for (int i = 0; i < h[t].length; i++) {
                sum[t][i] = h[t][i] + more[t][i];
            }
        }
        return sum;
    }

    double[][] normalized(double[][] h) {
        NDArray scale = weights.next();
        NDArray offset = weights.next();
        double[][] result = new double[h.length][];
        for (int t = 0; t < h.length; t++) {
            result[t] = normalized(h[t], scale, offset);
        }
        return result;
    }

    static double[] normalized(double[] row, NDArray scale, NDArray offset) {
        double mean = 0;
        for (double value : row) {
            mean += value / row.length;
        }
        double variance = 0;
        for (double value : row) {
            variance += (value - mean) * (value - mean) / row.length;
        }
        double[] result = new double[row.length];
        for (int i = 0; i < row.length; i++) {
            result[i] = (row[i] - mean) / Math.sqrt(variance + TransformerLayers.EPSILON) * Values.get(scale, i)
                    + Values.get(offset, i);
        }
        return result;
    }

    double[][] dense(double[][] h) {
        double[][] result = product(h, weights.next());
        NDArray bias = weights.next();
        for (double[] row : result) {
            for (int i = 0; i < row.length; i++) {
                row[i] += Values.get(bias, i);
            }
        }
        return result;
    }

    double[][] feedForward(double[][] h, Gelu gelu) {
        double[][] wide = dense(h);
        for (double[] row : wide) {
            for (int i = 0; i < row.length; i++) {
                row[i] = gelu.of(row[i]);
            }
        }
        return dense(wide);
    }

    /** Queries, keys and values, in each row of which the heads lie side by side. */
    double[][][] projected(double[][] h) {
        double[][] in = dense(h);
        int width = in[0].length / 3;
        double[][][] parts = new double[3][h.length][width];
        for (int part = 0; part < 3; part++) {
            for (int t = 0; t < h.length; t++) {
                System.arraycopy(in[t], part * width, parts[part][t], 0, width);
            }
        }
        return parts;
    }

    /**
     * The values mixed as each query says, through a dense layer.
     *
     * @param seen how many keys, from the first on, a query is compared with
     */
    double[][] mixed(double[][] queries, double[][] keys, double[][] values, IntUnaryOperator seen) {
        int width = queries[0].length / heads;
        double[][] mixed = new double[queries.length][heads * width];
        for (int first = 0; first < heads * width; first += width) {
            for (int t = 0; t < queries.length; t++) {
                double[] shares = new double[seen.applyAsInt(t)];
                double sum = 0;
                for (int s = 0; s < shares.length; s++) {
                    double score = 0;
                    for (int i = first; i < first + width; i++) {
                        score += queries[t][i] * keys[s][i];
                    }
                    shares[s] = Math.exp(score / Math.sqrt(width));
                    sum += shares[s];
                }
                for (int s = 0; s < shares.length; s++) {
                    for (int i = first; i < first + width; i++) {
                        mixed[t][i] += shares[s] / sum * values[s][i];
                    }
                }
            }
        }
        return dense(mixed);
    }

    /** The matrix product, a few terms at once and so many columns that they stay in a cache. */
    static double[][] product(double[][] h, NDArray weight) {
        int terms = h[0].length;
        int columns = (int) weight.size(1);
        double[][] result = new double[h.length][columns];
        for (int from = 0; from < columns; from += COLUMNS) {
            int to = Math.min(columns, from + COLUMNS);
            for (int i = 0; i < terms; i += TERMS) {
                double[][] rows = new double[TERMS][to - from];
                for (int j = 0; j < TERMS; j++) {
                    for (int k = from; k < to; k++) {
                        rows[j][k - from] = Values.get(weight, (long) (i + j) * columns + k);
                    }
                }
                for (int t = 0; t < h.length; t++) {
                    addProducts(h[t], i, rows, result[t], from);
                }
            }
        }
        return result;
    }

    private static void addProducts(double[] h, int i, double[][] rows, double[] result, int from) {
        double[] first = rows[0];
        double[] second = rows[1];
        double[] third = rows[2];
        double[] fourth = rows[3];
        for (int k = 0; k < first.length; k++) {
            result[from + k] += h[i] * first[k] + h[i + 1] * second[k] + h[i + 2] * third[k] + h[i + 3] * fourth[k];
        }
    }

    /** The product of a row and each row of a matrix. */
    static double[] products(double[] row, NDArray matrix) {
        float[] values = matrix.toFloatArray();
        double[] result = new double[(int) matrix.size(0)];
        for (int j = 0; j < result.length; j++) {
            for (int i = 0; i < row.length; i++) {
                result[j] += row[i] * values[j * row.length + i];
            }
        }
        return result;
    }
}
