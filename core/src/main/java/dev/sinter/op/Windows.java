package dev.sinter.op;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * What windows show that slide along some axes of the operand. A windowed axis holds the number of the window instead;
 * the position inside of a window is a new axis at the end, one a windowed axis, in the order of the windows. A
 * convolution is the contraction of windows with a filter, pooling their reduction.
 *
 * @param windows one a windowed axis
 */
public record Windows(List<Window> windows) implements Op {
    /**
     * The windows along an axis: number {@code o} shows the elements {@code o * stride + k * dilation} for each
     * {@code k} below the size. There are as many windows as lie inside.
     *
     * @param axis     of the operand
     * @param size     elements of a window, at least 1
     * @param stride   from a window to the next, at least 1
     * @param dilation from an element of a window to the next, at least 1
     */
    public record Window(int axis, long size, long stride, long dilation) {
        /** From the first element of a window to its last. */
        public Dim reach() {
            return Dim.of(size - 1).times(dilation);
        }

        /**
         * How many kinds of elements there are by the windows that show them: {@code phases * q + r} is shown by the
         * windows {@code q - m * dilation} at {@code phases * m + r}. Where elements of a window lie apart it is one,
         * and the windows' numbers lie apart instead.
         */
        long phases() {
            return dilation == 1 ? stride : 1;
        }

        /** How many windows show an element at most. */
        long turns() {
            return Math.ceilDiv(size, phases());
        }

        /** How many windows lie in an axis. */
        public Dim count(Dim length) {
            Dim room = length.minus(reach());
            return (room.isNeverNegative() ? room : room.max(Dim.ZERO)).ceilDiv(stride);
        }
    }

    public Windows {
        windows = List.copyOf(windows);
    }

    @Override
    public String mnemonic() {
        return "windows";
    }

    @Override
    public Type infer(List<Type> operands) {
        TensorType operand = Inference.onlyTensor(this, operands);
        Inference.axes(this, axes(), operand.rank());
        List<Dim> dims = new ArrayList<>(operand.shape().dims());
        for (Window window : windows) {
            if (window.size() < 1 || window.stride() < 1 || window.dilation() < 1) {
                throw new GraphException("windows: size " + window.size() + ", stride " + window.stride()
                        + " and dilation " + window.dilation() + " of axis " + window.axis() + " must be at least 1");
            }
            dims.set(window.axis(), window.count(operand.shape().dim(window.axis())));
            dims.add(Dim.of(window.size()));
        }
        return operand.withShape(new Shape(dims));
    }

    /** The windowed axes, in the order of the windows. */
    public List<Integer> axes() {
        return windows.stream().map(Window::axis).toList();
    }

    @Override
    public Derivative derivative() {
        return Derivative.of(this::operandGradient);
    }

    /** What flows to the operand from what flows to the windows, of which only the type is read. */
    public Value operandGradient(Builder b, Value self, Value gradient) {
        return OverlapAdd.of(b, this, gradient, self.operand(0).shape());
    }
}
