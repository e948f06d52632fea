package dev.sinter.kernel.schedule;

import dev.sinter.kernel.Kernel;
import dev.sinter.kernel.Kernel.Access;
import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Nest;
import dev.sinter.kernel.Reg;
import dev.sinter.kernel.RegType.Kind;
import dev.sinter.kernel.schedule.VectorWalk.Vector;
import dev.sinter.plan.Buffer;
import dev.sinter.program.Target;
import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The schedule of a nest with reductions. Where the inputs are contiguous along a reduced axis, the vector
 * runs along it, in several independent partial results whose lanes are folded at the end; otherwise the
 * vector runs along an axis of the domain and the reduced axes are walked one after the other. Rows shorter
 * than a vector are read as many at once as a vector has lanes, and transposed in registers. The order of
 * combination is fixed by the sizes.
 *
 * <p>With a {@link ReductionSplit} the outermost reduced axis is cut into chunks and each chunk's partial
 * results are stored.
 */
final class ReductionSchedule {
    private static final int PARTIALS = 4;
    private static final int UNKNOWN_BLOCK = 256;

    private final Nest nest;
    private final List<Buffer> buffers;
    private final Target target;
    private final LoopSpace space;
    private final KernelBuilder k;
    private final Arguments arguments;
    private final TermEmitter emitter;
    private final Accumulators accumulators;
    private final Optional<ReductionSplit> split;
    private final Optional<Rows> rows;
    private final long tile;
    private final int axis;
    private final List<Integer> shortRows;
    private final Optional<PointBlock> block;
    private final Padding padding;
    private final int lanes;
    private Reg chunk;
    private Reg chunkLower;
    private Reg chunkUpper;
    private List<Integer> partialArguments = List.of();

    private ReductionSchedule(Nest nest, List<Buffer> buffers, Target target,
            Optional<ReductionSplit> split, Optional<Rows> rows, long tile) {
        this.nest = nest;
        this.rows = rows;
        this.buffers = buffers;
        this.target = target;
        this.space = LoopSpace.of(nest, buffers, rows.map(Rows::axes).orElse(0)).simplified();
        this.split = split;
        this.tile = tile;
        this.k = new KernelBuilder(nest.name() + (split.isPresent() ? ".partial" : ""));
        this.arguments = new Arguments(k, nest, buffers);
        this.emitter = new TermEmitter(k, space, arguments::of);
        this.accumulators = new Accumulators(k, nest);
        int full = Choices.lanes(nest, buffers, target);
        this.axis = vectorAxis(space, full);
        this.lanes = axis < 0 ? 1 : Choices.lanes(full, space.extent(axis));
        this.shortRows = axis >= 0 && axis < space.domainCount() && lanes == full ? shortRows(space, full)
                : List.of();
        int middle = axis == space.domainCount() - 1 ? axis - 1 : space.domainCount() - 1;
        this.block = axis < 0 || middle < 0 || alongReduced() || split.isPresent() || rows.isPresent()
                || !shortRows.isEmpty() ? Optional.empty()
                : PointBlock.of(space, middle, accumulators.count(), target);
        this.padding = new Padding(k, space, axis);
        this.chunk = k.index(0);
        this.chunkLower = k.index(0);
        this.chunkUpper = k.index(0);
    }

    static Scheduled schedule(Nest nest, List<Buffer> buffers, Target target) {
        Nest front = Used.withoutOutputs(nest);
        LoopSpace space = LoopSpace.of(front, buffers).simplified();
        Optional<ReductionSplit> split = ReductionSplit.of(nest, space,
                vectorAxis(space, Choices.lanes(front, buffers, target)), buffers);
        if (split.isEmpty()) {
            return whole(nest, buffers, target, Choices.tile(nest));
        }
        ReductionSchedule first = new ReductionSchedule(front, buffers, target, split, Optional.empty(),
                Choices.tile(nest));
        Kernel partial = first.kernel();
        List<Buffer> all = new ArrayList<>(buffers);
        all.addAll(split.get().partials());
        Scheduled second = whole(ReductionSplit.second(nest, split.get().partials()), all, target, Choices.tile(nest));
        List<Scheduled.Launch> launches = new ArrayList<>();
        launches.add(new Scheduled.Launch(partial, first.arguments.launch()));
        launches.addAll(second.launches());
        return new Scheduled(launches, split.get().partials());
    }

    /**
     * One kernel.
     *
     * @param tile the elements that a tile folds, about
     */
    static Scheduled whole(Nest nest, List<Buffer> buffers, Target target, long tile) {
        ReductionSchedule only =
                new ReductionSchedule(nest, buffers, target, Optional.empty(), Optional.empty(), tile);
        Kernel kernel = only.kernel();
        return Scheduled.of(kernel, only.arguments.launch());
    }

    /** A kernel whose tiles are rows, where vectors run along a row or over all of them. */
    static Optional<Supplier<Scheduled>> inRows(Nest nest, List<Buffer> buffers, Target target, Rows rows) {
        ReductionSchedule only = new ReductionSchedule(nest, buffers, target, Optional.empty(), Optional.of(rows),
                Choices.tile(nest));
        if (!Choices.canBeInRows(only.space, only.axis)) {
            return Optional.empty();
        }
        return Optional.of(() -> Scheduled.of(only.kernel(), only.arguments.launch()));
    }

    /**
     * The inputs that are read as rows, several at once: there is one reduced axis, shorter than a vector,
     * along which they are contiguous.
     */
    private static List<Integer> shortRows(LoopSpace space, int full) {
        int reduced = space.domainCount();
        if (reduced == 0 || space.axisCount() != reduced + 1 || !space.extent(reduced).isConstant()
                || space.extent(reduced).constant() > full) {
            return List.of();
        }
        Dim rows = space.extent(reduced - 1);
        if (rows.isConstant() && rows.constant() < full) {
            return List.of();
        }
        List<Integer> found = new ArrayList<>();
        for (int input = 0; input < space.inputs().size(); input++) {
            Place place = space.inputs().get(input);
            if (place.isVector(reduced, full) && place.uses(reduced - 1) && !place.isUnit(reduced - 1)) {
                found.add(input);
            }
        }
        return found;
    }

    /** What it is worth that an input is contiguous along an axis: how often it is read is what counts. */
    private static long worth(LoopSpace space, Place input) {
        boolean folded = IntStream.range(space.domainCount(), space.axisCount()).anyMatch(input::uses);
        boolean kept = IntStream.range(0, space.domainCount()).anyMatch(input::uses);
        return !folded ? 1 : kept ? 10_000 : 100;
    }

    /**
     * The axis along which most inputs are read as vectors, then most outputs are contiguous; -1 without axes. What is
     * the same along an axis that outputs are contiguous along is read once for a vector.
     */
    private static int vectorAxis(LoopSpace space, int full) {
        int best = space.axisCount() - 1;
        long bestScore = 0;
        for (int axis = space.axisCount() - 1; axis >= 0; axis--) {
            int candidate = axis;
            long written = axis >= space.domainCount() ? 0
                    : space.outputs().stream().filter(out -> out.isUnit(candidate)).count();
            boolean fills = written > 0 && Choices.lanes(full, space.extent(axis)) == full;
            long score = space.inputs().stream()
                    .filter(in -> in.isUnit(candidate) || in.isStep(candidate) || fills && !in.uses(candidate))
                    .mapToLong(in -> worth(space, in)).sum() + (axis >= space.domainCount() ? 0 : 1 + written);
            if (score > bestScore) {
                best = axis;
                bestScore = score;
            }
        }
        return best >= space.domainCount() && !shortRows(space, full).isEmpty() ? space.domainCount() - 1
                : best;
    }

    private boolean alongReduced() {
        return axis >= space.domainCount();
    }

    /** The axes outside, those that a tile has some of, and those that vectors run across. */
    private List<Grid.Group> groups(boolean across) {
        List<Integer> rest = new ArrayList<>();
        for (int other = 0; other < space.domainCount(); other++) {
            if (other != axis) {
                rest.add(other);
            }
        }
        Dim folded = split.map(ReductionSplit::chunkPoints)
                .orElse(space.points(space.domainCount(), space.axisCount()));
        Dim vectorExtent = across ? space.extent(axis) : Dim.ONE;
        Dim width = across ? vectorBlock(folded) : Dim.ONE;
        Dim row = vectorExtent.min(width).times(folded);
        List<Integer> middle = new ArrayList<>();
        if (!rest.isEmpty()) {
            middle.add(rest.removeLast());
        }
        Dim middleExtent = middle.isEmpty() ? Dim.ONE : space.extent(middle.getFirst());
        Dim restExtent = rest.stream().map(space::extent).reduce(Dim.ONE, Dim::times);
        Dim points = Choices.pointsPerTile(tile, row);
        return List.of(new Grid.Group(rest, restExtent, Choices.pointsPerTile(tile, row.times(middleExtent))),
                new Grid.Group(middle, middleExtent, block.map(some -> some.rounded(points)).orElse(points)),
                new Grid.Group(across ? List.of(axis) : List.of(), vectorExtent, width));
    }

    private Kernel kernel() {
        boolean across = axis >= 0 && !alongReduced();
        List<Grid.Group> groups = new ArrayList<>();
        groups.add(new Grid.Group(List.of(), split.map(ReductionSplit::chunks).orElse(Dim.ONE), Dim.ONE));
        groups.addAll(rows.map(cut -> Choices.inRows(space, axis, cut.block())).orElseGet(() -> groups(across)));
        Grid grid = new Grid(k, space.extents(), groups);
        split.ifPresent(cut -> {
            chunk = grid.lower(0);
            chunkLower = k.mul(chunk, k.size(cut.chunk()));
            chunkUpper =
                    k.min(k.add(chunkLower, k.size(cut.chunk())), k.size(space.extent(space.domainCount())));
            partialArguments = cut.partials().stream()
                    .map(buffer -> arguments.add(k, buffer, Access.WRITE)).toList();
        });
        Point start = Point.scalar(Collections.nCopies(space.axisCount(), k.index(0)));
        emitter.readInvariant(start, List.of());
        grid.walk(1, start, outer -> {
            if (block.isPresent()) {
                blocks(block.get(), outer, grid, groups.get(2));
            } else {
                grid.walk(2, outer, point -> {
                    readInvariant(point, groups);
                    if (across) {
                        across(List.of(point), grid);
                    } else {
                        finish(point, accumulators.fold(along(point)));
                    }
                });
            }
        });
        return k.build(grid.tiles(), new Kernel.Work(Choices.flops(space), Choices.bytes(nest, buffers)));
    }

    private void readInvariant(Point point, List<Grid.Group> groups) {
        List<Integer> entered = new ArrayList<>(groups.get(1).axes());
        entered.addAll(groups.get(2).axes());
        emitter.readInvariant(point, entered);
    }

    /** The points of a tile in whole blocks, then one by one. */
    private void blocks(PointBlock neighbours, Point outer, Grid grid, Grid.Group tiles) {
        Reg lower = grid.lower(2);
        Reg upper = grid.upper(2);
        int size = neighbours.points();
        boolean exact = neighbours.isExact(space, tiles.block());
        Reg middle = exact ? upper : Loops.wholeSteps(k, lower, upper, size);
        Loops.range(k, lower, middle, size, first -> across(IntStream.range(0, size)
                .mapToObj(i -> outer.with(neighbours.axis(), k.add(first, k.index(i)))).toList(), grid));
        if (!exact) {
            Loops.range(k, middle, upper, 1, only -> across(List.of(outer.with(neighbours.axis(), only)), grid));
        }
    }

    private Dim vectorBlock(Dim folded) {
        long step = (long) lanes * PARTIALS;
        if (!folded.isConstant()) {
            return Dim.of(Math.max(step, UNKNOWN_BLOCK));
        }
        long wanted = Choices.TILE / Math.max(1, folded.constant());
        return Dim.of(Math.max(step, wanted / step * step));
    }

    private Reg lower(int reducedAxis) {
        return split.isPresent() && reducedAxis == space.domainCount() ? chunkLower : k.index(0);
    }

    private Reg upper(int reducedAxis) {
        return split.isPresent() && reducedAxis == space.domainCount() ? chunkUpper
                : k.size(space.extent(reducedAxis));
    }

    /** Walks reduced axes from one on, carrying partial results, except for an axis. */
    private List<Reg> outerReduced(int from, int except, Point point, List<Reg> carried,
            java.util.function.BiFunction<Point, List<Reg>, List<Reg>> body) {
        if (from == space.axisCount()) {
            return body.apply(point, carried);
        }
        if (from == except) {
            return outerReduced(from + 1, except, point, carried, body);
        }
        return Loops.range(k, lower(from), upper(from), 1, carried,
                (index, now) -> outerReduced(from + 1, except, point.with(from, index), now, body));
    }

    /** The reductions at one point of the domain, the vector along a reduced axis: partial lanes. */
    private List<Reg> along(Point point) {
        int count = accumulators.count();
        int partials = axis < 0 ? 1 : PARTIALS;
        List<Reg> initial = new ArrayList<>();
        for (int i = 0; i < partials; i++) {
            initial.addAll(accumulators.start(lanes));
        }
        if (axis < 0) {
            return accumulators.add(initial, emitter.at(point, List.of()));
        }
        List<Reg> all = outerReduced(space.domainCount(), axis, point, initial, (at, carried) -> {
            Reg middle = Loops.wholeSteps(k, lower(axis), upper(axis), (long) lanes * PARTIALS);
            List<Reg> whole =
                    Loops.range(k, lower(axis), middle, (long) lanes * PARTIALS, carried, (first, now) -> {
                List<Reg> next = new ArrayList<>();
                for (int i = 0; i < PARTIALS; i++) {
                    Point vector =
                            at.vector(axis, k.add(first, k.index((long) i * lanes)), lanes, Optional.empty());
                    next.addAll(accumulators.add(now.subList(i * count, (i + 1) * count),
                            emitter.at(vector, List.of())));
                }
                return next;
            });
            List<Reg> rest =
                    Loops.range(k, middle, upper(axis), lanes, whole.subList(0, count), (first, now) -> {
                Reg exists = k.lt(k.add(k.splat(first, lanes), k.lanes(Kind.I64, lanes)),
                        k.splat(upper(axis), lanes));
                Point vector = at.vector(axis, first, lanes, Optional.of(exists));
                return accumulators.addExisting(now, emitter.at(vector, List.of()));
            });
            List<Reg> together = new ArrayList<>(rest);
            together.addAll(whole.subList(count, whole.size()));
            return together;
        });
        List<List<Reg>> groups = new ArrayList<>();
        for (int i = 0; i < PARTIALS; i++) {
            groups.add(all.subList(i * count, (i + 1) * count));
        }
        return accumulators.merge(groups);
    }

    /** The reductions of neighbours along an axis of the domain, at some points of the others. */
    private void across(List<Point> points, Grid grid) {
        int unroll = shortRows.isEmpty() && block.isEmpty() ? Math.max(1, PARTIALS / accumulators.count()) : 1;
        Reg upper = grid.upper(3);
        VectorWalk walk = new VectorWalk(k, lanes, unroll,
                shortRows.isEmpty() && block.isEmpty() ? 2 * PARTIALS : 1);
        Reg padded = split.isPresent() ? upper : padding.end(upper);
        int partials = partials(walk.fewest(grid.lower(3), upper, padded, grid.multiple(3)), unroll);
        Consumer<List<Vector>> body = group -> {
            if (block.isPresent()) {
                group.forEach(vector -> straight(points, vector));
            } else if (shortRows.isEmpty()) {
                columns(points.getFirst(), group, partials);
            } else {
                group.forEach(vector -> rows(points.getFirst(), vector));
            }
        };
        walk.walk(grid.lower(3), upper, padded, grid.multiple(3), body, body);
    }

    /**
     * How many partial results each column has: several where groups of vectors may be so small that additions would
     * wait for each other. All columns have as many, so that each is summed in the same order.
     *
     * @param fewest the vectors of the smallest group
     * @param most   the vectors of most groups
     */
    private int partials(int fewest, int most) {
        int count = accumulators.count();
        int last = space.axisCount() - 1;
        boolean isShort = last < space.domainCount()
                || space.extent(last).isConstant() && space.extent(last).constant() < PARTIALS;
        if (isShort || fewest * count >= PARTIALS) {
            return 1;
        }
        return most * count * PARTIALS <= target.vectorRegisters() / 2 ? PARTIALS : PARTIALS / 2;
    }

    /** The reductions of as many short rows as lanes. */
    private void rows(Point point, Vector vector) {
        int reduced = space.domainCount();
        Point all = point.vector(axis, vector.first(), lanes, vector.mask());
        Reg width = k.size(space.extent(reduced));
        Reg inRow = k.lt(k.lanes(Kind.I64, lanes), k.splat(width, lanes));
        Reg last = k.sub(k.size(space.extent(axis)), k.index(1));
        List<List<Reg>> turned = new ArrayList<>();
        for (int input : shortRows) {
            List<Reg> read = new ArrayList<>();
            for (int i = 0; i < lanes; i++) {
                // Rows that do not exist are read as the last one; their results are not stored.
                Reg next = k.add(vector.first(), k.index(i));
                Reg row = vector.mask().isPresent() ? k.min(next, last) : next;
                Optional<Reg> mask = space.extent(reduced).isConstant(lanes) ? Optional.empty()
                        : Optional.of(inRow);
                read.add(emitter.at(point.with(axis, row).vector(reduced, k.index(0), lanes, mask), List.of())
                        .element(input));
            }
            turned.add(Transposition.of(k, read));
        }
        List<Reg> partial = accumulators.start(lanes);
        for (int i = 0; i < space.extent(reduced).constant(); i++) {
            TermEmitter.Values values = emitter.at(all.with(reduced, k.index(i)), List.of());
            for (int r = 0; r < shortRows.size(); r++) {
                values.given(shortRows.get(r), turned.get(r).get(i));
            }
            partial = accumulators.add(partial, values);
        }
        finish(all, partial);
    }

    /** The reductions of a vector at some points, each point of the reduced axes after the other. */
    private void straight(List<Point> points, Vector vector) {
        int count = accumulators.count();
        List<Point> vectors = points.stream()
                .map(point -> point.vector(axis, vector.first(), lanes, vector.mask())).toList();
        List<Reg> carried = new ArrayList<>();
        vectors.forEach(each -> carried.addAll(accumulators.start(lanes)));
        List<Reg> sums = carried;
        for (long tap = 0; tap < space.points(space.domainCount(), space.axisCount()).constant(); tap++) {
            long number = tap;
            sums = step(vectors, sums, each -> {
                Point at = each;
                long rest = number;
                for (int reduced = space.axisCount() - 1; reduced >= space.domainCount(); reduced--) {
                    long extent = space.extent(reduced).constant();
                    at = at.with(reduced, k.index(rest % extent));
                    rest /= extent;
                }
                return at;
            });
        }
        for (int v = 0; v < vectors.size(); v++) {
            finish(vectors.get(v), sums.subList(v * count, (v + 1) * count));
        }
    }

    /** The reductions of some vectors of columns, in several partial results each. */
    private void columns(Point point, List<Vector> group, int partials) {
        int count = accumulators.count();
        int last = space.axisCount() - 1;
        boolean reduces = space.axisCount() > space.domainCount();
        List<Point> vectors = group.stream()
                .map(vector -> point.vector(axis, vector.first(), lanes, vector.mask())).toList();
        List<Reg> initial = new ArrayList<>();
        for (int i = 0; i < vectors.size() * partials; i++) {
            initial.addAll(accumulators.start(lanes));
        }
        List<Reg> all = !reduces ? step(vectors, initial, at -> at)
                : outerReduced(space.domainCount(), last, point, initial, (at, carried) -> {
                    Reg middle = Loops.wholeSteps(k, lower(last), upper(last), partials);
                    List<Reg> whole = Loops.range(k, lower(last), middle, partials, carried, (index, now) -> {
                        List<Reg> next = new ArrayList<>();
                        for (int i = 0; i < partials; i++) {
                            Reg row = k.add(index, k.index(i));
                            int size = vectors.size() * count;
                            next.addAll(step(vectors, now.subList(i * size, (i + 1) * size),
                                    vector -> reduced(at, vector).with(last, row)));
                        }
                        return next;
                    });
                    if (partials == 1) {
                        return whole;
                    }
                    int size = vectors.size() * count;
                    List<Reg> rest = Loops.range(k, middle, upper(last), 1, whole.subList(0, size),
                            (index, now) ->
                                    step(vectors, now, vector -> reduced(at, vector).with(last, index)));
                    List<Reg> together = new ArrayList<>(rest);
                    together.addAll(whole.subList(size, whole.size()));
                    return together;
                });
        for (int v = 0; v < vectors.size(); v++) {
            List<List<Reg>> groups = new ArrayList<>();
            for (int i = 0; i < partials; i++) {
                int from = (i * vectors.size() + v) * count;
                groups.add(all.subList(from, from + count));
            }
            finish(vectors.get(v), accumulators.merge(groups));
        }
    }

    /** A vector's point with the indices of the reduced axes of another. */
    private Point reduced(Point indices, Point vector) {
        Point moved = vector;
        for (int reducedAxis = space.domainCount(); reducedAxis < space.axisCount(); reducedAxis++) {
            moved = moved.with(reducedAxis, indices.at().get(reducedAxis));
        }
        return moved;
    }

    private List<Reg> step(List<Point> vectors, List<Reg> carried,
            java.util.function.UnaryOperator<Point> move) {
        int count = accumulators.count();
        List<Reg> next = new ArrayList<>();
        for (int v = 0; v < vectors.size(); v++) {
            Point vector = move.apply(vectors.get(v));
            next.addAll(accumulators.add(carried.subList(v * count, (v + 1) * count),
                    emitter.at(vector, List.of())));
        }
        return next;
    }

    /** What follows the reductions, and the stores. */
    private void finish(Point point, List<Reg> reduced) {
        if (split.isPresent()) {
            split.get().store(k, partialArguments, chunk, point, reduced);
            return;
        }
        TermEmitter.Values values = emitter.at(point, reduced);
        padding.store(values, nest.outputs().stream().map(output -> values.value(output.term())).toList(),
                false);
    }
}
