package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.util.function.UnaryOperator;

/** Activations: functions of single elements that nets put between their layers, and softmax. */
final class ActivationOperators {
    private static final double SELU_ALPHA = 1.67326319217681884765625;
    private static final double SELU_GAMMA = 1.05070102214813232421875;

    private ActivationOperators() {}

    /** A function along an axis. */
    @FunctionalInterface
    private interface AlongAxis {
        Tensor apply(Call call, Tensor x, int axis);
    }

    static void addTo(Operators table) {
        unary(table, "Relu", x -> Ops.maximum(x, 0));
        unary(table, "Sigmoid", Ops::sigmoid);
        unary(table, "Tanh", Ops::tanh);
        unary(table, "Softplus", Nn::softplus);
        unary(table, "Softsign", Nn::softsign);
        unary(table, "Mish", Nn::mish);
        unary(table, "HardSwish", Nn::hardSwish);
        table.one("Elu", call -> Nn.elu(call.input(0), call.number("alpha", 1)));
        table.one("LeakyRelu", call -> Nn.leakyRelu(call.input(0), (float) call.number("alpha", 0.01f)));
        table.one("Swish", call -> Nn.silu(call.input(0), call.number("alpha", 1)));
        table.one("SwiGLU", ActivationOperators::gated);
        table.one("Selu", call -> Nn.elu(call.input(0), call.number("alpha", SELU_ALPHA))
                .times(call.number("gamma", SELU_GAMMA)));
        table.one("Celu", ActivationOperators::celu);
        table.one("PRelu", call -> {
            Axes.letStretch(0, call.input(0), call.input(1));
            return Ops.where(Ops.less(call.input(0), 0), call.input(0).times(call.input(1)), call.input(0));
        });
        table.one("HardSigmoid", call -> hardSigmoid(call.input(0), call.number("alpha", 0.2f),
                call.number("beta", 0.5)));
        table.one("ThresholdedRelu", call -> Ops.where(Ops.greater(call.input(0), call.number("alpha", 1)),
                call.input(0), Ops.zerosLike(call.input(0))));
        table.one("Shrink", ActivationOperators::shrunk);
        table.one("Gelu", ActivationOperators::gelu);
        alongAxis(table, "Softmax", ActivationOperators::softmax);
        alongAxis(table, "LogSoftmax", (_, x, axis) -> Nn.logSoftmax(x, axis));
    }

    private static void unary(Operators table, String name, UnaryOperator<Tensor> function) {
        table.one(name, call -> function.apply(call.input(0)));
    }

    /** A function along an axis: before version 13 of all axes from one on together. */
    private static void alongAxis(Operators table, String name, AlongAxis function) {
        table.one(name, call -> {
            Tensor x = call.input(0);
            int axis = call.axis(call.integer("axis", Math.min(1, x.rank() - 1)), x.rank());
            if (axis == x.rank() - 1) {
                return function.apply(call, x, axis);
            }
            Tensor flat = Ops.reshape(x, Shape.of(Axes.product(x, 0, axis), Axes.product(x, axis, x.rank())));
            return Ops.reshape(function.apply(call, flat, 1), x.shape());
        });
        table.one(name, 13, call -> {
            Tensor x = call.input(0);
            return function.apply(call, x, call.axis(call.integer("axis", -1), x.rank()));
        });
    }

    /** The softmax of a node. */
    static Tensor softmax(Call call, Tensor x, int axis) {
        boolean isHalf = Axes.computed(x.dtype()) != x.dtype();
        return isHalf && call.isReference() ? SteppedSoftmax.of(x, axis) : Nn.softmax(x, axis);
    }

    static Tensor hardSigmoid(Tensor x, double alpha, double beta) {
        return Ops.clipByValue(x.times(alpha).plus(beta), 0, 1);
    }

    private static Tensor celu(Call call) {
        Tensor x = call.input(0);
        double alpha = call.number("alpha", 1);
        if (alpha == 0) {
            throw call.wrong("alpha must not be 0");
        }
        return Ops.maximum(x, 0).plus(Ops.minimum(Ops.expm1(x.div(alpha)).times(alpha), 0));
    }

    private static Tensor gated(Call call) {
        Tensor gate = call.input(0);
        Tensor x = call.input(1);
        if (gate.rank() != x.rank()) {
            throw call.wrong("both inputs must have one shape, not " + gate.shape() + " and " + x.shape());
        }
        return Nn.silu(gate, call.number("alpha", 1)).times(x);
    }

    private static Tensor shrunk(Call call) {
        Tensor x = call.input(0);
        double bias = call.number("bias", 0);
        double bound = call.number("lambd", 0.5);
        if (!x.dtype().isFloat()) {
            Tensor wide = Ops.cast(x, DType.FLOAT64);
            return Ops.cast(shrunk(wide, bias, bound), x.dtype());
        }
        return shrunk(x, bias, bound);
    }

    private static Tensor shrunk(Tensor x, double bias, double bound) {
        return Ops.where(Ops.less(x, -bound), x.plus(bias),
                Ops.where(Ops.greater(x, bound), x.minus(bias), Ops.zerosLike(x)));
    }

    private static Tensor gelu(Call call) {
        String kind = call.text("approximate", "none");
        return switch (kind) {
            case "none" -> Nn.gelu(call.input(0), false);
            case "tanh" -> Nn.gelu(call.input(0), true);
            default -> throw call.wrong("approximate must be 'none' or 'tanh', not '" + kind + "'");
        };
    }
}
