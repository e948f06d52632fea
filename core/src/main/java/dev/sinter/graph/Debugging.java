package dev.sinter.graph;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.HostFunction;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What must hold of tensors, as {@code tf.debugging}. What dtypes and ranks say is checked when the graph is built,
 * and so are sizes as far as they are known; each run checks the rest of them before its first kernel.
 *
 * <p>Claims about elements are checked by runs that carry the check out: it is an {@link Operation}, for
 * {@code graph.controlDependencies(...)}, {@code Control.withDependencies(...)} or a target of the run. In the body
 * of a loop or branch it takes place whenever the body does. A run in which a claim does not hold fails with a
 * message that says how many elements are wrong, where the first one is and what it is, and changes no variable.
 * Operands broadcast.
 */
public final class Debugging {
    private static final double NEAR_ULPS = 10;

    private Debugging() {}

    /** Every {@code x == y}. */
    public static Operation assertEqual(Operand x, Operand y) {
        return assertEqual(x, y, "");
    }

    /** Every {@code x == y}; the message comes first in the error. */
    public static Operation assertEqual(Operand x, Operand y, String message) {
        return compare("assert_equal", "x == y", ScalarFn.EQ, x, y, message);
    }

    /** No {@code x == y}. */
    public static Operation assertNoneEqual(Operand x, Operand y) {
        return assertNoneEqual(x, y, "");
    }

    /** No {@code x == y}; the message comes first in the error. */
    public static Operation assertNoneEqual(Operand x, Operand y, String message) {
        return compare("assert_none_equal", "x != y", ScalarFn.NE, x, y, message);
    }

    /** Every {@code x < y}. */
    public static Operation assertLess(Operand x, Operand y) {
        return assertLess(x, y, "");
    }

    /** Every {@code x < y}; the message comes first in the error. */
    public static Operation assertLess(Operand x, Operand y, String message) {
        return compare("assert_less", "x < y", ScalarFn.LT, x, y, message);
    }

    /** Every {@code x <= y}. */
    public static Operation assertLessEqual(Operand x, Operand y) {
        return assertLessEqual(x, y, "");
    }

    /** Every {@code x <= y}; the message comes first in the error. */
    public static Operation assertLessEqual(Operand x, Operand y, String message) {
        return compare("assert_less_equal", "x <= y", ScalarFn.LE, x, y, message);
    }

    /** Every {@code x > y}. */
    public static Operation assertGreater(Operand x, Operand y) {
        return assertGreater(x, y, "");
    }

    /** Every {@code x > y}; the message comes first in the error. */
    public static Operation assertGreater(Operand x, Operand y, String message) {
        return compare("assert_greater", "x > y", ScalarFn.GT, x, y, message);
    }

    /** Every {@code x >= y}. */
    public static Operation assertGreaterEqual(Operand x, Operand y) {
        return assertGreaterEqual(x, y, "");
    }

    /** Every {@code x >= y}; the message comes first in the error. */
    public static Operation assertGreaterEqual(Operand x, Operand y, String message) {
        return compare("assert_greater_equal", "x >= y", ScalarFn.GE, x, y, message);
    }

    /** Every {@code x > 0}. */
    public static Operation assertPositive(Operand x) {
        return compareWithZero("assert_positive", "x > 0", ScalarFn.GT, x);
    }

    /** Every {@code x < 0}. */
    public static Operation assertNegative(Operand x) {
        return compareWithZero("assert_negative", "x < 0", ScalarFn.LT, x);
    }

    /** Every {@code x >= 0}. */
    public static Operation assertNonNegative(Operand x) {
        return compareWithZero("assert_non_negative", "x >= 0", ScalarFn.GE, x);
    }

    /** Every {@code x <= 0}. */
    public static Operation assertNonPositive(Operand x) {
        return compareWithZero("assert_non_positive", "x <= 0", ScalarFn.LE, x);
    }

    private static Operation compare(String op, String claim, ScalarFn fn, Operand x, Operand y, String message) {
        return operation(op, Composer.tensor(op, c -> {
            List<Node> both = c.broadcast(c.ins());
            return Check.of(c, claim, c.map(fn, both.get(0), both.get(1)), both, List.of("x", "y"), message);
        }, x, y));
    }

    private static Operation compareWithZero(String op, String claim, ScalarFn fn, Operand x) {
        return operation(op, Composer.tensor(op, c -> Check.of(c, claim, c.map(fn, c.in(0), c.fullLike(c.in(0), 0)),
                List.of(c.in(0)), List.of("x"), ""), x));
    }

    private static Operation operation(String op, Tensor checked) {
        return checked.graph().group(op, List.of(checked));
    }

    /** Every {@code |x - y|} at most {@code tolerance + tolerance |y|}, of ten units in the last place of 1. */
    public static Operation assertNear(Operand x, Operand y) {
        double tolerance = NEAR_ULPS * switch (x.dtype()) {
            case FLOAT64 -> Math.ulp(1.0);
            case FLOAT32 -> Math.ulp(1f);
            case FLOAT16 -> 0x1p-10;
            default -> 0x1p-7;
        };
        return assertNear(x, y, tolerance, tolerance, "");
    }

    /**
     * Every {@code |x - y|} at most {@code absolute + relative |y|}, of floats. A NaN is near nothing, an infinity
     * near nothing but itself.
     */
    public static Operation assertNear(Operand x, Operand y, double relative, double absolute, String message) {
        requireFloat("assert_near", x);
        return operation("assert_near", Composer.tensor("assert_near", c -> {
            List<Node> both = c.broadcast(c.ins());
            Node distance = c.map(ScalarFn.ABS, c.map(ScalarFn.SUB, both.get(0), both.get(1)));
            Node size = c.map(ScalarFn.ABS, both.get(1));
            Node most = c.map(ScalarFn.ADD, c.fullLike(size, absolute),
                    c.map(ScalarFn.MUL, size, c.fullLike(size, relative)));
            Node near = c.map(ScalarFn.AND, c.map(ScalarFn.LE, distance, most), c.map(ScalarFn.IS_FINITE, distance));
            Node holds = c.map(ScalarFn.OR, near, c.map(ScalarFn.EQ, both.get(0), both.get(1)));
            return Check.of(c, "|x - y| <= " + absolute + " + " + relative + " |y|", holds, both, List.of("x", "y"),
                    message);
        }, x, y));
    }

    /** Every element is neither NaN nor infinite. */
    public static Operation assertAllFinite(Operand x, String message) {
        requireFloat("assert_all_finite", x);
        return operation("assert_all_finite", Composer.tensor("assert_all_finite", c -> Check.of(c, "x is finite",
                c.map(ScalarFn.IS_FINITE, c.in(0)), List.of(c.in(0)), List.of("x"), message), x));
    }

    /** The operand, once every element of it has been found neither NaN nor infinite; gradients flow through. */
    public static Tensor checkNumerics(Operand x, String message) {
        requireFloat("check_numerics", x);
        return Composer.tensor("check_numerics", c -> {
            Node checked = Check.of(c, "x is finite", c.map(ScalarFn.IS_FINITE, c.in(0)), List.of(c.in(0)),
                    List.of("x"), message);
            return c.controlled(c.make(new NodeKind.Identity(), List.of(c.in(0)), c.in(0).type()), List.of(checked));
        }, x);
    }

    /**
     * Every element of a bool tensor is true, as {@code tf.Assert}.
     *
     * @param data what the message shows, whole
     */
    public static Operation assertTrue(Operand condition, String message, Operand... data) {
        if (condition.dtype() != DType.BOOL) {
            throw failure("assert_true", "the condition must be of bools, not " + text(condition)
                    + "; compare it, as by notEqual(x, zerosLike(x))");
        }
        List<Operand> operands = new ArrayList<>(List.of(condition));
        operands.addAll(List.of(data));
        return operation("assert_true", Composer.tensor("assert_true", c -> {
            Node all = c.reduce(ReduceFn.ALL, c.in(0), Composer.axes(c.in(0)));
            List<Node> given = new ArrayList<>(List.of(all));
            given.addAll(c.ins().subList(1, c.ins().size()));
            return Check.called(c, new Assertion(c.place(), message), given);
        }, operands));
    }

    /** Shows data where a bool is false. */
    private static final class Assertion implements HostFunction {
        private final Place place;
        private final String message;

        Assertion(Place place, String message) {
            this.place = place;
            this.message = message;
        }

        @Override
        public String name() {
            return "assert_true";
        }

        @Override
        public List<TensorType> infer(List<TensorType> operands) {
            return List.of(new TensorType(DType.BOOL, Shape.SCALAR));
        }

        @Override
        public boolean hasEffect() {
            return true;
        }

        @Override
        public List<NDArray> call(List<NDArray> operands) {
            if (operands.getFirst().getLong(0) != 0) {
                return List.of(NDArray.scalar(true));
            }
            StringBuilder text = new StringBuilder("assert_true: ").append(message.isEmpty() ? "it is false" : message);
            operands.stream().skip(1).forEach(data -> text.append("\n  ").append(data));
            throw new GraphException(text.append("\n  at ").append(place).toString());
        }
    }

    /** The tensor has a rank. Checked now. */
    public static void assertRank(Operand x, int rank) {
        assertRankIn("assert_rank", x, rank);
    }

    /** The tensor has one of some ranks. Checked now. */
    public static void assertRankIn(Operand x, int... ranks) {
        assertRankIn("assert_rank_in", x, ranks);
    }

    private static void assertRankIn(String op, Operand x, int... ranks) {
        if (IntStream.of(ranks).noneMatch(rank -> rank == x.shape().rank())) {
            throw failure(op, text(x) + " must have rank " + IntStream.of(ranks).mapToObj(Integer::toString)
                    .reduce((a, b) -> a + " or " + b).orElse("of none") + ", not " + x.shape().rank());
        }
    }

    /** The tensor has at least so many axes. Checked now. */
    public static void assertRankAtLeast(Operand x, int rank) {
        if (x.shape().rank() < rank) {
            throw failure("assert_rank_at_least", text(x) + " must have rank " + rank + " or more, not "
                    + x.shape().rank());
        }
    }

    /** The tensor has no axes. Checked now. */
    public static void assertScalar(Operand x) {
        assertRankIn("assert_scalar", x, 0);
    }

    /** The tensor has a dtype. Checked now. */
    public static void assertType(Operand x, DType dtype) {
        if (x.dtype() != dtype) {
            throw failure("assert_type", text(x) + " must be " + dtype + "; cast(...) it");
        }
    }

    /** The tensor is of integers. Checked now. */
    public static void assertInteger(Operand x) {
        if (!x.dtype().isInteger()) {
            throw failure("assert_integer", text(x) + " must be of integers; cast(...) it");
        }
    }

    /** All tensors are of one float dtype, which is the result. Checked now. */
    public static DType assertSameFloatDtype(Operand... xs) {
        if (xs.length == 0) {
            return DType.FLOAT32;
        }
        for (Operand x : xs) {
            requireFloat("assert_same_float_dtype", x);
            if (x.dtype() != xs[0].dtype()) {
                throw failure("assert_same_float_dtype", text(x) + " must be " + xs[0].dtype() + ", as "
                        + text(xs[0]) + " is; cast(...) it");
            }
        }
        return xs[0].dtype();
    }

    /** Whether a tensor is of numbers. */
    public static boolean isNumericTensor(Operand x) {
        return x.dtype() != DType.BOOL;
    }

    /**
     * Sizes of tensors, those of one name equal: {@code assertShapes("batch 3, batch units, units", x, y, bias)}. Sizes
     * that are known are compared now, others by each run.
     *
     * @param claims for each tensor its sizes: a number, a name, or {@code ?} for any
     */
    public static void assertShapes(String claims, Tensor... xs) {
        String op = "assert_shapes";
        String[] each = claims.split(",", -1);
        if (each.length != xs.length) {
            throw failure(op, "\"" + claims + "\" is of " + each.length + " tensors, not of " + xs.length);
        }
        Map<String, Dim> known = new HashMap<>();
        for (int i = 0; i < xs.length; i++) {
            List<String> words = Stream.of(each[i].strip().split("\\s+")).filter(word -> !word.isEmpty()).toList();
            if (words.size() != xs[i].rank()) {
                throw failure(op, text(xs[i]) + " must have the sizes \"" + each[i].strip() + "\"");
            }
            for (int axis = 0; axis < words.size(); axis++) {
                String word = words.get(axis);
                Dim size = xs[i].dim(axis);
                if (word.equals("?")) {
                    continue;
                }
                Dim wanted = word.matches("[0-9]+") ? Dim.of(Long.parseLong(word)) : known.computeIfAbsent(word,
                        _ -> size);
                synchronized (xs[i].graph().lock()) {
                    if (xs[i].graph().sizes().unify(wanted, size, op + " at " + Place.here() + ": \"" + word
                            + "\" of " + text(xs[i])) == Sizes.Relation.DIFFERENT) {
                        throw failure(op, text(xs[i]) + " axis " + axis + " is " + size + ", but " + word
                                + (word.matches("[0-9]+") ? " is wanted" : " is " + wanted));
                    }
                }
            }
        }
    }

    /**
     * The operand, whose sizes are as given: {@code tf.ensure_shape}. Sizes that are known are compared now, others by
     * each run; what uses the result knows them.
     *
     * @param shape the sizes; {@link Shape#UNKNOWN} says nothing of one
     */
    public static Tensor ensureShape(Operand x, Shape shape) {
        return Composer.tensor("ensure_shape", c -> {
            Node node = c.in(0);
            if (Composer.rank(node) != shape.rank()) {
                throw new GraphException(c.describe(node) + " must have the shape " + shape.toUserString());
            }
            List<Dim> dims = new ArrayList<>();
            for (int axis = 0; axis < shape.rank(); axis++) {
                Dim wanted = shape.dim(axis);
                Dim size = Composer.shape(node).dim(axis);
                dims.add(wanted.equals(Dim.UNKNOWN) ? size : wanted);
                if (!wanted.equals(Dim.UNKNOWN) && c.graph().sizes().unify(wanted, size, c.op() + " at " + c.place()
                        + ": axis " + axis + " of " + c.describe(node)) == Sizes.Relation.DIFFERENT) {
                    throw new GraphException(c.describe(node) + " axis " + axis + " is " + size + ", not " + wanted);
                }
            }
            return c.reshape(node, new Shape(dims));
        }, x);
    }

    private static void requireFloat(String op, Operand x) {
        if (!x.dtype().isFloat()) {
            throw failure(op, text(x) + " must be of floats");
        }
    }

    private static String text(Operand x) {
        String called = x instanceof Tensor tensor ? tensor.name() : x instanceof Variable v ? v.name() : "the operand";
        return called + " " + Composer.text(new TensorType(x.dtype(), x.shape()));
    }

    private static GraphException failure(String op, String problem) {
        return new GraphException(op + ": " + problem + "\n  at " + Place.here());
    }
}
