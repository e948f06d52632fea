package dev.sinter.graph;

import dev.sinter.op.Windows.Window;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How the windows of a convolution or of pooling slide over the spatial axes of their input. Lists have one entry a
 * spatial axis, or one for all.
 *
 * @param padding       what is added around the input
 * @param strides       from a window to the next, at least 1
 * @param dilations     from an element of a window to the next, at least 1
 * @param groups        of channels that are convolved apart; 1 in pooling
 * @param channelsFirst whether the channels are axis 1 ({@code NCHW}) and not the last one ({@code NHWC})
 */
public record WindowOptions(Padding padding, List<Long> strides, List<Long> dilations, long groups,
        boolean channelsFirst) {
    /** What is added around the spatial axes. */
    public sealed interface Padding {
        /** Nothing: windows lie inside of the input. */
        record Valid() implements Padding {}

        /**
         * As much as makes {@code ceil(size / stride)} windows, an odd element at the end, as TensorFlow's
         * {@code SAME}.
         */
        record Same() implements Padding {}

        /** So many elements before and after each axis. */
        record Explicit(List<Long> before, List<Long> after) implements Padding {
            public Explicit {
                before = List.copyOf(before);
                after = List.copyOf(after);
            }
        }
    }

    /** Windows that lie inside of the input and move by one element. */
    public static final WindowOptions VALID =
            new WindowOptions(new Padding.Valid(), List.of(1L), List.of(1L), 1, false);
    /** As many windows as the input has elements, which move by one element. */
    public static final WindowOptions SAME = VALID.withPadding(new Padding.Same());

    public WindowOptions {
        strides = List.copyOf(strides);
        dilations = List.copyOf(dilations);
    }

    /** These options with a padding. */
    public WindowOptions withPadding(Padding added) {
        return new WindowOptions(added, strides, dilations, groups, channelsFirst);
    }

    /** These options with as much before as after each spatial axis, as in PyTorch. */
    public WindowOptions withPadding(long... both) {
        List<Long> amounts = list(both);
        return withPadding(new Padding.Explicit(amounts, amounts));
    }

    /** These options with windows that move by so many elements along each spatial axis, or along all. */
    public WindowOptions withStrides(long... elements) {
        return new WindowOptions(padding, list(elements), dilations, groups, channelsFirst);
    }

    /** These options with windows whose elements lie so far apart along each spatial axis, or along all. */
    public WindowOptions withDilations(long... elements) {
        return new WindowOptions(padding, strides, list(elements), groups, channelsFirst);
    }

    /** These options with channels convolved in groups. */
    public WindowOptions withGroups(long count) {
        return new WindowOptions(padding, strides, dilations, count, channelsFirst);
    }

    /** These options for an input {@code [batch, channels, spatial...]}. */
    public WindowOptions withChannelsFirst() {
        return new WindowOptions(padding, strides, dilations, groups, true);
    }

    private static List<Long> list(long... elements) {
        return Arrays.stream(elements).boxed().toList();
    }

    /** An entry for each of some spatial axes. */
    static List<Long> spread(String what, List<Long> entries, int axes, long least) {
        if (entries.size() != 1 && entries.size() != axes) {
            throw new GraphException(axes + " " + what + " or one for all are needed, not " + entries.size());
        }
        List<Long> all = new ArrayList<>();
        for (int axis = 0; axis < axes; axis++) {
            long entry = entries.get(entries.size() == 1 ? 0 : axis);
            if (entry < least) {
                throw new GraphException(what + " must be at least " + least + ", not " + entry);
            }
            if (entry > Integer.MAX_VALUE) {
                throw new GraphException(what + " must be at most " + Integer.MAX_VALUE + ", not " + entry);
            }
            all.add(entry);
        }
        return all;
    }

    /** What is added before and after each of some spatial axes, for windows of a size, stride and dilation. */
    List<List<Dim>> amounts(List<Dim> lengths, List<Long> sizes) {
        int axes = lengths.size();
        List<Long> steps = spread("strides", strides, axes, 1);
        List<Long> distances = spread("dilations", dilations, axes, 1);
        List<List<Dim>> amounts = new ArrayList<>();
        for (int axis = 0; axis < axes; axis++) {
            Dim reach = new Window(axis, sizes.get(axis), steps.get(axis), distances.get(axis)).reach();
            amounts.add(switch (padding) {
                case Padding.Valid _ -> List.of(Dim.ZERO, Dim.ZERO);
                case Padding.Same _ -> same(lengths.get(axis), reach, steps.get(axis));
                case Padding.Explicit(List<Long> before, List<Long> after) ->
                        List.of(Dim.of(spread("paddings", before, axes, 0).get(axis)),
                                Dim.of(spread("paddings", after, axes, 0).get(axis)));
            });
        }
        return amounts;
    }

    private static List<Dim> same(Dim length, Dim reach, long stride) {
        Dim total = stride == 1 ? reach
                : length.ceilDiv(stride).minus(1).times(stride).plus(reach).plus(1).minus(length).max(Dim.ZERO);
        Dim before = total.floorDiv(2);
        return List.of(before, total.minus(before));
    }
}
