package dev.sinter.bench;

import dev.sinter.bench.OnnxLayers.Value;
import java.nio.file.Path;
import java.util.List;

/** Nets that classify an image of 3 channels into 1,000 classes, as ONNX models. */
enum OnnxNet {
    /** ResNet-50 v1.5 (He et al., 2015), batch normalisations on their own. */
    RESNET50("resnet50") {
        @Override
        void build(OnnxLayers net) {
            Value x = net.image(INPUT, CHANNELS, SIDE);
            x = net.maxPool(net.relu(net.batchNorm(net.convolution(x, 64, 7, 2, 3, false))), 3, 2, 1);
            int[][] stages = {{64, 3, 1}, {128, 4, 2}, {256, 6, 2}, {512, 3, 2}};
            for (int[] stage : stages) {
                for (int block = 0; block < stage[1]; block++) {
                    x = bottleneck(net, x, stage[0], block == 0 ? stage[2] : 1);
                }
            }
            net.result(net.dense(net.globalAveragePool(x), CLASSES), false);
        }

        private static Value bottleneck(OnnxLayers net, Value x, int width, int stride) {
            Value inner = net.relu(net.batchNorm(net.convolution(x, width, 1, 1, 0, false)));
            Value spread = net.relu(net.batchNorm(net.convolution(inner, width, 3, stride, 1, false)));
            Value wide = net.batchNorm(net.convolution(spread, 4 * width, 1, 1, 0, false));
            boolean same = stride == 1 && x.channels() == 4 * width;
            return net.relu(net.add(wide, same ? x
                    : net.batchNorm(net.convolution(x, 4 * width, 1, stride, 0, false))));
        }
    },
    /** SqueezeNet 1.1 (Iandola et al., 2016). */
    SQUEEZENET("squeezenet") {
        @Override
        void build(OnnxLayers net) {
            Value x = net.image(INPUT, CHANNELS, SIDE);
            x = net.maxPool(net.relu(net.convolution(x, 64, 3, 2, 0, true)), 3, 2, 0);
            x = fire(net, fire(net, x, 16, 64), 16, 64);
            x = net.maxPool(x, 3, 2, 0);
            x = fire(net, fire(net, x, 32, 128), 32, 128);
            x = net.maxPool(x, 3, 2, 0);
            x = fire(net, fire(net, fire(net, fire(net, x, 48, 192), 48, 192), 64, 256), 64, 256);
            x = net.relu(net.convolution(x, CLASSES, 1, 1, 0, true));
            net.result(net.globalAveragePool(x), true);
        }

        private static Value fire(OnnxLayers net, Value x, int narrow, int wide) {
            Value squeezed = net.relu(net.convolution(x, narrow, 1, 1, 0, true));
            return net.concat(List.of(net.relu(net.convolution(squeezed, wide, 1, 1, 0, true)),
                    net.relu(net.convolution(squeezed, wide, 3, 1, 1, true))));
        }
    },
    /** DenseNet-121 (Huang et al., 2016), scales and offsets of the normalisations as nodes of their own. */
    DENSENET121("densenet121") {
        @Override
        void build(OnnxLayers net) {
            Value x = net.image(INPUT, CHANNELS, SIDE);
            x = net.maxPool(normal(net, net.convolution(x, 2 * GROWTH, 7, 2, 3, false)), 3, 2, 1);
            int[] blocks = {6, 12, 24, 16};
            for (int block = 0; block < blocks.length; block++) {
                for (int layer = 0; layer < blocks[block]; layer++) {
                    Value inner = net.convolution(normal(net, x), 4 * GROWTH, 1, 1, 0, false);
                    x = net.concat(List.of(x, net.convolution(normal(net, inner), GROWTH, 3, 1, 1, false)));
                }
                x = normal(net, x);
                if (block < blocks.length - 1) {
                    x = net.averagePool(net.convolution(x, x.channels() / 2, 1, 1, 0, false), 2, 2);
                }
            }
            net.result(net.convolution(net.globalAveragePool(x), CLASSES, 1, 1, 0, true), true);
        }

        private static Value normal(OnnxLayers net, Value x) {
            return net.relu(net.scaled(net.batchNorm(x)));
        }
    };

    /** What the image is called. */
    static final String INPUT = "image";
    static final int CHANNELS = 3;
    static final int SIDE = 224;
    private static final int CLASSES = 1000;
    private static final int GROWTH = 32;

    private final String text;

    OnnxNet(String text) {
        this.text = text;
    }

    /** The name that users write. */
    String text() {
        return text;
    }

    abstract void build(OnnxLayers net);

    /**
     * Writes the model.
     *
     * @param filled whether weights are nodes that fill a shape; else random initializers
     * @return how many nodes it has
     */
    int write(Path file, boolean filled) {
        OnnxLayers layers = new OnnxLayers(filled);
        build(layers);
        layers.writer().write(file);
        return layers.writer().nodes();
    }

    /** The operations of the products of one run. */
    double flops() {
        OnnxLayers layers = new OnnxLayers(true);
        build(layers);
        return layers.flops();
    }
}
