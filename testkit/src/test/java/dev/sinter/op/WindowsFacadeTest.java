package dev.sinter.op;

import static dev.sinter.graph.WindowOptions.SAME;
import static dev.sinter.graph.WindowOptions.VALID;

import dev.sinter.graph.Image;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import dev.sinter.graph.PooledMax;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.WindowOptions;
import dev.sinter.graph.WindowOptions.Padding;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Convolutions, their gradients as ops, and pooling. Filters and channels have known sizes. */
final class WindowsFacadeTest extends FacadeTest {
    WindowsFacadeTest() {
        super("windows", rows());
    }

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>(convolutions());
        rows.addAll(gradients());
        rows.addAll(pooling());
        return rows;
    }

    private static Tensor sized(Tensor x, long... sizes) {
        return Ops.reshape(x, Shape.shape(sizes));
    }

    private static Tensor channels(Tensor x, int axis, long count) {
        List<Dim> dims = new ArrayList<>(x.shape().dims());
        dims.set(axis, Dim.of(count));
        return Ops.reshape(x, new Shape(dims));
    }

    private static Tensor last(Tensor x, long count) {
        return channels(x, x.rank() - 1, count);
    }

    private static List<Row> convolutions() {
        return List.of(
                Row.of("conv2d_same", in -> Nn.conv2d(last(in.get(0), 3), sized(in.get(1), 3, 2, 3, 2),
                        SAME.withStrides(2, 1))),
                Row.of("conv2d_dilated", in -> Nn.conv2d(last(in.get(0), 3), sized(in.get(1), 3, 2, 3, 2),
                        VALID.withDilations(2, 1))),
                Row.of("conv2d_first", in -> Nn.conv2d(channels(in.get(0), 1, 3), sized(in.get(1), 3, 2, 3, 2),
                        VALID.withStrides(1, 2).withPadding(1).withChannelsFirst())),
                Row.of("conv2d_grouped", in -> Nn.conv2d(last(in.get(0), 4), sized(in.get(1), 2, 2, 2, 6),
                        VALID.withGroups(2))),
                Row.of("conv1d", in -> Nn.conv1d(last(in.get(0), 2), sized(in.get(1), 3, 2, 3),
                        SAME.withStrides(2))),
                Row.of("conv3d", in -> Nn.conv3d(last(in.get(0), 2), sized(in.get(1), 2, 1, 3, 2, 2), SAME)),
                Row.of("atrous_conv2d", in -> Nn.atrousConv2d(last(in.get(0), 3), sized(in.get(1), 3, 2, 3, 2), 2,
                        new Padding.Same())),
                Row.of("atrous_conv2d_transpose", in -> Nn.atrousConv2dTranspose(last(in.get(0), 3),
                        sized(in.get(1), 2, 3, 4, 3), open(4), 2, new Padding.Same())),
                Row.of("conv2d_transpose", in -> Nn.conv2dTranspose(sized(in.get(0), 2, 5, 4, 3),
                        sized(in.get(1), 3, 3, 4, 3), Shape.shape(2, 9, 8, 4), SAME.withStrides(2))),
                Row.of("depthwise", in -> Nn.depthwiseConv2d(last(in.get(0), 3), sized(in.get(1), 3, 2, 3, 2), SAME)),
                Row.of("depthwise_dilated", in -> Nn.depthwiseConv2d(last(in.get(0), 3),
                        sized(in.get(1), 2, 2, 3, 1), VALID.withDilations(2))),
                Row.of("separable", in -> Nn.separableConv2d(last(in.get(0), 3), sized(in.get(1), 3, 2, 3, 2),
                        sized(in.get(2), 1, 1, 6, 4), SAME.withStrides(2))));
    }

    private static Shape open(long channels) {
        return Shape.shape(Shape.UNKNOWN, Shape.UNKNOWN, Shape.UNKNOWN, channels);
    }

    private static List<Row> gradients() {
        WindowOptions strided = SAME.withStrides(2, 1);
        return List.of(
                Row.of("backprop_input", in -> Nn.conv2dBackpropInput(Shape.shape(2, 5, 4, 3),
                        sized(in.get(0), 3, 2, 3, 2), sized(in.get(1), 2, 3, 4, 2), strided)),
                Row.of("backprop_filter", in -> Nn.conv2dBackpropFilter(last(in.get(0), 3), Shape.shape(3, 2, 3, 2),
                        last(in.get(1), 2), strided)),
                Row.of("backprop_filter_grouped", in -> Nn.conv2dBackpropFilter(last(in.get(0), 4),
                        Shape.shape(2, 2, 2, 6), last(in.get(1), 6), VALID.withGroups(2))),
                Row.of("backprop_filter_volume", in -> Nn.conv3dBackpropFilter(last(in.get(0), 2),
                        Shape.shape(2, 1, 3, 2, 2), last(in.get(1), 2), SAME)),
                Row.of("depthwise_backprop_input", in -> Nn.depthwiseConv2dBackpropInput(Shape.shape(2, 5, 4, 3),
                        sized(in.get(0), 3, 2, 3, 2), sized(in.get(1), 2, 3, 2, 6), SAME.withStrides(2))),
                Row.of("depthwise_backprop_filter", in -> Nn.depthwiseConv2dBackpropFilter(last(in.get(0), 3),
                        Shape.shape(3, 2, 3, 2), last(in.get(1), 6), SAME.withStrides(2))));
    }

    private static List<Row> pooling() {
        List<Long> wide = List.of(3L, 2L);
        List<Long> square = List.of(2L);
        return List.of(
                Row.of("max_pool1d", in -> Nn.maxPool1d(in.get(0), List.of(3L), SAME.withStrides(2))),
                Row.of("max_pool2d", in -> Nn.maxPool2d(in.get(0), wide, SAME.withStrides(2, 1))),
                Row.of("max_pool3d", in -> Nn.maxPool3d(in.get(0), square, VALID)),
                Row.of("avg_pool1d", in -> Nn.avgPool1d(in.get(0), List.of(3L), SAME.withStrides(2))),
                Row.of("avg_pool2d", in -> Nn.avgPool2d(in.get(0), wide, SAME.withStrides(2, 1))),
                Row.of("avg_pool3d", in -> Nn.avgPool3d(in.get(0), square, VALID)),
                Row.of("pool_dilated", in -> Nn.pool(in.get(0), square, Nn.Pool.MAX, VALID.withDilations(2, 1))),
                Row.of("pool_average", in -> Nn.pool(in.get(0), square, Nn.Pool.AVG, VALID.withDilations(2, 1))),
                Row.of("apart_conv", in -> Nn.withSpaceToBatch(in.get(0), wide, VALID.withDilations(2, 3),
                        part -> Nn.conv2d(part, in.get(1), VALID))),
                Row.of("apart_conv_same", in -> Nn.withSpaceToBatch(in.get(0), wide, SAME.withDilations(2, 3),
                        part -> Nn.conv2d(part, in.get(1), VALID))),
                Row.of("apart_square", in -> Nn.withSpaceToBatch(in.get(0), square, VALID.withDilations(2),
                        Ops::square)),
                pooledMax("max_argmax", false),
                pooledMax("max_argmax_batch", true),
                Row.of("dilation2d", in -> Nn.dilation2d(last(in.get(0), 3), sized(in.get(1), 2, 3, 3),
                        SAME.withStrides(1, 2).withDilations(2, 1))),
                Row.of("extract_volume_patches", in -> Image.extractVolumePatches(in.get(0), List.of(2L, 1L, 3L),
                        SAME.withStrides(1, 2, 1))),
                Row.of("extract_volume_patches_valid", in -> Image.extractVolumePatches(in.get(0), List.of(2L, 1L, 3L),
                        VALID.withStrides(1, 2, 1))),
                Row.of("erosion2d", in -> Nn.erosion2d(last(in.get(0), 3), sized(in.get(1), 2, 3, 3), VALID)));
    }

    private static Row pooledMax(String name, boolean includeBatch) {
        return new Row(name, in -> {
            PooledMax pooled = Nn.maxPoolWithArgmax(in.get(0), List.of(2L), SAME.withStrides(2, 1), includeBatch);
            return List.of(pooled.output(), pooled.argmax());
        });
    }
}
