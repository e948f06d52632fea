package dev.sinter.testkit;

import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Value;
import dev.sinter.op.Contract;
import dev.sinter.op.DefineSize;
import dev.sinter.op.Map;
import dev.sinter.op.Parameter;
import dev.sinter.op.Reduce;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Slice;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Rounding;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Symbol;
import dev.sinter.tensor.SymbolBindings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Compares results of a function of any ops with the interpreter's, as nearly as rounding allows. Elementary
 * functions, and the order of sums and products, are free to differ in the last places. What that does to the
 * results is measured: the function is run again with small noise at these places. An element that noise turns
 * into something else is not compared; without such places every bit is.
 *
 * <p>Noise of the terms of a long sum is lost in the rounding of its partial sums. Therefore sums have noise of their
 * own: of {@code n} terms {@code x}, in two orders, they differ by at most {@code (n - 1) eps sum(|x|)} (Higham,
 * "Accuracy and Stability of Numerical Algorithms", 2002, section 4.2).
 */
public final class Sensitivity implements ProgramCheck.Comparison {
    /** For functions of any ops. */
    public static final Sensitivity MEASURED = new Sensitivity();

    private static final int TRIALS = 8;
    private static final double SAFETY = 16;
    /** Noise is all up, all down, or of random strength, so that two places seldom cancel. */
    private static final int NOISE_ULPS = 5;
    private static final double UNITS = 4;

    private Sensitivity() {}

    /** What noise does: it multiplies a value, is added to it, or moves a sum by a part of its terms' magnitudes. */
    private enum Kind { FACTOR, TERM, ORDER }

    /**
     * A parameter of noise.
     *
     * @param terms how many terms the sum has whose order is free
     */
    private record Noise(Value parameter, Kind kind, Dim terms) {}

    /** A function with noise: its own results, then numbers that must be finite for sums not to overflow. */
    private record Noisy(Function function, List<Noise> noise, int guards) {}

    @Override
    public Optional<String> mismatch(Function function, List<NDArray> inputs, List<NDArray> expected,
            List<NDArray> actual) {
        Noisy noisy = noisy(function);
        boolean exact = noisy.noise().isEmpty();
        List<List<NDArray>> trials = exact ? List.of() : trials(noisy, function, inputs);
        for (List<NDArray> trial : trials) {
            for (NDArray guard : trial.subList(expected.size(), trial.size())) {
                if (!isHarmless(guard)) {
                    return Optional.empty();
                }
            }
        }
        for (int i = 0; i < expected.size(); i++) {
            int result = i;
            Optional<String> wrong = exact ? Tolerance.EXACT.mismatch(expected.get(i), actual.get(i))
                    : beyond(expected.get(i), actual.get(i), trials.stream().map(trial -> trial.get(result)).toList());
            if (wrong.isPresent()) {
                return wrong.map(why -> "result " + result + ", " + why);
            }
        }
        return Optional.empty();
    }

    private static Optional<String> beyond(NDArray expected, NDArray actual, List<NDArray> trials) {
        for (long i = 0; i < expected.elementCount(); i++) {
            long element = i;
            if (!expected.dtype().isFloat()) {
                boolean stable = trials.stream().allMatch(t -> t.getLong(element) == expected.getLong(element));
                if (stable && expected.getLong(i) != actual.getLong(i)) {
                    return Optional.of("element " + i + ": expected " + expected.getLong(i) + ", got "
                            + actual.getLong(i));
                }
                continue;
            }
            double x = expected.getDouble(i);
            double y = actual.getDouble(i);
            double spread = 0;
            for (NDArray trial : trials) {
                double moved = trial.getDouble(i);
                spread = Math.max(spread, Double.compare(moved, x) == 0 ? 0
                        : Double.isFinite(moved - x) ? Math.abs(moved - x) : Double.POSITIVE_INFINITY);
            }
            double unit = Rounding.ulp(expected.dtype(), x);
            boolean near = Double.compare(x, y) == 0 || x == y || spread == Double.POSITIVE_INFINITY
                    || Math.abs(x - y) <= SAFETY * spread + UNITS * unit;
            if (!near) {
                return Optional.of("element " + i + ": expected " + x + ", got " + y + ", where noise moves it by "
                        + spread);
            }
        }
        return Optional.empty();
    }

    private static boolean isHarmless(NDArray guard) {
        double most = guard.dtype().largest() / 4;
        double least = Math.scalb(1.0, 1 - guard.dtype().maxExponent());
        for (long i = 0; i < guard.elementCount(); i++) {
            double value = guard.getDouble(i);
            if (value > most || value != 0 && value < least) {
                return false;
            }
        }
        return true;
    }

    private static List<List<NDArray>> trials(Noisy noisy, Function function, List<NDArray> inputs) {
        SymbolBindings symbols = Interpreter.binder(function).bind(inputs);
        SplittableRandom random = new SplittableRandom(inputs.size());
        List<List<NDArray>> trials = new ArrayList<>();
        for (int trial = 0; trial < TRIALS; trial++) {
            List<NDArray> all = new ArrayList<>(inputs);
            for (Noise noise : noisy.noise()) {
                DType dtype = noise.parameter().dtype();
                NDArray array = NDArray.zeros(dtype, symbols.evaluate(noise.parameter().shape()));
                double unit = dtype.epsilon();
                double least = Rounding.ulp(dtype, 0);
                double order = symbols.evaluate(noise.terms()) * unit / SAFETY;
                for (long i = 0; i < array.elementCount(); i++) {
                    int step = trial == 0 ? NOISE_ULPS : trial == 1 ? -NOISE_ULPS
                            : (random.nextBoolean() ? 1 : -1) * random.nextInt(1, NOISE_ULPS + 1);
                    array.setDouble(i, switch (noise.kind()) {
                        case FACTOR -> 1 + step * unit;
                        case TERM -> trial % 2 * Integer.signum(step) * 2 * least;
                        case ORDER -> Integer.signum(step) * order;
                    });
                }
                all.add(array);
            }
            trials.add(Interpreter.run(noisy.function(), all));
        }
        return trials;
    }

    private static Noisy noisy(Function function) {
        List<Noise> noise = new ArrayList<>();
        List<Value> guards = new ArrayList<>();
        Function remade = function.remade((b, value, operands) -> {
            if (!value.isTensor() || !value.dtype().isFloat()) {
                return b.add(value.op(), operands);
            }
            return switch (value.op()) {
                case Map(ScalarFn fn) when fn.isElementary() -> moved(b, b.add(value.op(), operands), noise);
                case Contract contract -> {
                    Value size = b.add(contract, operands.stream().map(x -> b.map(ScalarFn.ABS, x)).toList());
                    guards.add(size);
                    Value sum = b.add(contract, moved(b, operands.get(0), noise), operands.get(1));
                    yield reordered(b, sum, size, terms(contract, operands), noise);
                }
                case Reduce reduce when reduce.fn() == ReduceFn.SUM -> {
                    Value size = b.add(reduce, b.map(ScalarFn.ABS, operands.getFirst()));
                    guards.add(size);
                    Value sum = b.add(reduce, moved(b, operands.getFirst(), noise));
                    Dim terms = reduce.axes().stream().map(operands.getFirst().shape()::dim)
                            .reduce(Dim.ONE, Dim::times);
                    yield reordered(b, sum, size, terms, noise);
                }
                case Reduce reduce when reduce.fn() == ReduceFn.PROD -> {
                    Value magnitude = b.map(ScalarFn.ABS, operands.getFirst());
                    Value one = b.fullLike(magnitude, 1);
                    guards.add(b.add(reduce, b.map(ScalarFn.MAX, magnitude, one)));
                    guards.add(b.add(reduce, b.map(ScalarFn.MIN, magnitude, one)));
                    yield b.add(reduce, moved(b, operands.getFirst(), noise));
                }
                default -> b.add(value.op(), operands);
            };
        });
        List<Value> parameters = new ArrayList<>(remade.parameters());
        noise.forEach(one -> parameters.add(one.parameter()));
        List<Value> results = new ArrayList<>(remade.results());
        results.addAll(guards);
        return new Noisy(new Function(function.name(), parameters, results, remade.locations()), noise,
                guards.size());
    }

    private static Value moved(Builder b, Value value, List<Noise> noise) {
        Value factor = parameter(b, value, Kind.FACTOR, Dim.ONE, noise);
        Value term = parameter(b, value, Kind.TERM, Dim.ONE, noise);
        return b.plus(b.times(value, factor), term);
    }

    /** A sum in another order, whose terms' magnitudes have the sum {@code size}. */
    private static Value reordered(Builder b, Value sum, Value size, Dim terms, List<Noise> noise) {
        return b.plus(sum, b.times(size, parameter(b, sum, Kind.ORDER, terms, noise)));
    }

    private static Value parameter(Builder b, Value like, Kind kind, Dim terms, List<Noise> noise) {
        java.util.Map<Symbol, Dim> bounds = bounds(b);
        List<Dim> sizes = like.shape().dims();
        Shape most = new Shape(sizes.stream().map(size -> size.atMost(bounds)).toList());
        Value parameter = b.add(new Parameter("noise" + noise.size(), like.tensorType().withShape(most)));
        noise.add(new Noise(parameter, kind, terms.atMost(bounds)));
        return like.shape().equals(most) ? parameter : b.add(new Slice(Collections.nCopies(sizes.size(), Dim.ZERO),
                sizes, Collections.nCopies(sizes.size(), 1L)), parameter);
    }

    /** The greatest values of the symbols that the run finds. */
    private static java.util.Map<Symbol, Dim> bounds(Builder b) {
        java.util.Map<Symbol, Dim> bounds = new HashMap<>();
        for (int id = 0; id < b.size(); id++) {
            if (b.value(id).op() instanceof DefineSize(Symbol symbol, Dim atMost)) {
                bounds.put(symbol, atMost);
            }
        }
        return bounds;
    }

    /** How many products a contraction adds up for an element. */
    private static Dim terms(Contract contract, List<Value> operands) {
        Dim terms = Dim.ONE;
        for (int axis = 0; axis < contract.lhs().length(); axis++) {
            if (contract.out().indexOf(contract.lhs().charAt(axis)) < 0) {
                terms = terms.times(operands.getFirst().shape().dim(axis));
            }
        }
        return terms;
    }
}
