package dev.sinter.nn;

import static dev.sinter.graph.Ops.cast;
import static dev.sinter.graph.Ops.ceil;
import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.cos;
import static dev.sinter.graph.Ops.divide;
import static dev.sinter.graph.Ops.exp;
import static dev.sinter.graph.Ops.floor;
import static dev.sinter.graph.Ops.log;
import static dev.sinter.graph.Ops.maximum;
import static dev.sinter.graph.Ops.minimum;
import static dev.sinter.graph.Ops.pow;
import static dev.sinter.graph.Ops.subtract;
import static dev.sinter.graph.Ops.where;

import dev.sinter.graph.Composite;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.List;

/**
 * Learning rates that change from step to step: float64 scalars for optimizers, as functions of an integer scalar,
 * such as a variable that {@link Optimizer#minimize(Tensor, List, dev.sinter.graph.Variable)} counts up. Under the
 * names and with the formulas of {@code tf.train}.
 */
public final class LearningRates {
    private LearningRates() {}

    private static Tensor counted(Operand step, double decaySteps) {
        if (step.shape().rank() != 0) {
            throw new GraphException("the step must be a scalar, not " + step);
        }
        if (!(decaySteps > 0 && decaySteps < Double.POSITIVE_INFINITY)) {
            throw new GraphException("the number of steps must be finite and above 0 but is " + decaySteps);
        }
        return cast(step, DType.FLOAT64);
    }

    private static Tensor part(Operand step, double decaySteps, boolean staircase) {
        Tensor part = counted(step, decaySteps).div(decaySteps);
        return staircase ? floor(part) : part;
    }

    /**
     * {@code rate * decayRate^(step / decaySteps)}.
     *
     * @param staircase whether the exponent is rounded down
     */
    public static Tensor exponentialDecay(double rate, Operand step, double decaySteps, double decayRate,
            boolean staircase) {
        return Composite.of("exponential_decay", List.of(step), () -> {
            Tensor part = part(step, decaySteps, staircase);
            return pow(Ops.onesLike(part).times(decayRate), part).times(rate);
        });
    }

    /** {@code rate * exp(-decayRate * step / decaySteps)}. */
    public static Tensor naturalExpDecay(double rate, Operand step, double decaySteps, double decayRate,
            boolean staircase) {
        return Composite.of("natural_exp_decay", List.of(step), () ->
                exp(part(step, decaySteps, staircase).times(-decayRate)).times(rate));
    }

    /** {@code rate / (1 + decayRate * step / decaySteps)}. */
    public static Tensor inverseTimeDecay(double rate, Operand step, double decaySteps, double decayRate,
            boolean staircase) {
        return Composite.of("inverse_time_decay", List.of(step), () ->
                divide(rate, part(step, decaySteps, staircase).times(decayRate).plus(1)));
    }

    /**
     * {@code (rate - endRate) * (1 - step / decaySteps)^power + endRate}.
     *
     * @param cycle whether the number of steps doubles, triples and so on where it is reached; else it stays at the end
     */
    public static Tensor polynomialDecay(double rate, Operand step, double decaySteps, double endRate, double power,
            boolean cycle) {
        return Composite.of("polynomial_decay", List.of(step), () -> {
            Tensor given = counted(step, decaySteps);
            Tensor part = cycle ? given.div(maximum(ceil(given.div(decaySteps)), 1).times(decaySteps))
                    : minimum(given, decaySteps).div(decaySteps);
            return pow(subtract(1, part), power).times(rate - endRate).plus(endRate);
        });
    }

    /** The rates between boundaries: the first up to and with the first boundary, the last beyond the last. */
    public static Tensor piecewiseConstant(Operand step, List<Double> boundaries, List<Double> rates) {
        return Composite.of("piecewise_constant", List.of(step), () -> {
            Tensor given = counted(step, 1);
            if (rates.size() != boundaries.size() + 1) {
                throw new GraphException("one rate more than boundaries is needed, not "
                        + rates.size() + " for " + boundaries.size());
            }
            Tensor rate = Ops.zerosLike(given).plus(rates.getLast());
            for (int i = boundaries.size() - 1; i >= 0; i--) {
                rate = where(Ops.lessEqual(given, constant((double) boundaries.get(i))),
                        constant((double) rates.get(i)), rate);
            }
            return rate;
        });
    }

    /**
     * Half a cosine from the rate to {@code alpha * rate} (Loshchilov and Hutter, "SGDR: stochastic gradient descent
     * with warm restarts", 2017).
     */
    public static Tensor cosineDecay(double rate, Operand step, double decaySteps, double alpha) {
        return Composite.of("cosine_decay", List.of(step), () -> {
            Tensor part = minimum(counted(step, decaySteps), decaySteps).div(decaySteps);
            return wave(part, 1).times(1 - alpha).plus(alpha).times(rate);
        });
    }

    /** {@code (1 + cos(pi * periods * x)) / 2}. */
    private static Tensor wave(Tensor x, double periods) {
        return cos(x.times(Math.PI * periods)).plus(1).times(0.5);
    }

    /**
     * {@link #cosineDecay} that starts again.
     *
     * @param firstSteps how many steps the first wave takes
     * @param longer     by which each wave is longer than the one before, at least 1
     * @param lower      by which the rate at its start is multiplied from wave to wave
     */
    public static Tensor cosineDecayRestarts(double rate, Operand step, double firstSteps, double longer, double lower,
            double alpha) {
        return Composite.of("cosine_decay_restarts", List.of(step), () -> {
            Tensor part = counted(step, firstSteps).div(firstSteps);
            Tensor wave;
            Tensor inside;
            if (longer == 1) {
                wave = floor(part);
                inside = part.minus(wave);
            } else if (longer > 1) {
                wave = floor(log(subtract(1, part.times(1 - longer))).div(Math.log(longer)));
                Tensor size = pow(Ops.onesLike(part).times(longer), wave);
                Tensor before = subtract(1, size).div(1 - longer);
                inside = part.minus(before).div(size);
            } else {
                throw new GraphException("waves must be at least as long as the ones before, not "
                        + longer + " times");
            }
            Tensor start = pow(Ops.onesLike(part).times(lower), wave);
            return wave(inside, 1).times(start).times(1 - alpha).plus(alpha).times(rate);
        });
    }

    /** {@code ((alpha + 1 - x) * (1 + cos(2 pi periods x)) / 2 + beta) * rate}, x being the part of the steps. */
    public static Tensor linearCosineDecay(double rate, Operand step, double decaySteps, double periods, double alpha,
            double beta) {
        return Composite.of("linear_cosine_decay", List.of(step), () -> {
            Tensor given = minimum(counted(step, decaySteps), decaySteps);
            Tensor part = given.div(decaySteps);
            Tensor linear = subtract(1, part).plus(alpha);
            return linear.times(wave(part, 2 * periods)).plus(beta).times(rate);
        });
    }

    /**
     * {@link #linearCosineDecay} whose linear part has normal noise of the variance
     * {@code variance / (1 + step)^decay} (Bello et al., "Neural optimizer search", 2017).
     */
    public static Tensor noisyLinearCosineDecay(double rate, Operand step, double decaySteps, double variance,
            double decay, double periods, double alpha, double beta) {
        return Composite.of("noisy_linear_cosine_decay", List.of(step), () -> {
            Tensor given = minimum(counted(step, decaySteps), decaySteps);
            Tensor part = given.div(decaySteps);
            Tensor deviation = Ops.sqrt(divide(variance, pow(given.plus(1), decay)));
            Tensor noise = deviation.times(Ops.randomNormal(DType.FLOAT64, Shape.SCALAR));
            Tensor linear = subtract(1, part).plus(noise).plus(alpha);
            return linear.times(wave(part, 2 * periods)).plus(beta).times(rate);
        });
    }
}
