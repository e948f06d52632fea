package dev.sinter.bench;

import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.shape;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.PreparedCall;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.NDArray;
import java.util.Random;

/** A matrix product: the left operand is fed, the right one is a variable, so that Sinter lays it out. */
final class GemmTask implements SessionTask {
    private static final int SAMPLES = 64;

    private final GemmShape size;
    private final Graph graph = new Graph();
    private final Tensor left;
    private final Variable right;
    private final Tensor product;

    GemmTask(GemmShape size) {
        this.size = size;
        left = graph.placeholder("left", FLOAT32, shape(size.m(), size.k()));
        right = graph.variable("right", Ops.zeros(FLOAT32, shape(size.k(), size.n())));
        product = Ops.matmul(left, right);
    }

    @Override
    public Graph graph() {
        return graph;
    }

    @Override
    public Runnable start(Session session) {
        NDArray a = Values.uniform(1, size.m(), size.k());
        NDArray b = Values.uniform(2, size.k(), size.n());
        session.load(right, b);
        PreparedCall call = session.prepare(Fetch.fetch(product), left).feed(left, a);
        verify(a, b, call.run().result(0));
        return call::run;
    }

    private void verify(NDArray a, NDArray b, NDArray c) {
        Random random = new Random(1);
        for (int sample = 0; sample < SAMPLES; sample++) {
            long row = random.nextInt(size.m());
            long column = random.nextInt(size.n());
            double sum = 0;
            for (long i = 0; i < size.k(); i++) {
                sum += (double) Values.get(a, row * size.k() + i) * Values.get(b, i * size.n() + column);
            }
            double error = Math.abs(Values.get(c, row * size.n() + column) - sum);
            Values.require(error < 1e-5 * Math.sqrt(size.k()),
                    "the product is wrong in row " + row + ", column " + column);
        }
    }
}
