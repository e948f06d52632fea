package dev.sinter.kernel;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Between which bytes of each buffer one tile of a kernel loads and stores. The integers of the tile's body are
 * followed as intervals: exactly where they are made of the tile's number and constants, within the bounds of
 * loops where of indices, and without bounds where they are loaded or made of open sizes. Masked lanes count as
 * used.
 */
final class TileFootprint {
    private final Kernel kernel;
    private final Map<Reg, Interval> values = new HashMap<>();
    private final List<Interval> bytes;

    private TileFootprint(Kernel kernel) {
        this.kernel = kernel;
        this.bytes = new ArrayList<>(Collections.nCopies(kernel.buffers().size(), Interval.NONE));
    }

    /** The bytes of each argument, counted from its start. */
    static List<Interval> of(Kernel kernel, long tile) {
        TileFootprint footprint = new TileFootprint(kernel);
        footprint.values.put(kernel.tile(), Interval.of(tile));
        footprint.body(kernel.body());
        return footprint.bytes;
    }

    private Interval value(Reg reg) {
        return values.getOrDefault(reg, Interval.ALL.within(reg.type().kind()));
    }

    private void note(Reg reg, Interval interval) {
        if (!reg.type().kind().isFloat()) {
            values.put(reg, interval.within(reg.type().kind()));
        }
    }

    private void body(Instr.Body body) {
        body.instrs().forEach(this::instr);
    }

    private void instr(Instr instr) {
        switch (instr) {
            case Instr.Const i -> note(i.out(), Interval.of(i.bits()));
            case Instr.Size i -> note(i.out(), i.dim().isConstant() ? Interval.of(i.dim().constant()) : Interval.ALL);
            case Instr.Lanes i -> note(i.out(), new Interval(0, i.out().type().lanes() - 1));
            case Instr.Arith i -> note(i.out(), arith(i));
            case Instr.Splat i -> note(i.out(), value(i.scalar()));
            case Instr.Extract i -> note(i.out(), value(i.vector()));
            case Instr.Shuffle i -> note(i.out(), value(i.first()).join(value(i.second())));
            case Instr.Fold i -> note(i.out(), Interval.ALL);
            case Instr.Load i -> {
                touch(i.buffer(), i.offset(), i.out().type().lanes());
                note(i.out(), Interval.ALL);
            }
            case Instr.Gather i -> {
                touch(i.buffer(), i.offsets(), 1);
                note(i.out(), Interval.ALL);
            }
            case Instr.Store i -> touch(i.buffer(), i.offset(), i.value().type().lanes());
            case Instr.Scatter i -> touch(i.buffer(), i.offsets(), 1);
            case Instr.Prefetch _, Instr.Fail _ -> { }
            case Instr.Loop i -> loop(i);
            case Instr.If i -> branch(i);
        }
    }

    /** Takes note of neighbouring elements from an offset, or from each of several. */
    private void touch(int buffer, Reg offset, int elements) {
        Interval size = Interval.of(kernel.buffers().get(buffer).dtype().bytes());
        Interval first = value(offset).times(size);
        Interval all = first.plus(new Interval(0, elements * size.least() - 1));
        bytes.set(buffer, bytes.get(buffer).join(all));
    }

    /** The body once for all iterations: of what they hand on nothing is known. */
    private void loop(Instr.Loop loop) {
        Interval lower = value(loop.lower());
        Interval upper = value(loop.upper());
        if (upper.most() <= lower.least()) {
            for (int k = 0; k < loop.results().size(); k++) {
                note(loop.results().get(k), value(loop.initial().get(k)));
            }
            return;
        }
        note(loop.index(), new Interval(lower.least(), last(lower, upper, loop.step())));
        body(loop.body());
    }

    private static long last(Interval lower, Interval upper, long step) {
        long most = upper.most() - 1;
        boolean known = lower.isSingle() && upper.isSingle() && lower.least() >= 0;
        return known ? lower.least() + (most - lower.least()) / step * step : most;
    }

    private void branch(Instr.If branch) {
        Interval condition = value(branch.condition());
        List<Interval> results = new ArrayList<>(Collections.nCopies(branch.results().size(), Interval.NONE));
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

    private void taken(Instr.Body body, List<Interval> results) {
        body(body);
        for (int k = 0; k < results.size(); k++) {
            results.set(k, results.get(k).join(value(body.yields().get(k))));
        }
    }

    private Interval arith(Instr.Arith arith) {
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
            case XOR, FMA, SCALE, SQRT, FLOOR, CEIL, RINT, TRUNC, MULHI_U, BITCAST -> Interval.ALL;
        };
    }

    private static Interval converted(Instr.Arith arith, Interval a) {
        return arith.arguments().getFirst().type().kind().isFloat() ? Interval.ALL : a;
    }
}
