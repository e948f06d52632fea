package dev.sinter.bench;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.util.Arrays;

/** The states of {@code tanh(h w)} and the gradient of the last one's sum, by plain loops. */
final class ScanReference {
    private final int rows;
    private final int columns;
    private final double[] weights;
    private final double[][] states;

    ScanReference(NDArray first, NDArray weights, int steps) {
        rows = (int) first.size(0);
        columns = (int) first.size(1);
        this.weights = weights.cast(DType.FLOAT64).toDoubleArray();
        states = new double[steps + 1][rows * columns];
        states[0] = first.cast(DType.FLOAT64).toDoubleArray();
        for (int step = 0; step < steps; step++) {
            next(states[step], states[step + 1]);
        }
    }

    private void next(double[] from, double[] to) {
        for (int row = 0; row < rows; row++) {
            for (int k = 0; k < columns; k++) {
                for (int i = 0; i < columns; i++) {
                    to[row * columns + i] += from[row * columns + k] * weights[k * columns + i];
                }
            }
        }
        Arrays.setAll(to, i -> Math.tanh(to[i]));
    }

    /** The last state. */
    double[] last() {
        return states[states.length - 1];
    }

    /** The gradient of the sum of the last state with respect to the weights. */
    double[] gradient() {
        double[] sum = new double[columns * columns];
        double[] of = new double[rows * columns];
        Arrays.fill(of, 1);
        for (int step = states.length - 1; step > 0; step--) {
            double[] state = states[step];
            double[] inner = of;
            Arrays.setAll(inner, i -> inner[i] * (1 - state[i] * state[i]));
            double[] before = new double[rows * columns];
            for (int row = 0; row < rows; row++) {
                for (int k = 0; k < columns; k++) {
                    for (int i = 0; i < columns; i++) {
                        double flow = inner[row * columns + i];
                        sum[k * columns + i] += states[step - 1][row * columns + k] * flow;
                        before[row * columns + k] += weights[k * columns + i] * flow;
                    }
                }
            }
            of = before;
        }
        return sum;
    }
}
