package dev.sinter.plan;

import dev.sinter.ir.Function;
import dev.sinter.ir.Location;
import dev.sinter.ir.Locations;
import dev.sinter.ir.Value;
import dev.sinter.op.DynamicSlice;
import dev.sinter.op.DynamicUpdateSlice;
import dev.sinter.op.Pad;
import dev.sinter.op.Slice;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Symbol;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * What must hold of the unknown sizes beyond their types, checked before the first kernel: boxes lie in what
 * they are cut from, and padding is not negative. Kernels rely on it.
 */
public final class SizeChecks {
    /**
     * A box along one axis.
     *
     * @param length  its size; a box without elements lies anywhere
     * @param first   where it starts, which must not be negative
     * @param room    what is left behind its end, which must not be negative
     * @param size    the number that the message ends with
     * @param message what is wrong where it does not hold
     * @param place   where the user wrote it
     */
    private record Box(Dim length, Dim first, Dim room, Dim size, String message, String place) {}

    private final List<Box> boxes = new ArrayList<>();

    private SizeChecks() {}

    /** The checks that a function needs: none where all sizes are known. */
    public static SizeChecks of(Function function) {
        SizeChecks checks = new SizeChecks();
        checks.add(function);
        return checks;
    }

    private void add(Function function) {
        for (Value value : function.values()) {
            add(value, function.locations());
            value.op().regions().forEach(region -> add(region.function()));
        }
    }

    /**
     * Does nothing where everything holds.
     *
     * @throws GraphException where a box lies outside, in the words of the interpreter of functions
     */
    public void check(ToLongFunction<Symbol> symbols) {
        for (Box box : boxes) {
            long length = box.length().evaluate(symbols);
            boolean outside = box.first().evaluate(symbols) < 0 || box.room().evaluate(symbols) < 0;
            if (length < 0 || length > 0 && outside) {
                throw new GraphException(box.message() + box.size().evaluate(symbols) + box.place());
            }
        }
    }

    private void add(Value value, Locations places) {
        if (value.op() instanceof Slice slice) {
            for (int axis = 0; axis < value.rank(); axis++) {
                Dim size = value.operand(0).shape().dim(axis);
                Dim start = slice.starts().get(axis);
                long stride = slice.strides().get(axis);
                Dim last = start.plus(value.shape().dim(axis).minus(1).times(stride));
                add(value, places, value.shape().dim(axis), start, size.minus(1).minus(last), size, "slice: " + start + ":"
                        + slice.limits().get(axis) + ":" + stride + " does not lie in axis " + axis + " of size ");
            }
        } else if (value.op() instanceof DynamicSlice slice) {
            addRoom(value, places, value.operand(0).shape(), slice.shape());
        } else if (value.op() instanceof DynamicUpdateSlice) {
            addRoom(value, places, value.shape(), value.operand(1).shape());
        } else if (value.op() instanceof Pad pad) {
            for (int axis = 0; axis < value.rank(); axis++) {
                add(value, places, Dim.ONE, pad.low().get(axis), pad.high().get(axis), pad.low().get(axis).min(
                        pad.high().get(axis)), "pad: negative padding along axis " + axis + ": ");
            }
        }
    }

    private void addRoom(Value value, Locations places, Shape outer, Shape box) {
        for (int axis = 0; axis < outer.rank(); axis++) {
            add(value, places, Dim.ONE, Dim.ZERO, outer.dim(axis).minus(box.dim(axis)), outer.dim(axis), "a box of size "
                    + box.dim(axis) + " is larger than axis " + axis + " of size ");
        }
    }

    private void add(Value value, Locations locations, Dim length, Dim first, Dim room, Dim size,
            String message) {
        if (isNeverNegative(length) && isNeverNegative(first) && isNeverNegative(room)) {
            return;
        }
        StringBuilder places = new StringBuilder();
        for (Location location : locations.of(value)) {
            places.append("\n  at ").append(location);
        }
        boxes.add(new Box(length, first, room, size, message, places.toString()));
    }

    /** Whether no term of a dim is negative: sizes never are. */
    private static boolean isNeverNegative(Dim dim) {
        return dim.toString().indexOf('-') < 0;
    }
}
