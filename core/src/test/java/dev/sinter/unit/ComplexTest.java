package dev.sinter.unit;

import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.gather;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.eval.Interpreter;
import dev.sinter.graph.Complex;
import dev.sinter.graph.ComplexVariable;
import dev.sinter.graph.Graph;
import dev.sinter.graph.LoweredGraph;
import dev.sinter.graph.Lowering;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.NDArray;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComplexTest {
    private final Graph graph = new Graph();

    private static List<NDArray> run(Graph graph, List<Tensor> fetches, List<Tensor> feeds, NDArray... values) {
        LoweredGraph lowered = Lowering.lower(graph, fetches, feeds, List.of());
        return Interpreter.run(lowered.function(), lowered.feeds().stream()
                .map(feed -> values[feeds.indexOf(feed)]).toList());
    }

    @Test
    void placeholdersAreTwoPlanesOfOneShape() {
        Complex x = Complex.placeholder(graph, "x", FLOAT64, shape(UNKNOWN, 2));
        assertThat(x.real().name()).isEqualTo("x/real");
        Complex y = x.times(x).plus(x.conj());
        List<NDArray> planes = run(graph, List.of(y.real(), y.imag(), y.interleaved()), List.of(x.real(), x.imag()),
                NDArray.of(new double[] {1, 2}, 1, 2), NDArray.of(new double[] {3, -1}, 1, 2));
        assertThat(planes.get(0).sameBits(NDArray.of(new double[] {-7, 5}, 1, 2))).isTrue();
        assertThat(planes.get(1).sameBits(NDArray.of(new double[] {3, -3}, 1, 2))).isTrue();
        assertThat(planes.get(2).sameBits(NDArray.of(new double[] {-7, 3, 5, -3}, 1, 2, 2))).isTrue();
    }

    @Test
    void whatMovesElementsIsDoneToEitherPlane() {
        Complex x = Complex.placeholder(graph, "x", FLOAT64, shape(3));
        Complex y = x.eachPlane(plane -> gather(plane, constant(new int[] {2, 0})));
        List<NDArray> planes = run(graph, List.of(y.real(), y.imag()), List.of(x.real(), x.imag()),
                NDArray.of(1.0, 2, 3), NDArray.of(4.0, 5, 6));
        assertThat(planes.get(0).sameBits(NDArray.of(3.0, 1))).isTrue();
        assertThat(planes.get(1).sameBits(NDArray.of(6.0, 4))).isTrue();
    }

    @Test
    void gradientsPointWhereTheLossGrows() {
        ComplexVariable v = ComplexVariable.of(graph, "v", constant(new double[] {3}), constant(new double[] {4}));
        assertThat(v.imag().name()).isEqualTo("v/imag");
        Complex gradient = gradients(reduceSum(v.value().squaredAbs()), v.real(), v.imag()).of(v);
        Complex step = v.assign(v.value().minus(gradient.times(0.25)));
        assertThat(step.shape()).isEqualTo(shape(1));
        Complex x = Complex.placeholder(graph, "x", FLOAT64, shape());
        Complex unused = Complex.placeholder(graph, "unused", FLOAT64, shape());
        List<Complex> both = Complex.gradients(x.square(), x, unused);
        List<NDArray> planes = run(graph, List.of(both.get(0).real(), both.get(0).imag(), both.get(1).real()),
                List.of(x.real(), x.imag()), NDArray.scalar(2.0), NDArray.scalar(3.0));
        assertThat(planes.get(0).getDouble(0)).isCloseTo(4, within(1e-12));
        assertThat(planes.get(1).getDouble(0)).isCloseTo(-6, within(1e-12));
        assertThat(planes.get(2).getDouble(0)).isZero();
    }
}
