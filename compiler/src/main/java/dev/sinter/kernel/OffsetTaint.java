package dev.sinter.kernel;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Follows what loaded data can reach, so that no address depends on it unless it has been clamped. */
final class OffsetTaint {
    /** What is known of a register's bounds. */
    private enum Taint {
        /** Made of constants, sizes, the tile and loop indices alone, or clamped on both sides. */
        CLEAN,
        /** Loaded, and at most something clean. */
        ABOVE,
        /** Loaded, and at least something clean. */
        BELOW,
        DATA;

        Taint join(Taint other) {
            return this == other ? this : this == CLEAN ? other : other == CLEAN ? this : DATA;
        }
    }

    private final Kernel kernel;
    private final Map<Reg, Taint> taints = new HashMap<>();

    OffsetTaint(Kernel kernel) {
        this.kernel = kernel;
    }

    void check() {
        taints.put(kernel.tile(), Taint.CLEAN);
        body(kernel.body());
    }

    private Taint of(Reg reg) {
        return taints.getOrDefault(reg, Taint.DATA);
    }

    private void clean(Reg reg, String what) {
        if (of(reg) != Taint.CLEAN) {
            throw Verifier.broken(kernel, what + " " + reg + " depends on loaded data that is not clamped");
        }
    }

    private void body(Instr.Body body) {
        body.instrs().forEach(this::instr);
    }

    private void instr(Instr instr) {
        switch (instr) {
            case Instr.Const i -> taints.put(i.out(), Taint.CLEAN);
            case Instr.Size i -> taints.put(i.out(), Taint.CLEAN);
            case Instr.Lanes i -> taints.put(i.out(), Taint.CLEAN);
            case Instr.Arith i -> taints.put(i.out(), arith(i));
            case Instr.Splat i -> taints.put(i.out(), of(i.scalar()));
            case Instr.Extract i -> taints.put(i.out(), of(i.vector()));
            case Instr.Shuffle i -> taints.put(i.out(), of(i.first()).join(of(i.second())));
            case Instr.Fold i ->
                    taints.put(i.out(), of(i.vector()) == Taint.CLEAN ? Taint.CLEAN : Taint.DATA);
            case Instr.Load i -> {
                clean(i.offset(), "the offset");
                taints.put(i.out(), Taint.DATA);
            }
            case Instr.Gather i -> {
                clean(i.offsets(), "the offsets");
                taints.put(i.out(), Taint.DATA);
            }
            case Instr.Store i -> clean(i.offset(), "the offset");
            case Instr.Scatter i -> clean(i.offsets(), "the offsets");
            case Instr.Prefetch i -> clean(i.offset(), "the offset");
            case Instr.Loop i -> loop(i);
            case Instr.If i -> {
                body(i.then());
                body(i.otherwise());
                for (int k = 0; k < i.results().size(); k++) {
                    taints.put(i.results().get(k),
                            of(i.then().yields().get(k)).join(of(i.otherwise().yields().get(k))));
                }
            }
            case Instr.Fail i -> {}
        }
    }

    private void loop(Instr.Loop loop) {
        clean(loop.lower(), "the loop bound");
        clean(loop.upper(), "the loop bound");
        taints.put(loop.index(), Taint.CLEAN);
        List<Reg> carried = loop.carried();
        Map<Reg, Taint> entry = new HashMap<>();
        for (int k = 0; k < carried.size(); k++) {
            entry.put(carried.get(k), of(loop.initial().get(k)));
        }
        do {
            taints.putAll(entry);
        } while (widen(loop, carried, entry));
        for (int k = 0; k < carried.size(); k++) {
            taints.put(loop.results().get(k), entry.get(carried.get(k)));
        }
    }

    private boolean widen(Instr.Loop loop, List<Reg> carried, Map<Reg, Taint> entry) {
        body(loop.body());
        boolean changed = false;
        for (int k = 0; k < carried.size(); k++) {
            Taint before = entry.get(carried.get(k));
            Taint after = before.join(of(loop.body().yields().get(k)));
            changed |= after != before;
            entry.put(carried.get(k), after);
        }
        return changed;
    }

    private Taint arith(Instr.Arith arith) {
        Taint first = of(arith.arguments().getFirst());
        return switch (arith.op()) {
            case MIN, MAX -> {
                if (arith.out().type().kind().isFloat()) {
                    yield joined(arith);
                }
                Taint second = of(arith.arguments().get(1));
                if (first != Taint.CLEAN && second != Taint.CLEAN) {
                    yield first == second ? first : Taint.DATA;
                }
                Taint data = first == Taint.CLEAN ? second : first;
                Taint bound = arith.op() == ArithOp.MIN ? Taint.ABOVE : Taint.BELOW;
                yield data == Taint.DATA ? bound : data == bound ? bound : Taint.CLEAN;
            }
            case SELECT -> of(arith.arguments().get(1)).join(of(arith.arguments().get(2)));
            default -> joined(arith);
        };
    }

    /** Clean where all arguments are, data otherwise. */
    private Taint joined(Instr.Arith arith) {
        boolean clean = arith.arguments().stream().allMatch(reg -> of(reg) == Taint.CLEAN);
        return clean ? Taint.CLEAN : Taint.DATA;
    }
}
