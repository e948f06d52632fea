package dev.sinter.bench;

import dev.sinter.tensor.NDArray;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** The loss of a recurrent net by plain loops, one sequence after the other. */
final class RecurrentReference {
    private final RecurrentShape shape;
    private final float[] inputWeights;
    private final float[] stateWeights;
    private final float[] outputWeights;
    private final float[] inputBias;
    private final float[] stateBias;

    /**
     * The net.
     *
     * @param weights of the inputs, of the states, the bias, that of a GRU's candidate, and of the output
     */
    RecurrentReference(RecurrentShape shape, List<NDArray> weights) {
        this.shape = shape;
        inputWeights = weights.get(0).toFloatArray();
        stateWeights = weights.get(1).toFloatArray();
        inputBias = weights.get(2).toFloatArray();
        stateBias = new float[shape.columns()];
        if (shape.cell() == Cell.GRU) {
            System.arraycopy(weights.get(3).toFloatArray(), 0, stateBias, 2 * shape.hidden(), shape.hidden());
        }
        outputWeights = weights.getLast().toFloatArray();
    }

    /** The mean cross entropy of the classes. */
    double loss(NDArray x, NDArray y) {
        float[] inputs = x.toFloatArray();
        int[] classes = y.toIntArray();
        return IntStream.range(0, shape.batch()).parallel()
                .mapToDouble(row -> loss(lastState(inputs, row), classes[row]))
                .average().orElseThrow();
    }

    private float[] lastState(float[] inputs, int row) {
        int hidden = shape.hidden();
        float[] h = new float[hidden];
        float[] c = new float[hidden];
        float[] fromInput = new float[shape.columns()];
        float[] fromState = new float[shape.columns()];
        for (int step = 0; step < shape.steps(); step++) {
            int begin = (step * shape.batch() + row) * RecurrentShape.INPUTS;
            product(Arrays.copyOfRange(inputs, begin, begin + RecurrentShape.INPUTS), inputWeights, inputBias,
                    fromInput);
            product(h, stateWeights, stateBias, fromState);
            for (int i = 0; i < hidden; i++) {
                float[] gates = new float[shape.cell().gates()];
                for (int gate = 0; gate < gates.length; gate++) {
                    int column = gate * hidden + i;
                    boolean apart = shape.cell() == Cell.GRU && gate == 2;
                    gates[gate] = fromInput[column] + (apart ? 0 : fromState[column]);
                }
                switch (shape.cell()) {
                    case LSTM -> {
                        c[i] = (float) (sigmoid(gates[1]) * c[i] + sigmoid(gates[0]) * Math.tanh(gates[2]));
                        h[i] = (float) (sigmoid(gates[3]) * Math.tanh(c[i]));
                    }
                    case GRU -> {
                        double update = sigmoid(gates[1]);
                        double candidate =
                                Math.tanh(gates[2] + sigmoid(gates[0]) * fromState[2 * hidden + i]);
                        h[i] = (float) ((1 - update) * candidate + update * h[i]);
                    }
                }
            }
        }
        return h;
    }

    /** The bias plus the product of a vector and a matrix. */
    private static void product(float[] vector, float[] matrix, float[] bias, float[] result) {
        System.arraycopy(bias, 0, result, 0, result.length);
        for (int k = 0; k < vector.length; k++) {
            float factor = vector[k];
            int begin = k * result.length;
            for (int i = 0; i < result.length; i++) {
                result[i] += factor * matrix[begin + i];
            }
        }
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private double loss(float[] state, int wanted) {
        float[] scores = new float[RecurrentShape.CLASSES];
        product(state, outputWeights, new float[scores.length], scores);
        double sum = 0;
        for (float score : scores) {
            sum += Math.exp(score);
        }
        return Math.log(sum) - scores[wanted];
    }
}
