package dev.sinter.kernel;

import dev.sinter.tensor.Dim;
import java.util.List;
import java.util.Optional;

/** An instruction of a scheduled kernel: structured, in static single assignment. */
public sealed interface Instr {
    /** A constant in every lane: the bits of a float, an integer, or 0 and 1. */
    record Const(Reg out, long bits) implements Instr {}

    /** A size, known when a run binds its feeds. */
    record Size(Reg out, Dim dim) implements Instr {}

    record Arith(Reg out, ArithOp op, List<Reg> arguments) implements Instr {
        public Arith {
            arguments = List.copyOf(arguments);
        }
    }

    /** A scalar in every lane. */
    record Splat(Reg out, Reg scalar) implements Instr {}

    /** 0, 1, 2, ... as I64 or I32. */
    record Lanes(Reg out) implements Instr {}

    /** One lane of a vector. */
    record Extract(Reg out, Reg vector, int lane) implements Instr {}

    /**
     * Lanes of two vectors of one type in any order: a lane is numbered among those of the first and then
     * those of the second.
     */
    record Shuffle(Reg out, Reg first, Reg second, List<Integer> lanes) implements Instr {
        public Shuffle {
            lanes = List.copyOf(lanes);
        }
    }

    /** All lanes combined, the upper half with the lower until one is left. */
    record Fold(Reg out, ArithOp op, Reg vector) implements Instr {}

    /**
     * Neighbouring elements of a buffer, in registers as {@link RegType.Kind} says, from an offset in elements. Where
     * the mask is false nothing is read and the lane is 0. The offset is a scalar I64.
     */
    record Load(Reg out, int buffer, Reg offset, Optional<Reg> mask) implements Instr {}

    /** Elements at the offsets in the lanes of an I64 vector. */
    record Gather(Reg out, int buffer, Reg offsets, Optional<Reg> mask) implements Instr {}

    /**
     * Neighbouring elements. What goes to half floats is a value of theirs; of integers the low bits count. A
     * streaming store goes past the caches; it has no mask, and its offset is a
     * multiple of its lanes. A back end makes streamed elements visible before the launch ends.
     */
    record Store(int buffer, Reg offset, Reg value, Optional<Reg> mask, boolean streaming) implements Instr {}

    /** Elements at the offsets in the lanes of an I64 vector; the offsets differ. */
    record Scatter(int buffer, Reg offsets, Reg value, Optional<Reg> mask) implements Instr {}

    /** A hint that the cache line at an offset is needed soon. */
    record Prefetch(int buffer, Reg offset) implements Instr {}

    /**
     * {@code for index = lower; index < upper; index += step}, with values carried from one iteration to the
     * next: the body sees {@code carried}, its yields become the next iteration's, the last are
     * {@code results}.
     */
    record Loop(Reg index, Reg lower, Reg upper, long step, List<Reg> carried, List<Reg> initial, Body body,
            List<Reg> results) implements Instr {
        public Loop {
            carried = List.copyOf(carried);
            initial = List.copyOf(initial);
            results = List.copyOf(results);
        }
    }

    /** One of two bodies; their yields are the results. The condition is a scalar I1. */
    record If(Reg condition, Body then, Body otherwise, List<Reg> results) implements Instr {
        public If {
            results = List.copyOf(results);
        }
    }

    /** Where any lane of the I1 condition is true, the run fails; execution goes on with defined values. */
    record Fail(Reg condition, Failure failure, Optional<Detail> detail) implements Instr {}

    /**
     * What a run says of the first index that is out of range, in the lane that the condition of a {@link Fail} is
     * about.
     *
     * @param site     which check it is, not 0
     * @param index    the index, I64
     * @param position its number among others, I64
     */
    record Detail(int site, Reg index, Reg position) {}

    /** Instructions in order, and the registers that they hand out. */
    record Body(List<Instr> instrs, List<Reg> yields) {
        public Body {
            instrs = List.copyOf(instrs);
            yields = List.copyOf(yields);
        }
    }
}
