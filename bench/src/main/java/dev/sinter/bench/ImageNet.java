package dev.sinter.bench;

import dev.sinter.bench.ImageLayers.Activation;

/** Nets that classify images of 3 channels into 1,000 classes. */
enum ImageNet {
    /** ResNet-50 v1.5: strides in the 3x3 convolutions (He et al., 2015). */
    RESNET50("resnet50") {
        @Override
        <T> T apply(ImageLayers<T> layers, T image) {
            T x = layers.maxPool(layers.convolution(image, 64, 7, 2, Activation.RELU));
            int[][] stages = {{64, 3, 1}, {128, 4, 2}, {256, 6, 2}, {512, 3, 2}};
            for (int[] stage : stages) {
                for (int block = 0; block < stage[1]; block++) {
                    x = bottleneck(layers, x, stage[0], block == 0 ? stage[2] : 1);
                }
            }
            return layers.classify(x, CLASSES);
        }

        private <T> T bottleneck(ImageLayers<T> layers, T x, int width, int stride) {
            T inner = layers.convolution(x, width, 1, 1, Activation.RELU);
            T spread = layers.convolution(inner, width, 3, stride, Activation.RELU);
            T result = layers.convolution(spread, 4 * width, 1, 1, Activation.NONE);
            boolean same = stride == 1 && layers.channels(x) == 4 * width;
            return layers.addRelu(result, same ? x : layers.convolution(x, 4 * width, 1, stride, Activation.NONE));
        }
    },
    /** MobileNetV2 1.0: depthwise convolutions between narrow layers (Sandler et al., 2018). */
    MOBILENETV2("mobilenetv2") {
        @Override
        <T> T apply(ImageLayers<T> layers, T image) {
            T x = layers.convolution(image, 32, 3, 2, Activation.RELU6);
            int[][] stages = {{1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2}, {6, 64, 4, 2}, {6, 96, 3, 1}, {6, 160, 3, 2},
                {6, 320, 1, 1}};
            for (int[] stage : stages) {
                for (int block = 0; block < stage[2]; block++) {
                    x = inverted(layers, x, stage[0], stage[1], block == 0 ? stage[3] : 1);
                }
            }
            return layers.classify(layers.convolution(x, 1280, 1, 1, Activation.RELU6), CLASSES);
        }

        private <T> T inverted(ImageLayers<T> layers, T x, int factor, int out, int stride) {
            T wide = factor == 1 ? x
                    : layers.convolution(x, factor * layers.channels(x), 1, 1, Activation.RELU6);
            T spread = layers.depthwise(wide, 3, stride, Activation.RELU6);
            T result = layers.convolution(spread, out, 1, 1, Activation.NONE);
            return stride == 1 && layers.channels(x) == out ? layers.add(x, result) : result;
        }
    };

    static final int SIDE = 224;
    static final int CLASSES = 1000;

    private final String text;

    ImageNet(String text) {
        this.text = text;
    }

    /** The name that users write. */
    String text() {
        return text;
    }

    /** The scores of the classes of images. */
    abstract <T> T apply(ImageLayers<T> layers, T image);

    /** The products for one image. */
    double flops() {
        FlopLayers layers = new FlopLayers();
        apply(layers, new FlopLayers.Size(SIDE, 3));
        return layers.flops();
    }
}
