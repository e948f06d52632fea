package dev.sinter.kernel.schedule;

import dev.sinter.kernel.IndexMap;
import dev.sinter.kernel.IndexMap.Coordinate;
import dev.sinter.kernel.Kernel;
import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Nest;
import dev.sinter.kernel.Reg;
import dev.sinter.kernel.Term;
import dev.sinter.kernel.schedule.VectorWalk.Vector;
import dev.sinter.plan.Buffer;
import dev.sinter.program.Target;
import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * The schedule of a nest that writes to computed places, or makes an element of the one before. Along axes that lead to
 * places of their own it is cut into tiles, the last of them by vectors; along the others each tile goes in order, so
 * that whatever is written to one element is written by one thread, first to last.
 */
final class WritesInOrder {
    private final List<Buffer> buffers;
    private final LoopSpace space;
    private final KernelBuilder k;
    private final Arguments arguments;
    private final TermEmitter emitter;
    private final int lanes;
    private final int axis;

    private WritesInOrder(Nest nest, List<Buffer> buffers, Target target) {
        this.buffers = buffers;
        this.space = LoopSpace.of(nest, buffers).simplified();
        this.k = new KernelBuilder(nest.name());
        this.arguments = new Arguments(k, nest, buffers);
        this.emitter = new TermEmitter(k, space, arguments::of);
        int vectors = MapSchedule.vectorAxis(space);
        this.axis = vectors >= 0 && space.outputs().getFirst().isUnit(vectors) ? vectors : -1;
        this.lanes = axis < 0 ? 1 : Choices.lanes(Choices.lanes(nest, buffers, target), space.extent(axis));
    }

    /** Whether an output lies at places that starts lead to, which differ along axes, or is made of the one before. */
    static boolean isNeeded(Nest nest) {
        return isChain(nest) || nest.outputs().stream().flatMap(output -> output.map().coordinates().stream())
                .flatMap(coordinate -> coordinate.indirect().stream())
                .anyMatch(start -> nest.inputs().get(start.input()).map().coordinates().stream()
                        .anyMatch(at -> at.coefficients().stream().anyMatch(dim -> !dim.isConstant(0))));
    }

    private static boolean isChain(Nest nest) {
        return nest.outputs().stream().anyMatch(output -> nest.inputs().stream()
                .anyMatch(input -> input.buffer() == output.buffer() && input.map().precedes(output.map())));
    }

    static Scheduled schedule(Nest nest, List<Buffer> buffers, Target target) {
        WritesInOrder schedule = new WritesInOrder(ordered(nest), buffers, target);
        Kernel kernel = schedule.kernel();
        return Scheduled.of(kernel, schedule.arguments.launch());
    }

    /** The nest whose domain is the axes that lead to places of their own, the others behind them. */
    private static Nest ordered(Nest nest) {
        IndexMap map = nest.outputs().getFirst().map();
        List<Integer> own = IntStream.range(0, nest.axisCount()).boxed().filter(axis -> map.coordinates().stream()
                .anyMatch(coordinate -> coordinate.asAxis().equals(Optional.of(axis)))).toList();
        List<Integer> order = new ArrayList<>(own);
        IntStream.range(0, nest.axisCount()).filter(axis -> !own.contains(axis)).forEach(order::add);
        Nest turned = nest.turned(order);
        List<Dim> extents = turned.domain();
        return new Nest(nest.name(), extents.subList(0, own.size()), extents.subList(own.size(), extents.size()),
                turned.inputs(), turned.terms(), turned.reductions(), turned.outputs());
    }

    private Kernel kernel() {
        List<Integer> others = IntStream.range(0, space.domainCount()).filter(other -> other != axis).boxed().toList();
        Dim extent = others.stream().map(space::extent).reduce(Dim.ONE, Dim::times);
        Dim summands = space.points(space.domainCount(), space.axisCount());
        Dim width = axis < 0 ? Dim.ONE : space.extent(axis);
        Dim block = Choices.pointsPerTile(Choices.TILE, summands).ceilDiv(lanes).times(lanes);
        Grid grid = new Grid(k, space.extents(), List.of(
                new Grid.Group(others, extent, Choices.pointsPerTile(Choices.TILE, summands.times(width.min(block)))),
                new Grid.Group(axis < 0 ? List.of() : List.of(axis), width, block)));
        Point start = Point.scalar(Collections.nCopies(space.axisCount(), k.index(0)));
        grid.walk(0, start, point -> walk(point, space.domainCount(), at -> vectors(grid, at)));
        return k.build(grid.tiles(), new Kernel.Work(Choices.flops(space), Choices.bytes(space.nest(), buffers)));
    }

    /** Walks the axes from one on in order. */
    private void walk(Point point, int from, Consumer<Point> body) {
        if (from == space.axisCount()) {
            body.accept(point);
        } else {
            Loops.range(k, k.index(0), k.size(space.extent(from)), 1,
                    index -> walk(point.with(from, index), from + 1, body));
        }
    }

    private void vectors(Grid grid, Point point) {
        if (axis < 0) {
            body(point);
            return;
        }
        VectorWalk walk = new VectorWalk(k, lanes, Choices.unroll(space.nest()), Choices.straight(space.nest()));
        Consumer<List<Vector>> bodies = group -> bodies(point, group);
        walk.walk(grid.lower(1), grid.upper(1), grid.upper(1), grid.multiple(1), bodies, bodies);
    }

    private void bodies(Point point, List<Vector> group) {
        group.forEach(vector -> body(point.vector(axis, vector.first(), lanes, vector.mask())));
    }

    private void body(Point point) {
        TermEmitter.Values values = emitter.at(point, List.of());
        for (int i = 0; i < space.outputs().size(); i++) {
            Reg value = values.value(space.nest().outputs().get(i).term());
            values.store(space.outputs().get(i), value, false, point.mask());
        }
    }
}
