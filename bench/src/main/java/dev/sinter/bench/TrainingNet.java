package dev.sinter.bench;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Operation;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.tensor.NDArray;
import java.util.List;
import java.util.Map;

/** A net, its batch and a step of its training. */
interface TrainingNet {
    Graph graph();

    /** The placeholder of the inputs. */
    Tensor x();

    /** The placeholder of what is to be predicted. */
    Tensor y();

    /** What is fed as inputs. */
    NDArray inputs();

    /** What is fed as labels. */
    NDArray labels();

    /** The variables and their first values. */
    Map<Variable, NDArray> weights();

    /** The mean loss. */
    Tensor loss();

    /** The losses of which {@link #loss} is the mean. */
    Tensor losses();

    /** The gradients in the order of the weights. */
    List<Tensor> slopes();

    /** A step of the optimizer. */
    Operation update();

    /** The first losses under the first weights, computed in plain loops on doubles. */
    double[] expected();
}
