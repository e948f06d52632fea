package dev.sinter.bench;

import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.shape;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.PreparedCall;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.NDArray;
import java.util.Arrays;

/** The scores that an {@link ImageNet} gives a batch of images. */
final class ImageTask implements ExplainedTask {
    private static final double TOLERANCE = 1e-3;

    private final ImageNet net;
    private final int batch;
    private final Graph graph = new Graph();
    private final GraphLayers layers = new GraphLayers(graph);
    private final Tensor x;
    private final Tensor scores;
    private final NDArray images;

    ImageTask(ImageNet net, int batch) {
        this.net = net;
        this.batch = batch;
        this.images = Values.normal(99, batch, ImageNet.SIDE, ImageNet.SIDE, 3);
        this.x = graph.placeholder("x", FLOAT32, shape(images.sizes()));
        this.scores = net.apply(layers, x);
    }

    static Cost cost(ImageNet net, int batch) {
        return Cost.ofFlops(batch * net.flops());
    }

    @Override
    public Graph graph() {
        return graph;
    }

    @Override
    public void load(Session session) {
        session.run(graph.initializer());
        layers.weights().forEach(session::load);
    }

    @Override
    public Feeds feeds() {
        return Feeds.feed(x, images);
    }

    @Override
    public Fetch fetch() {
        return Fetch.fetch(scores);
    }

    @Override
    public Runnable start(Session session) {
        load(session);
        PreparedCall call = session.prepare(fetch(), x).feed(x, images);
        verify(call.run().result(0));
        return call::run;
    }

    /** The scores of the last image are those of plain loops. */
    private void verify(NDArray computed) {
        double[] pixels = new double[ImageNet.SIDE * ImageNet.SIDE * 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = Values.get(images, (long) (batch - 1) * pixels.length + i);
        }
        double[] expected = net.apply(new ReferenceLayers(),
                new ReferenceLayers.Image(ImageNet.SIDE, 3, pixels)).values();
        double size = Math.sqrt(Arrays.stream(expected).map(score -> score * score).average().orElseThrow());
        for (int i = 0; i < expected.length; i++) {
            double score = Values.get(computed, (long) (batch - 1) * expected.length + i);
            Values.require(Math.abs(score - expected[i]) < TOLERANCE * size,
                    "score " + i + " is " + score + " instead of " + expected[i]);
        }
    }
}
