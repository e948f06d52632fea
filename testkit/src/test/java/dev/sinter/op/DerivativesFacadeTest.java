package dev.sinter.op;

import dev.sinter.graph.Control;
import dev.sinter.graph.Derivatives;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Ops;
import dev.sinter.graph.ScanResult;
import dev.sinter.graph.Step;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.WhileOptions;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Derivatives along directions and matrices of derivatives, through ops, loops and branches. */
final class DerivativesFacadeTest extends FacadeTest {
    DerivativesFacadeTest() {
        super("derivatives", List.of(
                new Row("jvp", in -> Derivatives.jvp(List.of(layer(in)), in.subList(0, 2), in.subList(2, 4))),
                new Row("jvp_several", in -> Derivatives.jvp(List.of(Ops.reduceSum(Ops.square(in.get(0))),
                        Ops.exp(in.get(0))), in.subList(0, 1), in.subList(1, 2))),
                new Row("vjp", in -> Derivatives.vjp(List.of(layer(in)), in.subList(0, 2), in.subList(2, 3)).asList()),
                new Row("jvp_recurrent", in -> Derivatives.jvp(List.of(recurrent(in)), in.subList(0, 2),
                        in.subList(2, 4))),
                Row.of("jvp_branching", in -> Derivatives.jvp(branching(in), in.get(0), in.get(1))),
                Row.of("jvp_newton", in -> Derivatives.jvp(newton(in), in.get(0), in.get(1))),
                new Row("jacobian", matrices(DerivativesFacadeTest::layer, Derivatives::jacobian)),
                new Row("jacobian_recurrent", matrices(DerivativesFacadeTest::recurrent, Derivatives::jacobian)),
                new Row("jacobian_branching", matrices(DerivativesFacadeTest::branching, Derivatives::jacobian)),
                new Row("jacobian_moved", matrices(DerivativesFacadeTest::moved, Derivatives::jacobian)),
                new Row("jacobian_softmax", matrices(in -> Nn.softmax(in.get(0)), Derivatives::jacobian)),
                new Row("forward_jacobian", matrices(DerivativesFacadeTest::layer, Derivatives::forwardJacobian)),
                new Row("forward_jacobian_recurrent", matrices(DerivativesFacadeTest::recurrent,
                        Derivatives::forwardJacobian)),
                new Row("forward_jacobian_branching", matrices(DerivativesFacadeTest::branching,
                        Derivatives::forwardJacobian)),
                new Row("forward_jacobian_moved", matrices(DerivativesFacadeTest::moved, Derivatives::forwardJacobian)),
                new Row("forward_jacobian_softmax", matrices(in -> Nn.softmax(in.get(0)),
                        Derivatives::forwardJacobian)),
                Row.of("jacobian_of_scalar", in -> Derivatives.jacobian(cubes(in.get(0)), in.get(0))),
                Row.of("jacobian_by_scalar", in -> Derivatives.jacobian(Ops.pow(Ops.broadcastTo(in.get(0),
                        Shape.shape(3)), Ops.constant(new double[] {1, 2, 3})), in.get(0))),
                Row.of("batch_jacobian", in -> Derivatives.batchJacobian(Nn.softmax(in.get(0)), in.get(0))),
                Row.of("batch_jacobian_layer", in -> Derivatives.batchJacobian(layer(in), in.get(0))),
                new Row("hessian", in -> {
                    List<List<Tensor>> blocks = Derivatives.hessian(mixed(in), in);
                    List<Tensor> all = new ArrayList<>();
                    blocks.forEach(all::addAll);
                    return all;
                }),
                new Row("hessians", in -> Derivatives.hessians(List.of(cubes(in.get(0)),
                        Ops.reduceSum(Ops.cos(in.get(1)))), in)),
                new Row("gradients_checkpoint", in -> Ops.gradients(List.of(Ops.reduceSum(Ops.square(
                        Control.checkpoint(Control.checkpoint(in.get(0), x -> curve(x, in.get(1))),
                                x -> Control.checkpoint(curve(x, in.get(1)), y -> curve(y, in.get(1))))))), in)
                        .asList()),
                new Row("hvp", in -> Derivatives.hessianVectorProduct(mixed(in), in.subList(0, 2), in.subList(2, 4))),
                new Row("hvp_recurrent", in -> Derivatives.hessianVectorProduct(
                        Ops.reduceSum(Ops.square(recurrent(in))), in.subList(0, 2), in.subList(2, 4)))));
    }

    private static Function<List<Tensor>, List<Tensor>> matrices(Function<List<Tensor>, Tensor> y,
            BiFunction<Operand, List<? extends Operand>, List<Tensor>> jacobian) {
        return in -> jacobian.apply(y.apply(in), in);
    }

    private static Tensor layer(List<Tensor> in) {
        return Ops.tanh(Ops.matmul(in.get(0), in.get(1)));
    }

    private static Tensor mixed(List<Tensor> in) {
        Tensor first = Ops.slice(in.get(0), new long[] {0, 0}, new long[] {-1, 1});
        return Ops.reduceSum(Ops.sin(Ops.matmul(in.get(0), in.get(1))).times(Ops.exp(Ops.negative(Ops.square(first)))));
    }

    private static Tensor curve(Tensor x, Tensor w) {
        return x.times(Ops.subtract(0.5, x.times(w)));
    }

    private static Tensor cubes(Tensor x) {
        return Ops.reduceSum(Ops.pow(x, 3));
    }

    private static Tensor recurrent(List<Tensor> in) {
        ScanResult all = Control.scan(List.of(in.get(0)), List.of(in.get(1)), each -> {
            Tensor carry = each.carry(0);
            Tensor next = carry.times(Ops.subtract(0.5, carry)).plus(each.element(0));
            return Step.carry(next).output(next.times(carry));
        });
        return Ops.concat(0, Ops.expandDims(all.carry(0), 0), all.output(0));
    }

    private static Tensor branching(List<Tensor> in) {
        Tensor x = in.get(0);
        return Control.cond(Ops.greater(Ops.reduceSum(x), 0), () -> x.times(x).times(x), () -> Ops.sin(x));
    }

    private static Tensor newton(List<Tensor> in) {
        Tensor a = in.get(0);
        Tensor zero = a.graph().constant(0L);
        return Control.whileLoop(List.of(zero, a), all -> Ops.less(all.get(0), 6), all -> List.of(all.get(0).plus(1L),
                all.get(1).times(2.0).plus(a.div(Ops.square(all.get(1)))).div(3.0)),
                WhileOptions.DEFAULT.withMaxIterations(6)).get(1);
    }

    private static Tensor moved(List<Tensor> in) {
        Tensor x = in.get(0);
        Tensor taken = Ops.gather(x, x.graph().constant(new int[] {1, 0, 1}));
        Tensor tail = Ops.reverse(Ops.stridedSlice(x, new long[] {2, 0}, new long[] {4, 2}, new long[] {1, 1}), 1);
        return Ops.square(Ops.reshape(Ops.transpose(Ops.concat(0, tail, taken)), Shape.shape(Shape.UNKNOWN)));
    }
}
