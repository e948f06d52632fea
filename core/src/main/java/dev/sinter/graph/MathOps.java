package dev.sinter.graph;

import dev.sinter.op.ReduceFn;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The less common ops of {@code tf.math} on numbers; users find them in {@link Ops}. */
abstract sealed class MathOps extends ArrayOps permits SpecialOps {
    MathOps() {}

    static Tensor unary(String name, ScalarFn fn, Operand x) {
        return Composer.tensor(name, c -> c.map(fn, c.in(0)), x);
    }

    static Tensor binary(String name, ScalarFn fn, Operand x, Operand y) {
        return Composer.tensor(name, c -> c.mapBroadcast(fn, c.in(0), c.in(1)), x, y);
    }

    /** The tangent of radians. */
    public static Tensor tan(Operand x) {
        return unary("tan", ScalarFn.TAN, x);
    }

    /** The angle from {@code -pi / 2} to {@code pi / 2} with this sine; NaN beyond 1. */
    public static Tensor asin(Operand x) {
        return unary("asin", ScalarFn.ASIN, x);
    }

    /** The angle from 0 to {@code pi} with this cosine; NaN beyond 1. */
    public static Tensor acos(Operand x) {
        return unary("acos", ScalarFn.ACOS, x);
    }

    /** The angle from {@code -pi / 2} to {@code pi / 2} with this tangent. */
    public static Tensor atan(Operand x) {
        return unary("atan", ScalarFn.ATAN, x);
    }

    /** The angle of the point {@code (x, y)}, from {@code -pi} to {@code pi}; its gradients at {@code (0, 0)} are 0. */
    public static Tensor atan2(Operand y, Operand x) {
        return Composer.tensor("atan2", c -> {
            c.label("y", "x");
            return c.mapBroadcast(ScalarFn.ATAN2, c.in(0), c.in(1));
        }, y, x);
    }

    /** The hyperbolic sine. */
    public static Tensor sinh(Operand x) {
        return unary("sinh", ScalarFn.SINH, x);
    }

    /** The hyperbolic cosine. */
    public static Tensor cosh(Operand x) {
        return unary("cosh", ScalarFn.COSH, x);
    }

    /** The inverse of the hyperbolic sine. */
    public static Tensor asinh(Operand x) {
        return unary("asinh", ScalarFn.ASINH, x);
    }

    /** The inverse of the hyperbolic cosine, at least 0; NaN below 1. */
    public static Tensor acosh(Operand x) {
        return unary("acosh", ScalarFn.ACOSH, x);
    }

    /** The inverse of the hyperbolic tangent; NaN beyond 1. */
    public static Tensor atanh(Operand x) {
        return unary("atanh", ScalarFn.ATANH, x);
    }

    /** {@code x / y} rounded towards negative infinity; of integers an error of the run where {@code y} is 0. */
    public static Tensor floordiv(Operand x, Operand y) {
        return Composer.tensor("floordiv", c -> Elementwise.floorDivide(c, c.in(0), c.in(1)), x, y);
    }

    /** {@code x - floordiv(x, y) * y}, with the sign of {@code y}; of integers an error of the run where that is 0. */
    public static Tensor floormod(Operand x, Operand y) {
        return Composer.tensor("floormod", c -> Elementwise.floorRemainder(c, c.in(0), c.in(1)), x, y);
    }

    /** {@link #floormod} under TensorFlow's other name. */
    public static Tensor mod(Operand x, Operand y) {
        return floormod(x, y);
    }

    /**
     * The quotient as Python has it: integers of 8 and 16 bits are divided as {@code float32}, wider ones as
     * {@code float64}.
     */
    public static Tensor truediv(Operand x, Operand y) {
        return Composer.tensor("truediv", c -> {
            c.sameDtype(c.ins());
            DType dtype = Composer.dtype(c.in(0));
            DType floats = dtype.isFloat() ? dtype : dtype.bits() <= 16 ? DType.FLOAT32 : DType.FLOAT64;
            return c.mapBroadcast(ScalarFn.DIV, c.convert(c.in(0), floats), c.convert(c.in(1), floats));
        }, x, y);
    }

    /** {@code x / y} rounded towards 0. */
    public static Tensor truncatediv(Operand x, Operand y) {
        return Composer.tensor("truncatediv", c -> {
            Node quotient = c.mapBroadcast(ScalarFn.DIV, c.in(0), c.in(1));
            return Composer.dtype(quotient).isFloat() ? Elementwise.truncate(c, quotient) : quotient;
        }, x, y);
    }

    /** The remainder of the truncated division, with the sign of {@code x}. */
    public static Tensor truncatemod(Operand x, Operand y) {
        return binary("truncatemod", ScalarFn.REM, x, y);
    }

    /** {@code x / y}, of floats, and 0 where {@code y} is 0, whatever {@code x} is; its gradients there are 0. */
    public static Tensor divideNoNan(Operand x, Operand y) {
        return Composer.tensor("divide_no_nan", c -> {
            Elementwise.floats(c, c.ins());
            List<Node> both = c.broadcast(c.ins());
            return Elementwise.divideNoNan(c, both.get(0), both.get(1));
        }, x, y);
    }

    /** {@code x * y}, of floats, and 0 where {@code y} is 0, even where {@code x} is infinite or NaN. */
    public static Tensor multiplyNoNan(Operand x, Operand y) {
        return Composer.tensor("multiply_no_nan", c -> {
            Elementwise.floats(c, c.ins());
            List<Node> both = c.broadcast(c.ins());
            Node usable = c.map(ScalarFn.OR, c.map(ScalarFn.NE, both.get(1), c.fullLike(both.get(1), 0)),
                    c.map(ScalarFn.IS_FINITE, both.get(0)));
            Node factor = c.map(ScalarFn.SELECT, usable, both.get(0), c.fullLike(both.get(0), 0));
            return c.map(ScalarFn.MUL, factor, both.get(1));
        }, x, y);
    }

    /** {@code 1 / x}, of floats, and 0 where {@code x} is 0; its gradient there is 0. */
    public static Tensor reciprocalNoNan(Operand x) {
        return Composer.tensor("reciprocal_no_nan", c -> {
            Elementwise.floats(c, c.ins());
            return Elementwise.divideNoNan(c, c.fullLike(c.in(0), 1), c.in(0));
        }, x);
    }

    /** {@code x / y}, of floats, and 0 where {@code x} is 0, whatever {@code y} is; its gradients there are 0. */
    public static Tensor xdivy(Operand x, Operand y) {
        return Composer.tensor("xdivy", c -> Elementwise.unlessZero(c, c.in(0), c.in(1),
                (a, b) -> c.map(ScalarFn.DIV, a, b)), x, y);
    }

    /** {@code x log(y)}, and 0 where {@code x} is 0, whatever {@code y} is; its gradients there are 0. */
    public static Tensor xlogy(Operand x, Operand y) {
        return Composer.tensor("xlogy", c -> Elementwise.unlessZero(c, c.in(0), c.in(1),
                (a, b) -> c.map(ScalarFn.MUL, a, c.map(ScalarFn.LOG, b))), x, y);
    }

    /** {@code x log(1 + y)}, and 0 where {@code x} is 0, whatever {@code y} is; its gradients there are 0. */
    public static Tensor xlog1py(Operand x, Operand y) {
        return Composer.tensor("xlog1py", c -> Elementwise.unlessZero(c, c.in(0), c.in(1),
                (a, b) -> c.map(ScalarFn.MUL, a, c.map(ScalarFn.LOG1P, b))), x, y);
    }

    /** {@code x} times a number. */
    public static Tensor scalarMul(double scalar, Operand x) {
        return binary("scalar_mul", ScalarFn.MUL, x, Scalar.of(scalar));
    }

    /** {@code x} times a tensor without axes. */
    public static Tensor scalarMul(Operand scalar, Operand x) {
        return Composer.tensor("scalar_mul", c -> {
            c.label("scalar", "x");
            if (Composer.rank(c.in(0)) != 0) {
                throw new GraphException(c.describe(c.in(0)) + " has axes; multiply(...) broadcasts");
            }
            return c.mapBroadcast(ScalarFn.MUL, c.in(0), c.in(1));
        }, scalar, x);
    }

    /** The sum of one tensor or more, of one dtype and shape. */
    public static Tensor addN(List<? extends Operand> xs) {
        return sum("add_n", xs);
    }

    /** {@link #addN} under TensorFlow's other name. */
    public static Tensor accumulateN(List<? extends Operand> xs) {
        return sum("accumulate_n", xs);
    }

    private static Tensor sum(String name, List<? extends Operand> xs) {
        if (xs.isEmpty()) {
            throw new GraphException(name + ": there is no tensor to add up\n  at " + Place.here());
        }
        return Composer.tensor(name, c -> {
            c.sameDtype(c.ins());
            Node first = c.in(0);
            Node sum = first;
            for (Node next : c.ins().subList(1, c.ins().size())) {
                if (Composer.rank(next) != Composer.rank(first)) {
                    throw new GraphException("shapes differ: " + c.describe(first) + ", " + c.describe(next)
                            + "; add(...) broadcasts");
                }
                Node fitting = next;
                for (int axis = 0; axis < Composer.rank(first); axis++) {
                    fitting = c.same("shapes differ", first, axis, fitting, axis);
                }
                sum = c.map(ScalarFn.ADD, sum, fitting);
            }
            return sum;
        }, xs);
    }

    /**
     * A polynomial by Horner's rule.
     *
     * @param coefficients from that of the highest power to the constant; none gives 0
     */
    public static Tensor polyval(List<? extends Operand> coefficients, Operand x) {
        List<Operand> operands = Stream.concat(Stream.of(x), coefficients.stream().map(Operand.class::cast)).toList();
        return Composer.tensor("polyval", c -> {
            c.sameDtype(c.ins());
            if (coefficients.isEmpty()) {
                return c.fullLike(c.in(0), 0);
            }
            Node sum = c.in(1);
            for (int i = 2; i < operands.size(); i++) {
                sum = c.mapBroadcast(ScalarFn.ADD, c.mapBroadcast(ScalarFn.MUL, sum, c.in(0)), c.in(i));
            }
            return sum;
        }, operands);
    }

    /** {@link #polyval(List, Operand)} of numbers. */
    public static Tensor polyval(double[] coefficients, Operand x) {
        return polyval(java.util.Arrays.stream(coefficients).mapToObj(Scalar::of).toList(), x);
    }

    /** Whether x is infinite, of either sign. */
    public static Tensor isInf(Operand x) {
        return Composer.tensor("is_inf", c -> {
            Elementwise.floats(c, c.ins());
            return c.map(ScalarFn.EQ, c.map(ScalarFn.ABS, c.in(0)), c.fullLike(c.in(0), Double.POSITIVE_INFINITY));
        }, x);
    }

    /** The nearest integer, halves to the even one. */
    public static Tensor rint(Operand x) {
        return unary("rint", ScalarFn.ROUND, x);
    }

    /**
     * The float that follows x in the direction of y, of float32 or float64; x where both are equal. The gradient goes
     * to x alone.
     */
    public static Tensor nextafter(Operand x, Operand y) {
        return Composer.tensor("nextafter", c -> {
            Elementwise.floats(c, c.ins());
            List<Node> both = c.broadcast(c.ins());
            return Elementwise.next(c, both.get(0), both.get(1));
        }, x, y);
    }

    /** {@code log(1 + exp(x))}, without overflow. */
    public static Tensor softplus(Operand x) {
        return Composer.tensor("softplus", c -> Elementwise.softplus(c, c.in(0)), x);
    }

    /** {@code log(sigmoid(x)) = -softplus(-x)}. */
    public static Tensor logSigmoid(Operand x) {
        return Composer.tensor("log_sigmoid", c -> c.map(ScalarFn.NEG,
                Elementwise.softplus(c, c.map(ScalarFn.NEG, c.in(0)))), x);
    }

    /** {@code x / (1 + |x|)}. */
    public static Tensor softsign(Operand x) {
        return Composer.tensor("softsign", c -> c.map(ScalarFn.DIV, c.in(0),
                c.map(ScalarFn.ADD, c.map(ScalarFn.ABS, c.in(0)), c.fullLike(c.in(0), 1))), x);
    }

    /** Whether {@code |x - y| < tolerance}; false where either is NaN. */
    public static Tensor approximateEqual(Operand x, Operand y, double tolerance) {
        return Composer.tensor("approximate_equal", c -> {
            Node distance = c.map(ScalarFn.ABS, c.mapBroadcast(ScalarFn.SUB, c.in(0), c.in(1)));
            return c.map(ScalarFn.LT, distance, c.fullLike(distance, tolerance));
        }, x, y);
    }

    /** Whether no element is greater than the next one, in row-major order, as a bool without axes. */
    public static Tensor isNonDecreasing(Operand x) {
        return Composer.tensor("is_non_decreasing", c -> Elementwise.ascends(c, ScalarFn.LE), x);
    }

    /** Whether each element is less than the next one, in row-major order, as a bool without axes. */
    public static Tensor isStrictlyIncreasing(Operand x) {
        return Composer.tensor("is_strictly_increasing", c -> Elementwise.ascends(c, ScalarFn.LT), x);
    }

    /** How many elements are not 0 along axes, which are dropped; of everything where no axis is given; as int64. */
    public static Tensor countNonzero(Operand x, int... axes) {
        return Composer.tensor("count_nonzero", c -> {
            Node counts = c.map(ScalarFn.NE, c.in(0), c.fullLike(c.in(0), 0));
            return c.reduce(ReduceFn.SUM, c.convert(counts, DType.INT64), c.axes(c.in(0), axes));
        }, x);
    }

    /** The fraction of elements that are 0, as float32; NaN where there is no element. */
    public static Tensor zeroFraction(Operand x) {
        return Composer.tensor("zero_fraction", c -> {
            Node zeros = c.map(ScalarFn.EQ, c.in(0), c.fullLike(c.in(0), 0));
            Node count = c.reduce(ReduceFn.SUM, c.convert(zeros, DType.INT64), Composer.axes(zeros));
            Node all = c.size(Composer.shape(zeros).elementCount(), DType.FLOAT64);
            return c.convert(c.map(ScalarFn.DIV, c.convert(count, DType.FLOAT64), all), DType.FLOAT32);
        }, x);
    }

    /**
     * The square root of {@link Ops#reduceVariance}, along axes, which are dropped; of everything where no axis is
     * given. Its gradients of every order where all elements are equal are 0.
     */
    public static Tensor reduceStd(Operand x, int... axes) {
        return Composer.tensor("reduce_std", c -> Norms.root(c,
                Reductions.variance(c, c.in(0), c.axes(c.in(0), axes)), 2), x);
    }

    /**
     * The square root of the sum of squares along axes, which are dropped; of everything where no axis is given. Its
     * gradients of every order where all elements are 0 are 0, as those of {@link Linalg#norm(Operand, int...)}.
     */
    public static Tensor reduceEuclideanNorm(Operand x, int... axes) {
        return Composer.tensor("reduce_euclidean_norm",
                c -> Norms.euclidean(c, c.in(0), c.axes(c.in(0), axes), false), x);
    }

    /** {@code x / sqrt(max(sum(x^2), epsilon))} with the sum along axes, of everything where no axis is given. */
    public static Tensor l2Normalize(Operand x, double epsilon, int... axes) {
        return Composer.tensor("l2_normalize", c -> {
            Elementwise.floats(c, c.ins());
            List<Integer> along = c.axes(c.in(0), axes);
            Node sum = Elementwise.sumOfSquares(c, c.in(0), along);
            Node bounded = c.map(ScalarFn.MAX, sum, c.fullLike(sum, epsilon));
            return c.map(ScalarFn.MUL, c.in(0),
                    Reductions.restore(c, c.map(ScalarFn.RSQRT, bounded), c.in(0), along));
        }, x);
    }

    /** {@link #l2Normalize(Operand, double, int...)} with {@code 1e-12}, along an axis. */
    public static Tensor l2Normalize(Operand x, int axis) {
        return l2Normalize(x, 1e-12, axis);
    }

    /**
     * The square root of the sum of all squares of some tensors of one dtype. Its gradients of every order where it is
     * 0 are 0.
     */
    public static Tensor globalNorm(List<? extends Operand> xs) {
        if (xs.isEmpty()) {
            throw new GraphException("global_norm: there is no tensor\n  at " + Place.here());
        }
        return Composer.tensor("global_norm", c -> Elementwise.globalNorm(c, c.ins()), xs);
    }

    /**
     * {@code x} scaled so that its norm along axes is at most a number; of everything where no axis is given. A
     * smaller norm leaves it as it is.
     */
    public static Tensor clipByNorm(Operand x, double norm, int... axes) {
        return Composer.tensor("clip_by_norm", c -> {
            List<Integer> along = c.axes(c.in(0), axes);
            Node length = Norms.euclidean(c, c.in(0), along, false);
            Node divisor = c.map(ScalarFn.MAX, length, c.fullLike(length, norm));
            Node scaled = c.map(ScalarFn.MUL, c.in(0), c.fullLike(c.in(0), norm));
            return c.map(ScalarFn.DIV, scaled, Reductions.restore(c, divisor, c.in(0), along));
        }, x);
    }

    /** {@code x} scaled so that its norm divided by the number of its elements is at most a number. */
    public static Tensor clipByAverageNorm(Operand x, double norm) {
        return Composer.tensor("clip_by_average_norm", c -> {
            Elementwise.floats(c, c.ins());
            Node sum = Elementwise.sumOfSquares(c, c.in(0), Composer.axes(c.in(0)));
            Node count = c.size(Composer.shape(c.in(0)).elementCount(), Composer.dtype(c.in(0)));
            Node inverse = c.map(ScalarFn.MUL, c.map(ScalarFn.RSQRT, sum), count);
            Node factor = c.map(ScalarFn.MIN, inverse, c.fullLike(sum, 1 / norm));
            Node scaled = c.map(ScalarFn.MUL, c.in(0), c.fullLike(c.in(0), norm));
            return c.map(ScalarFn.MUL, scaled, Reductions.restore(c, factor, c.in(0), Composer.axes(c.in(0))));
        }, x);
    }

    /**
     * Tensors scaled by one factor so that their {@link #globalNorm} is at most a number; all NaN where that norm is
     * not finite.
     *
     * @return the scaled tensors, in order
     */
    public static List<Tensor> clipByGlobalNorm(List<? extends Operand> xs, double norm) {
        return Composite.of("clip_by_global_norm", xs, () -> clipByGlobalNorm(xs, norm, globalNorm(xs)));
    }

    /** {@link #clipByGlobalNorm(List, double)} with the global norm as it is known already, without axes. */
    public static List<Tensor> clipByGlobalNorm(List<? extends Operand> xs, double norm, Operand globalNorm) {
        List<Operand> operands = new ArrayList<>(xs);
        operands.add(globalNorm);
        Graph graph = Composer.graphOf("clip_by_global_norm", operands);
        List<Node> clipped = Composer.nodes(graph, "clip_by_global_norm", c -> {
            Elementwise.floats(c, c.ins());
            Node length = c.ins().getLast();
            Node inverse = c.map(ScalarFn.DIV, c.fullLike(length, 1), length);
            Node factor = c.map(ScalarFn.MUL, c.map(ScalarFn.MIN, inverse, c.fullLike(length, 1 / norm)),
                    c.fullLike(length, norm));
            Node usable = c.map(ScalarFn.SELECT, c.map(ScalarFn.IS_FINITE, length), factor,
                    c.fullLike(length, Double.NaN));
            return IntStream.range(0, xs.size()).mapToObj(i -> c.mapBroadcast(ScalarFn.MUL, c.in(i), usable)).toList();
        }, operands);
        return clipped.stream().map(Node::tensor).toList();
    }

    /**
     * Whether fewer than {@code k} classes have a greater prediction than the target, for each example; false where
     * the target is no class, or a prediction is not finite.
     *
     * @param targets     classes, integers {@code [batch]}
     * @param predictions floats {@code [batch, classes]}
     */
    public static Tensor inTopK(Operand targets, Operand predictions, int k) {
        return Composer.tensor("in_top_k", c -> Elementwise.inTopK(c, c.in(0), c.in(1), k), targets, predictions);
    }
}
