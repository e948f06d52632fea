package dev.sinter.unit;

import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.graph.Ops.tanh;
import static dev.sinter.graph.Ops.transpose;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.eval.Interpreter;
import dev.sinter.graph.Control;
import dev.sinter.graph.Graph;
import dev.sinter.graph.LoweredGraph;
import dev.sinter.graph.Lowering;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Tensor;
import dev.sinter.op.Call;
import dev.sinter.plan.Recomputation;
import dev.sinter.program.Compilation;
import dev.sinter.program.Target;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** Gradients through scopes that are computed again: the same values, in less memory. */
final class CheckpointScopesTest {
    private static final Target TARGET = new Target("512", 64, 32, 48 << 10, 1 << 20, 2);
    private static final int LAYERS = 16;

    private final Graph graph = new Graph();

    /** A net of layers of a number of units, of which so many form a scope. */
    private Compilation net(int units, int scope, BinaryOperator<Tensor> derivative) {
        Tensor x = graph.placeholder("x", FLOAT32, shape(units, units));
        List<Tensor> weights = new ArrayList<>();
        for (int layer = 0; layer < LAYERS; layer++) {
            weights.add(graph.placeholder("w", FLOAT32, shape(units, units)));
        }
        Tensor y = x;
        for (int layer = 0; layer < LAYERS; layer += scope) {
            List<Tensor> mine = weights.subList(layer, layer + scope);
            y = scope == 1 ? layer(y, mine.getFirst()) : Control.checkpoint(y, in -> {
                Tensor out = in;
                for (Tensor w : mine) {
                    out = layer(out, w);
                }
                return out;
            });
        }
        Tensor loss = reduceSum(square(y));
        List<Tensor> given = new ArrayList<>(List.of(x));
        given.addAll(weights);
        List<Tensor> all = new ArrayList<>(gradients(List.of(loss), given).asList());
        all.add(derivative.apply(all.getFirst(), x));
        LoweredGraph lowered = Lowering.lower(graph, all, given, List.of());
        return Compilation.compile(lowered.function(), Map.of(), TARGET,
                Compilation.Options.defaults().withRecomputation(Recomputation.Policy.NONE));
    }

    private static Tensor layer(Tensor in, Tensor w) {
        return tanh(matmul(in, w));
    }

    private static List<NDArray> inputs(int units) {
        List<NDArray> arrays = new ArrayList<>();
        for (int number = 0; number <= LAYERS; number++) {
            NDArray array = NDArray.zeros(FLOAT32, units, units);
            for (int i = 0; i < units * units; i++) {
                array.setDouble(i, Math.sin(3 * i + number));
            }
            arrays.add(array);
        }
        return arrays;
    }

    private static void same(List<NDArray> expected, List<NDArray> actual) {
        for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.get(i).sameBits(expected.get(i))).as("result %d", i).isTrue();
        }
    }

    @Test
    void gradientsAreTheSame() {
        BinaryOperator<Tensor> sum = (first, _) -> reduceSum(first);
        List<NDArray> plain = Interpreter.run(net(4, 1, sum).function(), inputs(4));
        Compilation scoped = net(4, 4, sum);
        same(plain, Interpreter.run(scoped.source(), inputs(4)));
        same(plain, Interpreter.run(scoped.function(), inputs(4)));
    }

    /** A scope that computes what it is multiplied with, or gets it: readers of the product are in it and outside. */
    @Test
    void productsLargerThanTheirOperandsAreReadInScopes() {
        for (boolean isInside : List.of(true, false)) {
            Graph scores = new Graph();
            Tensor k = scores.placeholder("k", FLOAT32, shape(64, 8));
            Tensor q = scores.placeholder("q", FLOAT32, shape(8, 64));
            Tensor a = scores.placeholder("a", FLOAT32, shape(64, 8));
            Tensor w = scores.placeholder("w", FLOAT32, shape(8, 8));
            Tensor wide = matmul(k, q);
            Tensor given = isInside ? a : matmul(a, w);
            Tensor y = Control.checkpoint(given,
                    in -> tanh(matmul(transpose(wide), isInside ? matmul(in, w) : in)));
            List<Tensor> results = gradients(List.of(reduceSum(square(matmul(y, w)))),
                    List.of(k, q, a, w)).asList();
            LoweredGraph lowered = Lowering.lower(scores, results, List.of(k, q, a, w), List.of());
            Compilation compilation = Compilation.compile(lowered.function(), Map.of(), TARGET,
                    Compilation.Options.defaults().withRecomputation(new Recomputation.Policy(1, 4, 1, false, 1, 0)));
            List<NDArray> inputs = List.of(numbers(64, 8), numbers(8, 64), numbers(64, 8), numbers(8, 8));
            List<NDArray> expected = Interpreter.run(compilation.source(), inputs);
            List<NDArray> actual = Interpreter.run(compilation.function(), inputs);
            for (int result = 0; result < expected.size(); result++) {
                for (int i = 0; i < expected.get(result).elementCount(); i++) {
                    assertThat(actual.get(result).getDouble(i))
                            .isCloseTo(expected.get(result).getDouble(i), within(1e-4));
                }
            }
        }
    }

    private static NDArray numbers(long rows, long columns) {
        NDArray array = NDArray.zeros(FLOAT32, rows, columns);
        for (int i = 0; i < array.elementCount(); i++) {
            array.setDouble(i, Math.sin(3 * i) / 8);
        }
        return array;
    }

    @Test
    void secondDerivativesAreNear() {
        Compilation plain = second(1);
        Compilation scoped = second(4);
        NDArray expected = Interpreter.run(plain.function(), inputs(3)).getLast();
        NDArray actual = Interpreter.run(scoped.function(), inputs(3)).getLast();
        double largest = DoubleStream.of(expected.cast(FLOAT64).toDoubleArray()).map(Math::abs).max().orElseThrow();
        assertThat(largest).isPositive();
        for (int i = 0; i < expected.elementCount(); i++) {
            assertThat(actual.getDouble(i)).isCloseTo(expected.getDouble(i), within(1e-4 * largest));
        }
    }

    private Compilation second(int scope) {
        return net(3, scope, (first, x) -> gradients(reduceSum(square(first)), x).get(0));
    }

    /** 16 layers keep 16 activations; with scopes of four those between scopes and those of one scope. */
    @Test
    void theGradientKeepsWhatScopesAreGiven() {
        BinaryOperator<Tensor> sum = (first, _) -> reduceSum(first);
        long plain = net(256, 1, sum).memory().bind(_ -> 1, 1).peak();
        Compilation scoped = new CheckpointScopesTest().net(256, 4, sum);
        long sparing = scoped.memory().bind(_ -> 1, 1).peak();
        assertThat((double) sparing / plain).as("%d of %d bytes", sparing, plain).isLessThan(0.65);
        assertThat(scoped.function().values()).noneMatch(value -> value.op() instanceof Call);
        assertThat(scoped.plan().decisions().stream().map(Object::toString))
                .anyMatch(decision -> decision.contains("the program says that they are not kept"));
    }

    @Test
    void scopesLieInEachOther() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(5));
        Tensor plain = Nn.softplus(tanh(square(x)));
        Tensor scoped = Control.checkpoint(x, in -> Nn.softplus(Control.checkpoint(square(in), inner -> tanh(inner))));
        List<Tensor> results = List.of(gradients(reduceSum(plain), x).get(0), gradients(reduceSum(scoped), x).get(0));
        Compilation both = Compilation.compile(Lowering.lower(graph, results, List.of(x), List.of()).function(),
                Map.of(), TARGET, Compilation.Options.defaults());
        List<NDArray> values = Interpreter.run(both.function(),
                List.of(NDArray.from(new float[] {-2, -1, 0, 1, 3})));
        same(values.subList(0, 1), values.subList(1, 2));
    }
}
