package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/** Arithmetic, comparisons and functions of single elements. */
final class ElementwiseOperators {
    private ElementwiseOperators() {}

    static void addTo(Operators table) {
        unary(table, "Abs", Ops::abs);
        binary(table, "Add", Ops::add);
        binary(table, "Sub", Ops::subtract);
        binary(table, "Mul", Ops::multiply);
        unary(table, "Relu", x -> Ops.maximum(x, 0));
    }

    private static void unary(Operators table, String name, UnaryOperator<Tensor> function) {
        table.one(name, call -> function.apply(call.input(0)));
    }

    private static void binary(Operators table, String name, BinaryOperator<Tensor> function) {
        table.one(name, call -> function.apply(call.input(0), call.input(1)));
    }
}
