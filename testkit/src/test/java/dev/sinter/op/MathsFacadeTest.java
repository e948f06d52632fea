package dev.sinter.op;

import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import java.util.List;

/** The less common ops of {@code tf.math}. */
final class MathsFacadeTest extends FacadeTest {
    MathsFacadeTest() {
        super("maths", List.of(
                Row.of("tan", in -> Ops.tan(in.get(0))),
                Row.of("asin", in -> Ops.asin(in.get(0))),
                Row.of("acos", in -> Ops.acos(in.get(0))),
                Row.of("atan", in -> Ops.atan(in.get(0))),
                Row.of("sinh", in -> Ops.sinh(in.get(0))),
                Row.of("cosh", in -> Ops.cosh(in.get(0))),
                Row.of("asinh", in -> Ops.asinh(in.get(0))),
                Row.of("acosh", in -> Ops.acosh(in.get(0))),
                Row.of("atanh", in -> Ops.atanh(in.get(0))),
                Row.of("atan2", in -> Ops.atan2(in.get(0), in.get(1))),
                Row.of("nextafter", in -> Ops.nextafter(in.get(0), in.get(1))),
                Row.of("gelu", in -> Nn.gelu(in.get(0))),
                Row.of("gelu_gradient", in -> Ops.gradients(Nn.gelu(in.get(0), true), in.get(0)).of(in.get(0))),
                Row.of("floordiv", in -> Ops.floordiv(in.get(0), in.get(1))),
                Row.of("floormod", in -> Ops.floormod(in.get(0), in.get(1))),
                Row.of("pow_of_integers", in -> Ops.pow(in.get(0), in.get(1))),
                Row.of("power_13", in -> Ops.pow(in.get(0), 13)),
                Row.of("mean_of_integers", in -> Ops.reduceMean(in.get(0), 1)),
                Row.of("truediv", in -> Ops.truediv(in.get(0), in.get(1))),
                Row.of("truncatediv", in -> Ops.truncatediv(in.get(0), in.get(1))),
                Row.of("truncatemod", in -> Ops.truncatemod(in.get(0), in.get(1))),
                Row.of("divide_no_nan", in -> Ops.divideNoNan(in.get(0), in.get(1))),
                Row.of("multiply_no_nan", in -> Ops.multiplyNoNan(in.get(0), in.get(1))),
                Row.of("reciprocal_no_nan", in -> Ops.reciprocalNoNan(in.get(0))),
                Row.of("xdivy", in -> Ops.xdivy(in.get(0), in.get(1))),
                Row.of("xlogy", in -> Ops.xlogy(in.get(0), in.get(1))),
                Row.of("xlog1py", in -> Ops.xlog1py(in.get(0), in.get(1))),
                Row.of("scalar_mul", in -> Ops.scalarMul(-2.5, in.get(0))),
                Row.of("scalar_mul_tensor", in -> Ops.scalarMul(in.get(0), in.get(1))),
                Row.of("add_n", Ops::addN),
                Row.of("accumulate_n", Ops::accumulateN),
                Row.of("polyval", in -> Ops.polyval(new double[] {2, -1, 0.5}, in.get(0))),
                Row.of("is_inf", in -> Ops.isInf(in.get(0))),
                Row.of("rint", in -> Ops.rint(in.get(0))),
                Row.of("softplus", in -> Ops.softplus(in.get(0))),
                Row.of("log_sigmoid", in -> Ops.logSigmoid(in.get(0))),
                Row.of("softsign", in -> Ops.softsign(in.get(0))),
                Row.of("approximate_equal", in -> Ops.approximateEqual(in.get(0), in.get(1), 0.1)),
                Row.of("is_non_decreasing", in -> Ops.isNonDecreasing(in.get(0))),
                Row.of("is_strictly_increasing", in -> Ops.isStrictlyIncreasing(in.get(0))),
                Row.of("count_nonzero", in -> Ops.countNonzero(in.get(0), 1)),
                Row.of("zero_fraction", in -> Ops.zeroFraction(in.get(0))),
                Row.of("reduce_std", in -> Ops.reduceStd(in.get(0), 0)),
                Row.of("reduce_euclidean_norm", in -> Ops.reduceEuclideanNorm(in.get(0), 1)),
                Row.of("l2_normalize", in -> Ops.l2Normalize(in.get(0), 1)),
                Row.of("global_norm", Ops::globalNorm),
                Row.of("clip_by_norm", in -> Ops.clipByNorm(in.get(0), 1.5)),
                Row.of("clip_by_norm_axis", in -> Ops.clipByNorm(in.get(0), 1.5, 1)),
                Row.of("clip_by_average_norm", in -> Ops.clipByAverageNorm(in.get(0), 0.1)),
                new Row("clip_by_global_norm", in -> Ops.clipByGlobalNorm(in, 1.5)),
                Row.of("in_top_k", in -> Ops.inTopK(in.get(0), in.get(1), 2))));
    }
}
