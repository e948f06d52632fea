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

    /** The rule for one value: the elements that windows slide over by number of the window, phase and turn. */
    private record Rule(Builder b, List<Window> windows, Value x) {
        Value of(Value greatest, Value gradient) {
            Value chosen = first(greatest);
            Value flowing = gradient;
            List<Window> turns = new ArrayList<>();
            for (Window window : windows) {
                chosen = padded(chosen, window, -1);
                flowing = padded(flowing, window, 0);
                if (window.turns() > 1) {
                    turns.add(new Window(window.axis(), window.turns(), 1, window.dilation()));
                }
            }
            if (!turns.isEmpty()) {
                chosen = b.add(new Windows(turns), chosen);
                flowing = b.add(new Windows(turns), flowing);
            }
            List<Dim> dims = new ArrayList<>();
            List<Integer> places = new ArrayList<>();
            int[] phases = new int[windows.size()];
            for (int axis = 0; axis < flowing.rank(); axis++) {
                places.add(dims.size());
                dims.add(flowing.shape().dim(axis));
                for (int i = 0; i < windows.size(); i++) {
                    if (windows.get(i).axis() == axis) {
                        phases[i] = dims.size();
                        dims.add(Dim.of(present(windows.get(i))));
                    }
                }
            }
            Shape all = new Shape(dims);
            Value isChosen = b.map(ScalarFn.EQ, b.broadcast(chosen, all, places), positions(all, phases));
            Value flows = b.select(isChosen, b.broadcast(flowing, all, places), b.full(gradient.dtype(), all, 0));
            List<Integer> turned = IntStream.range(all.rank() - turns.size(), all.rank()).boxed().toList();
            Value result = turns.isEmpty() ? flows : b.reduceSum(flows, turned);
            for (Window window : windows.stream().sorted((v, w) -> v.axis() - w.axis()).toList()) {
                result = Boxes.interleaved(b, result, window.axis(), window.phases(), x.shape().dim(window.axis()));
            }
            return result;
        }

        /** The position of the first element of each window that equals the greatest, counted through the window. */
        private Value first(Value greatest) {
            Value shown = b.add(new Windows(windows), x);
            List<Integer> outer = IntStream.range(0, x.rank()).boxed().toList();
            Value position = b.full(DType.INT32, shown.shape(), 0);
            long count = 1;
            for (int i = windows.size() - 1; i >= 0; i--) {
                position = b.plus(position, b.times(iota(shown.shape(), x.rank() + i), count));
                count *= windows.get(i).size();
            }
            Value equal = b.map(ScalarFn.EQ, shown, b.broadcast(greatest, shown.shape(), outer));
            Value candidate = b.select(equal, position, b.fullLike(position, count));
            return b.reduce(ReduceFn.MIN, candidate, IntStream.range(x.rank(), shown.rank()).boxed().toList());
        }

        /**
         * The position in a window that each turn and phase is, -2 where it is in none.
         *
         * @param phases the axis of the phases of each window; those of the turns are the last ones
         */
        private Value positions(Shape all, int[] phases) {
            Value position = b.full(DType.INT32, all, 0);
            Value inside = b.full(DType.BOOL, all, 1);
            int turn = all.rank();
            long count = 1;
            for (int i = windows.size() - 1; i >= 0; i--) {
                Window window = windows.get(i);
                Value there = iota(all, phases[i]);
                if (window.turns() > 1) {
                    Value turns = b.minus(b.full(DType.INT32, all, window.turns() - 1), iota(all, --turn));
                    there = b.plus(b.times(turns, window.phases()), there);
                }
                if (window.turns() * present(window) > window.size()) {
                    inside = b.map(ScalarFn.AND, inside, b.map(ScalarFn.LT, there, b.fullLike(there, window.size())));
                }
                position = b.plus(position, b.times(there, count));
                count *= window.size();
            }
            return b.select(inside, position, b.fullLike(position, -2));
        }

        private Value iota(Shape shape, int axis) {
            return b.add(new Iota(new TensorType(DType.INT32, shape), axis));
        }

        /** How many phases windows show. */
        private static long present(Window window) {
            return Math.min(window.size(), window.phases());
        }

        /** Fillers around the windows' values, so that each element has a full number of turns. */
        private Value padded(Value value, Window window, double filler) {
            long between = window.dilation() == 1 ? 0 : window.stride() - 1;
            Dim count = Pad.length(value.shape().dim(window.axis()), between);
            Dim length = x.shape().dim(window.axis()).ceilDiv(window.phases());
            return Boxes.padded(b, value, window.axis(), Dim.of(window.turns() - 1).times(window.dilation()),
                    length.minus(count), between, b.scalar(value.dtype(), filler));
        }
    }
}
