package dev.sinter.graph;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.Iota;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.StopGradient;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.Optional;

/**
 * The common ops, under TensorFlow's names. Operands of elementwise ops broadcast as NumPy's and have one
 * dtype. Axes may be negative, counted from the end. Wrong operands are a {@link GraphException} that names
 * the op, the operands' shapes, the axis and the line.
 */
public final class Ops extends SpecialOps {
    private Ops() {}

    /** A tensor known now. */
    public static Initializer constant(NDArray value) {
        return new Initializer("constant", value.dtype(), Shape.shape(value.sizes()), c -> c.constant(value));
    }

    /**
     * A tensor known now: a number, a bool, or an array of them of any rank. A {@code float} gives float32, a
     * {@code double} float64, an {@code int} int32, a {@code long} int64.
     */
    public static Initializer constant(Object value) {
        return constant(value instanceof NDArray array ? array : NDArray.from(value));
    }

    /** Zeros. The shape may hold sizes of other tensors. */
    public static Initializer zeros(DType dtype, Shape shape) {
        return fill("zeros", dtype, shape, 0);
    }

    /** Ones. The shape may hold sizes of other tensors. */
    public static Initializer ones(DType dtype, Shape shape) {
        return fill("ones", dtype, shape, 1);
    }

    /** One value everywhere. */
    public static Initializer fill(DType dtype, Shape shape, double value) {
        return fill("fill", dtype, shape, value);
    }

    private static Initializer fill(String name, DType dtype, Shape shape, double value) {
        return new Initializer(name, dtype, shape, c -> c.full(dtype, shape, value));
    }

    /** Zeros of a tensor's dtype and shape. */
    public static Tensor zerosLike(Operand x) {
        return Composer.tensor("zeros_like", c -> c.fullLike(c.in(0), 0), x);
    }

    /** Ones of a tensor's dtype and shape. */
    public static Tensor onesLike(Operand x) {
        return Composer.tensor("ones_like", c -> c.fullLike(c.in(0), 1), x);
    }

    /** The integers from 0 to below a limit. */
    public static Initializer range(DType dtype, Dim limit) {
        Shape shape = Shape.of(limit);
        return new Initializer("range", dtype, shape, c -> c.add(new Iota(new TensorType(dtype, shape), 0)));
    }

    /** The integers from 0 to below a limit. */
    public static Initializer range(DType dtype, long limit) {
        return range(dtype, Dim.of(limit));
    }

    /** Normally distributed numbers, fresh in each run: of mean 0 and standard deviation 1. */
    public static Initializer randomNormal(DType dtype, Shape shape) {
        return Random.normal(dtype, shape, 0, 1, Optional.empty());
    }

    /** Normally distributed numbers, fresh in each run; the deviation is not negative. */
    public static Initializer randomNormal(DType dtype, Shape shape, double mean, double deviation) {
        return Random.normal(dtype, shape, mean, deviation, Optional.empty());
    }

    /** Evenly distributed numbers from 0 to below 1, fresh in each run. */
    public static Initializer randomUniform(DType dtype, Shape shape) {
        return Random.uniform(dtype, shape, 0, 1, Optional.empty());
    }

    /** Evenly distributed numbers from {@code low} to below {@code high}, fresh in each run. */
    public static Initializer randomUniform(DType dtype, Shape shape, double low, double high) {
        return Random.uniform(dtype, shape, low, high, Optional.empty());
    }

    /** The same value under another node. */
    public static Tensor identity(Operand x) {
        return Composer.tensor("identity", c -> c.in(0), x);
    }

    /** The same value under a name of one's own, which the scope precedes. */
    public static Tensor identity(Operand x, String name) {
        return Composer.node(Composer.graphOf("identity", List.of(x)), "identity", name, c -> c.in(0),
                List.of(x)).tensor();
    }

    /** {@code x + y}. */
    public static Tensor add(Operand x, Operand y) {
        return binary("add", ScalarFn.ADD, x, y);
    }

    /** {@code x - y}. */
    public static Tensor subtract(Operand x, Operand y) {
        return binary("sub", ScalarFn.SUB, x, y);
    }

    /** {@code x - y} of a number. */
    public static Tensor subtract(double x, Operand y) {
        return binary("sub", ScalarFn.SUB, Scalar.of(x), y);
    }

    /** {@code x * y}, element by element. */
    public static Tensor multiply(Operand x, Operand y) {
        return binary("mul", ScalarFn.MUL, x, y);
    }

    /** {@code x / y}; of integers truncated. */
    public static Tensor divide(Operand x, Operand y) {
        return binary("div", ScalarFn.DIV, x, y);
    }

    /** {@code x / y} of a number; of integers truncated. */
    public static Tensor divide(double x, Operand y) {
        return binary("div", ScalarFn.DIV, Scalar.of(x), y);
    }

    /** The remainder of the truncated division, as Java's {@code %}. */
    public static Tensor remainder(Operand x, Operand y) {
        return binary("rem", ScalarFn.REM, x, y);
    }

    /**
     * {@code x} to the power of {@code y}. Of integers it is computed modulo 2 to the power of their width, as products
     * are; negative exponents give the fraction without its part behind the point, and 0 of 0.
     */
    public static Tensor pow(Operand x, Operand y) {
        return Composer.tensor("pow", c -> Composer.dtype(c.in(0)).isInteger()
                ? IntegerPower.of(c, c.in(0), c.in(1)) : c.mapBroadcast(ScalarFn.POW, c.in(0), c.in(1)), x, y);
    }

    /** {@code x} to the power of a number, which is a whole one where x is of integers. */
    public static Tensor pow(Operand x, double y) {
        return pow(x, Scalar.of(y));
    }

    /** The greater of both; NaN where either is. */
    public static Tensor maximum(Operand x, Operand y) {
        return binary("maximum", ScalarFn.MAX, x, y);
    }

    /** The greater of both; NaN where {@code x} is. */
    public static Tensor maximum(Operand x, double y) {
        return maximum(x, Scalar.of(y));
    }

    /** The smaller of both; NaN where either is. */
    public static Tensor minimum(Operand x, Operand y) {
        return binary("minimum", ScalarFn.MIN, x, y);
    }

    /** The smaller of both; NaN where {@code x} is. */
    public static Tensor minimum(Operand x, double y) {
        return minimum(x, Scalar.of(y));
    }

    /** Each element between two numbers, or the nearer of them. */
    public static Tensor clipByValue(Operand x, double low, double high) {
        return Composer.tensor("clip_by_value", c -> c.mapBroadcast(ScalarFn.MIN,
                c.mapBroadcast(ScalarFn.MAX, c.in(0), c.in(1)), c.in(2)), x, Scalar.of(low), Scalar.of(high));
    }

    /** {@code (x - y)} squared. */
    public static Tensor squaredDifference(Operand x, Operand y) {
        return Composer.tensor("squared_difference", c -> {
            Node difference = c.mapBroadcast(ScalarFn.SUB, c.in(0), c.in(1));
            return c.map(ScalarFn.MUL, difference, difference);
        }, x, y);
    }

    /** {@code -x}. */
    public static Tensor negative(Operand x) {
        return unary("neg", ScalarFn.NEG, x);
    }

    /** The absolute value. */
    public static Tensor abs(Operand x) {
        return unary("abs", ScalarFn.ABS, x);
    }

    /** -1, 0 or 1. */
    public static Tensor sign(Operand x) {
        return unary("sign", ScalarFn.SIGN, x);
    }

    /** The square. */
    public static Tensor square(Operand x) {
        return Composer.tensor("square", c -> c.map(ScalarFn.MUL, c.in(0), c.in(0)), x);
    }

    /** The square root. */
    public static Tensor sqrt(Operand x) {
        return unary("sqrt", ScalarFn.SQRT, x);
    }

    /** The reciprocal of the square root. */
    public static Tensor rsqrt(Operand x) {
        return unary("rsqrt", ScalarFn.RSQRT, x);
    }

    /** {@code 1 / x}, of floats. */
    public static Tensor reciprocal(Operand x) {
        return Composer.tensor("reciprocal", c -> c.map(ScalarFn.DIV, c.fullLike(c.in(0), 1), c.in(0)), x);
    }

    /** e to the power of x. */
    public static Tensor exp(Operand x) {
        return unary("exp", ScalarFn.EXP, x);
    }

    /** {@code exp(x) - 1}, exact near 0. */
    public static Tensor expm1(Operand x) {
        return unary("expm1", ScalarFn.EXPM1, x);
    }

    /** The natural logarithm. */
    public static Tensor log(Operand x) {
        return unary("log", ScalarFn.LOG, x);
    }

    /** {@code log(1 + x)}, exact near 0. */
    public static Tensor log1p(Operand x) {
        return unary("log1p", ScalarFn.LOG1P, x);
    }

    /** The hyperbolic tangent. */
    public static Tensor tanh(Operand x) {
        return unary("tanh", ScalarFn.TANH, x);
    }

    /** {@code 1 / (1 + exp(-x))}. */
    public static Tensor sigmoid(Operand x) {
        return unary("sigmoid", ScalarFn.LOGISTIC, x);
    }

    /** The error function: {@code 2 / sqrt(pi)} times the integral of {@code exp(-t^2)} from 0 to x. */
    public static Tensor erf(Operand x) {
        return unary("erf", ScalarFn.ERF, x);
    }

    /** {@code 1 - erf(x)}, exact where that is near 0. */
    public static Tensor erfc(Operand x) {
        return unary("erfc", ScalarFn.ERFC, x);
    }

    /** The sine of radians. */
    public static Tensor sin(Operand x) {
        return unary("sin", ScalarFn.SIN, x);
    }

    /** The cosine of radians. */
    public static Tensor cos(Operand x) {
        return unary("cos", ScalarFn.COS, x);
    }

    /** The greatest integer not above x. */
    public static Tensor floor(Operand x) {
        return unary("floor", ScalarFn.FLOOR, x);
    }

    /** The smallest integer not below x. */
    public static Tensor ceil(Operand x) {
        return unary("ceil", ScalarFn.CEIL, x);
    }

    /** The nearest integer, halves to the even one. */
    public static Tensor round(Operand x) {
        return unary("round", ScalarFn.ROUND, x);
    }

    /** Whether x is not a number. */
    public static Tensor isNan(Operand x) {
        return unary("is_nan", ScalarFn.IS_NAN, x);
    }

    /** Whether x is neither infinite nor NaN. */
    public static Tensor isFinite(Operand x) {
        return unary("is_finite", ScalarFn.IS_FINITE, x);
    }

    /** {@code x == y}. */
    public static Tensor equal(Operand x, Operand y) {
        return binary("equal", ScalarFn.EQ, x, y);
    }

    /** {@code x != y}. */
    public static Tensor notEqual(Operand x, Operand y) {
        return binary("not_equal", ScalarFn.NE, x, y);
    }

    /** {@code x < y}. */
    public static Tensor less(Operand x, Operand y) {
        return binary("less", ScalarFn.LT, x, y);
    }

    /** {@code x < y}. */
    public static Tensor less(Operand x, double y) {
        return less(x, Scalar.of(y));
    }

    /** {@code x <= y}. */
    public static Tensor lessEqual(Operand x, Operand y) {
        return binary("less_equal", ScalarFn.LE, x, y);
    }

    /** {@code x > y}. */
    public static Tensor greater(Operand x, Operand y) {
        return binary("greater", ScalarFn.GT, x, y);
    }

    /** {@code x > y}. */
    public static Tensor greater(Operand x, double y) {
        return greater(x, Scalar.of(y));
    }

    /** {@code x >= y}. */
    public static Tensor greaterEqual(Operand x, Operand y) {
        return binary("greater_equal", ScalarFn.GE, x, y);
    }

    /** Of bools logical, of integers bitwise. */
    public static Tensor logicalAnd(Operand x, Operand y) {
        return binary("logical_and", ScalarFn.AND, x, y);
    }

    /** Of bools logical, of integers bitwise. */
    public static Tensor logicalOr(Operand x, Operand y) {
        return binary("logical_or", ScalarFn.OR, x, y);
    }

    /** Of bools logical, of integers bitwise. */
    public static Tensor logicalXor(Operand x, Operand y) {
        return binary("logical_xor", ScalarFn.XOR, x, y);
    }

    /** Of bools logical, of integers bitwise. */
    public static Tensor logicalNot(Operand x) {
        return unary("logical_not", ScalarFn.NOT, x);
    }

    /** {@code condition ? x : y}, element by element; all three broadcast. */
    public static Tensor where(Operand condition, Operand x, Operand y) {
        return Composer.tensor("where", c -> Shaping.where(c, c.in(0), c.in(1), c.in(2)), condition, x, y);
    }

    /** Where a condition is true: {@link Select#nonzero}. */
    public static Tensor where(Operand condition) {
        return Select.nonzero(condition);
    }

    /** Another dtype. A float becomes an integer by truncation, a number a bool by comparison with 0. */
    public static Tensor cast(Operand x, DType dtype) {
        return Composer.tensor("cast", c -> c.convert(c.in(0), dtype), x);
    }

    /** The sum along axes, which are dropped; of everything where no axis is given. */
    public static Tensor reduceSum(Operand x, int... axes) {
        return reduce(ReduceFn.SUM, x, axes, false);
    }

    /** The product along axes, which are dropped; of everything where no axis is given. */
    public static Tensor reduceProd(Operand x, int... axes) {
        return reduce(ReduceFn.PROD, x, axes, false);
    }

    /** The maximum along axes, which are dropped; of everything where no axis is given. */
    public static Tensor reduceMax(Operand x, int... axes) {
        return reduce(ReduceFn.MAX, x, axes, false);
    }

    /** The minimum along axes, which are dropped; of everything where no axis is given. */
    public static Tensor reduceMin(Operand x, int... axes) {
        return reduce(ReduceFn.MIN, x, axes, false);
    }

    /** Whether all are true along axes, which are dropped; of everything where no axis is given. */
    public static Tensor reduceAll(Operand x, int... axes) {
        return reduce(ReduceFn.ALL, x, axes, false);
    }

    /** Whether any is true along axes, which are dropped; of everything where no axis is given. */
    public static Tensor reduceAny(Operand x, int... axes) {
        return reduce(ReduceFn.ANY, x, axes, false);
    }

    /** A reduction along axes, which stay with size 1 where {@code keepAxes}. */
    public static Tensor reduce(ReduceFn fn, Operand x, int[] axes, boolean keepAxes) {
        return Composer.tensor("reduce_" + fn.text(), c -> Reductions.reduce(c, fn, c.in(0),
                c.axes(c.in(0), axes), keepAxes), x);
    }

    /**
     * The mean along axes, which are dropped; of everything where no axis is given. That of integers is truncated; of
     * none it is an error of the run, of no floats NaN.
     */
    public static Tensor reduceMean(Operand x, int... axes) {
        return Composer.tensor("reduce_mean", c -> Composer.dtype(c.in(0)).isInteger()
                ? Reductions.truncatedMean(c, c.in(0), c.axes(c.in(0), axes))
                : Reductions.mean(c, c.in(0), c.axes(c.in(0), axes), false), x);
    }

    /** The mean of the squared differences to the mean, along axes, which are dropped. */
    public static Tensor reduceVariance(Operand x, int... axes) {
        return Composer.tensor("reduce_variance", c -> Reductions.variance(c, c.in(0), c.axes(c.in(0), axes)), x);
    }

    /** {@code log(sum(exp(x)))} along axes, which are dropped, without overflow. */
    public static Tensor reduceLogSumExp(Operand x, int... axes) {
        return Composer.tensor("reduce_logsumexp",
                c -> Reductions.logSumExp(c, c.in(0), c.axes(c.in(0), axes), false), x);
    }

    /** The index of the first greatest element along an axis, which is dropped and has elements, as int64. */
    public static Tensor argMax(Operand x, int axis) {
        return Composer.tensor("argmax", c -> Reductions.argument(c, ReduceFn.MAX, c.in(0), axis), x);
    }

    /** The index of the first smallest element along an axis, which is dropped and has elements, as int64. */
    public static Tensor argMin(Operand x, int axis) {
        return Composer.tensor("argmin", c -> Reductions.argument(c, ReduceFn.MIN, c.in(0), axis), x);
    }

    /** The matrix product {@code [..., m, k] x [..., k, n] -> [..., m, n]}; leading axes broadcast. */
    public static Tensor matmul(Operand x, Operand w) {
        return Linalg.matmul(x, w, false, false);
    }

    /** The sum of products in Einstein's notation: {@code einsum("bij,bjk->bik", x, y)}. */
    public static Tensor einsum(String equation, Operand... operands) {
        return Linalg.einsum(equation, operands);
    }

    /** The sum of products along axes of the first and of the second operand, which are dropped. */
    public static Tensor tensordot(Operand x, Operand y, int[] xAxes, int[] yAxes) {
        return Linalg.tensordot(x, y, xAxes, yAxes);
    }

    /** The operand, as a constant for gradients. */
    public static Tensor stopGradient(Operand x) {
        return Composer.tensor("stop_gradient", c -> c.add(new StopGradient(), c.in(0)), x);
    }

    /** The gradients of a tensor with respect to others, as nodes of the graph. */
    public static Gradients gradients(Operand y, Operand... xs) {
        return Differentiation.gradients(List.of(y), List.of(xs), GradientOptions.DEFAULT);
    }

    /** The gradients of the sum of some tensors. */
    public static Gradients gradients(List<? extends Operand> ys, List<? extends Operand> xs) {
        return Differentiation.gradients(ys, xs, GradientOptions.DEFAULT);
    }

    /**
     * The gradients of the sum of some tensors.
     *
     * @param ys      what is differentiated, of float dtypes
     * @param xs      with respect to what: tensors, or variables, whose value at the start of a run is meant
     * @param options initial gradients, tensors that count as constants, and what an unconnected x gets
     * @throws GraphException where a path has no gradient; it names the path
     */
    public static Gradients gradients(List<? extends Operand> ys, List<? extends Operand> xs,
            GradientOptions options) {
        return Differentiation.gradients(ys, xs, options);
    }
}
