package dev.sinter.nn;

import dev.sinter.graph.Composite;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Scope;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.graph.WindowOptions;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.List;

/**
 * Layers in the manner of {@code tf.layers}: each call makes new weights for its inputs in a scope of the layer's name
 * and applies them. {@code graph.variables()} has the weights; who wants to apply a layer again makes a {@link Layer},
 * such as by {@link #conv2d(Graph, DType, long, long, List, WindowOptions, LayerOptions)}.
 *
 * <pre>
 * Tensor hidden = Layers.dense(x, 128, LayerOptions.DEFAULT.withActivation(Nn::relu));
 * Tensor logits = Layers.dense(hidden, 10);
 * </pre>
 *
 * <p>Inputs are floats whose number of channels is known. Of sizes of windows there is one for each spatial axis, or
 * one for all.
 */
public final class Layers {
    private Layers() {}

    /** {@link #dense(Tensor, long, LayerOptions)} without an activation. */
    public static Tensor dense(Tensor inputs, long units) {
        return dense(inputs, units, LayerOptions.DEFAULT);
    }

    /** {@code [..., inputs]} to {@code [..., units]} by a new {@link Dense}. */
    public static Tensor dense(Tensor inputs, long units, LayerOptions options) {
        return Composite.of(inputs.graph(), "dense", () ->
                Dense.of(inputs.graph(), inputs.dtype(), LayerWeights.size(inputs, -1), units, options)
                .apply(inputs));
    }

    /**
     * A convolution of {@code [batch, width, channels]} to so many channels.
     *
     * @param filters the number of channels of the result
     * @param sizes   of a window
     */
    public static Tensor conv1d(Tensor inputs, long filters, List<Long> sizes, WindowOptions windows,
            LayerOptions options) {
        return convolution("conv1d", inputs, 1, filters, sizes, windows, false, options);
    }

    /** A convolution of {@code [batch, height, width, channels]} to so many channels. */
    public static Tensor conv2d(Tensor inputs, long filters, List<Long> sizes, WindowOptions windows,
            LayerOptions options) {
        return convolution("conv2d", inputs, 2, filters, sizes, windows, false, options);
    }

    /** A convolution of {@code [batch, depth, height, width, channels]} to so many channels. */
    public static Tensor conv3d(Tensor inputs, long filters, List<Long> sizes, WindowOptions windows,
            LayerOptions options) {
        return convolution("conv3d", inputs, 3, filters, sizes, windows, false, options);
    }

    /** A transposed convolution of {@code [batch, width, channels]} to so many channels. */
    public static Tensor conv1dTranspose(Tensor inputs, long filters, List<Long> sizes, WindowOptions windows,
            LayerOptions options) {
        return convolution("conv1d_transpose", inputs, 1, filters, sizes, windows, true, options);
    }

    /** A transposed convolution of {@code [batch, height, width, channels]} to so many channels. */
    public static Tensor conv2dTranspose(Tensor inputs, long filters, List<Long> sizes, WindowOptions windows,
            LayerOptions options) {
        return convolution("conv2d_transpose", inputs, 2, filters, sizes, windows, true, options);
    }

    /** A transposed convolution of {@code [batch, depth, height, width, channels]} to so many channels. */
    public static Tensor conv3dTranspose(Tensor inputs, long filters, List<Long> sizes, WindowOptions windows,
            LayerOptions options) {
        return convolution("conv3d_transpose", inputs, 3, filters, sizes, windows, true, options);
    }

    private static Tensor convolution(String name, Tensor inputs, int axes, long filters, List<Long> sizes,
            WindowOptions windows, boolean transposed, LayerOptions options) {
        return Composite.of(inputs.graph(), name, () -> {
            long channels = LayerWeights.channels(inputs, axes, windows);
            return convolution(name, inputs.graph(), inputs.dtype(), axes, channels, filters, sizes, windows,
                    transposed, options).apply(inputs);
        });
    }

    /**
     * A convolution of images with new weights.
     *
     * @param channels the number of channels of what it is applied to
     * @param filters  the number of channels of what it gives
     * @param sizes    of a window
     */
    public static ConvolutionLayer conv2d(Graph graph, DType dtype, long channels, long filters, List<Long> sizes,
            WindowOptions windows, LayerOptions options) {
        return convolution("conv2d", graph, dtype, 2, channels, filters, sizes, windows, false, options);
    }

    private static ConvolutionLayer convolution(String name, Graph graph, DType dtype, int axes, long channels,
            long filters, List<Long> sizes, WindowOptions windows, boolean transposed, LayerOptions options) {
        return Composite.of(graph, name, () -> {
            long groups = windows.groups();
            if (groups < 1 || channels % groups != 0 || filters % groups != 0) {
                throw new GraphException(channels + " channels and " + filters
                        + " filters are not multiples of " + groups + " groups");
            }
            Shape shape = transposed ? LayerWeights.filter(sizes, axes, filters / groups, channels)
                    : LayerWeights.filter(sizes, axes, channels / groups, filters);
            try (Scope _ = graph.scope(name)) {
                Variable kernel = graph.variable("kernel", options.kernel().initialValue(graph, dtype, shape));
                return new ConvolutionLayer(name, kernel, LayerWeights.bias(graph, dtype, filters, options), windows,
                        transposed, options.activation());
            }
        });
    }

    /**
     * A separable convolution of {@code [batch, width, channels]} to so many channels.
     *
     * @param multiplier how many channels each channel becomes in between
     */
    public static Tensor separableConv1d(Tensor inputs, long filters, List<Long> sizes, long multiplier,
            WindowOptions windows, LayerOptions options) {
        return separable("separable_conv1d", inputs, 1, filters, sizes, multiplier, windows, options);
    }

    /** A separable convolution of {@code [batch, height, width, channels]}, as {@link #separableConv1d}. */
    public static Tensor separableConv2d(Tensor inputs, long filters, List<Long> sizes, long multiplier,
            WindowOptions windows, LayerOptions options) {
        return separable("separable_conv2d", inputs, 2, filters, sizes, multiplier, windows, options);
    }

    private static Tensor separable(String name, Tensor inputs, int axes, long filters, List<Long> sizes,
            long multiplier, WindowOptions windows, LayerOptions options) {
        return Composite.of(inputs.graph(), name, () -> {
            Graph graph = inputs.graph();
            DType dtype = inputs.dtype();
            long channels = LayerWeights.channels(inputs, axes, windows);
            Shape wide = LayerWeights.filter(sizes, axes, channels, multiplier);
            Shape single = LayerWeights.filter(List.of(1L), axes, channels * multiplier, filters);
            SeparableConvolutionLayer layer;
            try (Scope _ = graph.scope(name)) {
                layer = new SeparableConvolutionLayer(name,
                        graph.variable("depthwise_kernel", options.kernel().initialValue(graph, dtype, wide)),
                        graph.variable("pointwise_kernel", options.kernel().initialValue(graph, dtype, single)),
                        LayerWeights.bias(graph, dtype, filters, options), windows, options.activation());
            }
            return layer.apply(inputs);
        });
    }

    /** {@link BatchNormalization#train} of new weights, for inputs {@code [batch, ..., channels]}. */
    public static BatchNormalization.Normalized batchNormalization(Tensor inputs) {
        return Composite.of(inputs.graph(), "batch_normalization", () ->
                BatchNormalization.of(inputs.graph(), inputs.dtype(),
                        LayerWeights.size(inputs, -1)).train(inputs));
    }

    /** Elements that are 0 with a probability and greater elsewhere, as {@code Nn.dropout}, in training alone. */
    public static Tensor dropout(Tensor inputs, double rate, boolean training) {
        return Composite.of(inputs.graph(), "dropout", () ->
                training ? Nn.dropout(inputs, rate) : Ops.identity(inputs));
    }

    /** {@code [batch, ...]} as {@code [batch, n]}; a vector as one column. */
    public static Tensor flatten(Tensor inputs) {
        return Composite.of(inputs.graph(), "flatten", () -> {
            if (inputs.rank() == 0) {
                throw new GraphException("inputs of at least one axis are needed, not " + inputs);
            }
            Dim rest = inputs.shape().dims().subList(1, inputs.rank()).stream().reduce(Dim.ONE, Dim::times);
            return Ops.reshape(inputs, Shape.of(inputs.dim(0), rest));
        });
    }

    /** The greatest element of each window of {@code [batch, width, channels]}. */
    public static Tensor maxPooling1d(Tensor inputs, List<Long> sizes, WindowOptions windows) {
        return Composite.of(inputs.graph(), "max_pooling1d", () -> Nn.maxPool1d(inputs, sizes, windows));
    }

    /** The greatest element of each window of {@code [batch, height, width, channels]}. */
    public static Tensor maxPooling2d(Tensor inputs, List<Long> sizes, WindowOptions windows) {
        return Composite.of(inputs.graph(), "max_pooling2d", () -> Nn.maxPool2d(inputs, sizes, windows));
    }

    /** The greatest element of each window of {@code [batch, depth, height, width, channels]}. */
    public static Tensor maxPooling3d(Tensor inputs, List<Long> sizes, WindowOptions windows) {
        return Composite.of(inputs.graph(), "max_pooling3d", () -> Nn.maxPool3d(inputs, sizes, windows));
    }

    /** The mean of each window of {@code [batch, width, channels]}. */
    public static Tensor averagePooling1d(Tensor inputs, List<Long> sizes, WindowOptions windows) {
        return Composite.of(inputs.graph(), "average_pooling1d", () -> Nn.avgPool1d(inputs, sizes, windows));
    }

    /** The mean of each window of {@code [batch, height, width, channels]}. */
    public static Tensor averagePooling2d(Tensor inputs, List<Long> sizes, WindowOptions windows) {
        return Composite.of(inputs.graph(), "average_pooling2d", () -> Nn.avgPool2d(inputs, sizes, windows));
    }

    /** The mean of each window of {@code [batch, depth, height, width, channels]}. */
    public static Tensor averagePooling3d(Tensor inputs, List<Long> sizes, WindowOptions windows) {
        return Composite.of(inputs.graph(), "average_pooling3d", () -> Nn.avgPool3d(inputs, sizes, windows));
    }
}
