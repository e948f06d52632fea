package dev.sinter.bench;

import static dev.sinter.graph.Ops.clipByValue;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.reduceMean;

import dev.sinter.graph.Nn;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.graph.WindowOptions;
import dev.sinter.tensor.NDArray;
import java.util.List;

/** Layers of a graph: {@code float32[batch, height, width, channels]}. */
final class GraphLayers implements ImageLayers<Tensor> {
    static final double EPSILON = 1e-5;

    private final Weights weights;
    private final RandomWeights random = new RandomWeights();

    GraphLayers(Weights weights) {
        this.weights = weights;
    }

    private Variable weight(NDArray value) {
        return weights.add("w" + weights.count(), value);
    }

    private Tensor normalized(Tensor x, Activation activation) {
        int channels = channels(x);
        Variable scale = weight(random.nearOne(channels));
        Variable offset = weight(random.nearZero(channels));
        Variable mean = weight(random.nearZero(channels));
        Variable variance = weight(random.nearOne(channels));
        Tensor normal = Nn.batchNormalization(x, mean, variance, offset, scale, EPSILON);
        return switch (activation) {
            case NONE -> normal;
            case RELU -> Nn.relu(normal);
            case RELU6 -> clipByValue(normal, 0, 6);
        };
    }

    private static WindowOptions windows(int size, int stride) {
        return WindowOptions.VALID.withPadding(size / 2).withStrides(stride);
    }

    @Override
    public Tensor convolution(Tensor x, int out, int size, int stride, Activation activation) {
        int in = channels(x);
        Variable filter = weight(random.filter(size * size * in, size, size, in, out));
        return normalized(Nn.conv2d(x, filter, windows(size, stride)), activation);
    }

    @Override
    public Tensor depthwise(Tensor x, int size, int stride, Activation activation) {
        Variable filter = weight(random.filter(size * size, size, size, channels(x), 1));
        return normalized(Nn.depthwiseConv2d(x, filter, windows(size, stride)), activation);
    }

    @Override
    public Tensor add(Tensor x, Tensor y) {
        return x.plus(y);
    }

    @Override
    public Tensor addRelu(Tensor x, Tensor y) {
        return Nn.relu(x.plus(y));
    }

    @Override
    public Tensor maxPool(Tensor x) {
        return Nn.maxPool(x, List.of(3L), windows(3, 2));
    }

    @Override
    public Tensor classify(Tensor x, int classes) {
        int channels = channels(x);
        return matmul(reduceMean(x, 1, 2), weight(random.filter(channels, channels, classes)))
                .plus(weight(random.nearZero(classes)));
    }

    @Override
    public int channels(Tensor x) {
        return (int) x.shape().dim(x.shape().rank() - 1).constant();
    }
}
