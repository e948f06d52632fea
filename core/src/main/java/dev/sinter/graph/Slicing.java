package dev.sinter.graph;

import dev.sinter.op.Reverse;
import dev.sinter.op.Slice;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;

/** The ops of the facades that take elements at regular distances. */
final class Slicing {
    /** A size that no axis has, far from overflow in sums with sizes. */
    private static final long BEYOND_ANY_AXIS = 1L << 61;

    private Slicing() {}

    /** What the masks of {@code tf.strided_slice} say, axis by axis. */
    static List<Index> indices(long[] begin, long[] end, long[] strides, StridedSliceMasks masks) {
        if (begin.length != end.length || begin.length != strides.length) {
            throw new GraphException("strided_slice: begin has " + begin.length + " entries, end " + end.length
                    + ", strides " + strides.length + "; each axis needs one of each\n  at " + Place.here());
        }
        List<Index> indices = new ArrayList<>();
        for (int i = 0; i < begin.length; i++) {
            if (isSet(masks.ellipsis(), i)) {
                indices.add(Index.ELLIPSIS);
            } else if (isSet(masks.newAxis(), i)) {
                indices.add(Index.NEW_AXIS);
            } else if (isSet(masks.shrinkAxis(), i)) {
                indices.add(Index.at(begin[i]));
            } else {
                indices.add(new Index.Span(isSet(masks.begin(), i) ? OptionalLong.empty() : OptionalLong.of(begin[i]),
                        isSet(masks.end(), i) ? OptionalLong.empty() : OptionalLong.of(end[i]), strides[i]));
            }
        }
        return indices;
    }

    private static boolean isSet(int mask, int bit) {
        return bit < Integer.SIZE && (mask >>> bit & 1) != 0;
    }

    static Node slice(Composer c, Node x, List<Index> given) {
        int rank = Composer.rank(x);
        List<Index> indices = complete(c, x, given);
        List<Dim> starts = new ArrayList<>();
        List<Dim> limits = new ArrayList<>();
        List<Long> steps = new ArrayList<>();
        List<Integer> reversed = new ArrayList<>();
        List<Boolean> stays = new ArrayList<>();
        int axis = 0;
        for (Index index : indices) {
            switch (index) {
                case Index.New _ -> stays.add(true);
                case Index.At(long position) -> {
                    Dim at = position(c, x, axis++, position);
                    starts.add(at);
                    limits.add(at.plus(1));
                    steps.add(1L);
                    stays.add(false);
                }
                case Index.Span span -> {
                    Dim size = Composer.shape(x).dim(axis);
                    boolean back = span.step() < 0;
                    if (span.step() == 0 || span.step() == Long.MIN_VALUE) {
                        throw new GraphException("the step of axis " + axis + " of " + c.describe(x) + " is "
                                + span.step() + "; a step moves forwards or backwards");
                    }
                    Dim from = span.from().isEmpty() ? Dim.ZERO : along(span.from().getAsLong(), size, back);
                    Dim to = span.to().isEmpty() ? size : along(span.to().getAsLong(), size, back);
                    if (back) {
                        reversed.add(axis);
                    }
                    starts.add(from.max(Dim.ZERO).min(size));
                    limits.add(to.equals(size) ? size : to.max(starts.getLast()).min(size));
                    steps.add(Math.abs(span.step()));
                    stays.add(true);
                    axis++;
                }
                case Index.Rest _ -> throw new IllegalStateException("an ellipsis is left");
            }
        }
        Node source = reversed.isEmpty() ? x : c.add(new Reverse(reversed), x);
        boolean whole = starts.equals(Shaping.zeros(rank)) && limits.equals(Composer.shape(x).dims())
                && steps.equals(Shaping.ones(rank));
        Node box = whole ? source : c.add(new Slice(starts, limits, steps), source);
        return c.reshape(box, shape(indices, Composer.shape(box), stays));
    }

    /** The indices with an ellipsis written as whole axes; where there is none, it stands at the end. */
    private static List<Index> complete(Composer c, Node x, List<Index> given) {
        long named = given.stream().filter(index -> index instanceof Index.At || index instanceof Index.Span).count();
        long ellipses = given.stream().filter(Index.Rest.class::isInstance).count();
        if (ellipses > 1 || named > Composer.rank(x)) {
            throw new GraphException(ellipses > 1 ? "there are " + ellipses + " ellipses, which leave open what each is"
                    : named + " axes are indexed of " + c.describe(x));
        }
        List<Index> rest = Collections.nCopies((int) (Composer.rank(x) - named), Index.ALL);
        List<Index> indices = new ArrayList<>();
        given.forEach(index -> {
            if (index instanceof Index.Rest) {
                indices.addAll(rest);
            } else {
                indices.add(index);
            }
        });
        if (ellipses == 0) {
            indices.addAll(rest);
        }
        return indices;
    }

    private static Shape shape(List<Index> indices, Shape box, List<Boolean> stays) {
        List<Dim> dims = new ArrayList<>();
        int axis = 0;
        for (int i = 0; i < indices.size(); i++) {
            boolean isNew = indices.get(i) instanceof Index.New;
            if (stays.get(i)) {
                dims.add(isNew ? Dim.ONE : box.dim(axis));
            }
            axis += isNew ? 0 : 1;
        }
        return new Shape(dims);
    }

    /** A position that must lie inside; where the size is unknown, the run checks it. */
    private static Dim position(Composer c, Node x, int axis, long position) {
        Dim size = Composer.shape(x).dim(axis);
        if (size.isConstant() && (position < -size.constant() || position >= size.constant())) {
            throw new GraphException("position " + position + " lies outside of axis " + axis + " of " + c.describe(x));
        }
        return position < 0 ? size.plus(position) : Dim.of(position);
    }

    /** A position in the direction of the steps. */
    private static Dim along(long position, Dim size, boolean back) {
        return back ? size.minus(1).minus(clamped(position, size)) : clamped(position, size);
    }

    /** A position that may count from the end, where the size is large enough for it. */
    private static Dim clamped(long position, Dim size) {
        if (position < 0) {
            return size.plus(Math.max(position, size.isConstant() ? -1 - size.constant() : -BEYOND_ANY_AXIS));
        }
        return size.isConstant() ? Dim.of(Math.min(position, size.constant()))
                : Dim.of(Math.min(position, BEYOND_ANY_AXIS)).min(size);
    }

    /** The parts of one tensor along an axis, whose places are found once. */
    static final class Parts {
        private final long[] sizes;
        private final int givenAxis;
        /** Where each part begins, and where the last one ends. */
        private final List<Dim> places = new ArrayList<>();

        Parts(long[] sizes, int axis) {
            this.sizes = sizes;
            this.givenAxis = axis;
        }

        Node cut(Composer c, Node x, int part) {
            int axis = c.axis(givenAxis, Composer.rank(x), x);
            if (places.isEmpty()) {
                places.add(Dim.ZERO);
                parts(c, x, axis, sizes).forEach(size -> places.add(places.getLast().plus(size)));
            }
            Dim total = places.getLast();
            Node fitting = total.equals(Composer.shape(x).dim(axis)) ? x : c.resized(x, axis, total);
            List<Dim> starts = Shaping.zeros(Composer.rank(x));
            List<Dim> limits = new ArrayList<>(Composer.shape(fitting).dims());
            starts.set(axis, places.get(part));
            limits.set(axis, places.get(part + 1));
            return c.add(new Slice(starts, limits, Shaping.ones(Composer.rank(x))), fitting);
        }
    }

    private static List<Dim> parts(Composer c, Node x, int axis, long[] sizes) {
        Dim whole = Composer.shape(x).dim(axis);
        Dim known = Dim.ZERO;
        int open = -1;
        for (int i = 0; i < sizes.length; i++) {
            if (sizes[i] < -1 || sizes[i] == -1 && open >= 0) {
                throw new GraphException("the sizes of the parts are numbers from 0 on, one of them may be -1 and is"
                        + " what the others leave: " + java.util.Arrays.toString(sizes));
            }
            open = sizes[i] == -1 ? i : open;
            known = known.plus(Math.max(sizes[i], 0));
        }
        if (whole.isConstant() && (open >= 0 ? known.constant() > whole.constant() : !known.equals(whole))) {
            throw new GraphException("parts of " + java.util.Arrays.toString(sizes) + " elements do not make up axis "
                    + axis + " of " + c.describe(x));
        }
        List<Dim> parts = new ArrayList<>();
        for (long size : sizes) {
            parts.add(size == -1 ? whole.minus(known) : Dim.of(size));
        }
        return parts;
    }
}
