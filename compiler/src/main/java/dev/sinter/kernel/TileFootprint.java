package dev.sinter.kernel;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Between which bytes of each buffer one tile of a kernel, or any tile, loads and stores. The integers of the tile's
 * body are followed as intervals, which may move with the tile's number: exactly where they are made of that and
 * constants, within the bounds of loops where of indices, and without bounds where they are loaded or made of open
 * sizes. Of masked lanes those count as used that lie before an index that the mask compares with.
 */
final class TileFootprint {
    private final Kernel kernel;
    private final Map<Reg, Moving> values = new HashMap<>();
    /** The first of neighbouring integers in the lanes of a register. */
    private final Map<Reg, Moving> firsts = new HashMap<>();
    /** How many lanes of a mask may be true. */
    private final Map<Reg, Long> used = new HashMap<>();
    /** What was added up to a register. */
    private final Map<Reg, List<Reg>> sums = new HashMap<>();
    private final Map<Reg, Reg> splats = new HashMap<>();
    private final Map<Reg, Limit> limits = new HashMap<>();
    /** The registers whose lanes are their own numbers. */
    private final Set<Reg> numbers = new HashSet<>();
    private final List<Moving> bytes;

    /** That lanes of a mask are true only where the lane's number and an index are together below a bound. */
    private record Limit(Reg index, Moving bound) {}

    private TileFootprint(Kernel kernel, Moving tile) {
        this.kernel = kernel;
        this.bytes = new ArrayList<>(Collections.nCopies(kernel.buffers().size(), Moving.NONE));
        values.put(kernel.tile(), tile);
        body(kernel.body());
    }

    /** The bytes of each argument, counted from its start. */
    static List<Interval> of(Kernel kernel, long tile) {
        return new TileFootprint(kernel, Moving.fixed(Interval.of(tile))).bytes.stream().map(Moving::at).toList();
    }

    /** The bytes of each argument in a tile of any number. */
    static List<Moving> ofAny(Kernel kernel) {
        return new TileFootprint(kernel, Moving.tile(kernel.tiles().asConstant().orElse(Long.MAX_VALUE))).bytes;
    }

    private Moving moving(Reg reg) {
        return values.getOrDefault(reg, Moving.fixed(Interval.ALL.within(reg.type().kind())));
    }

    private Interval value(Reg reg) {
        return moving(reg).anywhere().within(reg.type().kind());
    }

    private void note(Reg reg, Interval interval) {
        note(reg, Moving.fixed(interval));
    }

    private void note(Reg reg, Moving moving) {
        RegType.Kind kind = reg.type().kind();
        if (kind == RegType.Kind.I64 && !moving.isFixed()) {
            values.put(reg, moving);
        } else if (!kind.isFloat()) {
            values.put(reg, Moving.fixed(moving.anywhere().within(kind)));
        }
    }

    private void body(Instr.Body body) {
        body.instrs().forEach(this::instr);
    }

    private void instr(Instr instr) {
        switch (instr) {
            case Instr.Const i -> note(i.out(), Interval.of(i.bits()));
            case Instr.Size i -> note(i.out(), i.dim().isConstant() ? Interval.of(i.dim().constant()) : Interval.ALL);
            case Instr.Lanes i -> {
                note(i.out(), new Interval(0, i.out().type().lanes() - 1));
                firsts.put(i.out(), Moving.fixed(Interval.of(0)));
                numbers.add(i.out());
            }
            case Instr.Arith i -> {
                note(i.out(), arith(i));
                lanes(i);
            }
            case Instr.Splat i -> {
                note(i.out(), moving(i.scalar()));
                splats.put(i.out(), i.scalar());
            }
            case Instr.Extract i -> note(i.out(), moving(i.vector()));
            case Instr.Shuffle i -> note(i.out(), moving(i.first()).join(moving(i.second())));
            case Instr.Fold i -> note(i.out(), Interval.ALL);
            case Instr.Load i -> {
                touch(i.buffer(), i.offset(), i.out().type().lanes(), i.mask());
                note(i.out(), Interval.ALL);
            }
            case Instr.Gather i -> {
                touch(i.buffer(), i.offsets(), 1, Optional.empty());
                note(i.out(), Interval.ALL);
            }
            case Instr.Store i -> touch(i.buffer(), i.offset(), i.value().type().lanes(), i.mask());
            case Instr.Scatter i -> touch(i.buffer(), i.offsets(), 1, Optional.empty());
            case Instr.Prefetch _, Instr.Fail _ -> { }
            case Instr.Loop i -> loop(i);
            case Instr.If i -> branch(i);
        }
    }

    /** Takes note of neighbouring elements from an offset, or from each of several. */
    private void touch(int buffer, Reg offset, int lanes, Optional<Reg> mask) {
        long count = mask.map(used::get).map(most -> Math.min(most, lanes)).orElse((long) lanes);
        if (count <= 0) {
            return;
        }
        Moving first = moving(offset).withoutIndices();
        Moving last = first.plus(Moving.fixed(Interval.of(count - 1)));
        Moving limited = mask.map(limits::get).flatMap(limit -> last(offset, limit)).orElse(last).withoutIndices();
        if (limited.movesAs(last) && limited.at().most() < last.at().most()) {
            last = limited;
        }
        Moving elements = first.until(last);
        Moving size = Moving.fixed(Interval.of(kernel.buffers().get(buffer).dtype().bytes()));
        Moving all = elements.times(size).plus(Moving.fixed(new Interval(0, size.at().least() - 1)))
                .withoutTerms();
        bytes.set(buffer, bytes.get(buffer).join(all));
    }

    /** The last of the elements from an offset that a limit leaves, where the offset is its index and something. */
    private Optional<Moving> last(Reg offset, Limit limit) {
        Moving last = limit.bound().minus(Moving.fixed(Interval.of(1)));
        List<Reg> sum = sums.getOrDefault(offset, List.of(offset));
        return !sum.contains(limit.index()) ? Optional.empty() : Optional.of(sum.size() == 1 ? last
                : last.plus(moving(sum.get(sum.getFirst().equals(limit.index()) ? 1 : 0))));
    }

    /** Takes note of lanes that are neighbouring integers, and of masks that end where such reach a bound. */
    private void lanes(Instr.Arith arith) {
        Reg a = arith.arguments().getFirst();
        Reg b = arith.arguments().get(Math.min(1, arith.arguments().size() - 1));
        switch (arith.op()) {
            case ADD -> {
                sums.put(arith.out(), List.of(a, b));
                if (firsts.containsKey(a) != firsts.containsKey(b)) {
                    Reg neighbours = firsts.containsKey(a) ? a : b;
                    firsts.put(arith.out(), firsts.get(neighbours).plus(moving(neighbours == a ? b : a)));
                }
            }
            case LT -> {
                if (firsts.containsKey(a) && !firsts.containsKey(b)) {
                    Interval lanes = moving(b).minus(firsts.get(a)).anywhere();
                    List<Reg> sum = sums.getOrDefault(a, List.of());
                    if (sum.stream().anyMatch(numbers::contains)) {
                        sum.stream().map(splats::get).filter(Objects::nonNull)
                                .forEach(index -> limits.put(arith.out(), new Limit(index, moving(b))));
                    }
                    used.put(arith.out(), Math.clamp(lanes.most(), 0L, (long) arith.out().type().lanes()));
                }
            }
            case AND -> {
                if (used.containsKey(a) || used.containsKey(b)) {
                    long all = arith.out().type().lanes();
                    used.put(arith.out(), Math.min(used.getOrDefault(a, all), used.getOrDefault(b, all)));
                }
            }
            default -> { }
        }
    }

    /** The body once for all iterations: of what they hand on nothing is known. */
    private void loop(Instr.Loop loop) {
        Moving lower = moving(loop.lower());
        Moving upper = moving(loop.upper());
        if (!lower.movesAs(upper)) {
            lower = lower.withoutIndices();
            upper = upper.withoutIndices();
        }
        if (lower.movesAs(upper) && upper.at().most() <= lower.at().least()) {
            for (int k = 0; k < loop.results().size(); k++) {
                note(loop.results().get(k), moving(loop.initial().get(k)));
            }
            return;
        }
        long last = last(lower.at(), upper.at(), loop.step());
        boolean isKnown = lower.isFixed() && lower.at().isSingle() && upper.isFixed() && upper.at().isSingle();
        note(loop.index(), isKnown ? Moving.index(loop.index(), new Interval(lower.at().least(), last))
                : lower.below(upper, last));
        body(loop.body());
    }

    private static long last(Interval lower, Interval upper, long step) {
        long most = upper.most() - 1;
        boolean known = lower.isSingle() && upper.isSingle() && lower.least() >= 0;
        return known ? lower.least() + (most - lower.least()) / step * step : most;
    }

    private void branch(Instr.If branch) {
        Interval condition = value(branch.condition());
        List<Moving> results = new ArrayList<>(Collections.nCopies(branch.results().size(), Moving.NONE));
        if (condition.contains(1)) {
            taken(branch.then(), results);
        }
        if (condition.contains(0)) {
            taken(branch.otherwise(), results);
        }
        for (int k = 0; k < results.size(); k++) {
            note(branch.results().get(k), results.get(k));
        }
    }

    private void taken(Instr.Body body, List<Moving> results) {
        body(body);
        for (int k = 0; k < results.size(); k++) {
            results.set(k, results.get(k).join(moving(body.yields().get(k))));
        }
    }

    private Moving arith(Instr.Arith arith) {
        Moving a = moving(arith.arguments().getFirst());
        Moving b = moving(arith.arguments().get(Math.min(1, arith.arguments().size() - 1)));
        boolean whole = arith.out().type().kind() == RegType.Kind.I64;
        return !whole ? Moving.fixed(fixed(arith)) : switch (arith.op()) {
            case ADD -> a.plus(b);
            case SUB -> a.minus(b);
            case MUL -> a.times(b);
            case DIV, REM -> quotient(arith, a, b);
            case MIN -> a.smaller(b);
            case MAX -> a.larger(b);
            case SELECT -> {
                Interval condition = value(arith.arguments().getFirst());
                Moving otherwise = moving(arith.arguments().get(2));
                yield condition.isSingle() ? condition.least() == 1 ? b : otherwise : b.join(otherwise);
            }
            default -> Moving.fixed(fixed(arith));
        };
    }

    private Moving quotient(Instr.Arith arith, Moving dividend, Moving b) {
        Moving a = dividend.withoutIndices().isFixed() ? dividend.withoutIndices() : dividend;
        boolean isKept = !a.isFixed() && b.isFixed() && b.at().isSingle() && b.at().least() > 0;
        return !isKept ? Moving.fixed(fixed(arith))
                : arith.op() == ArithOp.DIV ? a.dividedBy(arith.arguments().getFirst(), b.at().least())
                : a.remainder(arith.arguments().getFirst(), b.at().least());
    }

    /** What does not move with the tile. */
    private Interval fixed(Instr.Arith arith) {
        Interval a = value(arith.arguments().getFirst());
        Interval b = value(arith.arguments().get(Math.min(1, arith.arguments().size() - 1)));
        boolean truth = arith.out().type().kind() == RegType.Kind.I1;
        return switch (arith.op()) {
            case ADD -> a.plus(b);
            case SUB -> a.plus(b.negated());
            case MUL -> a.times(b);
            case DIV -> a.dividedBy(b);
            case REM -> a.remainder(b);
            case NEG -> a.negated();
            case ABS -> a.least() >= 0 ? a : Interval.ALL;
            case MIN -> a.smaller(b);
            case MAX -> a.larger(b);
            case AND -> truth ? a.smaller(b) : a.and(b);
            case OR -> truth ? a.larger(b) : Interval.ALL;
            case NOT -> truth ? a.not() : a.complement();
            case SHL -> a.shiftedLeft(b);
            case LSHR, ASHR -> a.shiftedRight(b);
            case EQ -> a.equal(b);
            case NE -> a.equal(b).not();
            case LT -> a.less(b);
            case LE -> b.less(a).not();
            case GT -> b.less(a);
            case GE -> a.less(b).not();
            case SELECT -> {
                Interval otherwise = value(arith.arguments().get(2));
                yield a.isSingle() ? a.least() == 1 ? b : otherwise : b.join(otherwise);
            }
            case CONVERT -> truth ? a.equal(Interval.of(0)).not() : converted(arith, a);
            case XOR, FMA, SCALE, SQRT, FLOOR, CEIL, RINT, TRUNC, ROUND_F16, ROUND_BF16, MULHI_U, BITCAST ->
                    Interval.ALL;
        };
    }

    private static Interval converted(Instr.Arith arith, Interval a) {
        return arith.arguments().getFirst().type().kind().isFloat() ? Interval.ALL : a;
    }
}
