package dev.sinter.bench;

/** Layers that count the multiplications and additions of their products. */
final class FlopLayers implements ImageLayers<FlopLayers.Size> {
    /** A square image. */
    record Size(int side, int channels) {}

    private double flops;

    double flops() {
        return flops;
    }

    private Size counted(Size x, int out, int size, int stride, int terms) {
        int side = (x.side() - 1) / stride + 1;
        flops += 2.0 * side * side * out * size * size * terms;
        return new Size(side, out);
    }

    @Override
    public Size convolution(Size x, int out, int size, int stride, Activation activation) {
        return counted(x, out, size, stride, x.channels());
    }

    @Override
    public Size depthwise(Size x, int size, int stride, Activation activation) {
        return counted(x, x.channels(), size, stride, 1);
    }

    @Override
    public Size add(Size x, Size y) {
        return x;
    }

    @Override
    public Size addRelu(Size x, Size y) {
        return x;
    }

    @Override
    public Size maxPool(Size x) {
        return new Size((x.side() - 1) / 2 + 1, x.channels());
    }

    @Override
    public Size classify(Size x, int classes) {
        flops += 2.0 * x.channels() * classes;
        return new Size(1, classes);
    }

    @Override
    public int channels(Size x) {
        return x.channels();
    }
}
