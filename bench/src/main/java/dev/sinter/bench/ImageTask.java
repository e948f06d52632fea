package dev.sinter.bench;

import dev.sinter.graph.Tensor;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.NDArray;
import java.util.List;

/** The scores that an {@link ImageNet} gives a batch of images. */
final class ImageTask extends InferenceTask {
    /** What rows are called whose convolutions may be tiled. */
    static final String TILED = "-tiled";
    /** The least tolerance that allows all tiles. */
    private static final double TOLERANCE = 2e-5;

    private final ImageNet net;
    private final int batch;
    private final boolean tiled;
    private final NDArray images;
    private final Tensor scores;

    /** @param tiled whether convolutions may be less exact */
    ImageTask(ImageNet net, int batch, boolean tiled) {
        this.net = net;
        this.tiled = tiled;
        this.batch = batch;
        this.images = Values.normal(99, batch, ImageNet.SIDE, ImageNet.SIDE, 3);
        this.scores = net.apply(new GraphLayers(weights()), input("x", images));
    }

    static Cost cost(ImageNet net, int batch) {
        return Cost.ofFlops(batch * net.flops());
    }

    @Override
    public SessionOptions options(SessionOptions common) {
        return tiled ? common.withConvolutionTolerance(TOLERANCE) : common;
    }

    @Override
    List<Tensor> results() {
        return List.of(scores);
    }

    /** Compares the scores of the last image. */
    @Override
    void verify(List<NDArray> results) {
        double[] pixels = new double[ImageNet.SIDE * ImageNet.SIDE * 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = Values.get(images, (long) (batch - 1) * pixels.length + i);
        }
        double[] expected = net.apply(new ReferenceLayers(),
                new ReferenceLayers.Image(ImageNet.SIDE, 3, pixels)).values();
        requireClose("score", results.getFirst(), (long) (batch - 1) * expected.length, expected);
    }
}
