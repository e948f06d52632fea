package dev.sinter.bench;

import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
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
    /** Images that are small enough for plain loops. */
    private static final int SMALL_SIDE = 40;
    private static final double TOLERANCE = 1e-3;

    private final ImageNet net;
    private final int batch;
    private final Model model;
    private final NDArray images;

    /** A net in a graph. */
    private record Model(Graph graph, Tensor x, Tensor scores, GraphLayers layers) {
        static Model of(ImageNet net, long batch, int side) {
            Graph graph = new Graph();
            Tensor x = graph.placeholder("x", FLOAT32, shape(batch, side, side, 3));
            GraphLayers layers = new GraphLayers(graph);
            return new Model(graph, x, net.apply(layers, x), layers);
        }
    }

    ImageTask(ImageNet net, int batch) {
        this.net = net;
        this.batch = batch;
        this.model = Model.of(net, batch, ImageNet.SIDE);
        this.images = Values.normal(99, batch, ImageNet.SIDE, ImageNet.SIDE, 3);
    }

    static Cost cost(ImageNet net, int batch) {
        return Cost.ofFlops(batch * net.flops());
    }

    @Override
    public Graph graph() {
        return model.graph();
    }

    @Override
    public void load(Session session) {
        session.run(model.graph().initializer());
        model.layers().weights().forEach(session::load);
    }

    @Override
    public Feeds feeds() {
        return Feeds.feed(model.x(), images);
    }

    @Override
    public Fetch fetch() {
        return Fetch.fetch(model.scores());
    }

    @Override
    public Runnable start(Session session) {
        verify();
        load(session);
        PreparedCall call = session.prepare(fetch(), model.x()).feed(model.x(), images);
        return call::run;
    }

    /** The scores of small images are those of plain loops. */
    private void verify() {
        Model small = Model.of(net, UNKNOWN, SMALL_SIDE);
        NDArray image = Values.normal(98, batch, SMALL_SIDE, SMALL_SIDE, 3);
        try (Session session = new Session(small.graph())) {
            session.run(small.graph().initializer());
            small.layers().weights().forEach(session::load);
            NDArray scores = session.run(Feeds.feed(small.x(), image), small.scores());
            double[] pixels = new double[SMALL_SIDE * SMALL_SIDE * 3];
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = Values.get(image, i);
            }
            double[] expected = net.apply(new ReferenceLayers(),
                    new ReferenceLayers.Image(SMALL_SIDE, 3, pixels)).values();
            double size = Math.sqrt(Arrays.stream(expected).map(score -> score * score).average().orElseThrow());
            for (int i = 0; i < expected.length; i++) {
                double score = Values.get(scores, i);
                Values.require(Math.abs(score - expected[i]) < TOLERANCE * size,
                        "score " + i + " is " + score + " instead of " + expected[i]);
            }
        }
    }
}
