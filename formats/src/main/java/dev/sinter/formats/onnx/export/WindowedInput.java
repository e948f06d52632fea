package dev.sinter.formats.onnx.export;

import dev.sinter.formats.onnx.schema.AttributeProto;
import dev.sinter.ir.Value;
import dev.sinter.op.Broadcast;
import dev.sinter.op.Constant;
import dev.sinter.op.Pad;
import dev.sinter.op.Windows;
import dev.sinter.op.Windows.Window;
import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoublePredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What windows slide over, as convolutions and pooling take it: with its padding where that is known.
 *
 * @param source  the tensor without the padding
 * @param windows the windows
 * @param others  the axes that are not windowed
 * @param low     the padding before the first element of each windowed axis
 * @param high    the padding behind the last
 */
record WindowedInput(Value source, Windows windows, List<Integer> others, List<Long> low, List<Long> high) {
    /**
     * The input of windows.
     *
     * @param filler whether a number is what the operator pads with
     */
    static WindowedInput of(Value view, DoublePredicate filler) {
        Windows windows = (Windows) view.op();
        Value input = view.operand(0);
        List<Integer> axes = windows.axes();
        List<Integer> others = IntStream.range(0, input.rank()).filter(axis -> !axes.contains(axis)).boxed().toList();
        if (input.op() instanceof Pad pad && isKnown(pad, windows, others)
                && splat(input.operand(1)).filter(value -> filler.test(value)).isPresent()) {
            return new WindowedInput(input.operand(0), windows, others,
                    axes.stream().map(axis -> pad.low().get(axis).constant()).toList(),
                    axes.stream().map(axis -> pad.high().get(axis).constant()).toList());
        }
        List<Long> none = axes.stream().map(_ -> 0L).toList();
        return new WindowedInput(input, windows, others, none, none);
    }

    /** Whether the padding is known, along windowed axes alone, and less than a window. */
    private static boolean isKnown(Pad pad, Windows windows, List<Integer> others) {
        return pad.interior().stream().allMatch(between -> between == 0)
                && others.stream().allMatch(axis -> pad.low().get(axis).isConstant(0)
                && pad.high().get(axis).isConstant(0))
                && windows.windows().stream().allMatch(window -> isLess(pad.low().get(window.axis()), window)
                && isLess(pad.high().get(window.axis()), window));
    }

    private static boolean isLess(Dim padding, Window window) {
        return padding.isConstant() && padding.constant() < window.size();
    }

    /** The number that a value is everywhere, where it is known to be one. */
    static Optional<Double> splat(Value value) {
        Value source = value;
        while (source.op() instanceof Broadcast) {
            source = source.operand(0);
        }
        return source.op() instanceof Constant(var array) && array.elementCount() == 1
                ? Optional.of(array.getDouble(0)) : Optional.empty();
    }

    boolean isPadded() {
        return Stream.concat(low.stream(), high.stream()).anyMatch(amount -> amount > 0);
    }

    /** The input with an axis of the batch and one of channels before the windowed axes. */
    String channelsFirst(Emitter e, int batch, int channels) {
        List<Integer> order = new ArrayList<>(List.of(batch, channels));
        order.addAll(windows.axes());
        return e.block().transpose(e.whole(source), order);
    }

    List<AttributeProto> attributes() {
        List<AttributeProto> attributes = new ArrayList<>();
        List<Window> all = windows.windows();
        attributes.add(Attributes.integers("kernel_shape", all.stream().map(Window::size).toList()));
        attributes.add(Attributes.integers("strides", all.stream().map(Window::stride).toList()));
        if (all.stream().anyMatch(window -> window.dilation() != 1)) {
            attributes.add(Attributes.integers("dilations", all.stream().map(Window::dilation).toList()));
        }
        if (isPadded()) {
            attributes.add(Attributes.integers("pads", Stream.concat(low.stream(), high.stream()).toList()));
        }
        return attributes;
    }
}
