package dev.sinter.kernel.schedule;

import dev.sinter.kernel.Kernel;
import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Nest;
import dev.sinter.kernel.Reg;
import dev.sinter.kernel.RegType.Kind;
import dev.sinter.kernel.Term;
import dev.sinter.kernel.schedule.VectorWalk.Vector;
import dev.sinter.plan.Buffer;
import dev.sinter.plan.Plan;
import dev.sinter.program.Target;
import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The schedule of a nest without reductions. The vector runs along an axis that is contiguous in the outputs;
 * tiles are blocks of it, of the axis next to it and of the others walked as one. Where an input is
 * contiguous along another axis, that axis is walked inside of the vector's, so that a cache line is used
 * whole. Outputs larger than the caches are written past them.
 */
final class MapSchedule {
    /** Outputs of more bytes than this many second-level caches are streamed. */
    private static final long STREAM_CACHES = 24;

    /** The sides of a tile where an input is read across the vector's axis. */
    private static final long SQUARE = 128;
    /** Bodies of more instructions are not repeated for every row of a block of lanes by lanes. */
    private static final long BLOCK_COST = 24;

    private final Nest nest;
    private final Optional<Rows> rows;
    private final List<Buffer> buffers;
    private final Target target;
    private final LoopSpace space;
    private final KernelBuilder k;
    private final Arguments arguments;
    private final TermEmitter emitter;
    private final Padding padding;
    private final int lanes;
    private final int axis;
    /** The axis that is walked inside of the vectors', or -1. */
    private final int transposed;

    private MapSchedule(Nest nest, List<Buffer> buffers, Target target, Optional<Rows> rows) {
        this.nest = nest;
        this.rows = rows;
        this.buffers = buffers;
        this.target = target;
        this.space = LoopSpace.of(nest, buffers, rows.map(Rows::axes).orElse(0)).simplified();
        this.k = new KernelBuilder(nest.name());
        this.arguments = new Arguments(k, nest, buffers);
        this.emitter = new TermEmitter(k, space, arguments::of);
        this.axis = vectorAxis(space);
        this.lanes = axis < 0 ? 1 : Choices.lanes(Choices.lanes(nest, buffers, target), space.extent(axis));
        this.padding = new Padding(k, space, axis);
        this.transposed = axis < 0 ? -1 : transposedAxis();
    }

    static Scheduled schedule(Nest nest, List<Buffer> buffers, Target target) {
        MapSchedule schedule = new MapSchedule(nest, buffers, target, Optional.empty());
        Kernel kernel = schedule.kernel();
        return Scheduled.of(kernel, schedule.arguments.launch());
    }

    /** A kernel whose tiles are rows, where vectors run along a row or over all of them. */
    static Optional<Supplier<Scheduled>> inRows(Nest nest, List<Buffer> buffers, Target target, Rows rows) {
        MapSchedule schedule = new MapSchedule(nest, buffers, target, Optional.of(rows));
        if (schedule.transposed >= 0 || !Choices.canBeInRows(schedule.space, schedule.axis)) {
            return Optional.empty();
        }
        return Optional.of(() -> Scheduled.of(schedule.kernel(), schedule.arguments.launch()));
    }

    /**
     * The axis along which most outputs, then most inputs, are contiguous; the last of equals; -1 without
     * axes.
     */
    static int vectorAxis(LoopSpace space) {
        int best = -1;
        long bestScore = -1;
        for (int axis = 0; axis < space.domainCount(); axis++) {
            int candidate = axis;
            long score = 1000 * space.outputs().stream().filter(out -> out.isUnit(candidate)).count()
                    + space.inputs().stream().filter(in -> in.isUnit(candidate)).count();
            if (score >= bestScore) {
                best = axis;
                bestScore = score;
            }
        }
        return best;
    }

    private int transposedAxis() {
        for (Place input : space.inputs()) {
            if (!input.isUnit(axis) && input.uses(axis)) {
                for (int other = 0; other < space.domainCount(); other++) {
                    if (other != axis && input.isUnit(other)) {
                        return other;
                    }
                }
            }
        }
        return -1;
    }

    /** The axes that neither vectors nor the rows of a block run along, the latter, and those of vectors. */
    private List<Grid.Group> groups() {
        List<Integer> rest = new ArrayList<>();
        for (int other = 0; other < space.axisCount(); other++) {
            if (other != axis) {
                rest.add(other);
            }
        }
        List<Integer> middle = new ArrayList<>();
        if (!rest.isEmpty()) {
            Integer next = transposed >= 0 ? Integer.valueOf(transposed) : rest.getLast();
            rest.remove(next);
            middle.add(next);
        }
        Dim vectorExtent = axis < 0 ? Dim.ONE : space.extent(axis);
        long tile = Choices.tile(nest);
        Dim block = Dim.of(transposed >= 0 ? SQUARE : tile);
        Dim row = vectorExtent.min(block);
        Dim middleExtent = middle.isEmpty() ? Dim.ONE : space.extent(middle.getFirst());
        Dim restExtent = rest.stream().map(space::extent).reduce(Dim.ONE, Dim::times);
        return List.of(new Grid.Group(rest, restExtent, Choices.pointsPerTile(tile, row.times(middleExtent))),
                new Grid.Group(middle, middleExtent, transposed >= 0 ? Dim.of(SQUARE)
                        : rowBlock(middleExtent, Choices.pointsPerTile(tile, row), restExtent)),
                new Grid.Group(axis < 0 ? List.of() : List.of(axis), vectorExtent, block));
    }

    private Kernel kernel() {
        List<Grid.Group> groups = rows.map(cut -> Choices.inRows(space, axis, cut.block()))
                .orElseGet(this::groups);
        Grid grid = new Grid(k, space.extents(), groups);
        int unroll = isInBlocks() ? 1 : Choices.unroll(nest);
        Reg upper = grid.upper(2);
        Reg padded = padding.end(upper);
        Point start = Point.scalar(Collections.nCopies(space.axisCount(), k.index(0)));
        emitter.readInvariant(start, List.of());
        VectorWalk walk = new VectorWalk(k, lanes, unroll, isInBlocks() ? 1 : Choices.straight(nest));
        grid.walk(0, start, outer -> {
            if (axis < 0) {
                grid.walk(1, outer, point -> body(emitter.at(point, List.of()), false));
            } else if (transposed >= 0) {
                emitter.readInvariant(outer, groups.getFirst().axes());
                Consumer<List<Vector>> bodies = group -> group.forEach(vector -> transposed(grid, outer, vector, walk));
                walk.walk(grid.lower(2), upper, padded, grid.multiple(2), bodies, bodies);
            } else {
                grid.walk(1, outer, point -> {
                    List<Integer> entered = new ArrayList<>(groups.getFirst().axes());
                    entered.addAll(groups.get(1).axes());
                    emitter.readInvariant(point, entered);
                    rows(point, grid, upper, padded, walk);
                });
            }
        });
        return k.build(grid.tiles(), new Kernel.Work(Choices.flops(space), Choices.bytes(nest, buffers)));
    }

    /** The rows of a tile: in a loop those of a thread, where there is more than one tile. */
    private Dim rowBlock(Dim rows, Dim wanted, Dim others) {
        boolean several = rows.isConstant() && wanted.isConstant() && rows.constant() > wanted.constant();
        return several && others.equals(Dim.ONE) && Choices.isInLoop(nest, buffers)
                ? rows.ceilDiv(target.threads()).max(wanted) : wanted;
    }

    /** Whether blocks of as many rows as lanes are turned in registers: one is long enough to be written once. */
    private boolean isInBlocks() {
        return transposed >= 0 && lanes > 1 && Choices.cost(nest) <= BLOCK_COST;
    }

    private void transposed(Grid grid, Point outer, Vector vector, VectorWalk walk) {
        Reg upper = grid.upper(1);
        if (!isInBlocks()) {
            Loops.range(k, grid.lower(1), upper, 1, row -> body(emitter.at(outer.with(transposed, row)
                    .vector(axis, vector.first(), lanes, vector.mask()), List.of()), false));
            return;
        }
        boolean exact = grid.multiple(1) % lanes == 0;
        Reg whole = exact ? upper : Loops.wholeSteps(k, grid.lower(1), upper, lanes);
        Loops.range(k, grid.lower(1), whole, lanes, row -> block(outer.with(transposed, row), vector)
                .forEach(values -> body(values, false)));
        if (exact) {
            return;
        }
        Loops.range(k, whole, upper, lanes, row -> {
            Optional<Reg> mask = Optional.of(walk.exists(row, upper));
            List<TermEmitter.Values> rows = block(outer.with(transposed, row), vector, mask);
            for (int i = 0; i < lanes; i++) {
                TermEmitter.Values values = rows.get(i);
                k.when(k.lt(k.add(row, k.index(i)), upper), () -> body(values, false));
            }
        });
    }

    private List<TermEmitter.Values> block(Point corner, Vector vector) {
        return block(corner, vector, Optional.empty());
    }

    /**
     * As many rows as lanes, from a point: what lies across is read along its own axis and transposed in
     * registers.
     *
     * @param exists the rows that exist; all where empty
     */
    private List<TermEmitter.Values> block(Point corner, Vector vector, Optional<Reg> exists) {
        List<TermEmitter.Values> rows = new ArrayList<>();
        for (int i = 0; i < lanes; i++) {
            Reg row = k.add(corner.at().get(transposed), k.index(i));
            rows.add(emitter.at(corner.with(transposed, row)
                    .vector(axis, vector.first(), lanes, vector.mask()),
                    List.of()));
        }
        Reg last = k.sub(k.size(space.extent(axis)), k.index(1));
        for (int input = 0; input < space.inputs().size(); input++) {
            Place place = space.inputs().get(input);
            if (place.isVector(transposed, lanes) && place.uses(axis) && readAsElement(input)) {
                List<Reg> columns = new ArrayList<>();
                for (int i = 0; i < lanes; i++) {
                    // Columns that do not exist are read as the last one and not stored.
                    Reg next = k.add(vector.first(), k.index(i));
                    Reg column = vector.mask().isPresent() ? k.min(next, last) : next;
                    columns.add(emitter.at(corner.with(axis, column)
                            .vector(transposed, corner.at().get(transposed),
                            lanes, exists), List.of()).element(input));
                }
                List<Reg> turned = Transposition.of(k, columns);
                for (int i = 0; i < lanes; i++) {
                    rows.get(i).given(input, turned.get(i));
                }
            }
        }
        return rows;
    }

    private boolean readAsElement(int input) {
        return nest.terms().stream()
                .anyMatch(term -> term instanceof Term.Element element && element.input() == input);
    }

    /** The vectors of one row. */
    private void rows(Point point, Grid grid, Reg upper, Reg padded, VectorWalk walk) {
        Dim outputBytes = space.points(0, space.axisCount()).times(nest.outputs().stream()
                .mapToLong(out -> buffers.get(out.buffer()).type().dtype().bytes()).sum());
        long limit = STREAM_CACHES * target.l2Bytes();
        boolean known = outputBytes.isConstant();
        boolean may = (known ? outputBytes.constant() > limit : rows.isEmpty())
                && space.outputs().stream().allMatch(this::streams);
        if (may && !known) {
            k.when(k.gt(k.size(outputBytes), k.index(limit)),
                    () -> row(point, grid, upper, padded, walk, true),
                    () -> row(point, grid, upper, padded, walk, false));
        } else {
            row(point, grid, upper, padded, walk, may);
        }
    }

    private void row(Point point, Grid grid, Reg upper, Reg padded, VectorWalk walk, boolean streaming) {
        walk.walk(grid.lower(2), upper, padded, grid.multiple(2), group -> vectors(point, group, streaming),
                group -> vectors(point, group, false));
    }

    private void vectors(Point point, List<Vector> group, boolean streaming) {
        List<Runnable> bodies = new ArrayList<>();
        for (Vector vector : group) {
            bodies.add(() ->
                    body(emitter.at(point.vector(axis, vector.first(), lanes, vector.mask()), List.of()),
                    streaming));
        }
        k.interleave(bodies);
    }

    /**
     * Whether every whole vector of an output lies at a multiple of the vector's bytes; rows may lie anywhere. What is
     * read too is in the caches already.
     */
    private boolean streams(Place place) {
        Buffer buffer = buffers.get(place.buffer());
        int bytes = buffer.type().dtype().bytes();
        boolean anywhere = Plan.owner(buffers, place.buffer()).role() instanceof Buffer.Role.Row;
        boolean again = rows.isPresent() && rows.get().again().contains(place.buffer())
                || nest.inputs().stream().anyMatch(input -> input.buffer() == place.buffer());
        return !anywhere && !again && Kind.of(buffer.type().dtype()) != Kind.I1
                && bytes * lanes == target.vectorBytes()
                && place.panel().isEmpty() && place.isUnit(axis) && place.offset().isMultipleOf(lanes, axis);
    }

    private void body(TermEmitter.Values values, boolean streaming) {
        padding.store(values, nest.outputs().stream().map(output -> values.value(output.term())).toList(),
                streaming);
    }
}
