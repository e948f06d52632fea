package dev.sinter.kernel.schedule;

import dev.sinter.kernel.IndexMap;
import dev.sinter.kernel.Nest;
import dev.sinter.kernel.Term;
import dev.sinter.plan.Buffer;
import dev.sinter.plan.Plan;
import dev.sinter.program.Target;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What schedules decide from sizes and the target alone. */
final class Choices {
    /** The elements that a tile computes, about: some microseconds of cheap work. */
    static final long TILE = 16384;
    /** The instructions an element of cheap work. */
    private static final long CHEAP = 16;
    private static final long LEAST_TILE = 1024;
    private static final long SCALAR_FUNCTION = 25;
    private static final long FORMULA = 300;

    private Choices() {}

    /**
     * Whether a nest is computed in each iteration of a loop: it touches an element of a sequence, or what is handed
     * on. Its rows are then cut into one block a thread, so that threads go from nest to nest with their own rows and
     * do not wait for each other.
     */
    static boolean isInLoop(Nest nest, List<Buffer> buffers) {
        return Stream.concat(nest.inputs().stream().map(Nest.Input::buffer),
                nest.outputs().stream().map(Nest.Output::buffer)).anyMatch(id -> isOfLoop(buffers, id));
    }

    /** Whether a buffer is another one in each iteration of the loop around. */
    static boolean isOfLoop(List<Buffer> buffers, int id) {
        Buffer.Role role = Plan.owner(buffers, id).role();
        return role instanceof Buffer.Role.Row || role instanceof Buffer.Role.Carried;
    }

    /** Whether tiles may be rows: vectors run along the only axis of rows, or along one inside of a row. */
    static boolean canBeInRows(LoopSpace space, int vectorAxis) {
        return space.rowAxes() > 0 && (vectorAxis >= space.rowAxes() || vectorAxis < 0 || space.rowAxes() == 1);
    }

    /** The axes of rows cut into blocks, the others whole: those outside, those inside, those of vectors. */
    static List<Grid.Group> inRows(LoopSpace space, int vectorAxis, long block) {
        List<Integer> rows = IntStream.range(0, space.rowAxes()).boxed().toList();
        List<Integer> others = IntStream.range(space.rowAxes(), space.domainCount())
                .filter(axis -> axis != vectorAxis).boxed().toList();
        Dim count = space.points(0, space.rowAxes());
        if (vectorAxis >= 0 && vectorAxis < space.rowAxes()) {
            return List.of(whole(space, List.of()), whole(space, others), new Grid.Group(rows, count, Dim.of(block)));
        }
        boolean along = vectorAxis >= 0 && vectorAxis < space.domainCount();
        return List.of(new Grid.Group(rows, count, Dim.of(block)), whole(space, others),
                whole(space, along ? List.of(vectorAxis) : List.of()));
    }

    private static Grid.Group whole(LoopSpace space, List<Integer> axes) {
        Dim extent = axes.stream().map(space::extent).reduce(Dim.ONE, Dim::times);
        return new Grid.Group(axes, extent, extent);
    }

    /** The lanes of a vector for a nest: as many of its widest elements in memory as a register holds. */
    static int lanes(Nest nest, List<Buffer> buffers, Target target) {
        int widest = 4;
        for (Term term : nest.terms()) {
            widest = term instanceof Term.Element element ? Math.max(widest, element.dtype().bytes()) : widest;
        }
        for (Nest.Output output : nest.outputs()) {
            DType dtype = buffers.get(output.buffer()).type().dtype();
            widest = Math.max(widest, dtype.bytes());
        }
        return Math.max(1, target.vectorBytes() / widest);
    }

    /** Fewer lanes for an axis that is shorter than a vector. */
    static int lanes(int full, Dim extent) {
        int lanes = full;
        OptionalLong size = extent.asConstant();
        while (size.isPresent() && lanes > 1 && lanes / 2 >= size.getAsLong()) {
            lanes /= 2;
        }
        return lanes;
    }

    /** The instructions of a body, about. */
    static long cost(Nest nest) {
        long cost = 0;
        for (Term term : nest.terms()) {
            cost += switch (term) {
                case Term.Apply(var fn, var dtype, var arguments) -> switch (fn) {
                    case REM -> SCALAR_FUNCTION;
                    case RSQRT -> 1;
                    default -> fn.formula().isPresent() ? FORMULA : fn.isElementary() ? SCALAR_FUNCTION : 1;
                };
                case Term.Random ignored -> 2 * SCALAR_FUNCTION;
                case Term.Element ignored -> 1;
                case Term.Cast ignored -> 1;
                case Term.Bits ignored -> 1;
                case Term.Check ignored -> 2;
                case Term.Position ignored -> 1;
                case Term.Literal ignored -> 0;
                case Term.Size ignored -> 0;
                case Term.Reduced ignored -> 0;
            };
        }
        return cost;
    }

    /**
     * Floating-point operations: each function counts as one, at each reduced point where a reduction needs it, else
     * once for a point of the domain.
     *
     * @param space the loops
     */
    static Dim flops(LoopSpace space) {
        Nest nest = space.nest();
        BitSet reduced = new BitSet();
        nest.reductions().forEach(reduction -> reduced.set(reduction.term()));
        for (int term = nest.terms().size() - 1; term >= 0; term--) {
            if (reduced.get(term)) {
                TermEmitter.arguments(nest.terms().get(term)).forEach(reduced::set);
            }
        }
        long within = nest.reductions().size();
        long once = 0;
        for (int term = 0; term < nest.terms().size(); term++) {
            if (nest.terms().get(term) instanceof Term.Apply apply && apply.dtype().isFloat()) {
                within += reduced.get(term) ? 1 : 0;
                once += reduced.get(term) ? 0 : 1;
            }
        }
        return space.points(0, space.axisCount()).times(within)
                .plus(space.points(0, space.domainCount()).times(once));
    }

    /** How many vectors an iteration computes. */
    static int unroll(Nest nest) {
        long cost = cost(nest);
        return cost <= 80 ? 4 : cost <= 200 ? 2 : 1;
    }

    /** How many vectors of a short axis are written one after the other, without a loop. */
    static int straight(Nest nest) {
        return Math.clamp(160 / (1 + cost(nest)), 1, 8);
    }

    /** The elements that a tile of a nest without sums computes, about: fewer where each takes longer. */
    static long tile(Nest nest) {
        long equal = TILE * CHEAP / Math.max(CHEAP, cost(nest));
        return Math.max(LEAST_TILE, Long.highestOneBit(equal));
    }

    /** {@code max(1, tile / perPoint)} for a size that may be unknown. */
    static Dim pointsPerTile(long tile, Dim perPoint) {
        return Dim.of(tile).floorDiv(perPoint.max(Dim.ONE)).max(Dim.ONE);
    }

    /** The bytes of all buffers that a nest touches, each once; of a part, an element a point. */
    static Dim bytes(Nest nest, List<Buffer> buffers) {
        Dim sum = Dim.ZERO;
        java.util.Set<Integer> seen = new java.util.HashSet<>();
        for (Nest.Input input : nest.inputs()) {
            sum = seen.add(input.buffer()) ? sum.plus(bytes(nest, input.map(), buffers.get(input.buffer()))) : sum;
        }
        for (Nest.Output output : nest.outputs()) {
            sum = sum.plus(bytes(nest, output.map(), buffers.get(output.buffer())));
        }
        return sum;
    }

    private static Dim bytes(Nest nest, IndexMap map, Buffer buffer) {
        Dim points = Stream.concat(nest.domain().stream(), nest.reduced().stream()).reduce(Dim.ONE, Dim::times);
        Dim bytes = points.times(buffer.type().dtype().bytes());
        boolean known = bytes.isConstant() && buffer.bytes().isConstant();
        return known || map.coordinates().stream().anyMatch(coordinate -> coordinate.indirect().isPresent())
                ? bytes.min(buffer.bytes()) : buffer.bytes();
    }
}
