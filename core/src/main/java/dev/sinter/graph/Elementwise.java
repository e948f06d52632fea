package dev.sinter.graph;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.CustomGradient;
import dev.sinter.op.Derivative;
import dev.sinter.op.Gather;
import dev.sinter.op.Iota;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.StopGradient;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;

/** What the ops of {@link MathOps} are made of. */
final class Elementwise {
    /** The gradient of softplus, which the parts of its value do not have at 0: the logistic function. */
    private static final CustomGradient SOFTPLUS = new CustomGradient("softplus", softplusRule());

    private Elementwise() {}

    private static Derivative.Vjp softplusRule() {
        return (b, self, gradient) -> List.of(Optional.<Value>empty(),
                Optional.of(b.times(gradient, b.map(ScalarFn.LOGISTIC, self.operand(1)))));
    }

    /** Fails where an operand is not of a float dtype. */
    static void floats(Composer c, List<Node> operands) {
        for (Node operand : operands) {
            if (!Composer.dtype(operand).isFloat()) {
                throw new GraphException(c.describe(operand) + " is not of a float dtype; cast(...) it");
            }
        }
        c.sameDtype(operands);
    }

    static Node floorDivide(Composer c, Node x, Node y) {
        List<Node> both = c.broadcast(List.of(x, y));
        Node quotient = c.map(ScalarFn.DIV, both.get(0), both.get(1));
        if (Composer.dtype(quotient).isFloat()) {
            return c.map(ScalarFn.FLOOR, quotient);
        }
        Node rest = c.map(ScalarFn.REM, both.get(0), both.get(1));
        Node one = c.fullLike(quotient, 1);
        return c.map(ScalarFn.SELECT, isOpposite(c, rest, both.get(1)), c.map(ScalarFn.SUB, quotient, one), quotient);
    }

    static Node floorRemainder(Composer c, Node x, Node y) {
        List<Node> both = c.broadcast(List.of(x, y));
        Node rest = c.map(ScalarFn.REM, both.get(0), both.get(1));
        return c.map(ScalarFn.SELECT, isOpposite(c, rest, both.get(1)), c.map(ScalarFn.ADD, rest, both.get(1)), rest);
    }

    /** Whether a remainder is not 0 and has another sign than the divisor. */
    private static Node isOpposite(Composer c, Node rest, Node divisor) {
        Node zero = c.fullLike(rest, 0);
        Node signs = c.map(ScalarFn.XOR, c.map(ScalarFn.LT, rest, zero), c.map(ScalarFn.LT, divisor, zero));
        return c.map(ScalarFn.AND, signs, c.map(ScalarFn.NE, rest, zero));
    }

    static Node truncate(Composer c, Node x) {
        Node negative = c.map(ScalarFn.LT, x, c.fullLike(x, 0));
        return c.map(ScalarFn.SELECT, negative, c.map(ScalarFn.CEIL, x), c.map(ScalarFn.FLOOR, x));
    }

    /** The quotient, and 0 where the divisor is. */
    static Node divideNoNan(Composer c, Node x, Node y) {
        Node none = c.map(ScalarFn.EQ, y, c.fullLike(y, 0));
        Node quotient = c.map(ScalarFn.DIV, x, c.map(ScalarFn.SELECT, none, c.fullLike(y, 1), y));
        return c.map(ScalarFn.SELECT, none, c.fullLike(quotient, 0), quotient);
    }

    /** A function of x and y where x is not 0, and 0 elsewhere. */
    static Node unlessZero(Composer c, Node x, Node y, BinaryOperator<Node> fn) {
        floats(c, List.of(x, y));
        List<Node> both = c.broadcast(List.of(x, y));
        Node none = c.map(ScalarFn.EQ, both.get(0), c.fullLike(both.get(0), 0));
        Node value = fn.apply(both.get(0), c.map(ScalarFn.SELECT, none, c.fullLike(both.get(1), 1), both.get(1)));
        return c.map(ScalarFn.SELECT, none, c.fullLike(value, 0), value);
    }

    /** The next float, by additions that round to it (Rump, Zimmermann, Boldo and Melquiond, 2009). */
    static Node next(Composer c, Node x, Node y) {
        DType dtype = Composer.dtype(x);
        if (dtype != DType.FLOAT32 && dtype != DType.FLOAT64) {
            throw new GraphException(c.describe(x) + " is neither float32 nor float64; cast(...) it");
        }
        boolean single = dtype == DType.FLOAT32;
        double unit = single ? 0x1p-24 : 0x1p-53;
        double factor = unit * (1 + 2 * unit);
        double least = single ? Float.MIN_VALUE : Double.MIN_VALUE;
        double greatest = single ? Float.MAX_VALUE : Double.MAX_VALUE;
        Node sign = c.map(ScalarFn.SELECT, c.map(ScalarFn.LT, x, y), c.fullLike(x, 1), c.fullLike(x, -1));
        Node size = c.map(ScalarFn.ABS, x);
        Node large = moved(c, x, factor, sign);
        Node scaled = c.map(ScalarFn.MUL, moved(c, c.map(ScalarFn.MUL, x, c.fullLike(x, 1 / unit)), factor, sign),
                c.fullLike(x, unit));
        Node small = c.map(ScalarFn.ADD, x, c.map(ScalarFn.MUL, sign, c.fullLike(x, least)));
        Node below = c.map(ScalarFn.LT, size, c.fullLike(x, least / unit));
        Node above = c.map(ScalarFn.GE, size, c.fullLike(x, least / unit / unit / 2));
        Node next = c.map(ScalarFn.SELECT, above, large, c.map(ScalarFn.SELECT, below, small, scaled));
        // The distance is exact, so that the gradient by x is 1 and no other one flows.
        Node distance = c.add(new StopGradient(), c.map(ScalarFn.SUB, next, x));
        Node ends = c.map(ScalarFn.MUL, c.map(ScalarFn.SIGN, x), c.fullLike(x, greatest));
        Node known = c.map(ScalarFn.SELECT, c.map(ScalarFn.IS_FINITE, x), c.map(ScalarFn.ADD, x, distance), ends);
        Node unequal = c.map(ScalarFn.SELECT, c.map(ScalarFn.EQ, x, y), x, known);
        return c.map(ScalarFn.SELECT, c.map(ScalarFn.IS_NAN, y), c.add(new StopGradient(), y), unequal);
    }

    /** {@code x + sign factor |x|}. */
    private static Node moved(Composer c, Node x, double factor, Node sign) {
        Node step = c.map(ScalarFn.MUL, c.map(ScalarFn.ABS, x), c.fullLike(x, factor));
        return c.map(ScalarFn.ADD, x, c.map(ScalarFn.MUL, step, sign));
    }

    /** {@code max(x, 0) + log(1 + exp(-|x|))}. */
    static Node softplus(Composer c, Node x) {
        Node rest = c.map(ScalarFn.LOG1P, c.map(ScalarFn.EXP, c.map(ScalarFn.NEG, c.map(ScalarFn.ABS, x))));
        Node value = c.map(ScalarFn.ADD, c.map(ScalarFn.MAX, x, c.fullLike(x, 0)), rest);
        return c.add(SOFTPLUS, value, x);
    }

    static Node sumOfSquares(Composer c, Node x, List<Integer> axes) {
        return c.reduce(ReduceFn.SUM, c.map(ScalarFn.MUL, x, x), axes);
    }

    static Node globalNorm(Composer c, List<Node> xs) {
        floats(c, xs);
        Node sum = sumOfSquares(c, xs.getFirst(), Composer.axes(xs.getFirst()));
        for (Node x : xs.subList(1, xs.size())) {
            sum = c.map(ScalarFn.ADD, sum, sumOfSquares(c, x, Composer.axes(x)));
        }
        return Norms.root(c, sum, 2);
    }

    /** Whether a comparison holds of each element and the next one. */
    static Node ascends(Composer c, ScalarFn comparison) {
        Node x = c.in(0);
        Dim count = Composer.shape(x).elementCount();
        Node flat = c.reshape(x, Shape.of(count));
        Node index = c.add(new Iota(new TensorType(DType.INT64, Shape.of(count)), 0));
        Node behind = c.map(ScalarFn.ADD, index, c.fullLike(index, 1));
        Node holds = c.map(comparison, flat, c.add(new Gather(List.of(0), 0), flat, behind));
        Node last = c.map(ScalarFn.EQ, behind, c.stretch(c.size(count, DType.INT64), Shape.of(count), List.of()));
        return c.reduce(ReduceFn.ALL, c.map(ScalarFn.OR, holds, last), List.of(0));
    }

    static Node inTopK(Composer c, Node targets, Node predictions, int k) {
        c.label("targets", "predictions");
        if (Composer.rank(targets) != 1 || Composer.rank(predictions) != 2
                || !Composer.dtype(targets).isInteger() || !Composer.dtype(predictions).isFloat()) {
            throw new GraphException("targets are integers [batch], predictions floats [batch, classes]; not "
                    + c.describe(targets) + " and " + c.describe(predictions));
        }
        Node fitting = c.same("sizes differ", predictions, 0, targets, 0);
        Shape shape = Composer.shape(predictions);
        Node target = c.stretch(c.convert(fitting, DType.INT64), shape, List.of(0));
        Node index = c.add(new Iota(new TensorType(DType.INT64, shape), 1));
        Node chosen = c.map(ScalarFn.EQ, index, target);
        Node low = c.fullLike(predictions, Double.NEGATIVE_INFINITY);
        Node own = c.reduce(ReduceFn.MAX, c.map(ScalarFn.SELECT, chosen, predictions, low), List.of(1));
        Node above = c.map(ScalarFn.GT, predictions, c.stretch(own, shape, List.of(0)));
        Node count = c.reduce(ReduceFn.SUM, c.convert(above, DType.INT64), List.of(1));
        Node finite = c.reduce(ReduceFn.ALL, c.map(ScalarFn.IS_FINITE, predictions), List.of(1));
        Node known = c.map(ScalarFn.AND, finite, c.reduce(ReduceFn.ANY, chosen, List.of(1)));
        return c.map(ScalarFn.AND, known, c.map(ScalarFn.LT, count, c.fullLike(count, k)));
    }
}
