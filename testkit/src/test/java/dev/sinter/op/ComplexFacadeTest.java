package dev.sinter.op;

import static dev.sinter.tensor.Shape.shape;

import dev.sinter.graph.Complex;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Complex numbers: arithmetic, elementary functions near their cuts and far from 1, reductions, products, gradients.
 */
final class ComplexFacadeTest extends FacadeTest {
    ComplexFacadeTest() {
        super("complex", rows());
    }

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>(List.of(
                binary("plus", Complex::plus),
                binary("minus", Complex::minus),
                binary("times", Complex::times),
                binary("div", Complex::div),
                binary("pow", Complex::pow),
                binary("matmul", Complex::matmul),
                binary("concat", (x, y) -> Complex.concat(1, x, y)),
                binary("where", (x, y) -> Complex.where(Ops.greater(x.real(), 0), x, y)),
                real("abs", Complex::abs),
                real("squared_abs", Complex::squaredAbs),
                real("angle", Complex::angle),
                real("interleaved", Complex::interleaved),
                unary("with_real", x -> x.plus(2).times(3).div(4).minus(1)),
                new Row("equal", in -> List.of(number(in, 0).equal(number(in, 1)),
                        number(in, 0).notEqual(number(in, 1)))),
                new Row("of_interleaved", in -> planes(Complex.ofInterleaved(in.get(0)))),
                new Row("of", in -> planes(Complex.of(in.get(0), in.get(1)))),
                new Row("polar", in -> planes(Complex.polar(in.get(0), in.get(1)))),
                unary("reduce_sum", x -> x.reduceSum(1)),
                unary("reduce_mean", x -> x.reduceMean(0)),
                unary("reduce_prod", x -> x.reduceProd(-1)),
                unary("reduce_prod_all", Complex::reduceProd),
                unary("slice", x -> x.slice(new long[] {1, 1}, new long[] {1, 3})),
                unary("transpose", x -> x.transpose(1, 0)),
                new Row("einsum", in -> planes(Complex.einsum("ij,jk,k->i", number(in, 0), number(in, 1),
                        number(in, 2)))),
                unary("pow_3", x -> x.pow(3)),
                unary("pow_minus_2", x -> x.pow(-2))));
        Map<String, UnaryOperator<Complex>> unary = Map.ofEntries(
                Map.entry("reciprocal", Complex::reciprocal), Map.entry("square", Complex::square),
                Map.entry("conj", Complex::conj), Map.entry("negative", Complex::unaryMinus),
                Map.entry("adjoint", Complex::adjoint), Map.entry("sign", Complex::sign),
                Map.entry("exp", Complex::exp), Map.entry("expm1", Complex::expm1), Map.entry("log", Complex::log),
                Map.entry("log1p", Complex::log1p), Map.entry("sqrt", Complex::sqrt),
                Map.entry("rsqrt", Complex::rsqrt), Map.entry("sigmoid", Complex::sigmoid),
                Map.entry("sin", Complex::sin), Map.entry("cos", Complex::cos), Map.entry("tan", Complex::tan),
                Map.entry("sinh", Complex::sinh), Map.entry("cosh", Complex::cosh), Map.entry("tanh", Complex::tanh),
                Map.entry("asin", Complex::asin), Map.entry("acos", Complex::acos), Map.entry("atan", Complex::atan),
                Map.entry("asinh", Complex::asinh), Map.entry("acosh", Complex::acosh),
                Map.entry("atanh", Complex::atanh));
        unary.forEach((name, function) -> rows.add(unary(name, function)));
        rows.addAll(List.of(
                gradient("gradient_times", in -> in.get(0).times(in.get(1)).div(in.get(0).plus(3)).reduceSum()),
                gradient("gradient_exp", in -> in.get(0).square().exp()),
                gradient("gradient_log", in -> in.get(0).log()),
                gradient("gradient_sqrt", in -> in.get(0).sqrt()),
                gradient("gradient_tanh", in -> in.get(0).tanh()),
                gradient("gradient_pow", in -> in.get(0).pow(in.get(1))),
                realGradient("gradient_abs", x -> Ops.reduceSum(Ops.pow(x.abs(), 3))),
                realGradient("gradient_abs_zero", Complex::abs),
                realGradient("gradient_angle", Complex::angle),
                gradient("gradient_conj", in -> in.get(0).conj().times(in.get(0)).times(in.get(0))),
                gradient("gradient_matmul", in -> in.get(0).matmul(in.get(1))),
                gradient("gradient_prod", in -> in.get(0).reshape(shape(2, 5)).reduceProd(1))));
        return rows;
    }

    private static Complex number(List<Tensor> in, int index) {
        return new Complex(in.get(2 * index), in.get(2 * index + 1));
    }

    private static List<Tensor> planes(Complex x) {
        return List.of(x.real(), x.imag());
    }

    private static Row unary(String name, UnaryOperator<Complex> function) {
        return new Row(name, in -> planes(function.apply(number(in, 0))));
    }

    private static Row real(String name, Function<Complex, Tensor> function) {
        return Row.of(name, in -> function.apply(number(in, 0)));
    }

    private static Row binary(String name, BinaryOperator<Complex> function) {
        return new Row(name, in -> planes(function.apply(number(in, 0), number(in, 1))));
    }

    private static Row gradient(String name, Function<List<Complex>, Complex> function) {
        return new Row(name, in -> {
            List<Complex> xs = IntStream.range(0, in.size() / 2).mapToObj(i -> number(in, i)).toList();
            return flat(Complex.gradients(function.apply(xs), xs.toArray(Complex[]::new)));
        });
    }

    private static Row realGradient(String name, Function<Complex, Tensor> function) {
        return new Row(name, in -> {
            Complex x = number(in, 0);
            return flat(Complex.gradients(function.apply(x), x));
        });
    }

    private static List<Tensor> flat(List<Complex> numbers) {
        return numbers.stream().flatMap(x -> Stream.of(x.real(), x.imag())).toList();
    }
}
