package dev.sinter.bench;

import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;

/**
 * What a session's first training step takes longer than a later one: lowering, optimising, compiling and
 * loading it, in a process that has done so before. Code that was kept is not compiled again.
 *
 * @param name the name of the row
 * @param threads how many threads the session computes with
 */
record FirstRun(String name, int threads) implements Contender {
    private static final int LATER_RUNS = 3;

    @Override
    public Cost cost() {
        return Cost.UNCOUNTED;
    }

    @Override
    public void prepare() {
        round(1);
    }

    @Override
    public Turn warmUp() {
        return Turn.ONCE;
    }

    @Override
    public double round(int iterations) {
        double micros = 0;
        for (int i = 0; i < iterations; i++) {
            micros += once();
        }
        return micros / iterations;
    }

    private double once() {
        TwoLayerStep net = new TwoLayerStep(Shape.UNKNOWN, 1e-6);
        NDArray x = net.inputs(MlpTask.ROWS);
        NDArray y = net.targets(MlpTask.ROWS);
        try (Session session = new Session(net.graph(), SessionWorkload.options(threads))) {
            net.loadWeights(session);
            Feeds feeds = Feeds.feed(net.x(), x).and(net.y(), y);
            double first = step(session, feeds, net.step());
            double later = Double.POSITIVE_INFINITY;
            for (int i = 0; i < LATER_RUNS; i++) {
                later = Math.min(later, step(session, feeds, net.step()));
            }
            return first - later;
        }
    }

    private static double step(Session session, Feeds feeds, Fetch fetch) {
        long start = System.nanoTime();
        SizedNet.requireLoss(session.run(feeds, fetch).get(0).floatValue());
        return (System.nanoTime() - start) / 1e3;
    }

    @Override
    public void close() { }
}
