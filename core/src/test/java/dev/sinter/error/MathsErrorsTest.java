package dev.sinter.error;

import static dev.sinter.tensor.DType.FLOAT16;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.DType.INT32;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Special;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.GraphException;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The first lines of the messages of mistakes in the ops of {@code tf.math}. */
class MathsErrorsTest {
    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT32, shape(3, 5));
    private final Tensor wide = graph.placeholder("wide", FLOAT64, shape(3, 5));
    private final Tensor half = graph.placeholder("half", FLOAT16, shape(5));
    private final Tensor n = graph.placeholder("n", INT32, shape(3));

    private static void fails(ThrowingCallable code, String message) {
        GraphException problem = catchThrowableOfType(GraphException.class, code);
        assertThat(problem).as("nothing is thrown").isNotNull();
        assertThat(problem.getMessage().lines().findFirst().orElseThrow()).isEqualTo(message);
    }

    @Test
    void integersWhereFloatsAreMeant() {
        fails(() -> Ops.divideNoNan(n, n), "divide_no_nan: x int32[3] is not of a float dtype; cast(...) it");
        fails(() -> Ops.xlogy(n, n), "xlogy: x int32[3] is not of a float dtype; cast(...) it");
        fails(() -> Ops.isInf(n), "is_inf: x int32[3] is not of a float dtype; cast(...) it");
        fails(() -> Ops.clipByNorm(n, 1), "clip_by_norm: x int32[3] is not of a float dtype; cast(...) it");
        GraphException problem = catchThrowableOfType(GraphException.class, () -> Ops.lgamma(n));
        assertThat(problem.getMessage()).startsWith("lgamma: does not take int32; cast(...) to one of ");
        assertThat(catchThrowableOfType(GraphException.class, () -> Special.besselJ0(n)).getMessage())
                .startsWith("bessel_j0: does not take int32");
    }

    @Test
    void dtypesThatDiffer() {
        fails(() -> Ops.atan2(x, wide), "atan2: dtypes differ: y float32[3,5], x float64[3,5]; cast(...) one of them");
        fails(() -> Ops.igamma(x, wide),
                "igamma: dtypes differ: a float32[3,5], x float64[3,5]; cast(...) one of them");
        fails(() -> Ops.addN(List.of(x, wide)),
                "add_n: dtypes differ: x float32[3,5], y float64[3,5]; cast(...) one of them");
    }

    @Test
    void shapesThatDoNotFit() {
        Tensor other = graph.placeholder("other", FLOAT32, shape(3));
        fails(() -> Ops.addN(List.of(x, other)),
                "add_n: shapes differ: x float32[3,5], y float32[3]; add(...) broadcasts");
        fails(() -> Ops.scalarMul(other, x), "scalar_mul: scalar float32[3] has axes; multiply(...) broadcasts");
        fails(() -> Ops.inTopK(n, other, 1), "in_top_k: targets are integers [batch], predictions floats "
                + "[batch, classes]; not targets int32[3] and predictions float32[3]");
        fails(() -> Ops.reduceStd(x, 2), "reduce_std: axis 2 is outside of x float32[3,5]");
    }

    @Test
    void nothingToAddUp() {
        fails(() -> Ops.addN(List.of()), "add_n: there is no tensor to add up");
        fails(() -> Ops.globalNorm(List.of()), "global_norm: there is no tensor");
    }

    @Test
    void aFloatWithoutNeighbours() {
        fails(() -> Ops.nextafter(half, half),
                "nextafter: x float16[5] is neither float32 nor float64; cast(...) it");
    }
}
