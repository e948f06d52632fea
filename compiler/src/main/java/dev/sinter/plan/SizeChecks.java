package dev.sinter.plan;

import dev.sinter.ir.Function;
import dev.sinter.ir.Location;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.Broadcast;
import dev.sinter.op.Constant;
import dev.sinter.op.DefineSize;
import dev.sinter.op.DimSize;
import dev.sinter.op.DynamicSlice;
import dev.sinter.op.DynamicUpdateSlice;
import dev.sinter.op.Gather;
import dev.sinter.op.Pad;
import dev.sinter.op.Reshape;
import dev.sinter.op.Scatter;
import dev.sinter.op.Slice;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Symbol;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What must hold of the unknown sizes beyond their types, checked before the first kernel: reshapes keep the number of
 * elements, sizes that may stretch broadcast, boxes lie in what they are cut from, what is indexed has elements, and
 * padding is not negative. Kernels rely on it. What a region needs must hold whether it is carried out or not. The
 * checks of a function are those of its ops; they are taken from what a run asks for, before the passes, so that a
 * pass may drop an op and not its check.
 */
public final class SizeChecks {
    /** Something that a run's sizes must satisfy. */
    private sealed interface Condition {
        /** Does nothing where it holds, else throws a message without a place. */
        void check(ToLongFunction<Symbol> symbols);

        /** The sizes that it is about. */
        List<Dim> sizes();

        /** Whether it holds for every value that a run may find for the symbols that it finds. */
        boolean isShown(Found found);

        /** A condition from which this follows whatever a run finds, about as few as possible of the sizes it finds. */
        default Condition beforehand(Found found) {
            return this;
        }

        /** What is asked, for a message. */
        String question();
    }

    /**
     * The symbols whose values a run finds.
     *
     * @param bounds the greatest values
     * @param equal  the size that a symbol is, where it is known to be one
     */
    private record Found(Map<Symbol, Dim> bounds, Map<Symbol, Dim> equal) {
        /** How many symbols may be equal one to the next. */
        private static final int MOST_STEPS = 8;

        boolean mentions(Dim dim) {
            return !bounds.isEmpty() && !Collections.disjoint(dim.symbols(), bounds.keySet());
        }

        boolean isNeverNegative(Dim dim) {
            Dim other = dim;
            for (int step = 0; step < MOST_STEPS; step++) {
                if (other.isNeverNegative(bounds)) {
                    return true;
                }
                other = other.substitute(symbol -> equal.getOrDefault(symbol, Dim.ofSymbol(symbol)));
            }
            return false;
        }
    }

    /**
     * A box along one axis.
     *
     * @param length  its size; a box without elements lies anywhere
     * @param first   where it starts, which must not be negative
     * @param room    what is left behind its end, which must not be negative
     * @param size    the number that the message ends with
     * @param message what is wrong where it does not hold
     */
    private record Box(Dim length, Dim first, Dim room, Dim size, String message) implements Condition {
        @Override
        public List<Dim> sizes() {
            return List.of(length, first, room);
        }

        @Override
        public boolean isShown(Found found) {
            return found.isNeverNegative(length) && found.isNeverNegative(first) && found.isNeverNegative(room);
        }

        @Override
        public Condition beforehand(Found found) {
            return new Box(found.isNeverNegative(length) ? length.atMost(found.bounds()) : length,
                    found.isNeverNegative(first) ? Dim.ZERO : first, found.isNeverNegative(room) ? Dim.ZERO : room,
                    size, message);
        }

        @Override
        public String question() {
            return "whether " + message + size;
        }

        @Override
        public void check(ToLongFunction<Symbol> symbols) {
            long elements = length.evaluate(symbols);
            boolean outside = first.evaluate(symbols) < 0 || room.evaluate(symbols) < 0;
            if (elements < 0 || elements > 0 && outside) {
                throw new GraphException(message + size.evaluate(symbols));
            }
        }
    }

    /** A reshape's two numbers of elements, which must be equal. */
    private record Reshaped(TensorType from, Shape to) implements Condition {
        @Override
        public List<Dim> sizes() {
            return List.of(from.shape().elementCount(), to.elementCount());
        }

        @Override
        public boolean isShown(Found found) {
            return false;
        }

        @Override
        public String question() {
            return "whether reshape: " + from + " has another number of elements than " + to;
        }

        @Override
        public void check(ToLongFunction<Symbol> symbols) {
            long given = from.shape().elementCount().evaluate(symbols);
            long wanted = to.elementCount().evaluate(symbols);
            if (given == wanted) {
                return;
            }
            List<Integer> others = IntStream.range(0, to.rank())
                    .filter(axis -> to.rank() == from.rank() && !from.shape().dim(axis).equals(to.dim(axis)))
                    .boxed().toList();
            if (others.size() == 1) {
                int axis = others.getFirst();
                throw new GraphException("sizes that must be equal differ: axis " + axis + " of "
                        + text(from, symbols) + " is " + from.shape().dim(axis).evaluate(symbols) + ", not "
                        + to.dim(axis) + " = " + to.dim(axis).evaluate(symbols));
            }
            throw new GraphException("reshape: " + text(from, symbols) + " has " + given + " elements, " + to
                    + (to.isStatic() ? "" : " = " + text(to, symbols)) + " has " + wanted);
        }
    }

    /** An axis of an operand that has the size of the result's or is stretched. */
    private record Stretched(TensorType from, int axis, Dim to) implements Condition {
        @Override
        public List<Dim> sizes() {
            return List.of(from.shape().dim(axis), to);
        }

        @Override
        public boolean isShown(Found found) {
            return false;
        }

        @Override
        public String question() {
            return "whether broadcast: axis " + axis + " of " + from + " is neither 1 nor " + to;
        }

        @Override
        public void check(ToLongFunction<Symbol> symbols) {
            long given = from.shape().dim(axis).evaluate(symbols);
            long wanted = to.evaluate(symbols);
            if (given != wanted && given != 1) {
                throw new GraphException("broadcast: axis " + axis + " of " + text(from, symbols) + " is "
                        + given + ", which is neither 1 nor " + to + (to.isConstant() ? "" : " = " + wanted));
            }
        }
    }

    /** Sizes of which a broadcast is made: each is 1, or the size of all that are not. */
    private record Broadcastable(List<Dim> parts) implements Condition {
        @Override
        public List<Dim> sizes() {
            return parts;
        }

        @Override
        public boolean isShown(Found found) {
            return false;
        }

        @Override
        public String question() {
            return "whether sizes do not broadcast: " + parts;
        }

        @Override
        public void check(ToLongFunction<Symbol> symbols) {
            if (parts.stream().mapToLong(part -> part.evaluate(symbols)).filter(size -> size != 1).distinct()
                    .count() > 1) {
                throw new GraphException("sizes do not broadcast: " + parts.stream()
                        .map(part -> part + " = " + part.evaluate(symbols)).collect(Collectors.joining(", "))
                        + "; each must be 1 or the same");
            }
        }
    }

    /**
     * A condition of a function.
     *
     * @param places where the user wrote it, as the end of a message
     */
    private record Check(Condition condition, String places) {}

    private final List<Check> checks;
    private final Set<List<Dim>> broadcasts;
    private final Function function;
    private final Found found;

    private SizeChecks(Function function, List<Check> checks, Set<List<Dim>> broadcasts, Found outside) {
        this.function = function;
        this.found = found(function, outside);
        this.checks = checks;
        this.broadcasts = broadcasts;
        function.values().forEach(this::add);
    }

    private static Found found(Function function, Found outside) {
        Map<Symbol, Dim> bounds = new HashMap<>(outside.bounds());
        Map<Symbol, Dim> equal = new HashMap<>(outside.equal());
        for (Value value : function.values()) {
            if (value.op() instanceof DefineSize(Symbol symbol, Dim atMost)) {
                bounds.put(symbol, atMost);
                switch (value.operand(0).op()) {
                    case DimSize(Dim dim) -> equal.put(symbol, dim);
                    case Constant constant -> equal.put(symbol, Dim.of(constant.array().getLong(0)));
                    default -> equal.remove(symbol);
                }
            }
        }
        return new Found(bounds, equal);
    }

    /**
     * The checks that a function needs: none where all sizes are known. What depends on sizes that a run finds must
     * hold for all their values.
     *
     * @throws GraphException where that cannot be shown
     */
    public static SizeChecks of(Function function) {
        return new SizeChecks(function, new ArrayList<>(), new HashSet<>(), new Found(Map.of(), Map.of()));
    }

    /**
     * Does nothing where everything holds.
     *
     * @throws GraphException that names the sizes and the places of the first op whose sizes are wrong
     */
    public void check(ToLongFunction<Symbol> symbols) {
        for (Check check : checks) {
            try {
                check.condition().check(symbols);
            } catch (GraphException wrong) {
                throw new GraphException(wrong.getMessage() + check.places(), wrong);
            }
        }
    }

    private void add(Value value) {
        value.op().regions().forEach(region -> new SizeChecks(region.function(), checks, broadcasts, found));
        if (value.isTensor()) {
            value.shape().dims().forEach(dim -> addBroadcasts(value, dim));
        }
        if (value.op() instanceof DimSize(Dim dim)) {
            addBroadcasts(value, dim);
        } else if (value.op() instanceof Broadcast broadcast) {
            TensorType from = value.operand(0).tensorType();
            for (int axis = 0; axis < from.rank(); axis++) {
                Dim to = value.shape().dim(broadcast.axes().get(axis));
                if (!from.shape().dim(axis).equals(to) && !from.shape().dim(axis).isConstant(1)) {
                    add(value, new Stretched(from, axis, to));
                }
            }
        } else if (value.op() instanceof Reshape(Shape to)) {
            TensorType from = value.operand(0).tensorType();
            if (!from.shape().elementCount().equals(to.elementCount())) {
                add(value, new Reshaped(from, to));
            }
        } else if (value.op() instanceof Slice slice) {
            for (int axis = 0; axis < value.rank(); axis++) {
                Dim size = value.operand(0).shape().dim(axis);
                Dim start = slice.starts().get(axis);
                long stride = slice.strides().get(axis);
                Dim last = start.plus(value.shape().dim(axis).minus(1).times(stride));
                add(value, value.shape().dim(axis), start, size.minus(1).minus(last), size, "slice: " + start + ":"
                        + slice.limits().get(axis) + ":" + stride + " does not lie in axis " + axis + " of size ");
            }
        } else if (value.op() instanceof DynamicSlice slice) {
            addRoom(value, value.operand(0).shape(), slice.shape());
        } else if (value.op() instanceof DynamicUpdateSlice) {
            addRoom(value, value.shape(), value.operand(1).shape());
        } else if (value.op() instanceof Gather gather) {
            addIndexed(value, gather, value.operand(0).shape(), value.shape());
        } else if (value.op() instanceof Scatter scatter) {
            addIndexed(value, scatter.gather(), value.shape(), value.operand(1).shape());
        } else if (value.op() instanceof Pad pad) {
            for (int axis = 0; axis < value.rank(); axis++) {
                add(value, Dim.ONE, pad.low().get(axis), pad.high().get(axis), pad.low().get(axis).min(
                        pad.high().get(axis)), "pad: negative padding along axis " + axis + ": ");
            }
        }
    }

    private void addBroadcasts(Value value, Dim dim) {
        for (List<Dim> parts : dim.broadcasts()) {
            if (broadcasts.add(parts)) {
                add(value, new Broadcastable(parts));
            }
        }
    }

    private void addRoom(Value value, Shape outer, Shape box) {
        for (int axis = 0; axis < outer.rank(); axis++) {
            add(value, Dim.ONE, Dim.ZERO, outer.dim(axis).minus(box.dim(axis)), outer.dim(axis), "a box of size "
                    + box.dim(axis) + " is larger than axis " + axis + " of size ");
        }
    }

    /** That indexed axes have an element, unless nothing is indexed. */
    private void addIndexed(Value value, Gather gather, Shape from, Shape elements) {
        for (int axis : gather.axes()) {
            add(value, elements.elementCount(), Dim.ZERO, from.dim(axis).minus(1), from.dim(axis),
                    value.op().mnemonic() + ": there is no index along axis " + axis + " of size ");
        }
    }

    private void add(Value value, Dim length, Dim first, Dim room, Dim size, String message) {
        if (!length.isNeverNegative() || !first.isNeverNegative() || !room.isNeverNegative()) {
            add(value, new Box(length, first, room, size, message));
        }
    }

    private void add(Value value, Condition condition) {
        StringBuilder places = new StringBuilder();
        for (Location location : function.locations().of(value)) {
            places.append("\n  at ").append(location);
        }
        if (isFound(condition) && condition.isShown(found)) {
            return;
        }
        Condition beforehand = isFound(condition) ? condition.beforehand(found) : condition;
        if (isFound(beforehand)) {
            throw new GraphException("a run cannot check beforehand what depends on a size that it finds: "
                    + condition.question() + places);
        }
        checks.add(new Check(beforehand, places.toString()));
    }

    private boolean isFound(Condition condition) {
        return condition.sizes().stream().anyMatch(found::mentions);
    }

    private static String text(TensorType type, ToLongFunction<Symbol> symbols) {
        return type.dtype() + text(type.shape(), symbols);
    }

    private static String text(Shape shape, ToLongFunction<Symbol> symbols) {
        return shape.dims().stream().map(dim -> String.valueOf(dim.evaluate(symbols)))
                .collect(Collectors.joining(",", "[", "]"));
    }
}
