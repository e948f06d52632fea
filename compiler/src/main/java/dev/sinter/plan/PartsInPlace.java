package dev.sinter.plan;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.kernel.IndexMap;
import dev.sinter.kernel.IndexMap.Coordinate;
import dev.sinter.kernel.Layout;
import dev.sinter.kernel.Nest;
import dev.sinter.kernel.Term;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Writes what is only copied into one of several equal parts of a larger buffer there at once: the values that are
 * stacked, or concatenated along their first axis. The value's buffer becomes a view of the larger one with the part's
 * number as another axis, its first, and the copy is left out.
 *
 * <p>Nothing may be lost by that: the value is whole when the copy would be made and does not change afterwards, no
 * other nest would read and write the larger buffer at once, and those that write the larger buffer write each element
 * once.
 */
final class PartsInPlace {
    private final Plan plan;
    private final boolean isRegion;
    private final List<Buffer> buffers;
    /** By position; what is left out is null. */
    private final List<Plan.Step> steps;
    private final List<Decision> decisions;
    /** Of each buffer that owns memory what touches that. */
    private final Map<Integer, Uses> uses = new HashMap<>();

    /** What touches the memory of a buffer. */
    private static final class Uses {
        /** Itself and its views. */
        final List<Integer> buffers = new ArrayList<>();
        /** The positions of the steps. */
        final Set<Integer> steps = new LinkedHashSet<>();
        /** How many elements nests write. */
        Dim written = Dim.ZERO;
        /** Whether nests alone write it, at places that are known. */
        boolean isPlain = true;
    }

    private PartsInPlace(Plan plan, boolean isRegion) {
        this.plan = plan;
        this.isRegion = isRegion;
        this.buffers = new ArrayList<>(plan.buffers());
        this.steps = new ArrayList<>(plan.steps());
        this.decisions = new ArrayList<>(plan.decisions());
        buffers.forEach(buffer -> uses(buffer.id()).buffers.add(buffer.id()));
        for (int i = 0; i < steps.size(); i++) {
            Plan.Step step = steps.get(i);
            for (int id : step.reads()) {
                uses(id).steps.add(i);
            }
            for (int id : step.writes()) {
                uses(id).steps.add(i);
                uses(id).isPlain &= step instanceof Plan.Compute;
            }
            if (step instanceof Plan.Compute compute) {
                for (Nest.Output output : compute.nest().outputs()) {
                    Uses written = uses(output.buffer());
                    written.isPlain &= isPlain(output.map());
                    written.written = written.written.plus(points(compute.nest().domain()));
                }
            }
        }
    }

    /**
     * The plan with such values in their places. All its buffers are row-major that are neither fed nor kept.
     *
     * @param isRegion whether the plan is that of a body, whose results lie where the step around wants them
     */
    static Plan apply(Plan plan, boolean isRegion) {
        return new PartsInPlace(plan, isRegion).apply();
    }

    private Plan apply() {
        for (int i = 0; i < steps.size(); i++) {
            for (Optional<Part> part = part(i); part.isPresent(); part = part(i)) {
                leaveOut(i, part.get().copy());
                move(part.get());
            }
        }
        return new Plan(plan.name(), buffers, steps.stream().filter(Objects::nonNull).toList(), decisions,
                plan.wanted());
    }

    /**
     * A value that becomes a part of another buffer.
     *
     * @param copy   the output that is its copy
     * @param value  its buffer
     * @param whole  the other buffer
     * @param number which part it is
     * @param count  of how many
     */
    private record Part(Nest.Output copy, Buffer value, Buffer whole, long number, long count) {}

    /** The first part that a step which does nothing else copies, where the value can lie there from the start. */
    private Optional<Part> part(int step) {
        if (!(steps.get(step) instanceof Plan.Compute(Nest nest, var _, var _)) || !copies(nest)) {
            return Optional.empty();
        }
        return nest.outputs().stream().flatMap(output -> part(step, nest, output).stream()).findFirst();
    }

    private Optional<Part> part(int step, Nest nest, Nest.Output output) {
        Buffer value = owner(input(nest, output).buffer());
        Buffer whole = owner(output.buffer());
        boolean mayMove = value.id() != whole.id() && value.role() instanceof Buffer.Role.Temporary
                && (whole.role() instanceof Buffer.Role.Temporary
                || whole.role() instanceof Buffer.Role.Output && !isRegion)
                && value.layout().equals(Layout.ROW_MAJOR) && whole.layout().equals(Layout.ROW_MAJOR)
                && isWrittenOnce(whole) && staysWhole(step, value) && meetsNowhere(step, output, value, whole);
        return mayMove ? numbered(nest, output, value, whole) : Optional.empty();
    }

    /** Whether a nest copies elements from place to place and does nothing else. */
    private static boolean copies(Nest nest) {
        return nest.reductions().isEmpty() && nest.reduced().isEmpty()
                && nest.terms().stream().allMatch(Term.Element.class::isInstance)
                && nest.inputs().stream().allMatch(input -> isPlain(input.map()))
                && nest.outputs().stream().allMatch(output -> isPlain(output.map()));
    }

    private static Nest.Input input(Nest nest, Nest.Output output) {
        return nest.inputs().get(((Term.Element) nest.terms().get(output.term())).input());
    }

    private static boolean isPlain(IndexMap map) {
        return map.coordinates().stream().allMatch(coordinate -> coordinate.indirect().isEmpty());
    }

    private Buffer owner(int buffer) {
        return Plan.owner(buffers, buffer);
    }

    private Uses uses(int buffer) {
        return uses.computeIfAbsent(owner(buffer).id(), _ -> new Uses());
    }

    private boolean touch(List<Integer> some, Buffer owner) {
        return some.stream().anyMatch(id -> owner(id).id() == owner.id());
    }

    /** Whether nests write as many elements as a buffer has: each one once, since none is left out. */
    private boolean isWrittenOnce(Buffer whole) {
        return uses(whole.id()).isPlain && uses(whole.id()).written.equals(whole.storage());
    }

    /** Whether nests alone touch a value, and none changes it after a step. */
    private boolean staysWhole(int copy, Buffer value) {
        return uses(value.id()).steps.stream().filter(i -> steps.get(i) != null).allMatch(i ->
                steps.get(i) instanceof Plan.Compute && (i <= copy || !touch(steps.get(i).writes(), value)));
    }

    /** Whether no nest, but for a copy that is left out, reads one of two buffers and writes the other. */
    private boolean meetsNowhere(int step, Nest.Output copy, Buffer value, Buffer whole) {
        for (int i : uses(value.id()).steps) {
            Optional<Plan.Compute> compute = i == step ? without(step, copy)
                    : Optional.ofNullable((Plan.Compute) steps.get(i));
            if (compute.isPresent() && (touch(compute.get().reads(), value) && touch(compute.get().writes(), whole)
                    || touch(compute.get().reads(), whole) && touch(compute.get().writes(), value))) {
                return false;
            }
        }
        return true;
    }

    /** A step that copies, without one of its copies, where others are left. */
    private Optional<Plan.Compute> without(int step, Nest.Output copy) {
        Plan.Compute compute = (Plan.Compute) steps.get(step);
        List<Nest.Input> inputs = new ArrayList<>();
        List<Term> terms = new ArrayList<>();
        List<Nest.Output> outputs = new ArrayList<>();
        for (Nest.Output output : compute.nest().outputs()) {
            if (!output.equals(copy)) {
                terms.add(new Term.Element(inputs.size(), compute.nest().terms().get(output.term()).dtype()));
                outputs.add(new Nest.Output(output.buffer(), output.map(), inputs.size()));
                inputs.add(input(compute.nest(), output));
            }
        }
        return outputs.isEmpty() ? Optional.empty() : Optional.of(new Plan.Compute(new Nest(compute.nest().name(),
                compute.nest().domain(), List.of(), inputs, terms, List.of(), outputs), compute.ops(),
                compute.canFail()));
    }

    private void leaveOut(int step, Nest.Output copy) {
        Uses whole = uses(copy.buffer());
        whole.written = whole.written.minus(points(((Plan.Compute) steps.get(step)).nest().domain()));
        steps.set(step, without(step, copy).orElse(null));
    }

    /** A place in row-major memory: {@code constant + sum of stride * axis}. */
    private record Offset(Dim constant, List<Dim> strides) {
        static Offset of(IndexMap map, Shape shape, int axes) {
            Dim constant = Dim.ZERO;
            List<Dim> strides = new ArrayList<>(Collections.nCopies(axes, Dim.ZERO));
            List<Dim> units = Layout.RowMajor.strides(shape);
            for (int i = 0; i < shape.rank(); i++) {
                Coordinate coordinate = map.coordinates().get(i);
                constant = constant.plus(coordinate.constant().times(units.get(i)));
                for (int axis = 0; axis < axes; axis++) {
                    strides.set(axis, strides.get(axis).plus(coordinate.coefficients().get(axis).times(units.get(i))));
                }
            }
            return new Offset(constant, strides);
        }

        /** Whether the points of a domain lie one after the other. */
        boolean isDense(List<Dim> domain) {
            List<Dim> units = Layout.RowMajor.strides(new Shape(domain));
            return IntStream.range(0, domain.size()).allMatch(axis ->
                    domain.get(axis).isConstant(1) || strides.get(axis).equals(units.get(axis)));
        }
    }

    /** The part, where a copy is of all elements in their order to one of equal parts. */
    private Optional<Part> numbered(Nest nest, Nest.Output copy, Buffer value, Buffer whole) {
        List<Dim> domain = nest.domain();
        Nest.Input input = input(nest, copy);
        Offset from = Offset.of(input.map(), shape(input.buffer()), domain.size());
        Offset to = Offset.of(copy.map(), shape(copy.buffer()), domain.size());
        Dim size = value.storage();
        if (!from.constant().isConstant(0) || !from.isDense(domain) || !to.isDense(domain)
                || !points(domain).equals(size) || size.isConstant(0)) {
            return Optional.empty();
        }
        if (size.isConstant() && whole.storage().isConstant()) {
            long count = whole.storage().constant() / size.constant();
            long number = to.constant().isConstant() ? to.constant().constant() / size.constant() : 0;
            return part(copy, value, whole, number, count, to.constant());
        }
        // Of unknown sizes, the first axes number the parts, as far as their sizes and places are known.
        long count = 1;
        long number = 0;
        for (int axis = 0; axis < shape(copy.buffer()).rank(); axis++) {
            Dim extent = shape(copy.buffer()).dim(axis);
            Dim at = copy.map().coordinates().get(axis).constant();
            if (!extent.isConstant() || !at.isConstant()) {
                break;
            }
            count *= extent.constant();
            number = number * extent.constant() + at.constant();
            if (size.times(count).equals(whole.storage())) {
                return part(copy, value, whole, number, count, to.constant());
            }
        }
        return Optional.empty();
    }

    private static Optional<Part> part(Nest.Output copy, Buffer value, Buffer whole, long number, long count,
            Dim start) {
        Dim size = value.storage();
        return count > 1 && size.times(count).equals(whole.storage()) && size.times(number).equals(start)
                ? Optional.of(new Part(copy, value, whole, number, count)) : Optional.empty();
    }

    private Shape shape(int buffer) {
        return buffers.get(buffer).type().shape();
    }

    private static Dim points(List<Dim> domain) {
        return new Shape(domain).elementCount();
    }

    private void move(Part part) {
        Uses value = uses.remove(part.value().id());
        Uses whole = uses(part.whole().id());
        for (int id : value.buffers) {
            Buffer old = buffers.get(id);
            List<Dim> dims = new ArrayList<>(List.of(Dim.of(part.count())));
            dims.addAll(old.type().shape().dims());
            buffers.set(id, new Buffer(id, old.name(), new TensorType(old.type().dtype(), new Shape(dims)),
                    Layout.ROW_MAJOR, new Buffer.Role.View(part.whole().id())));
        }
        Set<Integer> moved = new HashSet<>(value.buffers);
        for (int i : value.steps) {
            if (steps.get(i) instanceof Plan.Compute compute) {
                steps.set(i, new Plan.Compute(moved(compute.nest(), moved, part.number()), compute.ops(),
                        compute.canFail()));
            }
        }
        whole.buffers.addAll(value.buffers);
        whole.steps.addAll(value.steps);
        whole.written = whole.written.plus(value.written);
        whole.isPlain &= value.isPlain;
        decisions.add(new Decision.Yes("write " + part.value().name() + " as a part of " + part.whole().name(),
                "it is copied there whole"));
    }

    private static Nest moved(Nest nest, Set<Integer> buffers, long number) {
        List<Nest.Input> inputs = new ArrayList<>(nest.inputs());
        inputs.replaceAll(input -> buffers.contains(input.buffer())
                ? new Nest.Input(input.buffer(), inPart(input.map(), number, nest.axisCount())) : input);
        List<Nest.Output> outputs = new ArrayList<>(nest.outputs());
        outputs.replaceAll(output -> buffers.contains(output.buffer())
                ? new Nest.Output(output.buffer(), inPart(output.map(), number, nest.axisCount()), output.term())
                : output);
        return new Nest(nest.name(), nest.domain(), nest.reduced(), inputs, nest.terms(), nest.reductions(), outputs);
    }

    private static IndexMap inPart(IndexMap map, long number, int axisCount) {
        List<Coordinate> coordinates = new ArrayList<>(List.of(Coordinate.constant(Dim.of(number), axisCount)));
        coordinates.addAll(map.coordinates());
        return new IndexMap(coordinates);
    }
}
