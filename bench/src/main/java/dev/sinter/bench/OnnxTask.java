package dev.sinter.bench;

import dev.sinter.formats.onnx.ImportedModel;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.PreparedCall;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.NDArray;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The outputs of an ONNX model whose parameters are constants. */
final class OnnxTask implements ExplainedTask {
    private static final double TOLERANCE = 1e-3;

    private final Graph graph = new Graph();
    private final OnnxJob job;
    private final ImportedModel net;
    private final Consumer<List<NDArray>> results;

    /**
     * The task of a job.
     *
     * @param results gets the outputs of the first run
     */
    OnnxTask(OnnxJob job, Consumer<List<NDArray>> results) {
        this.job = job;
        this.results = results;
        this.net = job.settings().into(graph);
    }

    @Override
    public Graph graph() {
        return graph;
    }

    @Override
    public Feeds feeds() {
        Feeds feeds = Feeds.NONE;
        for (Map.Entry<String, Tensor> input : net.inputs().entrySet()) {
            feeds = feeds.and(input.getValue(), job.inputs().get(input.getKey()));
        }
        return feeds;
    }

    @Override
    public Fetch fetch() {
        return Fetch.fetch(List.copyOf(net.outputs().values()));
    }

    @Override
    public Runnable start(Session session) {
        PreparedCall call = session.prepare(fetch(), net.inputs().values().toArray(Tensor[]::new));
        net.inputs().forEach((name, placeholder) -> call.feed(placeholder, job.inputs().get(name)));
        List<NDArray> outputs = call.run().snapshot().asList();
        job.expected().ifPresent(expected -> requireSame("the test data", expected, outputs));
        results.accept(outputs);
        return call::run;
    }

    /** Fails where outputs are further from what is expected than rounding explains. */
    static void requireSame(String whose, List<NDArray> expected, List<NDArray> outputs) {
        Values.require(expected.size() == outputs.size(), whose + " has " + expected.size() + " outputs, not "
                + outputs.size());
        for (int i = 0; i < expected.size(); i++) {
            requireSame("output " + i + " against " + whose, expected.get(i), outputs.get(i));
        }
    }

    private static void requireSame(String what, NDArray expected, NDArray output) {
        Values.require(expected.dtype() == output.dtype() && expected.shape().equals(output.shape()), what + " is "
                + output.dtype() + output.shape() + ", not " + expected.dtype() + expected.shape());
        double squares = 0;
        for (long i = 0; i < expected.elementCount(); i++) {
            squares += expected.getDouble(i) * expected.getDouble(i);
        }
        double size = Math.sqrt(squares / Math.max(1, expected.elementCount()));
        for (long i = 0; i < expected.elementCount(); i++) {
            double right = expected.getDouble(i);
            double error = Math.abs(output.getDouble(i) - right);
            Values.require(error <= TOLERANCE * (Math.abs(right) + size) || Double.isNaN(right), what + ": element " + i
                    + " is " + output.getDouble(i) + " instead of " + right);
        }
    }
}
