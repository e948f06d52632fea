package dev.sinter.op;

import static dev.sinter.graph.WindowOptions.SAME;
import static dev.sinter.graph.WindowOptions.VALID;

import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Gradients in half floats of functions whose results are weighted by the last operand and added up. */
final class HalfGradientsFacadeTest extends FacadeTest {
    HalfGradientsFacadeTest() {
        super("half_gradients", List.of(
                unary("tanh", Ops::tanh), unary("exp", Ops::exp), unary("sqrt", x -> Ops.sqrt(Ops.abs(x))),
                unary("gelu", Nn::gelu), unary("silu", Nn::silu), unary("softplus", Nn::softplus),
                unary("softmax", Nn::softmax), unary("log_softmax", Nn::logSoftmax),
                unary("logsumexp", x -> Ops.reduceLogSumExp(x, 1)), unary("prod", x -> Ops.reduceProd(x, 1)),
                unary("max", x -> Ops.reduceMax(x, 1)), unary("variance", x -> Ops.reduceVariance(x, 0)),
                unary("layer_norm", HalfGradientsFacadeTest::layerNorm),
                unary("l2_normalize", x -> Nn.l2Normalize(x, 1)),
                row("matmul", in -> Ops.matmul(in.get(0), in.get(1))),
                row("conv2d", in -> Nn.conv2d(in.get(0), in.get(1), SAME)),
                unary("max_pool2d", x -> Nn.maxPool2d(x, List.of(2L), VALID)),
                unary("avg_pool2d", x -> Nn.avgPool2d(x, List.of(2L), SAME)),
                unary("gather", x -> Ops.gather(x, x.graph().constant(new int[] {1, 0, 1}))),
                unary("cumsum", x -> Ops.cumsum(x, 1)),
                unary("where", x -> Ops.where(Ops.greater(x, 0), x.times(x), x.unaryMinus())),
                row("divide", in -> in.get(0).div(in.get(1)))));
    }

    private static Tensor layerNorm(Tensor x) {
        Tensor ones = Ops.onesLike(Ops.reduceSum(x, 0));
        return Nn.layerNorm(x, ones, Ops.zerosLike(ones), 1e-3);
    }

    private static Row unary(String name, Function<Tensor, Tensor> function) {
        return row(name, in -> function.apply(in.getFirst()));
    }

    private static Row row(String name, Function<List<Tensor>, Tensor> function) {
        return new Row(name, in -> {
            List<Tensor> operands = in.subList(0, in.size() - 1);
            Tensor loss = Ops.reduceSum(function.apply(operands).times(in.getLast()));
            return new ArrayList<>(Ops.gradients(List.of(loss), operands).asList());
        });
    }
}
