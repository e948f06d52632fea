package dev.sinter.testkit;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import dev.sinter.op.DefineSize;
import dev.sinter.op.Pad;
import dev.sinter.op.Reverse;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Slice;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Symbol;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/** A value cut to a size that the run finds, changed there, and filled up to its own size again. */
final class Excursion {
    private final SplittableRandom random;
    private int symbols;

    Excursion(long seed) {
        this.random = new SplittableRandom(~seed);
    }

    /** Whether it is time for one. */
    boolean isWanted(double probability) {
        return random.nextDouble() < probability;
    }

    /**
     * A value of the same type.
     *
     * @param source an integer of any size, from which the size follows
     */
    Value of(Builder b, Value value, Value source) {
        Dim whole = value.shape().dim(0);
        Value few = b.map(ScalarFn.AND, b.convert(source, DType.INT64), b.constant(NDArray.scalar(
                random.nextBoolean() ? 3L : 0xffffL)));
        Value count = b.map(ScalarFn.MIN, few, b.dimSize(whole));
        Symbol symbol = new Symbol("found." + symbols++);
        b.add(new DefineSize(symbol, whole), count);
        Dim size = Dim.ofSymbol(symbol);
        int rank = value.rank();
        List<Dim> limits = new ArrayList<>(value.shape().dims());
        limits.set(0, size);
        Value part = b.add(new Slice(Collections.nCopies(rank, Dim.ZERO), limits, Collections.nCopies(rank, 1L)),
                value);
        Value changed = switch (random.nextInt(3)) {
            case 0 -> b.add(new Reverse(List.of(0)), part);
            case 1 -> value.dtype() == DType.BOOL ? b.map(ScalarFn.NOT, part) : b.map(ScalarFn.NEG, part);
            default -> value.dtype() == DType.BOOL ? part : b.map(ScalarFn.ADD, part,
                    b.broadcast(b.convert(b.dimSize(size), value.dtype()), part.shape()));
        };
        List<Dim> high = new ArrayList<>(Collections.nCopies(rank, Dim.ZERO));
        high.set(0, whole.minus(size));
        return b.add(new Pad(Collections.nCopies(rank, Dim.ZERO), high, Collections.nCopies(rank, 0L)), changed,
                b.scalar(value.dtype(), 1));
    }
}
