package dev.sinter.formats.onnx.export;

import dev.sinter.formats.onnx.schema.AttributeProto;
import dev.sinter.ir.Value;
import dev.sinter.op.Broadcast;
import dev.sinter.op.Constant;
import dev.sinter.op.Pad;
import dev.sinter.op.Reduce;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.Reshape;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Windows;
import dev.sinter.op.Windows.Window;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Reductions of windows that are pooling of a batch of images with channels. */
final class Pools {
    private Pools() {}

    /** The greatest elements of windows. */
    static Optional<Term> greatest(Emitter e, Reduce op, Value value) {
        boolean takes = switch (value.dtype()) {
            case FLOAT32, FLOAT64, FLOAT16, INT8, UINT8 -> true;
            default -> false;
        };
        if (op.fn() != ReduceFn.MAX || !takes || !isOfWindows(op, value.operand(0))) {
            return Optional.empty();
        }
        double least = value.dtype().lowest();
        WindowedInput input = WindowedInput.of(value.operand(0), filler -> filler == least);
        return pooled(e, "MaxPool", input, value, List.of());
    }

    /** The sums of windows by the number of their elements, without what is padded. */
    static Optional<Term> mean(Emitter e, ScalarFn fn, Value value) {
        boolean isQuotient = fn == ScalarFn.DIV || fn == ScalarFn.MUL;
        if (!isQuotient || value.dtype() != DType.FLOAT32 || !(value.operand(0).op() instanceof Reduce sum)
                || sum.fn() != ReduceFn.SUM || !isOfWindows(sum, value.operand(0).operand(0))) {
            return Optional.empty();
        }
        Value view = value.operand(0).operand(0);
        WindowedInput input = WindowedInput.of(view, filler -> filler == 0);
        boolean isMean = fn == ScalarFn.MUL ? !input.isPadded() && isInverse(value.operand(1), input.windows())
                : isCount(value.operand(1), sum, view, input);
        return isMean ? pooled(e, "AveragePool", input, value, List.of(Attributes.integer("count_include_pad", 0)))
                : Optional.empty();
    }

    private static boolean isOfWindows(Reduce op, Value view) {
        return view.op() instanceof Windows windows && view.operand(0).rank() == windows.windows().size() + 2
                && op.axes().equals(IntStream.range(view.operand(0).rank(), view.rank()).boxed().toList());
    }

    private static boolean isInverse(Value factor, Windows windows) {
        double count = windows.windows().stream().mapToDouble(Window::size).reduce(1, (x, y) -> x * y);
        double inverse = NDArray.scalar(factor.dtype(), 1 / count).getDouble(0);
        return WindowedInput.splat(factor).filter(value -> value == inverse).isPresent();
    }

    /** Whether a value counts, for each window, the elements that are not padding. */
    private static boolean isCount(Value value, Reduce sum, Value view, WindowedInput input) {
        Value counts = value;
        while (counts.op() instanceof Broadcast || counts.op() instanceof Reshape) {
            counts = counts.operand(0);
        }
        if (!counts.op().equals(sum) || !counts.operand(0).op().equals(view.op())) {
            return false;
        }
        Value padded = counts.operand(0).operand(0);
        Value own = view.operand(0);
        if (!(padded.op() instanceof Pad pad) || !(own.op() instanceof Pad other) || own.operand(0) != input.source()
                || !pad.equals(other) || WindowedInput.splat(padded.operand(1)).filter(zero -> zero == 0).isEmpty()) {
            return false;
        }
        Value ones = padded.operand(0);
        return isOne(ones) && input.windows().axes().stream().allMatch(axis -> ones.shape().dim(axis)
                .equals(input.source().shape().dim(axis)));
    }

    private static boolean isOne(Value value) {
        return WindowedInput.splat(value).filter(one -> one == 1).isPresent() || value.op() instanceof Constant(
                NDArray array) && IntStream.range(0, (int) Math.min(Integer.MAX_VALUE, array.elementCount()))
                .allMatch(i -> array.getDouble(i) == 1);
    }

    private static Optional<Term> pooled(Emitter e, String op, WindowedInput input, Value value,
            List<AttributeProto> more) {
        int batch = input.others().getFirst();
        int channels = input.others().getLast();
        List<AttributeProto> attributes = new ArrayList<>(input.attributes());
        attributes.addAll(more);
        String result = e.block().addAll("", op, List.of(input.channelsFirst(e, batch, channels)), 1, attributes)
                .getFirst();
        List<Integer> order = new ArrayList<>();
        for (int axis = 0; axis < value.rank(); axis++) {
            order.add(axis == batch ? 0 : axis == channels ? 1 : 2 + input.windows().axes().indexOf(axis));
        }
        return Optional.of(Term.of(e.block().transpose(result, order), value.tensorType()));
    }
}
