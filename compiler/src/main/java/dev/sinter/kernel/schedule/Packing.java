package dev.sinter.kernel.schedule;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.kernel.IndexMap;
import dev.sinter.kernel.IndexMap.Coordinate;
import dev.sinter.kernel.IndexMap.Indirect;
import dev.sinter.kernel.Layout;
import dev.sinter.kernel.Nest;
import dev.sinter.kernel.Nest.Input;
import dev.sinter.kernel.Term;
import dev.sinter.plan.Buffer;
import dev.sinter.program.Target;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A copy of an operand of a contraction into memory of its own, in the order in which the contraction reads it, half
 * floats as {@code float32}.
 *
 * @param copy   the nest that writes the copy
 * @param nest   the contraction, reading it
 * @param packed the copy's memory, numbered after the buffers that there are
 */
record Packing(Nest copy, Nest nest, Buffer packed) {
    /** Copies an input row by row, its sums innermost. */
    static Optional<Packing> rows(Nest nest, List<Buffer> buffers, int input) {
        List<Integer> axes = axes(nest, input);
        return axes.isEmpty() || axes.getLast() < nest.domain().size() ? Optional.empty()
                : Optional.of(of(nest, buffers, input, axes.stream().map(List::of).toList(), Layout.ROW_MAJOR));
    }

    /** Copies an input into panels: of its summed axes, which become one, by an axis of the domain. */
    static Optional<Packing> panels(Nest nest, List<Buffer> buffers, int input, int column, int width) {
        List<Integer> axes = axes(nest, input);
        if (!axes.contains(column) || axes.getLast() < nest.domain().size()) {
            return Optional.empty();
        }
        int domain = nest.domain().size();
        List<List<Integer>> groups = new ArrayList<>();
        axes.stream().filter(axis -> axis < domain && axis != column).forEach(axis -> groups.add(List.of(axis)));
        groups.add(axes.stream().filter(axis -> axis >= domain).toList());
        groups.add(List.of(column));
        return Optional.of(of(nest, buffers, input, groups, new Layout.Panels(width)));
    }

    /** The axes of the nest that an input walks. */
    private static List<Integer> axes(Nest nest, int input) {
        List<Integer> axes = new ArrayList<>();
        for (int axis = 0; axis < nest.axisCount(); axis++) {
            if (uses(nest.inputs().get(input).map(), axis)) {
                axes.add(axis);
            }
        }
        return axes;
    }

    /** A copy whose axes are groups of the nest's, each group walked as one. */
    private static Packing of(Nest nest, List<Buffer> buffers, int input, List<List<Integer>> groups,
            Layout layout) {
        DType dtype = buffers.get(nest.inputs().get(input).buffer()).type().dtype();
        DType wide = dtype.accumulator();
        List<Integer> axes = groups.stream().flatMap(List::stream).toList();
        List<Dim> extents = axes.stream().map(axis -> extent(nest, axis)).toList();
        List<Dim> dims = groups.stream().map(group -> group.stream().map(axis -> extent(nest, axis))
                .reduce(Dim.ONE, Dim::times)).toList();
        Buffer packed = new Buffer(buffers.size(), nest.name() + ".packed." + input,
                new TensorType(wide, new Shape(dims)), layout, new Buffer.Role.Temporary());
        IndexMap written = map(groups, axes, extents, axes.size(), false);
        IndexMap read = map(groups, axes, extents, nest.axisCount(), true);
        return new Packing(copy(nest, input, axes, extents, dtype, packed, written),
                reading(nest, input, new Input(packed.id(), read)), packed);
    }

    /** Where the copy's elements lie: over the nest's axes, or over the copy's own. */
    private static IndexMap map(List<List<Integer>> groups, List<Integer> axes, List<Dim> extents, int axisCount,
            boolean ofNest) {
        List<Coordinate> coordinates = new ArrayList<>();
        int position = 0;
        for (List<Integer> group : groups) {
            List<Dim> coefficients = new ArrayList<>(Collections.nCopies(axisCount, Dim.ZERO));
            Dim stride = Dim.ONE;
            for (int i = position + group.size() - 1; i >= position; i--) {
                coefficients.set(ofNest ? axes.get(i) : i, stride);
                stride = stride.times(extents.get(i));
            }
            coordinates.add(new Coordinate(Dim.ZERO, coefficients, Optional.empty()));
            position += group.size();
        }
        return new IndexMap(coordinates);
    }

    /** The buffers and the copy's. */
    List<Buffer> buffers(List<Buffer> before) {
        List<Buffer> all = new ArrayList<>(before);
        all.add(packed);
        return all;
    }

    /** The kernels of the copy, then those that read it. */
    Scheduled before(Scheduled rest, List<Buffer> buffers, Target target) {
        Scheduled first = Scheduler.INSTANCE.schedule(copy, buffers(buffers), target);
        if (!first.temporaries().isEmpty()) {
            throw new CompilerBug(copy.name() + " needs memory of its own");
        }
        List<Scheduled.Launch> launches = new ArrayList<>(first.launches());
        launches.addAll(rest.launches());
        List<Buffer> temporaries = new ArrayList<>(List.of(packed));
        temporaries.addAll(rest.temporaries());
        return new Scheduled(launches, temporaries);
    }

    private static boolean uses(IndexMap map, int axis) {
        return map.coordinates().stream().anyMatch(c -> !c.coefficients().get(axis).isConstant(0));
    }

    private static Dim extent(Nest nest, int axis) {
        int domain = nest.domain().size();
        return axis < domain ? nest.domain().get(axis) : nest.reduced().get(axis - domain);
    }

    private static Nest copy(Nest nest, int input, List<Integer> axes, List<Dim> extents, DType dtype,
            Buffer packed, IndexMap written) {
        List<Input> inputs = new ArrayList<>();
        List<Coordinate> coordinates = new ArrayList<>();
        inputs.add(new Input(nest.inputs().get(input).buffer(), new IndexMap(List.of())));
        for (Coordinate coordinate : nest.inputs().get(input).map().coordinates()) {
            Optional<Indirect> indirect = coordinate.indirect().map(start -> {
                Input source = nest.inputs().get(start.input());
                inputs.add(new Input(source.buffer(), over(source.map(), axes)));
                return new Indirect(inputs.size() - 1, start.limit());
            });
            coordinates.add(new Coordinate(coordinate.constant(), over(coordinate, axes), indirect));
        }
        inputs.set(0, new Input(inputs.getFirst().buffer(), new IndexMap(coordinates)));
        return new Nest(packed.name(), extents, List.of(), inputs,
                List.of(new Term.Element(0, dtype), new Term.Cast(packed.type().dtype(), 0)), List.of(),
                List.of(new Nest.Output(packed.id(), written, dtype == packed.type().dtype() ? 0 : 1)));
    }

    private static IndexMap over(IndexMap map, List<Integer> axes) {
        return new IndexMap(map.coordinates().stream()
                .map(c -> new Coordinate(c.constant(), over(c, axes), c.indirect())).toList());
    }

    private static List<Dim> over(Coordinate coordinate, List<Integer> axes) {
        return axes.stream().map(axis -> coordinate.coefficients().get(axis)).toList();
    }

    private static Nest reading(Nest nest, int input, Input packed) {
        List<Input> inputs = new ArrayList<>(nest.inputs());
        inputs.set(input, packed);
        return new Nest(nest.name(), nest.domain(), nest.reduced(), inputs, nest.terms(), nest.reductions(),
                nest.outputs());
    }
}
