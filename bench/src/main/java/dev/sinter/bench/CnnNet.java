package dev.sinter.bench;

import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.reshape;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.shape;

import dev.sinter.graph.Nn;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.graph.WindowOptions;
import dev.sinter.nn.Adam;
import dev.sinter.tensor.NDArray;
import java.util.List;

/**
 * A training step of a convolutional net in the manner of LeNet (LeCun et al., 1998): two convolutions of 5x5, each
 * followed by a rectifier and the greatest of each 2x2, a hidden layer; Adam on the mean cross entropy of ten classes.
 */
final class CnnNet extends TrainingNet {
    /** The images of the workload {@code cnn}. */
    static final int BATCH = 64;
    static final int SIDE = 28;
    static final int WINDOW = 5;
    static final int FIRST = 32;
    static final int SECOND = 64;
    static final int HIDDEN = 1024;
    static final int CLASSES = 10;
    private static final int FLAT = SIDE / 4 * (SIDE / 4) * SECOND;

    CnnNet(int batch) {
        super(Values.normal(38, batch, SIDE, SIDE, 1), Values.integers(39, CLASSES, batch), FLOAT32);
        Tensor first = block("first", x(), FIRST, 0.1);
        Tensor second = block("second", first, SECOND, 0.03);
        Tensor hidden = Nn.relu(dense("hidden", reshape(second, shape(batch, FLAT)), HIDDEN, 0.02));
        train(Nn.sparseSoftmaxCrossEntropyWithLogits(y(), dense("output", hidden, CLASSES, 0.03)));
    }

    /** The products of a step: forward, and back to weights and inputs but for the images. */
    static Cost cost(int batch) {
        double first = 2.0 * batch * SIDE * SIDE * WINDOW * WINDOW * FIRST;
        double second = 2.0 * batch * SIDE * SIDE / 4 * WINDOW * WINDOW * FIRST * SECOND;
        double dense = 2.0 * batch * HIDDEN * (FLAT + CLASSES);
        return Cost.ofFlops(2 * first + 3 * (second + dense));
    }

    private Variable random(String name, double deviation, long... sizes) {
        return weights().add(name, Values.scaled(Values.normal(40 + weights().count(), sizes), deviation));
    }

    private Tensor block(String name, Tensor h, int channels, double deviation) {
        long in = h.shape().dim(3).constant();
        Tensor convolved = Nn.conv2d(h, random(name, deviation, WINDOW, WINDOW, in, channels), WindowOptions.SAME)
                .plus(weights().add(name + "/bias", NDArray.zeros(FLOAT32, channels)));
        return Nn.maxPool(Nn.relu(convolved), List.of(2L), WindowOptions.VALID.withStrides(2));
    }

    private Tensor dense(String name, Tensor h, int columns, double deviation) {
        return matmul(h, random(name, deviation, h.shape().dim(1).constant(), columns))
                .plus(weights().add(name + "/bias", NDArray.zeros(FLOAT32, columns)));
    }

    /** The losses of the first images. */
    @Override
    double[] expected() {
        return CnnReference.losses(weights().values(), inputs(), labels());
    }
}
