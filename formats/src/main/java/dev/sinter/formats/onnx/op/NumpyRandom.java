package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Control;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Random;
import dev.sinter.graph.Tensor;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.Derivative;
import dev.sinter.op.HostFunction;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.List;

/**
 * Numbers of NumPy's {@code RandomState}, which the standard's reference draws where a node has a seed. The first two
 * runs of a session draw those of the seed, as the first one gives variables their values; each later run, and each
 * iteration of a loop, draws those of the seed and its own number.
 *
 * @param seed NumPy has those of 32 bits, without a sign
 */
record NumpyRandom(Distribution distribution, long seed) implements HostFunction {
    private static final int RUN = 0;
    private static final int LIKE = 1;

    /** What is drawn: float64 numbers, or bools that are true with probabilities. */
    private enum Distribution { UNIFORM, NORMAL, BERNOULLI }

    /** Float64 numbers from 0 to below 1. */
    static Tensor uniform(Graph graph, Shape shape, long seed) {
        return new NumpyRandom(Distribution.UNIFORM, seed).draw(graph, Ops.zeros(DType.BOOL, shape));
    }

    /** Float64 numbers, normally distributed with mean 0 and deviation 1. */
    static Tensor normal(Graph graph, Shape shape, long seed) {
        return new NumpyRandom(Distribution.NORMAL, seed).draw(graph, Ops.zeros(DType.BOOL, shape));
    }

    /** Bools, each true with its probability. */
    static Tensor bernoulli(Tensor probabilities, long seed) {
        return new NumpyRandom(Distribution.BERNOULLI, seed).draw(probabilities.graph(),
                Axes.cast(probabilities, DType.FLOAT64));
    }

    private Tensor draw(Graph graph, Operand like) {
        return Control.hostCall(graph, this, Random.runNumber(), like).getFirst();
    }

    @Override
    public String name() {
        return "numpy_random";
    }

    @Override
    public List<TensorType> infer(List<TensorType> operands) {
        return List.of(new TensorType(distribution == Distribution.BERNOULLI ? DType.BOOL : DType.FLOAT64,
                operands.get(LIKE).shape()));
    }

    @Override
    public Derivative derivative() {
        return new Derivative.Zero("random numbers do not depend on a tensor");
    }

    @Override
    public List<NDArray> call(List<NDArray> operands) {
        NDArray like = operands.get(LIKE);
        MersenneTwister words = words(operands.get(RUN).longValue());
        NDArray drawn = NDArray.zeros(distribution == Distribution.BERNOULLI ? DType.BOOL : DType.FLOAT64,
                like.sizes());
        switch (distribution) {
            case UNIFORM -> uniform(words, drawn);
            case NORMAL -> normal(words, drawn);
            case BERNOULLI -> bernoulli(words, like, drawn);
        }
        return List.of(drawn);
    }

    private MersenneTwister words(long run) {
        int low = (int) seed;
        int high = (int) (seed >>> 32);
        if (run != 0 && run != 1) {
            return new MersenneTwister(new int[] {low, high, (int) run, (int) (run >>> 32)});
        }
        return high == 0 ? new MersenneTwister(low) : new MersenneTwister(new int[] {low, high});
    }

    private static void uniform(MersenneTwister words, NDArray drawn) {
        for (long i = 0; i < drawn.elementCount(); i++) {
            drawn.setDouble(i, words.unit());
        }
    }

    /** The polar method, which makes two numbers at once: Marsaglia and Bray, 1964. */
    private static void normal(MersenneTwister words, NDArray drawn) {
        for (long i = 0; i < drawn.elementCount(); i += 2) {
            double x;
            double y;
            double square;
            do {
                x = 2 * words.unit() - 1;
                y = 2 * words.unit() - 1;
                square = x * x + y * y;
            } while (square >= 1 || square == 0);
            double factor = Math.sqrt(-2 * StrictMath.log(square) / square);
            drawn.setDouble(i, factor * y);
            if (i + 1 < drawn.elementCount()) {
                drawn.setDouble(i + 1, factor * x);
            }
        }
    }

    /** Binomial variables of one trial, by inversion of the rarer case. */
    private static void bernoulli(MersenneTwister words, NDArray probabilities, NDArray drawn) {
        for (long i = 0; i < drawn.elementCount(); i++) {
            double probability = probabilities.getDouble(i);
            if (!(probability >= 0 && probability <= 1)) {
                throw new GraphException("Bernoulli: element " + i + " is " + probability
                        + ", and a probability is from 0 to 1");
            }
            boolean likely = probability > 0.5;
            double rare = likely ? 1 - probability : probability;
            boolean hit = words.unit() > StrictMath.exp(StrictMath.log1p(-rare));
            drawn.setLong(i, hit != likely ? 1 : 0);
        }
    }
}
