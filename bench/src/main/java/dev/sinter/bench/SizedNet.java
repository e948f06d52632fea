package dev.sinter.bench;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.PreparedCall;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.NDArray;
import java.util.OptionalDouble;

/** A net whose training step is run on data of many sizes. */
interface SizedNet {
    /** The graph of its session. */
    Graph graph();

    /** The inputs. */
    Tensor x();

    /** What they are fitted to. */
    Tensor y();

    /** Inputs of a size. */
    NDArray inputs(int size);

    /** What inputs of a size are fitted to. */
    NDArray targets(int size);

    /** Gives the weights their first values. */
    void loadWeights(Session session);

    /** The step; the loss is its first fetch. */
    Fetch step();

    /** The loss of the first step where it is computed in another way. */
    default OptionalDouble firstLoss(int size) {
        return OptionalDouble.empty();
    }

    /** Runs a step, whose loss is the first fetch, and requires that it is a number. */
    static void run(PreparedCall call) {
        requireLoss(call.run().floatValue(0));
    }

    /** Requires that a loss is a number. */
    static void requireLoss(float loss) {
        Values.require(loss >= 0 && loss < Float.POSITIVE_INFINITY, "the loss is " + loss);
    }
}
