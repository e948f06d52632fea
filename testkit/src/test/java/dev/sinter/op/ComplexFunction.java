package dev.sinter.op;

import dev.sinter.graph.Complex;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Lowering;
import dev.sinter.graph.LoweredGraph;
import dev.sinter.graph.Tensor;
import dev.sinter.llvm.LlvmBackend;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A function of complex numbers, whose error is the distance from the true value in units in the last place of that
 * value's size.
 *
 * @param name  as the method of {@link Complex} is called
 * @param value of the operands
 */
record ComplexFunction(String name, Function<List<Complex>, Complex> value) {
    /** The parts of the operands, and of the value, each the nearest float64. */
    record Sample(List<Double> operands, double real, double imag) {}

    private static ComplexFunction unary(String name, UnaryOperator<Complex> value) {
        return new ComplexFunction(name, operands -> value.apply(operands.getFirst()));
    }

    private static ComplexFunction binary(String name, BinaryOperator<Complex> value) {
        return new ComplexFunction(name, operands -> value.apply(operands.get(0), operands.get(1)));
    }

    static List<ComplexFunction> all() {
        return List.of(unary("abs", z -> Complex.of(z.abs())), binary("times", Complex::times),
                binary("div", Complex::div), unary("reciprocal", Complex::reciprocal), unary("exp", Complex::exp),
                unary("expm1", Complex::expm1), unary("log", Complex::log), unary("log1p", Complex::log1p),
                unary("sqrt", Complex::sqrt), unary("rsqrt", Complex::rsqrt), unary("sigmoid", Complex::sigmoid),
                unary("sin", Complex::sin), unary("cos", Complex::cos), unary("tan", Complex::tan),
                unary("sinh", Complex::sinh), unary("cosh", Complex::cosh), unary("tanh", Complex::tanh),
                unary("asin", Complex::asin), unary("acos", Complex::acos), unary("atan", Complex::atan),
                unary("asinh", Complex::asinh), unary("acosh", Complex::acosh), unary("atanh", Complex::atanh),
                binary("pow", Complex::pow));
    }

    /** The largest error that there may be. */
    double limit() {
        return name.equals("pow") ? 64 : 16;
    }

    /** The error of native code at samples. */
    Worst worst(LlvmBackend backend, List<Sample> samples, DType dtype) {
        Graph graph = new Graph();
        List<Tensor> parts = new ArrayList<>();
        List<Complex> operands = new ArrayList<>();
        for (int i = 0; i < samples.getFirst().operands().size(); i++) {
            parts.add(graph.placeholder("x" + i, dtype, Shape.shape(Shape.UNKNOWN)));
            if (i % 2 == 1) {
                operands.add(Complex.of(parts.get(i - 1), parts.get(i)));
            }
        }
        Complex result = value.apply(operands);
        LoweredGraph lowered = Lowering.lower(graph, List.of(result.real(), result.imag()), parts, List.of());
        List<NDArray> inputs = lowered.feeds().stream().map(feed -> parts.indexOf(feed)).map(part -> {
            NDArray input = NDArray.zeros(dtype, samples.size());
            for (int i = 0; i < samples.size(); i++) {
                input.setDouble(i, samples.get(i).operands().get(part));
            }
            return input;
        }).toList();
        try (NativeFunction code = new NativeFunction(backend, lowered.function())) {
            List<NDArray> found = code.run(inputs);
            Worst worst = Worst.NONE;
            for (int i = 0; i < samples.size(); i++) {
                Sample sample = samples.get(i);
                double distance = Math.hypot(found.get(0).getDouble(i) - sample.real(),
                        found.get(1).getDouble(i) - sample.imag());
                double size = Math.hypot(sample.real(), sample.imag());
                double ulps = distance / (dtype == DType.FLOAT64 ? Math.ulp(size) : Math.ulp((float) size));
                worst = worst.with(Double.isNaN(ulps) ? Double.POSITIVE_INFINITY : ulps,
                        sample.operands().stream().mapToDouble(x -> x).toArray());
            }
            return worst;
        }
    }

    /** The samples whose parts are float32, as is the value's size. */
    static List<Sample> single(List<Sample> samples) {
        return samples.stream().filter(sample -> Stream.concat(sample.operands().stream(),
                Stream.of((double) (float) sample.real())).allMatch(x -> (float) (double) x == x && Math.abs(x) < 1e38))
                .filter(sample -> Math.hypot(sample.real(), sample.imag()) > Float.MIN_NORMAL).toList();
    }
}
