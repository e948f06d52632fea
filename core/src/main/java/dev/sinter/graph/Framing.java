package dev.sinter.graph;

import dev.sinter.op.Pad;
import dev.sinter.op.Reverse;
import dev.sinter.op.Slice;
import dev.sinter.op.Windows;
import dev.sinter.op.Windows.Window;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Parts of images, and images with a frame: {@code [height, width, channels]}, or with a batch before them. */
final class Framing {
    private Framing() {}

    /** The axis of the height, which that of the width follows. */
    static int height(Composer c, Node image) {
        int rank = Composer.rank(image);
        if (rank != 3 && rank != 4) {
            throw new GraphException("an image [height, width, channels] or a batch of them is needed, not "
                    + c.describe(image));
        }
        return rank - 3;
    }

    /** The operand with a last axis of a size; where the graph cannot tell whether it has it, each run checks it. */
    static Node last(Composer c, Node x, long size, String what) {
        int last = Composer.rank(x) - 1;
        if (last < 0 || Composer.shape(x).dim(last).isConstant()
                && !Composer.shape(x).dim(last).isConstant(size)) {
            throw new GraphException(what + " needed, not " + c.describe(x));
        }
        return c.resized(x, last, Dim.of(size));
    }

    private static Dim known(Composer c, Dim size) {
        if (size.equals(Dim.UNKNOWN)) {
            throw new GraphException("a size of the result must be a number or the size of a tensor");
        }
        return c.graph().sizes().canonical(size);
    }

    /** A box of an image. */
    static Node crop(Composer c, Node image, Dim top, Dim left, Dim height, Dim width) {
        int axis = height(c, image);
        List<Dim> starts = Shaping.zeros(Composer.rank(image));
        List<Dim> limits = new ArrayList<>(Composer.shape(image).dims());
        List<Dim> first = List.of(known(c, top), known(c, left));
        List<Dim> count = List.of(known(c, height), known(c, width));
        for (int i = 0; i < 2; i++) {
            Dim whole = Composer.shape(image).dim(axis + i);
            Dim end = first.get(i).plus(count.get(i));
            boolean below = first.get(i).isConstant() && first.get(i).constant() < 0
                    || count.get(i).isConstant() && count.get(i).constant() < 0;
            if (below || end.minus(whole).isConstant() && end.minus(whole).constant() > 0) {
                throw new GraphException("from " + first.get(i) + ", " + count.get(i) + " pixels do not lie in "
                        + c.describe(image) + " axis " + (axis + i));
            }
            starts.set(axis + i, first.get(i));
            limits.set(axis + i, end);
        }
        return c.add(new Slice(starts, limits, Shaping.ones(Composer.rank(image))), image);
    }

    /** An image with zeros around it. */
    static Node pad(Composer c, Node image, Dim top, Dim left, Dim height, Dim width) {
        int axis = height(c, image);
        List<Dim> low = Shaping.zeros(Composer.rank(image));
        List<Dim> high = Shaping.zeros(Composer.rank(image));
        List<Dim> first = List.of(known(c, top), known(c, left));
        List<Dim> count = List.of(known(c, height), known(c, width));
        for (int i = 0; i < 2; i++) {
            Dim own = Composer.shape(image).dim(axis + i);
            Dim after = count.get(i).minus(first.get(i)).minus(own);
            if (first.get(i).isConstant() && first.get(i).constant() < 0
                    || after.isConstant() && after.constant() < 0) {
                throw new GraphException(c.describe(image) + " axis " + (axis + i) + " from " + first.get(i)
                        + " does not lie in " + count.get(i) + " pixels");
            }
            low.set(axis + i, first.get(i));
            high.set(axis + i, after);
        }
        return c.add(new Pad(low, high, Collections.nCopies(Composer.rank(image), 0L)), image,
                c.scalar(Composer.dtype(image), 0));
    }

    /** The middle of an image, or the image in the middle of zeros. */
    static Node cropOrPad(Composer c, Node image, Dim givenHeight, Dim givenWidth) {
        int axis = height(c, image);
        Dim height = positive(known(c, givenHeight));
        Dim width = positive(known(c, givenWidth));
        Dim ownHeight = Composer.shape(image).dim(axis);
        Dim ownWidth = Composer.shape(image).dim(axis + 1);
        Node cropped = crop(c, image, half(ownHeight.minus(height)), half(ownWidth.minus(width)),
                height.min(ownHeight), width.min(ownWidth));
        return pad(c, cropped, half(height.minus(ownHeight)), half(width.minus(ownWidth)), height, width);
    }

    private static Dim half(Dim difference) {
        return difference.floorDiv(2).max(Dim.ZERO);
    }

    private static Dim positive(Dim size) {
        if (size.isConstant() && size.constant() <= 0) {
            throw new GraphException("a size of the result is at least 1, not " + size);
        }
        return size;
    }

    /** The part of an image around its centre that has a fraction of each size. */
    static Node centre(Composer c, Node image, double fraction) {
        int axis = height(c, image);
        if (!(fraction > 0 && fraction <= 1)) {
            throw new GraphException("the fraction must be above 0 and at most 1, not " + fraction);
        }
        if (fraction == 1) {
            return image;
        }
        Dim top = centred(c, image, axis, fraction);
        Dim left = centred(c, image, axis + 1, fraction);
        return crop(c, image, top, left, Composer.shape(image).dim(axis).minus(top.times(2)),
                Composer.shape(image).dim(axis + 1).minus(left.times(2)));
    }

    private static Dim centred(Composer c, Node image, int axis, double fraction) {
        double size = known(c, image, axis);
        return Dim.of((long) ((size - size * fraction) / 2));
    }

    /** A size that must be known. */
    static long known(Composer c, Node image, int axis) {
        Dim size = Composer.shape(image).dim(axis);
        if (!size.isConstant()) {
            throw new GraphException("the size of axis " + axis + " of " + c.describe(image) + " must be known");
        }
        return size.constant();
    }

    /** The image in the opposite order along an axis: 0 is the height, 1 the width. */
    static Node flip(Composer c, Node image, int which) {
        return c.add(new Reverse(List.of(height(c, image) + which)), image);
    }

    /** Height and width exchanged. */
    static Node transpose(Composer c, Node image) {
        int axis = height(c, image);
        List<Integer> order = new ArrayList<>(Composer.axes(image));
        Collections.swap(order, axis, axis + 1);
        return c.transpose(image, order);
    }

    /** Turned against the clock by so many right angles. */
    static Node turn(Composer c, Node image, int times) {
        height(c, image);
        return switch (Math.floorMod(times, 4)) {
            case 1 -> transpose(c, flip(c, image, 1));
            case 2 -> flip(c, flip(c, image, 0), 1);
            case 3 -> flip(c, transpose(c, image), 1);
            default -> image;
        };
    }

    /** Windows of a batch of images or volumes, each as one vector: places along each spatial axis, channels. */
    static Node patches(Composer c, Node images, int axes, List<Long> sizes, WindowOptions options) {
        int rank = axes + 2;
        if (Composer.rank(images) != rank || options.channelsFirst()) {
            throw new GraphException("a batch of " + (axes == 2 ? "images [batch, height, width, channels]"
                    : "volumes [batch, depth, height, width, channels]") + " is needed, not " + c.describe(images));
        }
        if (options.groups() != 1) {
            throw new GraphException("patches have no groups");
        }
        List<Long> all = WindowOptions.spread("sizes of a patch", sizes, axes, 1);
        List<Long> strides = WindowOptions.spread("strides", options.strides(), axes, 1);
        List<Long> dilations = WindowOptions.spread("dilations", options.dilations(), axes, 1);
        List<List<Dim>> amounts = options.amounts(Composer.shape(images).dims().subList(1, axes + 1), all);
        List<Dim> low = Shaping.zeros(rank);
        List<Dim> high = Shaping.zeros(rank);
        List<Window> windows = new ArrayList<>();
        List<Integer> order = new ArrayList<>(IntStream.rangeClosed(0, axes).boxed().toList());
        for (int i = 0; i < axes; i++) {
            low.set(i + 1, amounts.get(i).getFirst());
            high.set(i + 1, amounts.get(i).getLast());
            windows.add(new Window(i + 1, all.get(i), strides.get(i), dilations.get(i)));
            order.add(rank + i);
        }
        order.add(axes + 1);
        Node padded = low.equals(high) && low.equals(Shaping.zeros(rank)) ? images : c.add(new Pad(low, high,
                Collections.nCopies(rank, 0L)), images, c.scalar(Composer.dtype(images), 0));
        Node shown = c.transpose(c.add(new Windows(windows), padded), order);
        List<Dim> dims = new ArrayList<>(Composer.shape(shown).dims().subList(0, axes + 1));
        dims.add(Composer.shape(shown).dims().subList(axes + 1, rank + axes).stream().reduce(Dim.ONE, Dim::times));
        return c.reshape(shown, new Shape(dims));
    }
}
