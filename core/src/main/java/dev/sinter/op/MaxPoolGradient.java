package dev.sinter.op;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.Windows.Window;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How a gradient flows through the greatest elements of windows: to the first element of each window that equals the
 * greatest, as in TensorFlow. The value's operands are the greatest elements and what the windows slide over. Each
 * element looks for the windows that chose it, so that nothing of the size of all windows exists.
 *
 * @param windows the windows
 */
public record MaxPoolGradient(Windows windows) implements Derivative.Vjp {
    @Override
    public List<Optional<Value>> of(Builder b, Value self, Value gradient) {
        Rule rule = new Rule(b, windows.windows(), self.operand(1));
        return List.of(Optional.empty(), Optional.of(rule.of(self, gradient)));
    }

    /** The rule for one value. */
    private record Rule(Builder b, List<Window> windows, Value x) {
        Value of(Value greatest, Value gradient) {
            int rank = x.rank();
            List<Axis> axes = windows.stream().map(Axis::new).toList();
            Value chosen = first(greatest);
            Value flowing = gradient;
            for (Axis axis : axes) {
                chosen = padded(chosen, axis, -1);
                flowing = padded(flowing, axis, 0);
            }
            Windows turns = new Windows(axes.stream()
                    .map(axis -> new Window(axis.number(), axis.turns(), 1, axis.window().dilation())).toList());
            Value shown = b.add(turns, flowing);
            List<Dim> dims = new ArrayList<>(shown.shape().dims());
            axes.forEach(axis -> dims.add(Dim.of(axis.present())));
            Shape all = new Shape(dims);
            List<Integer> whole = IntStream.range(0, shown.rank()).boxed().toList();
            Value isChosen = b.map(ScalarFn.EQ, b.broadcast(b.add(turns, chosen), all, whole), positions(all, axes));
            Value flows = b.select(isChosen, b.broadcast(shown, all, whole), b.full(gradient.dtype(), all, 0));
            Value sums = b.reduceSum(flows, IntStream.range(rank, shown.rank()).boxed().toList());
            return interleaved(sums, axes);
        }

        /** The position of the first element of each window that equals the greatest, counted through the window. */
        private Value first(Value greatest) {
            Value shown = b.add(new Windows(windows), x);
            List<Integer> outer = IntStream.range(0, x.rank()).boxed().toList();
            Value position = b.zerosLike(b.convert(shown, DType.INT32));
            long count = 1;
            for (int i = windows.size() - 1; i >= 0; i--) {
                position = b.plus(position, b.times(iota(shown.shape(), x.rank() + i), count));
                count *= windows.get(i).size();
            }
            Value equal = b.map(ScalarFn.EQ, shown, b.broadcast(greatest, shown.shape(), outer));
            Value candidate = b.select(equal, position, b.fullLike(position, count));
            return b.reduce(ReduceFn.MIN, candidate, IntStream.range(x.rank(), shown.rank()).boxed().toList());
        }

        /** The positions that the windows of each turn and phase hold, -2 where they are none of a window. */
        private Value positions(Shape all, List<Axis> axes) {
            Value position = b.full(DType.INT32, all, 0);
            Value inside = b.full(DType.BOOL, all, 1);
            long count = 1;
            for (int i = axes.size() - 1; i >= 0; i--) {
                Axis axis = axes.get(i);
                Value turn = iota(all, x.rank() + i);
                Value phase = iota(all, x.rank() + axes.size() + i);
                Value last = b.fullLike(turn, axis.turns() - 1);
                Value there = b.plus(b.times(b.minus(last, turn), axis.phases()), phase);
                if (axis.turns() * axis.present() > axis.window().size()) {
                    inside = b.map(ScalarFn.AND, inside,
                            b.map(ScalarFn.LT, there, b.fullLike(there, axis.window().size())));
                }
                position = b.plus(position, b.times(there, count));
                count *= axis.window().size();
            }
            return b.select(inside, position, b.fullLike(position, -2));
        }

        private Value iota(Shape shape, int axis) {
            return b.add(new Iota(new TensorType(DType.INT32, shape), axis));
        }

        /** Fillers around the windows' values, so that each element has a full number of turns. */
        private Value padded(Value value, Axis axis, double filler) {
            Dim count = Pad.length(value.shape().dim(axis.number()), axis.between());
            Dim length = x.shape().dim(axis.number()).ceilDiv(axis.phases());
            return Boxes.padded(b, value, axis.number(), Dim.of(axis.turns() - 1).times(axis.window().dilation()),
                    length.minus(count), axis.between(), b.scalar(value.dtype(), filler));
        }

        /** Puts the phases, which are the last axes, between the elements of their axes. */
        private Value interleaved(Value sums, List<Axis> axes) {
            List<Integer> order = new ArrayList<>();
            for (int axis = 0; axis < x.rank(); axis++) {
                order.add(axis);
                for (int i = 0; i < axes.size(); i++) {
                    if (axes.get(i).number() == axis) {
                        order.add(x.rank() + i);
                    }
                }
            }
            Value result = b.transpose(sums, order);
            for (Axis axis : axes.stream().sorted((v, w) -> v.number() - w.number()).toList()) {
                result = Boxes.interleaved(b, result, axis.number(), axis.phases(), x.shape().dim(axis.number()));
            }
            return result;
        }
    }

    /** A windowed axis. */
    private record Axis(Window window) {
        int number() {
            return window.axis();
        }

        long phases() {
            return window.phases();
        }

        long turns() {
            return window.turns();
        }

        long present() {
            return Math.min(window.size(), phases());
        }

        long between() {
            return window.dilation() == 1 ? 0 : window.stride() - 1;
        }
    }
}
