package dev.sinter.graph;

import dev.sinter.tensor.GraphException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;

/** Ops on elements that lie apart, which are neighbours in parts of the batch. */
final class SpaceToBatch {
    private SpaceToBatch() {}

    static Tensor around(Tensor x, List<Long> sizes, WindowOptions options, UnaryOperator<Tensor> op) {
        int axes = x.rank() - 2;
        if (axes < 1 || options.groups() != 1 || options.strides().stream().anyMatch(stride -> stride != 1)) {
            throw new GraphException("[batch, spatial..., channels], strides of 1 and no groups are needed, not "
                    + Requirements.describe("x", x) + " and " + options);
        }
        int first = options.channelsFirst() ? 2 : 1;
        List<Long> windows = WindowOptions.spread("sizes of windows", sizes, axes, 1);
        List<Long> rates = WindowOptions.spread("dilations", options.dilations(), axes, 1);
        // Axes in front of the spatial ones are blocks of one element.
        long[] block = new long[first - 1 + axes];
        long[] extents = new long[block.length];
        long[][] base = new long[block.length][2];
        for (int i = 0; i < block.length; i++) {
            int axis = i - (first - 1);
            block[i] = axis < 0 ? 1 : rates.get(axis);
            extents[i] = axis < 0 ? 0 : known(x, first + axis);
        }
        List<List<Long>> around = around(options.padding(), windows, rates);
        for (int axis = 0; axis < axes; axis++) {
            base[first - 1 + axis] = new long[] {around.get(0).get(axis), around.get(1).get(axis)};
        }
        BlockPaddings fitting = Rearranging.paddings(extents, block, base);
        Tensor parts = Ops.spaceToBatchNd(x, block, fitting.paddings());
        return Ops.batchToSpaceNd(op.apply(parts), block, fitting.crops());
    }

    private static long known(Tensor x, int axis) {
        if (!x.dim(axis).isConstant()) {
            throw new GraphException("the spatial sizes must be known: " + Requirements.describe("x", x) + " axis "
                    + axis + " is unknown; ops with dilations of their own, as Nn.convolution and Nn.pool, take"
                    + " any size");
        }
        return x.dim(axis).constant();
    }

    /** How many elements are added before and after each axis. */
    private static List<List<Long>> around(WindowOptions.Padding padding, List<Long> windows, List<Long> rates) {
        int axes = windows.size();
        return switch (padding) {
            case WindowOptions.Padding.Valid() -> Collections.nCopies(2, Collections.nCopies(axes, 0L));
            case WindowOptions.Padding.Same() -> {
                List<Long> before = new ArrayList<>();
                List<Long> after = new ArrayList<>();
                for (int axis = 0; axis < axes; axis++) {
                    long more = (windows.get(axis) - 1) * rates.get(axis);
                    before.add(more / 2);
                    after.add(more - more / 2);
                }
                yield List.of(before, after);
            }
            case WindowOptions.Padding.Explicit(List<Long> before, List<Long> after) ->
                    List.of(WindowOptions.spread("numbers of elements before", before, axes, 0),
                            WindowOptions.spread("numbers of elements after", after, axes, 0));
        };
    }
}
