package dev.sinter.graph;

import static dev.sinter.graph.Ops.abs;
import static dev.sinter.graph.Ops.cast;
import static dev.sinter.graph.Ops.exp;
import static dev.sinter.graph.Ops.floor;
import static dev.sinter.graph.Ops.greater;
import static dev.sinter.graph.Ops.greaterEqual;
import static dev.sinter.graph.Ops.less;
import static dev.sinter.graph.Ops.lessEqual;
import static dev.sinter.graph.Ops.log;
import static dev.sinter.graph.Ops.log1p;
import static dev.sinter.graph.Ops.logicalAnd;
import static dev.sinter.graph.Ops.logicalNot;
import static dev.sinter.graph.Ops.logicalOr;
import static dev.sinter.graph.Ops.maximum;
import static dev.sinter.graph.Ops.minimum;
import static dev.sinter.graph.Ops.onesLike;
import static dev.sinter.graph.Ops.reciprocal;
import static dev.sinter.graph.Ops.reduceAny;
import static dev.sinter.graph.Ops.sqrt;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.graph.Ops.where;
import static dev.sinter.graph.Ops.zerosLike;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.util.List;

/**
 * Poisson and binomial variables, computed in float64. Small means are inverted, by a search through the probabilities
 * from 0 on; large ones are rejected from a transformed uniform variable: Hörmann, "The transformed rejection method
 * for generating Poisson random variables" and "The generation of binomial random variates", both 1993.
 */
final class Counts {
    /** From this mean on candidates are rejected. */
    private static final double LARGE = 10;
    private static final long TURNS_OF_SEARCH = 16;
    private static final int STEPS_OF_TURN = 8;
    private static final double NEGLIGIBLE = 1e-20;
    /** {@code log(k!) - ((k + 1/2) log(k + 1) - (k + 1) + log(2 pi) / 2)} for k from 0 to 9. */
    private static final double[] TAILS = {0.0810614667953272, 0.0413406959554092, 0.0276779256849983,
        0.02079067210376509, 0.0166446911898211, 0.0138761288230707, 0.0118967099458917, 0.0104112652619720,
        0.00925546218271273, 0.00833056343336287};

    private Counts() {}

    /** Poisson variables of float64 rates. */
    static Tensor poisson(Words words, Tensor rate) {
        Tensor none = zerosLike(rate);
        Tensor valid = logicalAnd(lessEqual(none, rate), Ops.isFinite(rate));
        Tensor isLarge = logicalAnd(valid, greaterEqual(rate, onesLike(rate).times(LARGE)));
        Tensor isSmall = logicalAnd(valid, logicalNot(isLarge));
        Tensor small = where(isSmall, rate, none);
        Tensor found = search(words, exp(small.unaryMinus()), small, none);
        Tensor start = where(isSmall, found, Ops.fill(DType.FLOAT64, Shape.SCALAR, Double.NaN));
        return Rejection.accepted(words, isLarge, start, turn -> poissonCandidate(turn,
                where(isLarge, rate, onesLike(rate).times(LARGE))));
    }

    private static Rejection.Candidate poissonCandidate(Words turn, Tensor rate) {
        Tensor b = sqrt(rate).times(2.53).plus(0.931);
        Tensor a = b.times(0.02483).plus(-0.059);
        Tensor inverseAlpha = reciprocal(b.minus(3.4)).times(1.1328).plus(1.1239);
        Tensor sure = Ops.subtract(0.9277, reciprocal(b.minus(2)).times(3.6224));
        Tensor u = turn.inside(DType.FLOAT64, rate.shape(), 0).minus(0.5);
        Tensor v = turn.aboveZero(DType.FLOAT64, rate.shape(), 2);
        Tensor us = Ops.subtract(0.5, abs(u));
        Tensor k = floor(a.times(2).div(us).plus(b).times(u).plus(rate).plus(0.43));
        Tensor at = maximum(k, 0);
        Tensor density = at.times(log(rate)).minus(rate).minus(logFactorial(at));
        Tensor weight = log(v.times(inverseAlpha).div(a.div(square(us)).plus(b)));
        return new Rejection.Candidate(at, accepts(us, v, sure, greaterEqual(k, zerosLike(k)), weight, density));
    }

    /** Whether a point of the transformed uniform variable is accepted; most are without their logarithms. */
    private static Tensor accepts(Tensor us, Tensor v, Tensor sure, Tensor isInside, Tensor weight, Tensor density) {
        Tensor isSure = logicalAnd(greater(us, 0.07), lessEqual(v, sure));
        Tensor isNever = logicalAnd(less(us, 0.013), greater(v, us));
        return logicalAnd(isInside, logicalOr(isSure, logicalAnd(logicalNot(isNever), lessEqual(weight, density))));
    }

    /** Binomial variables of float64 counts and probabilities. */
    static Tensor binomial(Words words, Tensor givenCount, Tensor probability) {
        Tensor count = floor(givenCount);
        Tensor none = zerosLike(count);
        Tensor valid = logicalAnd(logicalAnd(lessEqual(none, count), Ops.isFinite(count)),
                logicalAnd(lessEqual(none, probability), lessEqual(probability, onesLike(probability))));
        Tensor isMirrored = greater(probability, 0.5);
        Tensor p = where(isMirrored, Ops.subtract(1, probability), probability);
        Tensor isLarge = logicalAnd(valid, greaterEqual(count.times(p), onesLike(p).times(LARGE)));
        Tensor isSmall = logicalAnd(valid, logicalNot(isLarge));
        Tensor smallCount = where(isSmall, count, none);
        Tensor smallP = where(isSmall, p, none);
        Tensor odds = smallP.div(Ops.subtract(1, smallP));
        Tensor found = search(words, exp(smallCount.times(log1p(smallP.unaryMinus()))), smallCount.times(odds), odds);
        Tensor start = where(isSmall, minimum(found, smallCount), Ops.fill(DType.FLOAT64, Shape.SCALAR, Double.NaN));
        Tensor drawn = Rejection.accepted(words, isLarge, start, turn -> binomialCandidate(turn,
                where(isLarge, count, onesLike(count).times(4 * LARGE)), where(isLarge, p, onesLike(p).times(0.5))));
        return where(isMirrored, count.minus(drawn), drawn);
    }

    private static Rejection.Candidate binomialCandidate(Words turn, Tensor n, Tensor p) {
        Tensor deviation = sqrt(n.times(p).times(Ops.subtract(1, p)));
        Tensor b = deviation.times(2.53).plus(1.15);
        Tensor a = b.times(0.0248).plus(-0.0873).plus(p.times(0.01));
        Tensor sure = Ops.subtract(0.92, reciprocal(b).times(4.2));
        Tensor alpha = reciprocal(b).times(5.1).plus(2.83).times(deviation);
        Tensor u = turn.inside(DType.FLOAT64, n.shape(), 0).minus(0.5);
        Tensor v = turn.aboveZero(DType.FLOAT64, n.shape(), 2);
        Tensor us = Ops.subtract(0.5, abs(u));
        Tensor k = floor(a.times(2).div(us).plus(b).times(u).plus(n.times(p)).plus(0.5));
        Tensor isInside = logicalAnd(greaterEqual(k, zerosLike(k)), lessEqual(k, n));
        Tensor at = minimum(maximum(k, 0), n);
        Tensor mode = floor(n.plus(1).times(p));
        Tensor logOdds = log(p.div(Ops.subtract(1, p)));
        Tensor density = logFactorial(mode).plus(logFactorial(n.minus(mode))).minus(logFactorial(at))
                .minus(logFactorial(n.minus(at))).plus(at.minus(mode).times(logOdds));
        Tensor weight = log(v.times(alpha).div(a.div(square(us)).plus(b)));
        return new Rejection.Candidate(at, accepts(us, v, sure, isInside, weight, density));
    }

    /**
     * The least k whose cumulative probability is not below a uniform variable, where the probability of k + 1 is that
     * of k times {@code (rise - fall * k) / (k + 1)}.
     */
    private static Tensor search(Words words, Tensor first, Tensor rise, Tensor fall) {
        Tensor uniform = words.turn(-1).unit(DType.FLOAT64, rise.shape(), 0);
        return Control.whileLoop(List.of(zerosLike(rise), first, first),
                state -> reduceAny(isOpen(uniform, state)), state -> {
                    List<Tensor> next = state;
                    for (int step = 0; step < STEPS_OF_TURN; step++) {
                        Tensor open = isOpen(uniform, next);
                        Tensor k = next.get(0);
                        Tensor p = next.get(1).times(rise.minus(fall.times(k))).div(k.plus(1));
                        next = List.of(where(open, k.plus(1), k), where(open, p, next.get(1)),
                                where(open, next.get(2).plus(p), next.get(2)));
                    }
                    return next;
                }, WhileOptions.DEFAULT.withMaxIterations(TURNS_OF_SEARCH)).getFirst();
    }

    /** Whether the sum of probabilities is still too small and may grow. */
    private static Tensor isOpen(Tensor uniform, List<Tensor> state) {
        return logicalAnd(lessEqual(state.get(2), uniform), greater(state.get(1), NEGLIGIBLE));
    }

    /** Stirling's formula, with the exact rest for small numbers. */
    private static Tensor logFactorial(Tensor k) {
        Tensor next = k.plus(1);
        Tensor square = square(next);
        Tensor third = Ops.subtract(1.0 / 360, reciprocal(square).times(1.0 / 1260)).div(square);
        Tensor series = Ops.subtract(1.0 / 12, third).div(next);
        Tensor tail = where(less(k, TAILS.length), Clamped.gather(k.graph().constant(TAILS), cast(minimum(k,
                TAILS.length - 1), DType.INT64)), series);
        return k.plus(0.5).times(log(next)).minus(next).plus(0.5 * Math.log(2 * Math.PI)).plus(tail);
    }
}
