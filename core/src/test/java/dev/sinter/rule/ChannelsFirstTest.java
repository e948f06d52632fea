package dev.sinter.rule;

import static dev.sinter.graph.Ops.concat;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.reduceMean;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Lowering;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.graph.WindowOptions;
import dev.sinter.ir.Function;
import dev.sinter.op.Transpose;
import dev.sinter.pass.OptimizationOptions;
import dev.sinter.pass.Pipeline;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A net whose convolutions have their channels first turns the axes of its input, and of what it gives back, alone. */
class ChannelsFirstTest {
    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT32, shape(2, 3, 8, 8));
    private final WindowOptions options = WindowOptions.SAME.withChannelsFirst();

    private Tensor layer(String name, Tensor h, int channels) {
        Variable filter = graph.variable(name, zeros(FLOAT32, shape(3, 3, h.dim(1).constant(), channels)));
        Variable bias = graph.variable(name + "/bias", zeros(FLOAT32, shape(channels, 1, 1)));
        return Nn.relu(Nn.conv2d(h, filter, options).plus(bias));
    }

    private Tensor net() {
        Tensor first = layer("first", x, 4);
        Tensor second = Nn.maxPool(layer("second", first, 4).plus(first), List.of(2L, 2L), options.withStrides(2, 2));
        return layer("third", concat(1, second, layer("beside", second, 2)), 5);
    }

    private static List<Transpose> transposes(Tensor fetch, Tensor fed) {
        Function function = Lowering.lower(fetch.graph(), List.of(fetch), List.of(fed), List.of()).function();
        return Pipeline.optimize(function, OptimizationOptions.defaults()).function().values().stream()
                .map(value -> value.op()).filter(Transpose.class::isInstance).map(Transpose.class::cast).toList();
    }

    @Test
    void turnsItsInput() {
        assertThat(transposes(reduceMean(net(), 2, 3), x)).containsExactly(new Transpose(List.of(0, 2, 3, 1)));
    }

    @Test
    void turnsItsResultToo() {
        assertThat(transposes(net(), x)).containsExactly(new Transpose(List.of(0, 2, 3, 1)),
                new Transpose(List.of(0, 3, 1, 2)));
    }

    @Test
    void turnsGradientsAtTheEnds() {
        Tensor loss = reduceSum(square(net()));
        assertThat(transposes(gradients(loss, x).of(x), x)).hasSizeLessThanOrEqualTo(3);
    }
}
