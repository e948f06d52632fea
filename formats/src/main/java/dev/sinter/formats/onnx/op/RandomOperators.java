package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Random;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Random numbers, and dropout. Dropout, Bernoulli, RandomUniform, RandomNormal and the latter two's Like forms draw
 * NumPy's numbers where they have a seed, as the standard's reference does, else Sinter's own; Multinomial always draws
 * Sinter's.
 */
final class RandomOperators {
    private RandomOperators() {}

    static void addTo(Operators table) {
        table.several("Dropout", 1, RandomOperators::noDropout);
        table.several("Dropout", 12, RandomOperators::dropout, 1, 2);
        table.one("RandomNormal", call -> random(call, true, new Shape(dims(call)), call.dtype("dtype")
                .orElse(DType.FLOAT32)));
        table.one("RandomUniform", call -> random(call, false, new Shape(dims(call)), call.dtype("dtype")
                .orElse(DType.FLOAT32)));
        table.one("RandomNormalLike", call -> random(call, true, call.input(0).shape(), call.dtype("dtype")
                .orElse(call.input(0).dtype())));
        table.one("RandomUniformLike", call -> random(call, false, call.input(0).shape(), call.dtype("dtype")
                .orElse(call.input(0).dtype())));
        table.one("Bernoulli", RandomOperators::bernoulli);
        table.one("Multinomial", RandomOperators::multinomial);
    }

    private static List<Tensor> noDropout(Call call) {
        Tensor x = call.input(0);
        return call.wants(1) ? List.of(x, kept(call, x)) : List.of(x);
    }

    private static Tensor kept(Call call, Tensor x) {
        return Ops.cast(Ops.onesLike(x), call.version() < 10 ? x.dtype() : DType.BOOL);
    }

    private static List<Tensor> dropout(Call call) {
        Tensor x = call.input(0);
        boolean training = call.has(2) && call.value(2).getLong(0) != 0;
        double ratio = !training ? 0 : call.has(1) ? call.number(1) : 0.5;
        if (!training || ratio == 0) {
            return noDropout(call);
        }
        if (!call.hasAttribute("seed") && !call.wants(1)) {
            return List.of(Nn.dropout(x, ratio));
        }
        Tensor mask = call.hasAttribute("seed") ? Ops.greaterEqual(NumpyRandom.uniform(call.graph(), x.shape(),
                call.integer("seed")), call.graph().constant(ratio))
                : call.graph().tensor(Random.bernoulli(x.shape(), 1 - ratio));
        Tensor scaled = Ops.divide(x, call.graph().constant(NDArray.scalar(x.dtype(), 1 - ratio)));
        return List.of(Ops.where(mask, scaled, Ops.zerosLike(x)), mask);
    }

    private static List<Dim> dims(Call call) {
        List<Dim> dims = new ArrayList<>();
        for (long size : call.integersOf("shape")) {
            dims.add(Dim.of(size));
        }
        return SourceOperators.checked(call, new Shape(dims)).dims();
    }

    /** The seed of a node, which is the whole part of a float. */
    private static OptionalLong seed(Call call) {
        double seed = call.number("seed", Double.NaN);
        return Double.isNaN(seed) ? OptionalLong.empty() : OptionalLong.of((long) seed);
    }

    private static Tensor random(Call call, boolean normal, Shape shape, DType dtype) {
        double first = normal ? call.number("mean", 0) : call.number("low", 0);
        double second = normal ? call.number("scale", 1) : call.number("high", 1);
        OptionalLong seed = seed(call);
        if (seed.isEmpty()) {
            return call.graph().tensor(normal ? Random.normal(dtype, shape, first, second)
                    : Random.uniform(dtype, shape, first, second));
        }
        Tensor numbers = Axes.cast(normal ? NumpyRandom.normal(call.graph(), shape, seed.getAsLong())
                : NumpyRandom.uniform(call.graph(), shape, seed.getAsLong()), dtype);
        return normal ? numbers.times(second).plus(first) : numbers.times(second - first).plus(first);
    }

    private static Tensor bernoulli(Call call) {
        Tensor x = call.input(0);
        DType dtype = call.dtype("dtype").orElse(x.dtype());
        OptionalLong seed = seed(call);
        if (seed.isPresent()) {
            return Ops.cast(NumpyRandom.bernoulli(x, seed.getAsLong()), dtype);
        }
        DType computed = Axes.computed(x.dtype());
        Tensor uniform = call.graph().tensor(Random.uniform(computed, x.shape(), 0, 1));
        return Ops.cast(Ops.less(uniform, Axes.cast(x, computed)), dtype);
    }

    private static Tensor multinomial(Call call) {
        long samples = call.integer("sample_size", 1);
        Tensor logits = call.input(0);
        OptionalLong seed = seed(call);
        Tensor classes = seed.isPresent() ? Random.categorical(logits, samples, seed.getAsLong())
                : Random.categorical(logits, samples);
        return Ops.cast(classes, call.dtype("dtype").orElse(DType.INT32));
    }
}
