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
import java.util.List;
import java.util.Optional;

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
    /** The most parts that a number is looked for among. */
    private static final long MOST_PARTS = 1 << 16;

    private final boolean isRegion;
    private final List<Buffer> buffers;
    private final List<Plan.Step> steps;
    private final List<Decision> decisions;
    private final Plan plan;

    private PartsInPlace(Plan plan, boolean isRegion) {
        this.plan = plan;
        this.isRegion = isRegion;
        this.buffers = new ArrayList<>(plan.buffers());
        this.steps = new ArrayList<>(plan.steps());
        this.decisions = new ArrayList<>(plan.decisions());
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
            Optional<Part> part = part(i);
            while (part.isPresent()) {
                leaveOut(i, part.get().copy());
                move(part.get());
                part = i < steps.size() ? part(i) : Optional.empty();
            }
        }
        return new Plan(plan.name(), buffers, steps, decisions, plan.wanted());
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
        Nest.Input input = input(nest, output);
        Buffer value = owner(input.buffer());
        Buffer whole = owner(output.buffer());
        boolean mayMove = value.id() != whole.id() && value.role() instanceof Buffer.Role.Temporary
                && (whole.role() instanceof Buffer.Role.Temporary
                || whole.role() instanceof Buffer.Role.Output && !isRegion)
                && value.layout().equals(Layout.ROW_MAJOR) && whole.layout().equals(Layout.ROW_MAJOR)
                && staysWhole(step, value) && meetsNowhere(step, output, value, whole) && isWrittenOnce(whole);
        return mayMove ? numbered(nest, input, output, value, whole) : Optional.empty();
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

    /** A step that copies, without one of its copies. */
    private void leaveOut(int step, Nest.Output copy) {
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
        if (outputs.isEmpty()) {
            steps.remove(step);
        } else {
            Nest rest = new Nest(compute.nest().name(), compute.nest().domain(), List.of(), inputs, terms, List.of(),
                    outputs);
            steps.set(step, new Plan.Compute(rest, compute.ops(), compute.canFail()));
        }
    }

    private static boolean isPlain(IndexMap map) {
        return map.coordinates().stream().allMatch(coordinate -> coordinate.indirect().isEmpty());
    }

    private Buffer owner(int buffer) {
        return Plan.owner(buffers, buffer);
    }

    /** A place in row-major memory: {@code constant + sum of stride * axis}. */
    private record Offset(Dim constant, List<Dim> strides) {
        static Offset of(IndexMap map, Shape shape, int axes) {
            Dim constant = Dim.ZERO;
            List<Dim> strides = new ArrayList<>(Collections.nCopies(axes, Dim.ZERO));
            Dim unit = Dim.ONE;
            for (int i = shape.rank() - 1; i >= 0; i--) {
                Coordinate coordinate = map.coordinates().get(i);
                constant = constant.plus(coordinate.constant().times(unit));
                for (int axis = 0; axis < axes; axis++) {
                    strides.set(axis, strides.get(axis).plus(coordinate.coefficients().get(axis).times(unit)));
                }
                unit = unit.times(shape.dim(i));
            }
            return new Offset(constant, strides);
        }

        /** Whether the points of a domain lie one after the other. */
        boolean isDense(List<Dim> domain) {
            Dim unit = Dim.ONE;
            for (int axis = domain.size() - 1; axis >= 0; axis--) {
                if (!domain.get(axis).isConstant(1)) {
                    if (!strides.get(axis).equals(unit)) {
                        return false;
                    }
                    unit = unit.times(domain.get(axis));
                }
            }
            return true;
        }
    }

    /** The part, where a copy is of all elements in their order to one of equal parts. */
    private Optional<Part> numbered(Nest nest, Nest.Input input, Nest.Output output, Buffer value,
            Buffer whole) {
        List<Dim> domain = nest.domain();
        Offset from = Offset.of(input.map(), shape(input.buffer()), domain.size());
        Offset to = Offset.of(output.map(), shape(output.buffer()), domain.size());
        Dim size = value.storage();
        if (!from.constant().isConstant(0) || !from.isDense(domain) || !to.isDense(domain)
                || !points(domain).equals(size) || size.isConstant(0)) {
            return Optional.empty();
        }
        Optional<Long> count = quotient(whole.storage(), size, shape(output.buffer()));
        return count.filter(parts -> parts > 1 && parts <= MOST_PARTS).flatMap(parts -> {
            for (long number = 0; number < parts; number++) {
                if (size.times(number).equals(to.constant())) {
                    return Optional.of(new Part(output, value, whole, number, parts));
                }
            }
            return Optional.empty();
        });
    }

    /** How many times a size goes into that of a shape: the product of its first axes, where sizes are unknown. */
    private static Optional<Long> quotient(Dim whole, Dim size, Shape shape) {
        if (whole.isConstant() && size.isConstant()) {
            return whole.constant() % size.constant() == 0 ? Optional.of(whole.constant() / size.constant())
                    : Optional.empty();
        }
        Dim count = Dim.ONE;
        for (int axis = 0; axis < shape.rank() && count.isConstant(); axis++) {
            if (size.times(count.constant()).equals(whole)) {
                return Optional.of(count.constant());
            }
            count = count.times(shape.dim(axis));
        }
        return Optional.empty();
    }

    private Shape shape(int buffer) {
        return buffers.get(buffer).type().shape();
    }

    private static Dim points(List<Dim> domain) {
        return domain.stream().reduce(Dim.ONE, Dim::times);
    }

    /** Whether nests alone touch a value, and none changes it after a step. */
    private boolean staysWhole(int copy, Buffer value) {
        for (int i = 0; i < steps.size(); i++) {
            Plan.Step step = steps.get(i);
            boolean writes = uses(step.writes(), value);
            if ((writes || uses(step.reads(), value)) && !(step instanceof Plan.Compute) || writes && i > copy) {
                return false;
            }
        }
        return true;
    }

    /** Whether no nest, but for a copy that is left out, reads one of two buffers and writes the other. */
    private boolean meetsNowhere(int step, Nest.Output copy, Buffer value, Buffer whole) {
        for (int i = 0; i < steps.size(); i++) {
            List<Integer> reads = steps.get(i).reads();
            List<Integer> writes = steps.get(i).writes();
            if (i == step) {
                Nest nest = ((Plan.Compute) steps.get(i)).nest();
                List<Nest.Output> others = nest.outputs().stream().filter(output -> !output.equals(copy)).toList();
                reads = others.stream().map(output -> input(nest, output).buffer()).toList();
                writes = others.stream().map(Nest.Output::buffer).toList();
            }
            if (uses(reads, value) && uses(writes, whole) || uses(reads, whole) && uses(writes, value)) {
                return false;
            }
        }
        return true;
    }

    /** Whether nests write each element of a buffer, and none twice. */
    private boolean isWrittenOnce(Buffer whole) {
        Dim written = Dim.ZERO;
        for (Plan.Step step : steps) {
            if (!uses(step.writes(), whole)) {
                continue;
            }
            if (!(step instanceof Plan.Compute compute)) {
                return false;
            }
            for (Nest.Output output : compute.nest().outputs()) {
                if (owner(output.buffer()).id() == whole.id()) {
                    if (!isPlain(output.map())) {
                        return false;
                    }
                    written = written.plus(points(compute.nest().domain()));
                }
            }
        }
        return written.equals(whole.storage());
    }

    private boolean uses(List<Integer> some, Buffer owner) {
        return some.stream().anyMatch(id -> owner(id).id() == owner.id());
    }

    private void move(Part part) {
        List<Integer> moved = buffers.stream().map(Buffer::id)
                .filter(id -> owner(id).id() == part.value().id()).toList();
        for (int id : moved) {
            Buffer old = buffers.get(id);
            List<Dim> dims = new ArrayList<>(List.of(Dim.of(part.count())));
            dims.addAll(old.type().shape().dims());
            buffers.set(id, new Buffer(id, old.name(), new TensorType(old.type().dtype(), new Shape(dims)),
                    Layout.ROW_MAJOR, new Buffer.Role.View(part.whole().id())));
        }
        steps.replaceAll(step -> step instanceof Plan.Compute compute
                ? new Plan.Compute(moved(compute.nest(), moved, part.number()), compute.ops(), compute.canFail())
                : step);
        decisions.add(new Decision.Yes("write " + part.value().name() + " as a part of " + part.whole().name(),
                "it is copied there whole"));
    }

    private static Nest moved(Nest nest, List<Integer> buffers, long number) {
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
