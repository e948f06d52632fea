package dev.sinter.op;

import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import java.util.List;

/** The common ops that are made of several primitives. */
final class CommonFacadeTest extends FacadeTest {
    CommonFacadeTest() {
        super("common", List.of(
                Row.of("squared_difference", in -> Ops.squaredDifference(in.get(0), in.get(1))),
                Row.of("clip_by_value", in -> Ops.clipByValue(in.get(0), -0.5, 0.75)),
                Row.of("softmax", in -> Nn.softmax(in.get(0))),
                Row.of("log_softmax", in -> Nn.logSoftmax(in.get(0))),
                Row.of("reduce_logsumexp", in -> Ops.reduceLogSumExp(in.get(0), 1)),
                Row.of("reduce_variance", in -> Ops.reduceVariance(in.get(0), 0)),
                Row.of("l2_loss", in -> Nn.l2Loss(in.get(0)))));
    }
}
