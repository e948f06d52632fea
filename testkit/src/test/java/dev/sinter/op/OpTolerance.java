package dev.sinter.op;

import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Function;
import dev.sinter.ir.Value;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Rounding;
import dev.sinter.testkit.Sensitivity;
import dev.sinter.testkit.Tolerance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * How far the results of a function of one op may lie from the interpreter's. Elementary functions are off by
 * a few units in the last place, sums and products by their rounded steps; all else is exact to the bit, the
 * sign of zero included.
 */
final class OpTolerance {
    private static final int NOISE_TRIALS = 6;
    /** In units of the last place. */
    private static final double NOISE = 16;

    private OpTolerance() {}

    /** How many units in the last place a scalar function of a dtype may be off; 0 where it is exact. */
    static double ulps(ScalarFn fn, DType dtype) {
        return fn.formula().isPresent() ? 32 : fn.isElementary() ? 2 : 0;
    }

    /** What is wrong with the results of a sample; empty where nothing is. */
    static Optional<String> mismatch(Function function, List<NDArray> inputs, List<NDArray> expected,
            List<NDArray> actual) {
        double ulps = 0;
        boolean folds = false;
        boolean multiplies = false;
        boolean inRegion = false;
        if (function.values().stream().anyMatch(value -> value.op() instanceof DefineSize)
                && function.values().stream().allMatch(value -> value.op().regions().isEmpty())) {
            return Sensitivity.MEASURED.mismatch(function, inputs, expected, actual);
        }
        for (Value value : allValues(function)) {
            inRegion |= !value.op().regions().isEmpty();
            // What is added up from iteration to iteration may be added up afterwards, in another order.
            folds |= value.op() instanceof Loop;
            if (value.op() instanceof Map(ScalarFn fn) && value.dtype().isFloat()) {
                ulps = Math.max(ulps, ulps(fn, value.dtype()));
            } else if (value.op() instanceof Contract) {
                folds = true;
            } else if (value.op() instanceof Reduce reduce) {
                folds |= reduce.fn() == ReduceFn.SUM;
                multiplies |= reduce.fn() == ReduceFn.PROD;
            }
        }
        for (int i = 0; i < expected.size(); i++) {
            NDArray right = expected.get(i);
            NDArray found = actual.get(i);
            boolean rounds = right.dtype().isFloat() && (folds || multiplies || ulps > 0);
            Optional<String> wrong = !rounds ? Tolerance.EXACT.mismatch(right, found)
                    : inRegion ? beyondNoise(function, inputs, i, right, found)
                    : folds ? beyond(function, inputs, i, right, found)
                    : Tolerance.ulps(multiplies ? factors(inputs, right) : ulps)
                            .withAbsolute(ulps > 2 ? 0x1p-49 : 0).mismatch(right, found)
                            .or(() -> zeros(right, found));
            if (wrong.isPresent()) {
                return wrong;
            }
        }
        return Optional.empty();
    }

    /** The values of a function and of its regions. */
    private static List<Value> allValues(Function function) {
        List<Value> all = new ArrayList<>();
        for (Value value : function.values()) {
            all.add(value);
            value.op().regions().forEach(region -> all.addAll(allValues(region.function())));
        }
        return all;
    }

    /**
     * The steps of a loop add up what each rounds, as if the inputs were a little different: the result may move
     * as far as it does where they are.
     */
    private static Optional<String> beyondNoise(Function function, List<NDArray> inputs, int result, NDArray expected,
            NDArray actual) {
        SplittableRandom random = new SplittableRandom(result);
        double unit = expected.dtype().epsilon() / 2;
        double[] allowed = new double[(int) expected.elementCount()];
        double largest = 0;
        for (int i = 0; i < allowed.length; i++) {
            largest = Math.max(largest, Math.abs(expected.getDouble(i)));
        }
        Arrays.fill(allowed, 8 * unit * largest);
        for (int trial = 0; trial < NOISE_TRIALS; trial++) {
            List<NDArray> moved = new ArrayList<>();
            for (NDArray input : inputs) {
                NDArray copy = NDArray.zeros(input.dtype(), input.sizes());
                copy.segment().copyFrom(input.segment());
                for (long i = 0; i < input.elementCount() && input.dtype().isFloat(); i++) {
                    copy.setDouble(i, input.getDouble(i) * (1 + NOISE * unit * random.nextInt(-1, 2)));
                }
                moved.add(copy);
            }
            NDArray other = Interpreter.run(function, moved).get(result);
            for (int i = 0; i < allowed.length; i++) {
                allowed[i] = Math.max(allowed[i], 4 * Math.abs(other.getDouble(i) - expected.getDouble(i)));
            }
        }
        for (int i = 0; i < allowed.length; i++) {
            if (!(Math.abs(expected.getDouble(i) - actual.getDouble(i)) <= allowed[i])) {
                return Optional.of("element " + i + ": expected " + expected.getDouble(i) + " within " + allowed[i]
                        + ", got " + actual.getDouble(i));
            }
        }
        return Optional.empty();
    }

    private static double factors(List<NDArray> inputs, NDArray products) {
        return inputs.getFirst().elementCount() / (double) Math.max(1, products.elementCount());
    }

    /** Zeros have the right sign. */
    private static Optional<String> zeros(NDArray expected, NDArray actual) {
        for (long i = 0; i < expected.elementCount(); i++) {
            double x = expected.getDouble(i);
            double y = actual.getDouble(i);
            if (x == 0 && y == 0 && 1 / x != 1 / y) {
                return Optional.of("element " + i + " is " + y + ", not " + x);
            }
        }
        return Optional.empty();
    }

    /** Sums are off by at most one rounding a term and product, each at most half a unit of the sum of magnitudes. */
    private static Optional<String> beyond(Function function, List<NDArray> inputs, int result, NDArray expected,
            NDArray actual) {
        List<NDArray> magnitudes = new ArrayList<>();
        List<NDArray> ones = new ArrayList<>();
        for (NDArray input : inputs) {
            NDArray magnitude = NDArray.zeros(input.dtype(), input.sizes());
            NDArray one = NDArray.zeros(input.dtype(), input.sizes());
            for (long i = 0; i < input.elementCount(); i++) {
                magnitude.setDouble(i, Math.abs(input.getDouble(i)));
                one.setDouble(i, 1);
            }
            magnitudes.add(magnitude);
            ones.add(one);
        }
        NDArray scale = Interpreter.run(function, magnitudes).get(result);
        NDArray terms = Interpreter.run(function, ones).get(result);
        double unit = expected.dtype().epsilon() / 2;
        double least = Rounding.ulp(expected.dtype(), 0);
        for (long i = 0; i < expected.elementCount(); i++) {
            double x = expected.getDouble(i);
            double y = actual.getDouble(i);
            double allowed = 2 * (terms.getDouble(i) + 1) * (unit * scale.getDouble(i) + least);
            boolean same = Double.isFinite(x) && Double.isFinite(scale.getDouble(i)) ? Math.abs(x - y) <= allowed
                    : Double.compare(x, y) == 0;
            if (!same) {
                return Optional.of("element " + i + ": expected " + x + " within " + allowed + ", got " + y);
            }
        }
        return zeros(expected, actual);
    }
}
