package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Quantization;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Quantized numbers: from floats, to floats, and products of them. */
final class QuantizedOperators {
    private QuantizedOperators() {}

    static void addTo(Operators table) {
        table.one("QuantizeLinear", QuantizedOperators::quantized);
        table.one("DequantizeLinear", QuantizedOperators::dequantized);
        table.several("DynamicQuantizeLinear", call -> {
            var result = Quantization.dynamicQuantizeLinear(call.input(0));
            return List.of(result.output(), result.scale(), result.zeroPoint());
        });
        table.one("MatMulInteger", call -> matmul(
                offset(call, call.input(0), call.maybe(2), -2), offset(call, call.input(1), call.maybe(3), -1)));
        table.one("QLinearMatMul", QuantizedOperators::product);
        table.one("QLinearConv", QuantizedOperators::convolution);
    }

    /** The axis of a scale with several elements. */
    private static int axis(Call call, Tensor x, Tensor scale) {
        return scale.rank() == 0 ? 0 : call.axis(call.integer("axis", 1), x.rank());
    }

    private static Tensor quantized(Call call) {
        Tensor x = call.input(0);
        Tensor scale = Axes.scalar(call.input(1));
        DType dtype = call.dtype("output_dtype").orElse(DType.UINT8);
        Tensor zero = call.maybe(2).map(Axes::scalar)
                .orElseGet(() -> Ops.cast(Ops.zerosLike(scale), dtype));
        long block = call.integer("block_size", 0);
        Tensor floats = Axes.cast(x, scale.dtype());
        return block > 0 ? Quantization.quantizeLinear(floats, scale, zero, axis(call, x, scale), block)
                : Quantization.quantizeLinear(floats, scale, zero, axis(call, x, scale));
    }

    private static Tensor dequantized(Call call) {
        Tensor x = call.input(0);
        Tensor scale = Axes.scalar(call.input(1));
        Tensor zero = call.maybe(2).map(Axes::scalar).orElseGet(() -> Ops.cast(Ops.zerosLike(scale), x.dtype()));
        long block = call.integer("block_size", 0);
        Tensor floats = block > 0 ? Quantization.dequantizeLinear(x, scale, zero, axis(call, x, scale), block)
                : Quantization.dequantizeLinear(x, scale, zero, axis(call, x, scale));
        return call.dtype("output_dtype").map(dtype -> Axes.cast(floats, dtype)).orElse(floats);
    }

    /**
     * Integers less a zero point, as int32.
     *
     * @param axis where a vector of zero points lies, counted from the end or from the start
     */
    static Tensor offset(Call call, Tensor x, Optional<Tensor> zero, int axis) {
        Tensor wide = Ops.cast(x, DType.INT32);
        return zero.map(point -> Ops.subtract(wide, laid(call, Ops.cast(Axes.scalar(point), DType.INT32), x, axis)))
                .orElse(wide);
    }

    /** A vector along an axis of a tensor; what is no vector is laid already. */
    private static Tensor laid(Call call, Tensor vector, Tensor x, int axis) {
        if (vector.rank() != 1 || x.rank() < 1) {
            return vector;
        }
        int along = x.rank() == 1 ? 0 : call.axis(axis, x.rank());
        List<Dim> dims = new ArrayList<>();
        for (int i = 0; i < x.rank(); i++) {
            dims.add(i == along ? vector.dim(0) : Dim.ONE);
        }
        return Ops.reshape(vector, new Shape(dims));
    }

    private static Tensor matmul(Tensor x, Tensor w) {
        Axes.letStretch(2, x, w);
        return Ops.matmul(x, w);
    }

    private static Tensor product(Call call) {
        Tensor a = call.input(0);
        Tensor b = call.input(3);
        Tensor sums = matmul(offset(call, a, call.maybe(2), -2), offset(call, b, call.maybe(5), -1));
        Tensor aScale = laid(call, Ops.cast(Axes.scalar(call.input(1)), DType.FLOAT32), sums, -2);
        Tensor bScale = laid(call, Ops.cast(Axes.scalar(call.input(4)), DType.FLOAT32), sums, -1);
        return requantized(call, sums, Ops.multiply(aScale, bScale), 6);
    }

    /** Sums times a factor, quantized by the scale and zero point at a position. */
    private static Tensor requantized(Call call, Tensor sums, Tensor factor, int position) {
        Tensor scale = Ops.cast(Axes.scalar(call.input(position)), DType.FLOAT32);
        Tensor zero = Axes.scalar(call.input(position + 1));
        if (scale.rank() > 1 || zero.rank() != scale.rank()) {
            throw call.unsupported("the scale and zero point of the result must be scalars");
        }
        Tensor floats = Ops.multiply(Ops.cast(sums, DType.FLOAT32), factor);
        return Quantization.quantizeLinear(floats, scale, zero, Math.max(0, floats.rank() - 2));
    }

    private static Tensor convolution(Call call) {
        Tensor x = offset(call, call.input(0), call.maybe(2), 0);
        Tensor filter = offset(call, call.input(3), call.maybe(5), 0);
        Tensor sums = ConvOperators.convolved(call, x, filter);
        Tensor biased = call.maybe(8).map(bias -> Nn.biasAdd(sums, bias, true)).orElse(sums);
        Tensor factor = Ops.multiply(Axes.scalar(call.input(1)), laid(call, Axes.scalar(call.input(4)), sums, 1));
        return requantized(call, biased, factor, 6);
    }
}
