package dev.sinter.graph;

import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Convolutions and their gradients as ops; users find them in {@link Nn}. */
abstract sealed class Convolutions extends CrossEntropies permits Poolings {
    Convolutions() {}

    /**
     * Convolution (more exactly cross-correlation, as everywhere in machine learning) over one or more spatial axes.
     *
     * @param x      {@code [batch, spatial..., in]}
     * @param filter {@code [size..., in / groups, out]}, of known sizes
     * @return {@code [batch, windows..., out]}
     * @throws GraphException where ranks or channels do not fit, or an option is out of range
     */
    public static Tensor convolution(Operand x, Operand filter, WindowOptions options) {
        return Composer.tensor("convolution", c -> Convolution.convolve(c, c.in(0), c.in(1), options), x, filter);
    }

    /** {@link #convolution} along one axis: {@code [batch, width, in]} with {@code [size, in / groups, out]}. */
    public static Tensor conv1d(Operand x, Operand filter, WindowOptions options) {
        return convolution("conv1d", 1, x, filter, options);
    }

    /**
     * {@link #convolution} of images: {@code [batch, height, width, in]} with
     * {@code [height, width, in / groups, out]}.
     */
    public static Tensor conv2d(Operand x, Operand filter, WindowOptions options) {
        return convolution("conv2d", 2, x, filter, options);
    }

    /** {@link #convolution} of volumes, along three axes. */
    public static Tensor conv3d(Operand x, Operand filter, WindowOptions options) {
        return convolution("conv3d", 3, x, filter, options);
    }

    private static Tensor convolution(String name, int axes, Operand x, Operand filter, WindowOptions options) {
        return Composer.tensor(name, c -> {
            c.label("x", "filter");
            if (Composer.rank(c.in(0)) != axes + 2) {
                throw new GraphException("an input of rank " + (axes + 2) + " is needed, not " + c.describe(c.in(0)));
            }
            return Convolution.convolve(c, c.in(0), c.in(1), options);
        }, x, filter);
    }

    /**
     * Transposed convolution, from the windows' side of a {@link #convolution} back to the side of its input: what
     * flows to an input of the result's shape from a convolution with the same filter and options, as TensorFlow's
     * {@code conv2d_transpose}. Sizes are computed: with {@code SAME} padding {@code n * stride}, with {@code VALID}
     * one {@code n * stride + max(reach - stride, 0)} for windows that reach over {@code reach} elements, and
     * {@code (n - 1) * stride + reach} less an explicit one, as in PyTorch.
     *
     * @param x      {@code [batch, windows..., in]}
     * @param filter {@code [size..., out / groups, in]}, of known sizes
     * @return {@code [batch, spatial..., out]}
     * @throws GraphException where ranks or channels do not fit, or an option is out of range
     */
    public static Tensor convolutionTranspose(Operand x, Operand filter, WindowOptions options) {
        return convolutionTranspose("convolution_transpose", 0, x, filter, Optional.empty(), options);
    }

    /**
     * Transposed convolution to a given shape.
     *
     * @param shape of the result, with batch and channels; what is {@link Shape#UNKNOWN} in it is computed
     * @throws GraphException where a result of that shape has another number of windows; where the graph cannot
     *         tell, the run fails
     */
    public static Tensor convolutionTranspose(Operand x, Operand filter, Shape shape, WindowOptions options) {
        return convolutionTranspose("convolution_transpose", 0, x, filter, Optional.of(shape), options);
    }

    /** {@link #convolutionTranspose} along one axis. */
    public static Tensor conv1dTranspose(Operand x, Operand filter, WindowOptions options) {
        return convolutionTranspose("conv1d_transpose", 1, x, filter, Optional.empty(), options);
    }

    /** {@link #convolutionTranspose} along one axis, to a given shape. */
    public static Tensor conv1dTranspose(Operand x, Operand filter, Shape shape, WindowOptions options) {
        return convolutionTranspose("conv1d_transpose", 1, x, filter, Optional.of(shape), options);
    }

    /** {@link #convolutionTranspose} of images: {@code [batch, height, width, in]}. */
    public static Tensor conv2dTranspose(Operand x, Operand filter, WindowOptions options) {
        return convolutionTranspose("conv2d_transpose", 2, x, filter, Optional.empty(), options);
    }

    /** {@link #convolutionTranspose} of images, to a given shape. */
    public static Tensor conv2dTranspose(Operand x, Operand filter, Shape shape, WindowOptions options) {
        return convolutionTranspose("conv2d_transpose", 2, x, filter, Optional.of(shape), options);
    }

    /** {@link #convolutionTranspose} of volumes. */
    public static Tensor conv3dTranspose(Operand x, Operand filter, WindowOptions options) {
        return convolutionTranspose("conv3d_transpose", 3, x, filter, Optional.empty(), options);
    }

    /** {@link #convolutionTranspose} of volumes, to a given shape. */
    public static Tensor conv3dTranspose(Operand x, Operand filter, Shape shape, WindowOptions options) {
        return convolutionTranspose("conv3d_transpose", 3, x, filter, Optional.of(shape), options);
    }

    private static Tensor convolutionTranspose(String name, int axes, Operand x, Operand filter, Optional<Shape> shape,
            WindowOptions options) {
        return Composer.tensor(name, c -> {
            c.label("x", "filter");
            if (axes > 0 && Composer.rank(c.in(0)) != axes + 2) {
                throw new GraphException("an input of rank " + (axes + 2) + " is needed, not " + c.describe(c.in(0)));
            }
            return Convolution.transposed(c, c.in(0), c.in(1), shape, options);
        }, x, filter);
    }

    /**
     * The convolution of each channel with filters of its own.
     *
     * @param x      {@code [batch, height, width, in]}, or with other spatial axes
     * @param filter {@code [height, width, in, multiplier]}, of known sizes
     * @return {@code [batch, windows..., in * multiplier]}
     */
    public static Tensor depthwiseConv2d(Operand x, Operand filter, WindowOptions options) {
        return Composer.tensor("depthwise_conv2d", c -> Convolution.depthwise(c, c.in(0), c.in(1), options), x, filter);
    }

    /**
     * A {@link #depthwiseConv2d}, then a convolution with windows of one element.
     *
     * @param x         {@code [batch, height, width, in]}, or with other spatial axes
     * @param depthwise {@code [height, width, in, multiplier]}, of known sizes
     * @param pointwise {@code [1, 1, in * multiplier, out]}
     * @param options   of the first convolution
     * @return {@code [batch, windows..., out]}
     */
    public static Tensor separableConv2d(Operand x, Operand depthwise, Operand pointwise, WindowOptions options) {
        return Composite.tensor("separable_conv2d", List.of(x, depthwise, pointwise), in -> {
            Shape filter = in.get(2).shape();
            for (int axis = 0; axis < filter.rank() - 2; axis++) {
                if (!filter.dim(axis).isConstant(1)) {
                    throw new GraphException("the pointwise filter has one element along each spatial axis, not "
                            + Requirements.describe("pointwise", in.get(2)));
                }
            }
            WindowOptions second = options.channelsFirst() ? WindowOptions.VALID.withChannelsFirst()
                    : WindowOptions.VALID;
            return convolution(depthwiseConv2d(in.get(0), in.get(1), options), in.get(2), second);
        });
    }

    /** {@link #conv2d} whose windows' elements lie {@code rate} apart (Chen et al., 2015). */
    public static Tensor atrousConv2d(Operand x, Operand filter, long rate, WindowOptions.Padding padding) {
        return Composite.named("atrous_conv2d",
                () -> conv2d(x, filter, WindowOptions.VALID.withPadding(padding).withDilations(rate)));
    }

    /** {@link #conv2dTranspose} to a shape, whose windows' elements lie {@code rate} apart. */
    public static Tensor atrousConv2dTranspose(Operand x, Operand filter, Shape shape, long rate,
            WindowOptions.Padding padding) {
        return Composite.named("atrous_conv2d_transpose", () -> conv2dTranspose(x, filter, shape,
                WindowOptions.VALID.withPadding(padding).withDilations(rate)));
    }

    /**
     * What flows to the input of a {@link #convolution} from what flows to its result.
     *
     * @param shape    of the input, with batch and channels; what is {@link Shape#UNKNOWN} in it is computed
     * @param filter   {@code [size..., in / groups, out]}, of known sizes
     * @param gradient {@code [batch, windows..., out]}
     */
    public static Tensor convolutionBackpropInput(Shape shape, Operand filter, Operand gradient,
            WindowOptions options) {
        return convolutionTranspose("convolution_backprop_input", 0, gradient, filter, Optional.of(shape), options);
    }

    /** {@link #convolutionBackpropInput} of images. */
    public static Tensor conv2dBackpropInput(Shape shape, Operand filter, Operand gradient, WindowOptions options) {
        return convolutionTranspose("conv2d_backprop_input", 2, gradient, filter, Optional.of(shape), options);
    }

    /** {@link #convolutionBackpropInput} of volumes. */
    public static Tensor conv3dBackpropInput(Shape shape, Operand filter, Operand gradient, WindowOptions options) {
        return convolutionTranspose("conv3d_backprop_input", 3, gradient, filter, Optional.of(shape), options);
    }

    /**
     * What flows to the filter of a {@link #convolution} from what flows to its result.
     *
     * @param x        {@code [batch, spatial..., in]}
     * @param shape    of the filter, {@code [size..., in / groups, out]}, known
     * @param gradient {@code [batch, windows..., out]}
     */
    public static Tensor convolutionBackpropFilter(Operand x, Shape shape, Operand gradient, WindowOptions options) {
        return filterGradient("convolution_backprop_filter", 0, x, shape, gradient, options);
    }

    /** {@link #convolutionBackpropFilter} of images. */
    public static Tensor conv2dBackpropFilter(Operand x, Shape shape, Operand gradient, WindowOptions options) {
        return filterGradient("conv2d_backprop_filter", 2, x, shape, gradient, options);
    }

    /** {@link #convolutionBackpropFilter} of volumes. */
    public static Tensor conv3dBackpropFilter(Operand x, Shape shape, Operand gradient, WindowOptions options) {
        return filterGradient("conv3d_backprop_filter", 3, x, shape, gradient, options);
    }

    private static Tensor filterGradient(String name, int axes, Operand x, Shape shape, Operand gradient,
            WindowOptions options) {
        return Composer.tensor(name, c -> {
            c.label("x", "gradient");
            if (axes > 0 && Composer.rank(c.in(0)) != axes + 2) {
                throw new GraphException("an input of rank " + (axes + 2) + " is needed, not " + c.describe(c.in(0)));
            }
            return Convolution.filterGradient(c, c.in(0), c.in(1), shape, options);
        }, x, gradient);
    }

    /**
     * What flows to the input of a {@link #depthwiseConv2d} from what flows to its result.
     *
     * @param shape    of the input; what is {@link Shape#UNKNOWN} in it is computed
     * @param filter   {@code [height, width, in, multiplier]}, of known sizes
     * @param gradient {@code [batch, windows..., in * multiplier]}
     */
    public static Tensor depthwiseConv2dBackpropInput(Shape shape, Operand filter, Operand gradient,
            WindowOptions options) {
        return Composite.tensor("depthwise_conv2d_backprop_input", List.of(filter, gradient), in -> {
            Shape own = in.get(0).shape();
            int last = own.rank() - 1;
            if (last < 2 || !own.dim(last - 1).isConstant()) {
                throw new GraphException("a filter [size..., in, multiplier] of known sizes is needed, not "
                        + Requirements.describe("filter", in.get(0)));
            }
            List<Dim> dims = new ArrayList<>(own.dims().subList(0, last - 1));
            dims.add(Dim.ONE);
            dims.add(own.dim(last - 1).times(own.dim(last)));
            return convolutionTranspose("transpose", 0, in.get(1), Ops.reshape(in.get(0), new Shape(dims)),
                    Optional.of(shape), options.withGroups(own.dim(last - 1).constant()));
        });
    }

    /**
     * What flows to the filter of a {@link #depthwiseConv2d} from what flows to its result.
     *
     * @param x        {@code [batch, height, width, in]}
     * @param shape    of the filter, {@code [height, width, in, multiplier]}, known
     * @param gradient {@code [batch, windows..., in * multiplier]}
     */
    public static Tensor depthwiseConv2dBackpropFilter(Operand x, Shape shape, Operand gradient,
            WindowOptions options) {
        return Composite.tensor("depthwise_conv2d_backprop_filter", List.of(x, gradient), in -> {
            int last = shape.rank() - 1;
            if (last < 2 || !shape.isStatic()) {
                throw new GraphException("the shape of the filter must be known and [size..., in, multiplier], not "
                        + shape.toUserString());
            }
            List<Dim> dims = new ArrayList<>(shape.dims().subList(0, last - 1));
            dims.add(Dim.ONE);
            dims.add(shape.dim(last - 1).times(shape.dim(last)));
            Tensor flat = filterGradient("filter", 0, in.get(0), new Shape(dims), in.get(1),
                    options.withGroups(shape.dim(last - 1).constant()));
            return Ops.reshape(flat, shape);
        });
    }
}
