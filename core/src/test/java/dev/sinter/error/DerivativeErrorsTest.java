package dev.sinter.error;

import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.floor;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.DType.INT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.graph.Control;
import dev.sinter.graph.Derivatives;
import dev.sinter.graph.GradientOptions;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.HostFunction;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Derivatives that cannot be taken say why and what to do. */
final class DerivativeErrorsTest {
    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT64, shape(3));
    private final Tensor other = graph.placeholder("other", FLOAT64, shape(2));

    private static void fails(ThrowingCallable code, String... parts) {
        assertThatThrownBy(code).isInstanceOf(GraphException.class).message().contains(parts);
    }

    @Test
    void tangentsMustFitTheXs() {
        fails(() -> Derivatives.jvp(square(x), x, other), "jvp: the tangent \"other\" is float64[2], the x \"x\" is"
                + " float64[3]", "DerivativeErrorsTest.java");
        fails(() -> Derivatives.jvp(square(x), x, Ops.cast(x, FLOAT32)), "float32[3]", "float64[3]");
        fails(() -> Derivatives.jvp(List.of(x), List.of(x), List.of()), "jvp: 0 tangents are given for 1 xs");
        fails(() -> Derivatives.vjp(List.of(x), List.of(x), List.of(x, x)),
                "2 initial gradients are given for 1 ys");
    }

    @Test
    void somethingMustFlow() {
        Tensor y = square(other);
        fails(() -> Derivatives.jvp(y, x, x), "nothing flows from [\"x\"] to \"square\"", "Unconnected.ZEROS");
        fails(() -> Derivatives.jacobian(y, x), "jacobian: no gradient flows from [\"square\"] to \"x\"");
        fails(() -> Derivatives.forwardJacobian(y, x), "forward_jacobian: no gradient flows from");
        fails(() -> Derivatives.jvp(floor(x), x, x), "nothing flows");
    }

    @Test
    void anXIsATensorOrAVariable() {
        fails(() -> Derivatives.jacobian(x, constant(1.0)), "jacobian: an x must be a tensor or a variable");
        fails(() -> Derivatives.jvp(List.of(), List.of(x), List.of(x)), "jvp: at least one y and one x are needed");
        fails(() -> Derivatives.jacobian(x, graph.placeholder("n", INT32, shape(3))), "int32[3]");
    }

    @Test
    void initialGradientsBelongToVjp() {
        fails(() -> Derivatives.jacobian(x, List.of(x), GradientOptions.DEFAULT.withInitial(x)),
                "jacobian: takes no initial gradients; multiply y, or use vjp(...)");
    }

    @Test
    void aHessianIsOfAScalar() {
        fails(() -> Derivatives.hessian(square(x), x), "hessian: y must be a scalar, not float64(3,)",
                "reduceSum(...)");
        fails(() -> Derivatives.hessianVectorProduct(square(x), x, x), "hessian_vector_product: y must be a scalar");
        fails(() -> Derivatives.hessianVectorProduct(reduceSum(x), List.of(x), List.of(x, x)), "2 vectors are given");
    }

    @Test
    void aBatchLiesAlongAxisZeroOfBoth() {
        fails(() -> Derivatives.batchJacobian(reduceSum(x), x), "batch_jacobian: both need an axis 0", "use jacobian(");
        fails(() -> Derivatives.batchJacobian(Ops.reshape(square(x), shape(1, 3)), x), "the batches differ");
    }

    @Test
    void aGradientWithoutAGradientSaysSo() {
        HostFunction cube = new HostFunction() {
            @Override
            public String name() {
                return "cube";
            }

            @Override
            public List<TensorType> infer(List<TensorType> operands) {
                return List.of(operands.getFirst());
            }

            @Override
            public List<NDArray> call(List<NDArray> operands) {
                return operands;
            }
        };
        Tensor y = Control.hostCall(cube, x).getFirst();
        fails(() -> Derivatives.jvp(y, x, x), "the host function cube gives no gradient", "path:");
        Tensor custom = Control.customGradient(square(x), List.of(x), (operands, value, gradient) ->
                List.of(Optional.of(Control.hostCall(cube, gradient).getFirst())));
        fails(() -> Derivatives.jvp(custom, x, x), "a gradient contains host_call, which cannot be differentiated"
                + " again", "the host function cube gives no gradient");
        gradients(custom, x);
    }

    @Test
    void unknownSizesAreUnified() {
        Tensor open = graph.placeholder("open", FLOAT64, shape(UNKNOWN));
        Tensor tangent = graph.placeholder("tangent", FLOAT64, shape(UNKNOWN));
        Derivatives.jvp(square(open), open, tangent);
        fails(() -> Derivatives.jvp(square(open), open, graph.placeholder("flat", FLOAT64, shape())),
                "the tangent \"flat\" is float64[], the x \"open\" is float64[?]");
    }
}
