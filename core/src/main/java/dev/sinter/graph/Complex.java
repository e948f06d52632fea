package dev.sinter.graph;

import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Complex numbers as two real tensors, of one shape and of float32 (TensorFlow's complex64) or float64 (complex128).
 * Each operation makes real tensors, so fetches, feeds, variables and gradients are those of the two planes. What only
 * moves elements or is linear with real weights is done to either plane: {@code x.eachPlane(plane ->
 * Ops.transpose(plane, 1, 0))}.
 *
 * <p>A gradient with respect to complex numbers is {@code dL/dre + i dL/dim}, as TensorFlow's: the direction in which
 * the real loss grows fastest. Functions with several values have their principal one; cuts are where NumPy's are, and
 * a zero's sign says on which side of a cut along an axis a number lies.
 *
 * @param real the real parts
 * @param imag the imaginary parts
 */
public record Complex(Tensor real, Tensor imag) {
    /** Planes that belong together: of one graph, one shape, one dtype that is float32 or float64. */
    public Complex {
        if (real.graph() != imag.graph() || real.dtype() != imag.dtype() || !isPlane(real.dtype())
                || real.rank() != imag.rank() || !isOneShape(real, imag)) {
            throw new GraphException("complex: the planes must be of one shape and both float32 or both float64: "
                    + real + ", " + imag + "; Complex.of(...) broadcasts\n  at " + Place.here());
        }
    }

    /** Makes the sizes of two planes equal; whether they can be. */
    private static boolean isOneShape(Tensor real, Tensor imag) {
        synchronized (real.graph().lock()) {
            String why = "complex at " + Place.here() + ": " + real.role() + " and " + imag.role() + " are planes";
            return IntStream.range(0, real.rank()).allMatch(axis -> real.graph().sizes()
                    .unify(real.dim(axis), imag.dim(axis), why) != Sizes.Relation.DIFFERENT);
        }
    }

    private static boolean isPlane(DType dtype) {
        return dtype == DType.FLOAT32 || dtype == DType.FLOAT64;
    }

    /**
     * Complex numbers whose planes, the placeholders {@code name/real} and {@code name/imag}, the caller feeds.
     *
     * @param dtype of the planes, float32 or float64
     */
    public static Complex placeholder(Graph graph, String name, DType dtype, Shape shape) {
        return Composite.of(graph, "placeholder", () -> {
            try (Scope _ = graph.scope(name)) {
                return new Complex(graph.placeholder("real", dtype, shape), graph.placeholder("imag", dtype, shape));
            }
        });
    }

    /** {@code real + i imag} of operands that broadcast: {@code tf.complex}. */
    public static Complex of(Operand real, Operand imag) {
        return make("complex", c -> {
            c.label("real", "imag");
            Fourier.requireFloat(c, c.in(0));
            return planes(c);
        }, List.of(real, imag));
    }

    /** A real tensor as complex numbers. */
    public static Complex of(Operand real) {
        return make("complex", c -> {
            Fourier.requireFloat(c, c.in(0));
            return new Planes(c.in(0), c.fullLike(c.in(0), 0));
        }, List.of(real));
    }

    /** {@code radius * (cos(angle) + i sin(angle))} of operands that broadcast. */
    public static Complex polar(Operand radius, Operand angle) {
        return make("polar", c -> {
            c.label("radius", "angle");
            Fourier.requireFloat(c, c.in(0));
            Planes both = planes(c);
            return new Planes(c.map(ScalarFn.MUL, both.re(), c.map(ScalarFn.COS, both.im())),
                    c.map(ScalarFn.MUL, both.re(), c.map(ScalarFn.SIN, both.im())));
        }, List.of(radius, angle));
    }

    /**
     * The complex numbers whose parts follow each other along a last axis of size 2, as files and other programs hold
     * them.
     */
    public static Complex ofInterleaved(Operand parts) {
        return make("complex", c -> {
            Fourier.requireFloat(c, c.in(0));
            int last = Composer.rank(c.in(0)) - 1;
            if (last < 0 || !Composer.shape(c.in(0)).dim(last).isConstant(2)) {
                throw new GraphException("the last axis must have size 2, for real and imaginary parts: "
                        + c.describe(c.in(0)));
            }
            return Planes.of(c, c.in(0), last);
        }, List.of(parts));
    }

    /** The parts along a last axis of size 2. */
    public Tensor interleaved() {
        return real("interleaved", (c, x) -> x.stacked(c, x.rank()), this);
    }

    static Complex make(String op, Function<Composer, Planes> body, List<? extends Operand> operands) {
        Graph graph = Composer.graphOf(op, operands);
        List<Node> nodes = Composer.nodes(graph, op, c -> body.apply(c).asList(), operands);
        return new Complex(nodes.get(0).tensor(), nodes.get(1).tensor());
    }

    /** The complex numbers that a body makes of others. */
    static Complex map(String op, BiFunction<Composer, Planes, Planes> body, Complex x) {
        return make(op, c -> {
            c.label("real", "imag");
            return body.apply(c, planes(c));
        }, List.of(x.real, x.imag));
    }

    /** The real numbers that a body makes of complex ones. */
    static Tensor real(String op, BiFunction<Composer, Planes, Node> body, Complex x) {
        return Composer.tensor(op, c -> {
            c.label("real", "imag");
            return body.apply(c, planes(c));
        }, x.real, x.imag);
    }

    private static Planes planes(Composer c) {
        List<Node> both = c.broadcast(c.ins());
        return new Planes(both.get(0), both.get(1));
    }

    /** The complex numbers that a body makes of two that broadcast. */
    private static Complex binary(String op, Complex x, Complex y, Binary body) {
        return make(op, c -> {
            c.label("x.real", "x.imag", "y.real", "y.imag");
            List<Node> all = c.broadcast(c.ins());
            return body.of(c, new Planes(all.get(0), all.get(1)), new Planes(all.get(2), all.get(3)));
        }, List.of(x.real, x.imag, y.real, y.imag));
    }

    private interface Binary {
        Planes of(Composer c, Planes x, Planes y);
    }

    /** float32 or float64: the dtype of the planes. */
    public DType dtype() {
        return real.dtype();
    }

    public Shape shape() {
        return real.shape();
    }

    public int rank() {
        return real.rank();
    }

    public Graph graph() {
        return real.graph();
    }

    /**
     * The same done to either plane: any op that moves elements or is linear with real weights, such as
     * {@code Ops.reshape}, {@code Ops.gather}, {@code Ops.pad}, {@code Ops.reduceSum} or a cast.
     */
    public Complex eachPlane(UnaryOperator<Tensor> op) {
        return new Complex(op.apply(real), op.apply(imag));
    }

    /** Several complex numbers joined plane by plane: {@code Complex.join(parts, planes -> Ops.concat(0, planes))}. */
    public static Complex join(List<Complex> parts, Function<List<Tensor>, Tensor> op) {
        return new Complex(op.apply(parts.stream().map(Complex::real).toList()),
                op.apply(parts.stream().map(Complex::imag).toList()));
    }

    /** {@code condition ? x : y}; all three broadcast. */
    public static Complex where(Operand condition, Complex x, Complex y) {
        return new Complex(Ops.where(condition, x.real, y.real), Ops.where(condition, x.imag, y.imag));
    }

    /** The planes in another dtype, float32 or float64. */
    public Complex cast(DType dtype) {
        if (!isPlane(dtype)) {
            throw new GraphException("cast: complex numbers have planes of float32 or float64, not " + dtype
                    + "; real(), imag() or abs() is a tensor that can be cast\n  at " + Place.here());
        }
        return eachPlane(plane -> Ops.cast(plane, dtype));
    }

    /** The sum; operands broadcast. */
    public Complex plus(Complex other) {
        return binary("complex_add", this, other, (c, x, y) -> new ComplexArithmetic(c).plus(x, y));
    }

    /** The sum with real numbers. */
    public Complex plus(Operand other) {
        return plus(of(other));
    }

    /** The sum with a real number. */
    public Complex plus(double other) {
        return new Complex(real.plus(other), imag);
    }

    /** The difference; operands broadcast. */
    public Complex minus(Complex other) {
        return binary("complex_sub", this, other, (c, x, y) -> new ComplexArithmetic(c).minus(x, y));
    }

    /** The difference with real numbers. */
    public Complex minus(Operand other) {
        return minus(of(other));
    }

    /** The difference with a real number. */
    public Complex minus(double other) {
        return new Complex(real.minus(other), imag);
    }

    /** The product of the elements; operands broadcast. */
    public Complex times(Complex other) {
        return binary("complex_mul", this, other, (c, x, y) -> new ComplexArithmetic(c).times(x, y));
    }

    /** The product with real numbers. */
    public Complex times(Operand other) {
        return eachPlane(plane -> plane.times(other));
    }

    /** The product with a real number. */
    public Complex times(double other) {
        return eachPlane(plane -> plane.times(other));
    }

    /**
     * The quotient by the ratio of the divisor's parts (Smith, 1962), whose steps overflow only where parts are above
     * half of the greatest number; NaN where the divisor is 0. Operands broadcast.
     */
    public Complex div(Complex other) {
        return binary("complex_div", this, other, (c, x, y) -> new ComplexArithmetic(c).div(x, y));
    }

    /** The quotient with real numbers. */
    public Complex div(Operand other) {
        return eachPlane(plane -> plane.div(other));
    }

    /** The quotient with a real number. */
    public Complex div(double other) {
        return eachPlane(plane -> plane.div(other));
    }

    /** {@code -x}. */
    public Complex unaryMinus() {
        return eachPlane(Ops::negative);
    }

    /** {@code 1 / x}. */
    public Complex reciprocal() {
        return map("complex_reciprocal", (c, x) -> new ComplexArithmetic(c).reciprocal(x), this);
    }

    /** The number with the opposite imaginary part. */
    public Complex conj() {
        return new Complex(real, Ops.negative(imag));
    }

    /** The absolute value, without overflow on the way; its gradient at 0 is 0. */
    public Tensor abs() {
        return real("complex_abs", (c, x) -> new ComplexArithmetic(c).abs(x), this);
    }

    /** The square of the absolute value: {@code re * re + im * im}. */
    public Tensor squaredAbs() {
        return real("squared_abs", (c, x) -> new ComplexArithmetic(c).squaredAbs(x), this);
    }

    /** {@code x * x}. */
    public Complex square() {
        return map("complex_square", (c, x) -> new ComplexArithmetic(c).square(x), this);
    }

    /** The angle to the positive real axis, from -pi to pi; of 0 it is 0. */
    public Tensor angle() {
        return real("angle", (c, x) -> new ComplexFunctions(c).angle(x), this);
    }

    /** The number over its absolute value; 0 of 0. */
    public Complex sign() {
        return map("complex_sign", (c, x) -> new ComplexFunctions(c).sign(x), this);
    }

    /** e to the power of x. */
    public Complex exp() {
        return map("complex_exp", (c, x) -> new ComplexFunctions(c).exp(x), this);
    }

    /** {@code exp(x) - 1}, exact near 0. */
    public Complex expm1() {
        return map("complex_expm1", (c, x) -> new ComplexFunctions(c).expm1(x), this);
    }

    /** The natural logarithm, with an imaginary part from -pi to pi; cut along the negative real axis. */
    public Complex log() {
        return map("complex_log", (c, x) -> new ComplexFunctions(c).log(x), this);
    }

    /** {@code log(1 + x)}, exact near 0. */
    public Complex log1p() {
        return map("complex_log1p", (c, x) -> new ComplexFunctions(c).log1p(x), this);
    }

    /** The square root whose real part is not negative; cut along the negative real axis. Its gradient at 0 is 0. */
    public Complex sqrt() {
        return map("complex_sqrt", (c, x) -> new ComplexFunctions(c).sqrt(x), this);
    }

    /** The reciprocal of the square root. */
    public Complex rsqrt() {
        return map("complex_rsqrt", (c, x) -> new ComplexFunctions(c).rsqrt(x), this);
    }

    /** {@code 1 / (1 + exp(-x))}. */
    public Complex sigmoid() {
        return map("complex_sigmoid", (c, x) -> new ComplexFunctions(c).sigmoid(x), this);
    }

    /** The sine. */
    public Complex sin() {
        return map("complex_sin", (c, x) -> new ComplexFunctions(c).sin(x), this);
    }

    /** The cosine. */
    public Complex cos() {
        return map("complex_cos", (c, x) -> new ComplexFunctions(c).cos(x), this);
    }

    /** The tangent. */
    public Complex tan() {
        return map("complex_tan", (c, x) -> new ComplexFunctions(c).tan(x), this);
    }

    /** The hyperbolic sine. */
    public Complex sinh() {
        return map("complex_sinh", (c, x) -> new ComplexFunctions(c).sinh(x), this);
    }

    /** The hyperbolic cosine. */
    public Complex cosh() {
        return map("complex_cosh", (c, x) -> new ComplexFunctions(c).cosh(x), this);
    }

    /** The hyperbolic tangent. */
    public Complex tanh() {
        return map("complex_tanh", (c, x) -> new ComplexFunctions(c).tanh(x), this);
    }

    /** The inverse sine; cut along the real axis outside of -1 to 1. */
    public Complex asin() {
        return map("complex_asin", (c, x) -> new ComplexFunctions(c).asin(x), this);
    }

    /** The inverse cosine; cut along the real axis outside of -1 to 1. */
    public Complex acos() {
        return map("complex_acos", (c, x) -> new ComplexFunctions(c).acos(x), this);
    }

    /** The inverse tangent; cut along the imaginary axis outside of -i to i. */
    public Complex atan() {
        return map("complex_atan", (c, x) -> new ComplexFunctions(c).atan(x), this);
    }

    /** The inverse hyperbolic sine; cut along the imaginary axis outside of -i to i. */
    public Complex asinh() {
        return map("complex_asinh", (c, x) -> new ComplexFunctions(c).asinh(x), this);
    }

    /** The inverse hyperbolic cosine; cut along the real axis below 1. */
    public Complex acosh() {
        return map("complex_acosh", (c, x) -> new ComplexFunctions(c).acosh(x), this);
    }

    /** The inverse hyperbolic tangent; cut along the real axis outside of -1 to 1. */
    public Complex atanh() {
        return map("complex_atanh", (c, x) -> new ComplexFunctions(c).atanh(x), this);
    }

    /** {@code exp(exponent * log(this))}; 0 to a power with a positive real part is 0, to the power of 0 it is 1. */
    public Complex pow(Complex exponent) {
        return binary("complex_pow", this, exponent, (c, x, y) -> new ComplexFunctions(c).pow(x, y));
    }

    /** A power of a whole number, by squaring. */
    public Complex pow(int exponent) {
        return map("complex_pow", (c, x) -> new ComplexFunctions(c).pow(x, exponent), this);
    }

    /**
     * The gradients of the sum of some real numbers: {@code dL/dre + i dL/dim} for each x, 0 where nothing flows.
     */
    public static List<Complex> gradients(Operand y, Complex... xs) {
        return gradients(List.of(y), xs);
    }

    /**
     * The gradients of the sum of the real parts, as {@code tf.gradients} of complex numbers: {@code dL/dre + i dL/dim}
     * for each x, 0 where nothing flows.
     */
    public static List<Complex> gradients(Complex y, Complex... xs) {
        return gradients(List.of(y.real), xs);
    }

    private static List<Complex> gradients(List<Operand> ys, Complex... xs) {
        List<Tensor> planes = Stream.of(xs).flatMap(x -> Stream.of(x.real, x.imag)).toList();
        Gradients gradients = Ops.gradients(ys, planes,
                GradientOptions.DEFAULT.withUnconnected(GradientOptions.Unconnected.ZEROS));
        return Stream.of(xs).map(gradients::of).toList();
    }

    /** Whether both parts are equal; operands broadcast. */
    public Tensor equal(Complex other) {
        return Ops.logicalAnd(Ops.equal(real, other.real), Ops.equal(imag, other.imag));
    }

    /** Whether a part differs; operands broadcast. */
    public Tensor notEqual(Complex other) {
        return Ops.logicalNot(equal(other));
    }

    /** The sum along axes, which are dropped; of everything where no axis is given. */
    public Complex reduceSum(int... axes) {
        return eachPlane(plane -> Ops.reduceSum(plane, axes));
    }

    /** The mean along axes, which are dropped; of everything where no axis is given. */
    public Complex reduceMean(int... axes) {
        return eachPlane(plane -> Ops.reduceMean(plane, axes));
    }

    /** The product along axes of known sizes, which are dropped; of everything where no axis is given. */
    public Complex reduceProd(int... axes) {
        return map("complex_prod", (c, x) -> new ComplexArithmetic(c).product(x, c.axes(x.re(), axes)), this);
    }

    /** The same elements under another shape; one size may be unknown. */
    public Complex reshape(Shape shape) {
        return eachPlane(plane -> Ops.reshape(plane, shape));
    }

    /** The axes in another order. */
    public Complex transpose(int... permutation) {
        return eachPlane(plane -> Ops.transpose(plane, permutation));
    }

    /** The elements from {@code begin}, {@code size} of them along each axis; a size of -1 means all that follow. */
    public Complex slice(long[] begin, long[] size) {
        return eachPlane(plane -> Ops.slice(plane, begin, size));
    }

    /** The operands one after the other along an axis. */
    public static Complex concat(int axis, Complex... parts) {
        return join(List.of(parts), planes -> Ops.concat(axis, planes));
    }

    /** The conjugate of the matrix or of the batch of matrices, with the last two axes exchanged. */
    public Complex adjoint() {
        return eachPlane(Linalg::matrixTranspose).conj();
    }

    /** The matrix product {@code [..., m, k] x [..., k, n] -> [..., m, n]}; leading axes broadcast. */
    public Complex matmul(Complex other) {
        return product(List.of(this, other), planes -> Linalg.matmul(planes.get(0), planes.get(1), false, false));
    }

    /** The sum of products in Einstein's notation. */
    public static Complex einsum(String equation, Complex... operands) {
        return product(List.of(operands), planes -> Linalg.einsum(equation, planes.toArray(Operand[]::new)));
    }

    /** A product that is linear in each of its factors, by those of their planes. */
    private static Complex product(List<Complex> factors, Function<List<Tensor>, Tensor> op) {
        List<List<Tensor>> sums = List.of(new ArrayList<>(), new ArrayList<>());
        for (int choice = 0; choice < 1 << factors.size(); choice++) {
            List<Tensor> planes = new ArrayList<>();
            for (int i = 0; i < factors.size(); i++) {
                planes.add((choice >> i & 1) == 0 ? factors.get(i).real : factors.get(i).imag);
            }
            int power = Integer.bitCount(choice);
            Tensor term = op.apply(planes);
            sums.get(power % 2).add(power % 4 < 2 ? term : Ops.negative(term));
        }
        return new Complex(sums.get(0).stream().reduce(Tensor::plus).orElseThrow(),
                sums.get(1).stream().reduce(Tensor::plus).orElseThrow());
    }

    /** {@code Complex(real=..., imag=...)}. */
    @Override
    public String toString() {
        return "Complex(real=" + real + ", imag=" + imag + ")";
    }
}
