package dev.sinter.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Layers of nets for images as nodes of an ONNX model, channels before places, as exporters write them. */
final class OnnxLayers {
    private static final float SPREAD = 0.1f;
    private static final float DENSE_DEVIATION = 0.03f;

    private final OnnxWriter out = new OnnxWriter();
    private final Random random = new Random(0);
    private final boolean filled;
    private int names;
    private double flops;

    /** A value of a batch of one. */
    record Value(String name, int channels, int side) {}

    /**
     * Layers.
     *
     * @param filled whether weights are nodes that fill a shape, as in the models that the ONNX project tests with;
     *               else random initializers
     */
    OnnxLayers(boolean filled) {
        this.filled = filled;
    }

    OnnxWriter writer() {
        return out;
    }

    /** The operations of the products so far. */
    double flops() {
        return flops;
    }

    Value image(String name, int channels, int side) {
        out.input(name, 1, channels, side, side);
        return new Value(name, channels, side);
    }

    /** A square convolution with a bias or without. */
    Value convolution(Value x, int channels, int kernel, int stride, int pad, boolean bias) {
        List<String> inputs = new ArrayList<>(List.of(x.name, normal(Math.sqrt(2.0 / (x.channels * kernel * kernel)),
                channels, x.channels, kernel, kernel)));
        if (bias) {
            inputs.add(normal(SPREAD, channels));
        }
        String name = next();
        out.node("Conv", inputs, name, OnnxWriter.attribute("kernel_shape", kernel, kernel),
                OnnxWriter.attribute("strides", stride, stride), OnnxWriter.attribute("pads", pad, pad, pad, pad));
        int side = (x.side + 2 * pad - kernel) / stride + 1;
        flops += 2.0 * side * side * channels * x.channels * kernel * kernel;
        return new Value(name, channels, side);
    }

    Value batchNorm(Value x) {
        String name = next();
        out.node("BatchNormalization", List.of(x.name, around(1, x.channels), around(0, x.channels),
                around(0, x.channels), around(1, x.channels)), name);
        return new Value(name, x.channels, x.side);
    }

    /** Scale and offset of each channel as nodes of their own. */
    Value scaled(Value x) {
        String scale = next();
        out.node("Unsqueeze", List.of(around(1, x.channels)), scale, OnnxWriter.attribute("axes", new long[] {1, 2}));
        String product = next();
        out.node("Mul", List.of(x.name, scale), product);
        String offset = next();
        out.node("Unsqueeze", List.of(around(0, x.channels)), offset, OnnxWriter.attribute("axes", new long[] {1, 2}));
        String sum = next();
        out.node("Add", List.of(product, offset), sum);
        return new Value(sum, x.channels, x.side);
    }

    Value relu(Value x) {
        String name = next();
        out.node("Relu", List.of(x.name), name);
        return new Value(name, x.channels, x.side);
    }

    Value add(Value x, Value y) {
        String name = next();
        out.node("Add", List.of(x.name, y.name), name);
        return new Value(name, x.channels, x.side);
    }

    Value concat(List<Value> parts) {
        String name = next();
        out.node("Concat", parts.stream().map(Value::name).toList(), name, OnnxWriter.attribute("axis", 1));
        return new Value(name, parts.stream().mapToInt(Value::channels).sum(), parts.getFirst().side);
    }

    Value maxPool(Value x, int kernel, int stride, int pad) {
        return pool("MaxPool", x, kernel, stride, pad);
    }

    Value averagePool(Value x, int kernel, int stride) {
        return pool("AveragePool", x, kernel, stride, 0);
    }

    private Value pool(String type, Value x, int kernel, int stride, int pad) {
        String name = next();
        out.node(type, List.of(x.name), name, OnnxWriter.attribute("kernel_shape", kernel, kernel),
                OnnxWriter.attribute("strides", stride, stride), OnnxWriter.attribute("pads", pad, pad, pad, pad));
        return new Value(name, x.channels, (x.side + 2 * pad - kernel) / stride + 1);
    }

    Value globalAveragePool(Value x) {
        String name = next();
        out.node("GlobalAveragePool", List.of(x.name), name);
        return new Value(name, x.channels, 1);
    }

    /** The dense layer of what has one place. */
    Value dense(Value x, int classes) {
        String flat = next();
        out.node("Flatten", List.of(x.name), flat, OnnxWriter.attribute("axis", 1));
        String name = next();
        out.node("Gemm", List.of(flat, normal(DENSE_DEVIATION, classes, x.channels), normal(SPREAD, classes)), name,
                OnnxWriter.attribute("transB", 1));
        flops += 2.0 * x.channels * classes;
        return new Value(name, classes, 1);
    }

    /** The scores of classes, which may have axes of one place. */
    void result(Value x, boolean axes) {
        out.node("Identity", List.of(x.name), "scores");
        if (axes) {
            out.output("scores", 1, x.channels, 1, 1);
        } else {
            out.output("scores", 1, x.channels);
        }
    }

    private String next() {
        return "v" + names++;
    }

    /** Weights around 0 of a deviation. */
    private String normal(double deviation, long... sizes) {
        return weights(0, deviation, sizes);
    }

    /** Numbers near another one, one for each channel. */
    private String around(double centre, int channels) {
        return weights(centre, SPREAD, channels);
    }

    private String weights(double centre, double deviation, long... sizes) {
        String name = "w" + names++;
        if (filled) {
            out.integers(name + "_shape", sizes);
            out.node("ConstantOfShape", List.of(name + "_shape"), name,
                    OnnxWriter.tensor("value", (float) (centre + deviation)));
            return name;
        }
        int count = 1;
        for (long size : sizes) {
            count *= (int) size;
        }
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            double value = centre + deviation * random.nextGaussian();
            // A variance is positive.
            values[i] = (float) (centre == 0 ? value : Math.max(value, 1 - 4 * SPREAD));
        }
        out.floats(name, values, sizes);
        return name;
    }
}
