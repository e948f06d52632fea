package dev.sinter.baselines.tensorflow;

import dev.sinter.baselines.protocol.Baseline;
import dev.sinter.baselines.protocol.Serve;
import dev.sinter.baselines.protocol.Task;
import java.io.IOException;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.proto.ConfigProto;

/** The workloads in TensorFlow's graph sessions. */
public final class TensorFlow implements Baseline {
    private final int threads;

    private TensorFlow(int threads) {
        this.threads = threads;
    }

    /** Serves the workloads; the one argument is the number of threads. */
    public static void main(String[] arguments) throws IOException {
        Serve.serve(new TensorFlow(Integer.parseInt(arguments[0])));
    }

    @Override
    public List<String> names() {
        return List.of("mlp", "mlp-fetch", "call", "elementwise", "cnn", "gpt");
    }

    @Override
    public Task prepare(String name) {
        return switch (name) {
            case "mlp" -> new TensorFlowMlp(threads)::step;
            case "mlp-fetch" -> new TensorFlowMlp(threads)::stepFetchingWeights;
            case "call" -> TensorFlowChain.scalarAdd(threads)::run;
            case "elementwise" -> TensorFlowChain.elementwise(threads)::run;
            case "cnn" -> TensorFlowCnn.steps(threads);
            case "gpt" -> TensorFlowGpt.steps(threads);
            default -> throw new IllegalArgumentException("unknown workload " + name);
        };
    }

    static Session session(Graph graph, int threads) {
        return new Session(graph, ConfigProto.newBuilder()
                .setIntraOpParallelismThreads(threads).setInterOpParallelismThreads(threads).build());
    }

    /** Fails where a loss is no number. */
    static void check(float loss) {
        if (!(loss >= 0)) {
            throw new IllegalStateException("the loss is " + loss);
        }
    }
}
