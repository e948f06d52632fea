package dev.sinter.op;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Padding and slicing along one axis. */
final class Boxes {
    private Boxes() {}

    /** Zeros around an axis and between its elements. */
    static Value padded(Builder b, Value value, int axis, Dim low, Dim high, long between) {
        return padded(b, value, axis, low, high, between, b.scalar(value.dtype(), 0));
    }

    /** A scalar around an axis and between its elements. */
    static Value padded(Builder b, Value value, int axis, Dim low, Dim high, long between, Value filler) {
        if (low.isConstant(0) && high.isConstant(0) && between == 0) {
            return value;
        }
        return b.add(new Pad(along(value, axis, low), along(value, axis, high), IntStream.range(0, value.rank())
                .mapToObj(other -> other == axis ? between : 0L).toList()), value, filler);
    }

    /** Zeros around all axes and between their elements. */
    static Value padded(Builder b, Value value, List<Dim> low, List<Dim> high, List<Long> between) {
        boolean isWhole = low.stream().allMatch(Dim.ZERO::equals) && high.stream().allMatch(Dim.ZERO::equals)
                && between.stream().allMatch(count -> count == 0);
        return isWhole ? value : b.add(new Pad(low, high, between), value, b.scalar(value.dtype(), 0));
    }

    private static List<Dim> along(Value value, int axis, Dim amount) {
        return IntStream.range(0, value.rank()).mapToObj(other -> other == axis ? amount : Dim.ZERO).toList();
    }

    /** So many elements along an axis. */
    static Value sliced(Builder b, Value value, int axis, Dim start, Dim length) {
        if (start.isConstant(0) && length.equals(value.shape().dim(axis))) {
            return value;
        }
        List<Dim> limits = IntStream.range(0, value.rank())
                .mapToObj(other -> other == axis ? start.plus(length) : value.shape().dim(other)).toList();
        return b.add(new Slice(along(value, axis, start), limits, Collections.nCopies(value.rank(), 1L)), value);
    }

    /** The elements of an axis from one on, a number of steps apart. */
    static Value stepped(Builder b, Value value, int axis, long start, long step) {
        if (start == 0 && step == 1) {
            return value;
        }
        return b.add(new Slice(along(value, axis, Dim.of(start)), value.shape().dims(), IntStream.range(0, value.rank())
                .mapToObj(other -> other == axis ? step : 1L).toList()), value);
    }

    /** An axis and the one behind it, filled up with zeros to a number of elements, as one axis of a length. */
    static Value interleaved(Builder b, Value value, int axis, long phases, Dim length) {
        Value full = padded(b, value, axis + 1, Dim.ZERO, Dim.of(phases).minus(value.shape().dim(axis + 1)), 0);
        List<Dim> dims = new ArrayList<>(full.shape().dims());
        dims.remove(axis + 1);
        dims.set(axis, dims.get(axis).times(phases));
        return sliced(b, b.reshape(full, new Shape(dims)), axis, Dim.ZERO, length);
    }
}
