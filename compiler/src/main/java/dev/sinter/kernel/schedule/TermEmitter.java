package dev.sinter.kernel.schedule;

import dev.sinter.kernel.Instr;
import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Reg;
import dev.sinter.kernel.RegType;
import dev.sinter.kernel.RegType.Kind;
import dev.sinter.kernel.Term;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Writes the terms of a nest at points of its loops. A value that is the same in all lanes is a scalar until
 * a vector needs it.
 */
final class TermEmitter {
    private final KernelBuilder k;
    private final LoopSpace space;
    private final IntUnaryOperator argumentOf;

    /**
     * @param argumentOf the kernel's argument for a buffer of the plan
     */
    TermEmitter(KernelBuilder builder, LoopSpace space, IntUnaryOperator argumentOf) {
        this.k = builder;
        this.space = space;
        this.argumentOf = argumentOf;
    }

    /** The terms at one point. {@code reduced} are the results of the nest's reductions, once they exist. */
    Values at(Point point, List<Reg> reduced) {
        return new Values(point, reduced);
    }

    /**
     * Reads what does not change in loops that are not entered yet, so that it is read outside of them. Where there is
     * nothing to read, no iteration of these loops says so.
     *
     * @param entered the axes whose index is known
     */
    void readInvariant(Point point, List<Integer> entered) {
        for (Term term : space.nest().terms()) {
            if (term instanceof Term.Element(int input, var dtype)) {
                Place place = space.inputs().get(input);
                boolean known = !place.isEmpty();
                for (int axis = 0; axis < space.axisCount(); axis++) {
                    known &= entered.contains(axis) || !place.uses(axis);
                }
                if (known) {
                    new Values(Point.scalar(point.at()), List.of()).element(input);
                }
            }
        }
    }

    /** Values of terms at one point, each written once. */
    final class Values {
        private final Point point;
        private final List<Reg> reduced;
        private final Map<Integer, Reg> known = new HashMap<>();
        private final Map<Integer, Reg> given = new HashMap<>();

        private Values(Point point, List<Reg> reduced) {
            this.point = point;
            this.reduced = reduced;
        }

        Point point() {
            return point;
        }

        /** Says what an input's elements at the point are, so that they are not read. */
        void given(int input, Reg elements) {
            given.put(input, elements);
        }

        /** A term in every lane of the point. */
        Reg vector(int term) {
            return k.splat(value(term), point.lanes());
        }

        /** A term, as a scalar where it is the same in all lanes. Terms before it are written first. */
        Reg value(int wanted) {
            java.util.ArrayDeque<Integer> open = new java.util.ArrayDeque<>(List.of(wanted));
            while (!open.isEmpty()) {
                int term = open.peek();
                List<Integer> missing = arguments(space.nest().terms().get(term)).stream()
                        .filter(argument -> !known.containsKey(argument)).toList();
                if (missing.isEmpty()) {
                    open.pop();
                    if (!known.containsKey(term)) {
                        known.put(term, write(space.nest().terms().get(term)));
                    }
                } else {
                    missing.reversed().forEach(open::push);
                }
            }
            return known.get(wanted);
        }

        private Reg write(Term term) {
            return switch (term) {
                case Term.Element(int input, var dtype) -> element(input);
                case Term.Position(int axis) -> position(space.positions().get(axis));
                case Term.Literal(var dtype, long bits) -> k.constant(RegType.of(dtype, 1), bits);
                case Term.Size(Dim dim) -> k.size(dim);
                case Term.Apply(var fn, var dtype, List<Integer> arguments) -> {
                    List<Reg> operands = together(arguments.stream().map(known::get).toList());
                    Optional<Reg> mask = operands.getFirst().type().lanes() == 1 ? Optional.empty()
                            : point.mask();
                    DType last = space.nest().terms().get(arguments.getLast()).dtype();
                    yield new ScalarLowering(k).apply(fn, last, operands, mask);
                }
                case Term.Cast(var dtype, int argument) -> new Narrowing(k).convert(
                        space.nest().terms().get(argument).dtype(), dtype, known.get(argument));
                case Term.Bits(var dtype, int argument) -> new BitPatterns(k).bitcast(
                        space.nest().terms().get(argument).dtype(), dtype, known.get(argument));
                case Term.Check check -> {
                    List<Reg> operands = together(List.of(known.get(check.index()), known.get(check.position())));
                    int lanes = operands.getFirst().type().lanes();
                    Reg index = operands.getFirst();
                    Reg outside = k.or(k.lt(index, k.splat(k.index(0), lanes)),
                            k.ge(index, k.splat(k.size(check.size()), lanes)));
                    Reg fails = lanes == 1 ? outside : point.mask().map(mask -> k.and(outside, mask)).orElse(outside);
                    k.fail(fails, new Instr.Detail(check.site(), index, operands.get(1)));
                    yield index;
                }
                case Term.Random random -> {
                    List<Reg> operands =
                            together(List.of(known.get(random.index()), known.get(random.run())));
                    yield Philox.word(k, random.graphSeed(), random.opSeed(), random.word(), operands.get(0),
                            operands.get(1));
                }
                case Term.Reduced(int reduction, var dtype) -> new Narrowing(k).fit(dtype, reduced.get(reduction));
            };
        }

        private List<Reg> together(List<Reg> operands) {
            int lanes = operands.stream().mapToInt(reg -> reg.type().lanes()).max().orElse(1);
            return operands.stream().map(reg -> k.splat(reg, lanes)).toList();
        }

        private Reg position(Linear linear) {
            if (point.axis() < 0 || !linear.uses(point.axis())) {
                return offset(linear);
            }
            List<Linear.Start> inLanes = linear.starts().stream()
                    .filter(start -> start.at().uses(point.axis())).toList();
            List<Linear.Start> others = linear.starts().stream().filter(start -> !inLanes.contains(start)).toList();
            Reg sum = lanes(offset(new Linear(linear.base(), linear.strides(), others)), linear.stride(point.axis()));
            for (Linear.Start start : inLanes) {
                sum = k.add(sum, start(start, point.lanes()));
            }
            return sum;
        }

        /** What a start adds, in each of some lanes. */
        private Reg start(Linear.Start start, int lanes) {
            Reg value = element(start.at());
            Reg clamped = k.min(k.max(value, k.splat(k.index(0), lanes)), k.splat(k.size(start.limit()), lanes));
            return k.mul(clamped, k.splat(k.size(start.stride()), lanes));
        }

        /** {@code first + lane * stride}. */
        private Reg lanes(Reg first, Dim stride) {
            Reg lane = k.lanes(Kind.I64, point.lanes());
            return k.add(k.splat(first, point.lanes()), k.mul(lane, k.splat(k.size(stride), point.lanes())));
        }

        /**
         * An affine function at the point's first lane: what stands still first, so that it can move out, and
         * constants last, so that neighbouring points have the rest in common.
         */
        private Reg offset(Linear linear) {
            Reg sum = k.size(linear.base());
            for (Linear.Start start : linear.starts()) {
                sum = k.add(sum, start(start, 1));
            }
            long shift = 0;
            List<Integer> axes = new ArrayList<>(IntStream.range(0, linear.strides().size())
                    .filter(axis -> axis != point.axis()).boxed().toList());
            if (point.axis() >= 0) {
                axes.add(point.axis());
            }
            for (int axis : axes) {
                Dim stride = linear.stride(axis);
                if (linear.uses(axis) && stride.isConstant()) {
                    KernelBuilder.Shifted index = k.shifted(point.at().get(axis));
                    sum = k.add(sum, k.mul(index.base(), k.size(stride)));
                    shift += index.by() * stride.constant();
                } else if (linear.uses(axis)) {
                    sum = k.add(sum, k.mul(point.at().get(axis), k.size(stride)));
                }
            }
            return k.add(sum, k.index(shift));
        }

        /** The offset of a place in its buffer at the point's first lane. */
        Reg first(Place place) {
            Reg offset = offset(place.offset());
            if (place.panel().isEmpty()) {
                return offset;
            }
            Place.Panel panel = place.panel().get();
            return k.add(offset, inPanel(offset(panel.row()), offset(panel.column()), panel, 1));
        }

        private Reg inPanel(Reg row, Reg column, Place.Panel panel, int lanes) {
            Reg width = k.splat(k.index(panel.width()), lanes);
            if (panel.isSingle()) {
                return k.add(k.mul(row, width), column);
            }
            boolean shifts = Integer.bitCount(panel.width()) == 1;
            int log = Integer.numberOfTrailingZeros(panel.width());
            Reg number = shifts ? k.lshr(column, log) : k.div(column, width);
            Reg rest = shifts ? k.and(column, k.splat(k.index(panel.width() - 1), lanes))
                    : k.rem(column, width);
            Reg start = k.mul(number, k.splat(k.size(panel.stride()), lanes));
            return k.add(k.add(start, k.mul(row, width)), rest);
        }

        /** The offsets of a place in every lane. */
        private Reg all(Place place) {
            Reg offsets = k.splat(position(place.offset()), point.lanes());
            if (place.panel().isEmpty()) {
                return offsets;
            }
            Place.Panel panel = place.panel().get();
            return k.add(offsets, inPanel(k.splat(position(panel.row()), point.lanes()),
                    k.splat(position(panel.column()), point.lanes()), panel, point.lanes()));
        }

        /** Reads an input: once where it is the same in all lanes, as neighbours, or one by one. */
        Reg element(int input) {
            return given.containsKey(input) ? given.get(input) : element(space.inputs().get(input));
        }

        /** Reads what lies at a place. */
        Reg element(Place place) {
            int argument = argumentOf.applyAsInt(place.buffer());
            if (point.axis() < 0 || !place.uses(point.axis())) {
                return k.load(argument, first(place), 1);
            }
            if (place.isVector(point.axis(), point.lanes())) {
                return k.load(argument, first(place), point.lanes(), point.mask());
            }
            return place.isStep(point.axis()) ? step(place, argument)
                    : k.gather(argument, all(place), point.mask());
        }

        /** Neighbours where the run's sizes say so, else the one element that stands for all of them. */
        private Reg step(Place place, int argument) {
            Reg moves = k.splat(k.eq(k.size(place.offset().stride(point.axis())), k.index(1)), point.lanes());
            Reg mask = point.mask().map(exists -> k.and(exists, moves)).orElse(moves);
            Reg still = k.broadcast(argument, offset(place.offset().at0(point.axis())), point.lanes());
            return k.select(moves, k.load(argument, first(place), point.lanes(), Optional.of(mask)), still);
        }

        /** Stores a value at an output's place where the mask is true. */
        void store(Place place, Reg value, boolean streaming, Optional<Reg> mask) {
            int argument = argumentOf.applyAsInt(place.buffer());
            Reg wide = k.splat(value, point.lanes());
            if (point.axis() >= 0 && !place.isVector(point.axis(), point.lanes())) {
                k.scatter(argument, all(place), wide, mask);
            } else if (streaming) {
                k.storeStreaming(argument, first(place), wide);
            } else {
                k.store(argument, first(place), wide, mask);
            }
        }
    }

    /** The terms that a term uses. */
    static List<Integer> arguments(Term term) {
        return switch (term) {
            case Term.Element ignored -> List.of();
            case Term.Position ignored -> List.of();
            case Term.Literal ignored -> List.of();
            case Term.Size ignored -> List.of();
            case Term.Apply(var fn, var dtype, List<Integer> arguments) -> arguments;
            case Term.Cast(var dtype, int argument) -> List.of(argument);
            case Term.Bits(var dtype, int argument) -> List.of(argument);
            case Term.Check check -> List.of(check.index(), check.position());
            case Term.Random random -> List.of(random.index(), random.run());
            case Term.Reduced ignored -> List.of();
        };
    }
}
