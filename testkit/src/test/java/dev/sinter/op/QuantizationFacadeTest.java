package dev.sinter.op;

import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.multiply;
import static dev.sinter.graph.Ops.reduceSum;

import dev.sinter.graph.Gradients;
import dev.sinter.graph.Quantization;
import dev.sinter.graph.Quantization.DynamicallyQuantized;
import dev.sinter.graph.Quantization.Mode;
import dev.sinter.graph.Quantization.Options;
import dev.sinter.graph.Quantization.Quantized;
import dev.sinter.graph.Quantization.Rounding;
import dev.sinter.graph.Quantization.Scaled;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.WindowOptions;
import dev.sinter.graph.WindowOptions.Padding;
import dev.sinter.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Quantization as in TensorFlow, with gradients, and as in ONNX. */
final class QuantizationFacadeTest extends FacadeTest {
    QuantizationFacadeTest() {
        super("quantization", rows());
    }

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>(fakes());
        rows.addAll(dequantized());
        rows.addAll(ranges());
        rows.addAll(integers());
        rows.addAll(products());
        return rows;
    }

    /** The gradients of all operands but the first, which is what flows to the result. */
    private static Row gradient(String name, Function<List<Tensor>, Tensor> call) {
        return new Row(name, in -> {
            List<Tensor> operands = in.subList(1, in.size());
            Gradients all = gradients(List.of(reduceSum(multiply(call.apply(operands), in.get(0)))), operands);
            return all.asList();
        });
    }

    private static List<Row> fakes() {
        return List.of(
                Row.of("fake_args", in -> Quantization.fakeQuantWithMinMaxArgs(in.get(0))),
                Row.of("fake_args_narrow",
                        in -> Quantization.fakeQuantWithMinMaxArgs(in.get(0), -1.5, 3.25, 4, true)),
                Row.of("fake_vars", QuantizationFacadeTest::fakeVars),
                Row.of("fake_channels", QuantizationFacadeTest::fakeChannels),
                gradient("fake_vars_gradient", QuantizationFacadeTest::fakeVars),
                gradient("fake_channels_gradient", QuantizationFacadeTest::fakeChannels));
    }

    private static Tensor fakeVars(List<Tensor> in) {
        return Quantization.fakeQuantWithMinMaxVars(in.get(0), in.get(1), in.get(2), 8, false);
    }

    private static Tensor fakeChannels(List<Tensor> in) {
        return Quantization.fakeQuantWithMinMaxVarsPerChannel(in.get(0), in.get(1), in.get(2), 8, false);
    }

    private static List<Row> dequantized() {
        Options plain = Options.DEFAULT;
        return List.of(
                Row.of("quantize_dequantize", in -> Quantization.quantizeAndDequantize(in.get(0), plain)),
                Row.of("quantize_dequantize_unsigned",
                        in -> Quantization.quantizeAndDequantize(in.get(0), plain.withoutSign().withBits(5))),
                Row.of("quantize_dequantize_axis",
                        in -> Quantization.quantizeAndDequantize(in.get(0), plain.withAxis(1).withNarrowRange())),
                Row.of("quantize_dequantize_range", in -> Quantization.quantizeAndDequantize(in.get(0), in.get(1),
                        in.get(2), plain.withBits(6).withRounding(Rounding.HALF_UP))),
                gradient("quantize_dequantize_range_gradient",
                        in -> Quantization.quantizeAndDequantize(in.get(0), in.get(1), in.get(2), plain)));
    }

    private static List<Row> ranges() {
        List<Row> rows = new ArrayList<>();
        for (Mode mode : Mode.values()) {
            String word = mode.name().toLowerCase(Locale.ROOT);
            rows.add(quantized("quantize_" + word, DType.UINT8, mode));
            rows.add(Row.of("dequantize_" + word,
                    in -> Quantization.dequantize(in.get(0), in.get(1), in.get(2), mode)));
            if (mode != Mode.MIN_FIRST) {
                rows.add(quantized("quantize_" + word + "_signed", DType.INT8, mode));
            }
        }
        return rows;
    }

    private static Row quantized(String name, DType dtype, Mode mode) {
        return new Row(name, in -> {
            Quantized quantized = Quantization.quantize(in.get(0), in.get(1), in.get(2), dtype, mode);
            return List.of(quantized.output(), quantized.min(), quantized.max());
        });
    }

    private static List<Row> integers() {
        return List.of(
                Row.of("quantize_linear", in -> Quantization.quantizeLinear(in.get(0), in.get(1), in.get(2), 1)),
                Row.of("quantize_linear_axis",
                        in -> Quantization.quantizeLinear(in.get(0), in.get(1), in.get(2), 1)),
                Row.of("quantize_linear_blocks",
                        in -> Quantization.quantizeLinear(in.get(0), in.get(1), in.get(2), 1, 2)),
                Row.of("dequantize_linear",
                        in -> Quantization.dequantizeLinear(in.get(0), in.get(1), in.get(2), 0)),
                Row.of("dequantize_linear_axis",
                        in -> Quantization.dequantizeLinear(in.get(0), in.get(1), in.get(2), 1)),
                Row.of("dequantize_linear_blocks",
                        in -> Quantization.dequantizeLinear(in.get(0), in.get(1), in.get(2), 1, 2)),
                new Row("dynamic_quantize", in -> {
                    DynamicallyQuantized quantized = Quantization.dynamicQuantizeLinear(in.get(0));
                    return List.of(quantized.output(), quantized.scale(), quantized.zeroPoint());
                }));
    }

    private static List<Row> products() {
        WindowOptions first = WindowOptions.VALID.withChannelsFirst();
        List<Long> sizes = List.of(2L, 3L);
        return List.of(
                Row.of("quantized_avg_pool", in -> Quantization.quantizedAvgPool(in.get(0), sizes,
                        WindowOptions.SAME.withStrides(1, 2))),
                Row.of("quantized_avg_pool_valid", in -> Quantization.quantizedAvgPool(in.get(0), sizes,
                        WindowOptions.VALID.withStrides(1, 2))),
                Row.of("matmul_integer",
                        in -> Quantization.matMulInteger(in.get(0), in.get(1), in.get(2), in.get(3))),
                Row.of("qlinear_matmul", in -> Quantization.qLinearMatMul(scaled(in, 0), scaled(in, 3), in.get(6),
                        in.get(7))),
                Row.of("conv_integer", in -> Quantization.convInteger(in.get(0), in.get(1), in.get(2), in.get(3),
                        first.withStrides(1, 2).withPadding(new Padding.Explicit(List.of(1L, 0L), List.of(1L, 1L))))),
                Row.of("qlinear_conv", in -> Quantization.qLinearConv(scaled(in, 0), scaled(in, 3), in.get(6),
                        in.get(7), Optional.empty(), first.withPadding(1))),
                Row.of("qlinear_conv_channels", in -> Quantization.qLinearConv(scaled(in, 0), scaled(in, 3),
                        in.get(6), in.get(7), Optional.of(in.get(8)), first.withPadding(1))));
    }

    private static Scaled scaled(List<Tensor> in, int from) {
        return new Scaled(in.get(from), in.get(from + 1), in.get(from + 2));
    }
}
