package dev.sinter.op;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import dev.sinter.op.Windows.Window;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The derivative of {@link Windows}: each element gets the sum of what flows to all places where windows show it. Where
 * a contraction is what flows, as in a convolution, the sum is a contraction of windows too, and nothing of the size of
 * all windows exists.
 */
final class OverlapAdd {
    /** Positions of a window that are added one by one; more are added in blocks of so many. */
    private static final int BLOCK = 32;
    /** So many times the products are worth a contraction for each phase. */
    private static final double WORTH_PARTS = 1.15;
    /** The most contractions that one becomes. */
    private static final long MOST_PARTS = 8;

    private final Builder b;
    private final Windows op;
    private final Shape shape;

    private OverlapAdd(Builder b, Windows op, Shape shape) {
        this.b = b;
        this.op = op;
        this.shape = shape;
    }

    /**
     * The sums.
     *
     * @param gradient what flows to the windows
     * @param shape    of the windows' operand
     */
    static Value of(Builder b, Windows op, Value gradient, Shape shape) {
        OverlapAdd sums = new OverlapAdd(b, op, shape);
        List<Value> terms = terms(gradient);
        List<Optional<Product>> products = terms.stream().map(sums::product).toList();
        if (products.stream().anyMatch(Optional::isEmpty)) {
            return sums.byPosition(gradient);
        }
        return products.stream().map(product -> product.orElseThrow().sum()).reduce(b::plus).orElseThrow();
    }

    /** What a value is the sum of. */
    private static List<Value> terms(Value value) {
        List<Value> terms = new ArrayList<>();
        Deque<Value> open = new ArrayDeque<>(List.of(value));
        while (!open.isEmpty()) {
            Value next = open.pop();
            if (next.op() instanceof Map(ScalarFn fn) && fn == ScalarFn.ADD) {
                next.operands().reversed().forEach(open::push);
            } else {
                terms.add(next);
            }
        }
        return terms;
    }

    /** The axis of the result of windows that holds the positions in a window. */
    private int positions(int window) {
        return shape.rank() + window;
    }

    private Optional<Product> product(Value flowing) {
        if (flowing.op() instanceof Contract contract) {
            Value x = flowing.operand(0);
            Value y = flowing.operand(1);
            return isProduct(contract.lhs(), contract.rhs(), contract.out())
                    ? Optional.of(new Product(contract.lhs(), contract.rhs(), contract.out(), x, y))
                    : isProduct(contract.rhs(), contract.lhs(), contract.out())
                    ? Optional.of(new Product(contract.rhs(), contract.lhs(), contract.out(), y, x)) : Optional.empty();
        }
        if (flowing.op() instanceof Broadcast(Shape whole, List<Integer> axes)
                && flowing.dtype() != DType.BOOL
                && axes.stream().noneMatch(axis -> axis >= shape.rank())) {
            Shape shown = new Shape(whole.dims().subList(0, shape.rank()));
            Value ones = b.full(flowing.dtype(), new Shape(whole.dims().subList(shape.rank(), whole.rank())), 1);
            String letters = letters("").substring(0, whole.rank());
            return Optional.of(new Product(letters.substring(0, shape.rank()), letters.substring(shape.rank()), letters,
                    b.broadcast(flowing.operand(0), shown, axes), ones));
        }
        return Optional.empty();
    }

    /** Whether a product's windows' numbers are of the first operand alone, the positions inside of the second. */
    private boolean isProduct(String shown, String filter, String out) {
        return IntStream.range(0, op.windows().size()).allMatch(i -> {
            char number = out.charAt(op.windows().get(i).axis());
            char position = out.charAt(positions(i));
            return shown.indexOf(number) >= 0 && filter.indexOf(number) < 0
                    && filter.indexOf(position) >= 0 && shown.indexOf(position) < 0;
        });
    }

    private static String letters(String used) {
        StringBuilder letters = new StringBuilder();
        IntStream.concat(IntStream.rangeClosed('a', 'z'), IntStream.rangeClosed('A', 'Z'))
                .filter(letter -> used.indexOf(letter) < 0).forEach(letter -> letters.append((char) letter));
        return letters.toString();
    }

    /**
     * What flows as the product of one factor for the windows and another, the filter, for the positions in them. For
     * each {@link Window#phases phase} that is a sum over windows of the first factor, with the filter reversed. Phases
     * are computed together, or apart where many positions would show none of the elements of some.
     */
    private final class Product {
        private String shown;
        private String filter;
        private String out;
        private Value x;
        private Value y;

        Product(String shown, String filter, String out, Value x, Value y) {
            this.shown = shown;
            this.filter = filter;
            this.out = out;
            this.x = x;
            this.y = y;
        }

        Value sum() {
            return wasted() > WORTH_PARTS ? sumOfParts() : sumOfAll();
        }

        /**
         * How many times the products there are where each phase has as many positions as the largest one: 1 where
         * phases cannot be computed apart.
         */
        private double wasted() {
            double wasted = 1;
            long parts = 1;
            for (Window window : op.windows()) {
                long phases = window.phases();
                wasted *= (double) window.turns() * Math.min(window.size(), phases) / window.size();
                parts *= Math.min(phases, MOST_PARTS + 1);
                if (parts > MOST_PARTS || phases > 1 && window.axis() == shape.rank() - 1) {
                    return 1;
                }
            }
            return wasted;
        }

        /** A contraction for each phase, of the positions that show its elements and no others. */
        private Value sumOfParts() {
            List<Dim> dims = new ArrayList<>(shape.dims());
            padShown();
            for (Window window : op.windows()) {
                dims.set(window.axis(), count(window).times(window.phases()));
            }
            Value result = b.reshape(parts(0, new long[op.windows().size()]), new Shape(dims));
            for (Window window : op.windows()) {
                result = Boxes.sliced(b, result, window.axis(), Dim.ZERO, shape.dim(window.axis()));
            }
            return result;
        }

        /** How many elements a phase has; the last ones may have one less. */
        private Dim count(Window window) {
            return shape.dim(window.axis()).ceilDiv(window.phases());
        }

        private int shownAxis(Window window) {
            return shown.indexOf(out.charAt(window.axis()));
        }

        /**
         * The elements of all phases along some axes, for one phase of the others. Phases of an axis stand before the
         * next one, where they are between its elements in memory.
         *
         * @param from   the first window, in the order of their axes, all of whose phases are wanted
         * @param phases the phases of those before
         */
        private Value parts(int from, long[] phases) {
            if (from == phases.length) {
                return part(phases);
            }
            List<Value> all = new ArrayList<>();
            for (long phase = 0; phase < ascending().get(from).phases(); phase++) {
                phases[from] = phase;
                all.add(parts(from + 1, phases));
            }
            return b.concat(ascending().get(from).axis() + 1, all);
        }

        private List<Window> ascending() {
            return op.windows().stream().sorted((v, w) -> v.axis() - w.axis()).toList();
        }

        /** The elements of one phase of each axis. */
        private Value part(long[] phases) {
            if (IntStream.range(0, phases.length).anyMatch(i -> phases[i] >= ascending().get(i).size())) {
                List<Dim> dims = new ArrayList<>(shape.dims());
                op.windows().forEach(window -> dims.set(window.axis(), count(window)));
                return b.full(x.dtype(), new Shape(dims), 0);
            }
            Value taps = y;
            Value images = x;
            String positions = filter;
            String numbers = shown;
            String result = out;
            List<Window> moving = new ArrayList<>();
            for (int i = 0; i < phases.length; i++) {
                Window window = ascending().get(i);
                String position = String.valueOf(out.charAt(positions(op.windows().indexOf(window))));
                long turns = Math.ceilDiv(window.size() - phases[i], window.phases());
                int axis = positions.indexOf(position);
                Value own = Boxes.stepped(b, taps, axis, phases[i], window.phases());
                images = Boxes.sliced(b, images, shownAxis(window),
                        Dim.of(window.turns() - turns).times(window.dilation()),
                        count(window).plus(Dim.of(turns - 1).times(window.dilation())));
                result = result.replace(position, "");
                if (turns > 1) {
                    taps = b.add(new Reverse(List.of(axis)), own);
                    moving.add(new Window(shownAxis(window), turns, 1, window.dilation()));
                    numbers += position;
                } else {
                    List<Dim> dims = new ArrayList<>(own.shape().dims());
                    dims.remove(axis);
                    taps = b.reshape(own, new Shape(dims));
                    positions = positions.replace(position, "");
                }
            }
            Value windows = moving.isEmpty() ? images : b.add(new Windows(moving), images);
            return b.contract(positions, numbers, result, taps, windows);
        }

        /** One contraction for all phases, of as many positions as the largest one has. */
        private Value sumOfAll() {
            String free = letters(shown + filter + out);
            List<Window> moving = new ArrayList<>();
            List<Window> merged = new ArrayList<>();
            String given = out;
            padShown();
            for (int i = 0; i < op.windows().size(); i++) {
                Window window = op.windows().get(i);
                String number = given.substring(window.axis(), window.axis() + 1);
                String position = given.substring(positions(i), positions(i) + 1);
                String turn = free.substring(2 * i, 2 * i + 1);
                String phase = free.substring(2 * i + 1, 2 * i + 2);
                long phases = window.phases();
                long turns = window.turns();
                long present = Math.min(window.size(), phases);
                int axis = shown.indexOf(number);
                splitFilter(filter.indexOf(position), turns, present);
                filter = filter.replace(position, turns == 1 ? phase : turn + phase);
                if (turns > 1) {
                    moving.add(new Window(axis, turns, 1, window.dilation()));
                    shown += turn;
                }
                out = out.replace(position, "").replace(number, number + phase);
                merged.add(new Window(window.axis(), present, phases, 1));
            }
            Value windows = moving.isEmpty() ? x : b.add(new Windows(moving), x);
            return merged(b.contract(filter, shown, out, y, windows), merged);
        }

        /** Zeros around the first factor, so that each element's window is full. */
        private void padShown() {
            List<Dim> low = new ArrayList<>(Collections.nCopies(x.rank(), Dim.ZERO));
            List<Dim> high = new ArrayList<>(low);
            List<Long> between = new ArrayList<>(Collections.nCopies(x.rank(), 0L));
            for (Window window : op.windows()) {
                int axis = shownAxis(window);
                between.set(axis, window.phases() == 1 ? window.stride() - 1 : 0);
                low.set(axis, Dim.of(window.turns() - 1).times(window.dilation()));
                high.set(axis, count(window).minus(Pad.length(x.shape().dim(axis), between.get(axis))));
            }
            x = Boxes.padded(b, x, low, high, between);
        }

        /** The positions as turns, backwards, and phases. */
        private void splitFilter(int axis, long turns, long present) {
            y = Boxes.padded(b, y, axis, Dim.ZERO, Dim.of(turns * present).minus(y.shape().dim(axis)), 0);
            List<Dim> dims = new ArrayList<>(y.shape().dims());
            dims.set(axis, Dim.of(present));
            if (turns > 1) {
                dims.add(axis, Dim.of(turns));
            }
            y = b.reshape(y, new Shape(dims));
            y = turns > 1 ? b.add(new Reverse(List.of(axis)), y) : y;
        }

        /** Puts the phases, which stand behind their axis, between its elements. */
        private Value merged(Value sums, List<Window> phases) {
            Value result = sums;
            for (Window axis : phases.stream().sorted((v, w) -> v.axis() - w.axis()).toList()) {
                result = Boxes.interleaved(b, result, axis.axis(), axis.stride(), shape.dim(axis.axis()));
            }
            return result;
        }
    }

    /** The sums of any values: the last axis, of positions, added to the axis of the windows, one after the other. */
    private Value byPosition(Value gradient) {
        Value result = gradient;
        for (int i = op.windows().size() - 1; i >= 0; i--) {
            Window window = op.windows().get(i);
            Dim length = shape.dim(window.axis());
            if (window.dilation() == 1 && window.size() <= window.stride()) {
                Dim rest = length.ceilDiv(window.stride()).minus(result.shape().dim(window.axis()));
                List<Integer> order = new ArrayList<>(IntStream.range(0, result.rank() - 1).boxed().toList());
                order.add(window.axis() + 1, result.rank() - 1);
                Value full = Boxes.padded(b, result, window.axis(), Dim.ZERO, rest, 0);
                result = Boxes.interleaved(b, b.transpose(full, order),
                        window.axis(), window.stride(), length);
            } else {
                long between = window.stride() - 1;
                Dim rest = length.minus(Pad.length(result.shape().dim(window.axis()), between));
                Value full = Boxes.padded(b, result, window.axis(), window.reach(), rest, between);
                result = shifted(full, window.axis(), length,
                        window.dilation());
            }
        }
        return result;
    }

    /**
     * The sum over the last axis, of size n, of an axis shifted: of the elements {@code i + (n - 1 - k) * distance} at
     * {@code k}, for each i below a length.
     */
    private Value shifted(Value value, int axis, Dim length, long distance) {
        long count = value.shape().dim(value.rank() - 1).constant();
        if (count <= BLOCK) {
            Value sum = null;
            for (long k = 0; k < count; k++) {
                Value there = Boxes.sliced(b, value, axis, Dim.of(count - 1 - k).times(distance), length);
                Value one = Boxes.sliced(b, there, value.rank() - 1, Dim.of(k), Dim.ONE);
                Value term = b.reshape(one, new Shape(one.shape().dims().subList(0, value.rank() - 1)));
                sum = sum == null ? term : b.plus(sum, term);
            }
            return sum;
        }
        long blocks = Math.ceilDiv(count, BLOCK);
        long more = blocks * BLOCK - count;
        Value whole = Boxes.padded(b, Boxes.padded(b, value, value.rank() - 1, Dim.ZERO, Dim.of(more), 0), axis,
                Dim.of(more).times(distance), Dim.ZERO, 0);
        List<Dim> dims = new ArrayList<>(whole.shape().dims());
        dims.set(dims.size() - 1, Dim.of(blocks));
        dims.add(Dim.of(BLOCK));
        Dim between = Dim.of(blocks - 1).times(BLOCK).times(distance);
        Value ofBlocks = shifted(b.reshape(whole, new Shape(dims)), axis, length.plus(between), distance);
        return shifted(ofBlocks, axis, length, BLOCK * distance);
    }
}
