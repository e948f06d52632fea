package dev.sinter.kernel.schedule;

import dev.sinter.kernel.Nest;
import dev.sinter.kernel.Term;
import dev.sinter.plan.Buffer;
import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * A nest over loop axes: the nest's own, or fewer where axes of size 1 are left out and neighbours that are
 * contiguous for every access are walked as one.
 *
 * @param nest        what is computed
 * @param extents     the sizes of the loops, those of the domain first
 * @param domainCount how many belong to the domain
 * @param inputs      where each input is read
 * @param outputs     where each output is written
 * @param positions   the index along each axis of the nest that a term asks for
 * @param rowAxes     how many of the first axes are not walked as one with others, since tiles are cut along them
 */
record LoopSpace(Nest nest, List<Dim> extents, int domainCount, List<Place> inputs, List<Place> outputs,
        TreeMap<Integer, Linear> positions, int rowAxes) {

    /** The nest over its own axes. */
    static LoopSpace of(Nest nest, List<Buffer> buffers) {
        return of(nest, buffers, 0);
    }

    /** The nest over its own axes, of which the first are rows. */
    static LoopSpace of(Nest nest, List<Buffer> buffers, int rowAxes) {
        int axisCount = nest.axisCount();
        List<Dim> extents = new ArrayList<>(nest.domain());
        extents.addAll(nest.reduced());
        TreeMap<Integer, Linear> positions = new TreeMap<>();
        for (Term term : nest.terms()) {
            if (term instanceof Term.Position(int axis)) {
                positions.put(axis, Linear.axis(axis, axisCount));
            }
        }
        return new LoopSpace(nest, extents, nest.domain().size(),
                IntStream.range(0, nest.inputs().size()).mapToObj(input -> Place.of(nest, input, buffers)).toList(),
                nest.outputs().stream().map(out -> Place.of(nest, out.buffer(), out.map(), buffers)).toList(),
                positions, rowAxes);
    }

    /** Without an axis, which others take in. */
    private LoopSpace without(int gone, List<Dim> newExtents, UnaryOperator<Linear> change) {
        TreeMap<Integer, Linear> newPositions = new TreeMap<>();
        positions.forEach((axis, linear) -> newPositions.put(axis, change.apply(linear)));
        return new LoopSpace(nest, newExtents, domainCount - (gone < domainCount ? 1 : 0),
                inputs.stream().map(in -> in.map(change)).toList(),
                outputs.stream().map(out -> out.map(change)).toList(), newPositions,
                rowAxes - (gone < rowAxes ? 1 : 0));
    }

    private boolean all(java.util.function.Predicate<Linear> test) {
        return inputs.stream().allMatch(in -> in.all(test)) && outputs.stream().allMatch(out -> out.all(test))
                && positions.values().stream().allMatch(test);
    }

    /** The same computation over as few axes as possible. */
    LoopSpace simplified() {
        LoopSpace space = this;
        for (int axis = extents.size() - 1; axis >= 0; axis--) {
            int dropped = axis;
            Dim extent = space.extents.get(axis);
            if (extent.isConstant(1) && space.outputs.stream()
                    .noneMatch(out -> out.isColumns(dropped, extent))) {
                List<Dim> rest = new ArrayList<>(space.extents);
                rest.remove(axis);
                space = space.without(axis, rest, linear -> linear.without(dropped));
            }
        }
        for (int axis = space.extents.size() - 2; axis >= 0; axis--) {
            int outer = axis;
            Dim inner = space.extents.get(axis + 1);
            boolean oneKind = (axis + 1 < space.domainCount || axis >= space.domainCount)
                    && (axis + 1 < space.rowAxes || axis >= space.rowAxes);
            if (oneKind && space.all(linear -> linear.collapses(outer, inner))) {
                List<Dim> merged = new ArrayList<>(space.extents);
                merged.set(axis + 1, space.extents.get(axis).times(inner));
                merged.remove(axis);
                space = space.without(axis, merged, linear -> linear.without(outer));
            }
        }
        return space;
    }

    int axisCount() {
        return extents.size();
    }

    Dim extent(int axis) {
        return extents.get(axis);
    }

    /** The number of points of some axes. */
    Dim points(int from, int to) {
        Dim product = Dim.ONE;
        for (int axis = from; axis < to; axis++) {
            product = product.times(extents.get(axis));
        }
        return product;
    }
}
