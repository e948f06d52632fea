package dev.sinter.bench;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.PreparedCall;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.util.List;

/**
 * The losses of training steps from a start that another framework can have too: all its arrays are hashed numbers.
 *
 * <p>The images of {@code cnn} are 4, each 16 times with labels of their own, so that the loss stays far from 0. With
 * 64 images the comparison would say nothing: Adam's first steps are as long for a gradient that is rounding alone as
 * for any other, and after 30 steps PyTorch's own losses in float32 and in float64 differ by a quarter.
 */
public final class TrainingLosses {
    /** Above every input and target that is no integer. */
    private static final double FED_BOUND = 1.5;
    /** How often each image is there. */
    private static final int COPIES = 16;

    /**
     * A net and its start.
     *
     * @param copies how often each input is there
     * @param limit above every label and token, 0 where there are none
     * @param bound above every weight but for scales, which lie around 1
     */
    private record Net(Graph graph, Tensor x, Tensor y, List<Variable> weights, Fetch step, int copies, int limit,
            double bound) {
        static Net of(TrainingNet net, int copies, int limit, double bound) {
            return new Net(net.graph(), net.x(), net.y(), net.weights().variables(),
                    Fetch.fetch(net.loss()).targets(net.update()), copies, limit, bound);
        }

        static Net of(SizedNet net, List<Variable> weights, int limit, double bound) {
            return new Net(net.graph(), net.x(), net.y(), weights, net.step(), 1, limit, bound);
        }
    }

    private TrainingLosses() { }

    /**
     * The losses of the first steps, each before its step.
     *
     * @param workload {@code mlp}, {@code cnn}, {@code lstm}, {@code gpt}, {@code gpt-3x77x200} or {@code gpt-f64}
     * @param threads how many threads compute, natively
     */
    public static double[] of(String workload, int steps, int threads) {
        Net net = net(workload);
        HashedNumbers numbers = new HashedNumbers();
        NDArray x = fed(numbers, net.x, net.copies, net.limit);
        NDArray y = fed(numbers, net.y, 1, net.limit);
        try (Session session = new Session(net.graph, SessionWorkload.options(threads))) {
            session.run(net.graph.initializer());
            for (Variable weight : net.weights) {
                boolean scale = weight.name().endsWith("/scale");
                session.load(weight, numbers.around(scale ? 1 : 0, scale ? 0.25 : net.bound, weight.shape().sizes())
                        .cast(weight.dtype()));
            }
            PreparedCall call = session.prepare(net.step, net.x, net.y).feed(net.x, x).feed(net.y, y);
            double[] losses = new double[steps];
            for (int i = 0; i < steps; i++) {
                losses[i] = Values.get(call.run().result(0), 0);
            }
            return losses;
        }
    }

    private static Net net(String workload) {
        return switch (workload) {
            case "mlp" -> {
                TwoLayerStep net = new TwoLayerStep(MlpTask.ROWS, MlpTask.LEARNING_RATE);
                yield Net.of(net, net.weights(), 0, 1.5);
            }
            case "cnn" -> Net.of(new CnnNet(CnnNet.BATCH), COPIES, CnnNet.CLASSES, 0x1p-4);
            case "lstm" -> {
                RecurrentNet net = new RecurrentNet(RecurrentShape.LSTM, RecurrentShape.LSTM.steps());
                yield Net.of(net, net.weights(), RecurrentShape.CLASSES, 0x1p-3);
            }
            case "gpt" -> gpt(GptShape.GPT);
            case "gpt-3x77x200" -> gpt(new GptShape(3, 77, 200, DType.FLOAT32));
            case "gpt-f64" -> gpt(new GptShape(8, 128, 256, DType.FLOAT64));
            default -> throw new IllegalArgumentException("no net is called " + workload);
        };
    }

    private static Net gpt(GptShape size) {
        return Net.of(new GptNet(size), 1, GptShape.TOKENS, 0x1p-5);
    }

    private static NDArray fed(HashedNumbers numbers, Tensor placeholder, int copies, int limit) {
        long[] sizes = placeholder.shape().sizes();
        return placeholder.dtype() == DType.INT32 ? numbers.integers(limit, sizes)
                : numbers.repeated(copies, 0, FED_BOUND, sizes);
    }
}
