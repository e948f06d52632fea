package dev.sinter.graph;

import static dev.sinter.graph.Ops.exp;
import static dev.sinter.graph.Ops.less;
import static dev.sinter.graph.Ops.onesLike;
import static dev.sinter.graph.Ops.sin;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.graph.Ops.where;
import static dev.sinter.graph.Ops.zerosLike;

import dev.sinter.tensor.CompilerBug;
import java.util.function.UnaryOperator;

/**
 * The weight of a pixel by its distance.
 *
 * @param twiceRadius twice the distance from which on weights are 0
 * @param weight      of distances that are not negative
 */
record ResamplingKernel(int twiceRadius, UnaryOperator<Tensor> weight) {
    /** A distance at which a sinc is 1 for all purposes. */
    private static final double NEARLY_ZERO = 1e-3;

    static ResamplingKernel of(ResizeMethod method) {
        return switch (method) {
            case BILINEAR -> new ResamplingKernel(2, x -> within(x, 1, Ops.subtract(1, x)));
            case BICUBIC -> new ResamplingKernel(4, ResamplingKernel::cubic);
            case LANCZOS3 -> lanczos(3);
            case LANCZOS5 -> lanczos(5);
            case GAUSSIAN -> new ResamplingKernel(3, x -> within(x, 1.5, exp(square(x).times(-2))));
            case MITCHELLCUBIC -> new ResamplingKernel(4, ResamplingKernel::mitchell);
            case NEAREST_NEIGHBOR, AREA -> throw new CompilerBug(method + " has no kernel");
        };
    }

    private static Tensor within(Tensor x, double radius, Tensor weight) {
        return where(less(x, radius), weight, zerosLike(x));
    }

    private static Tensor cubic(Tensor x) {
        Tensor inner = x.times(1.5).minus(2.5).times(x).times(x).plus(1);
        Tensor outer = x.times(-0.5).plus(2.5).times(x).minus(4).times(x).plus(2);
        return within(x, 2, where(less(x, 1), inner, outer));
    }

    private static Tensor mitchell(Tensor x) {
        Tensor inner = x.times(7.0 / 6).minus(2).times(x).times(x).plus(8.0 / 9);
        Tensor outer = x.times(-7.0 / 18).plus(2).times(x).minus(10.0 / 3).times(x).plus(16.0 / 9);
        return within(x, 2, where(less(x, 1), inner, outer));
    }

    private static ResamplingKernel lanczos(int radius) {
        return new ResamplingKernel(2 * radius, x -> {
            Tensor isZero = Ops.lessEqual(x, onesLike(x).times(NEARLY_ZERO));
            Tensor safe = where(isZero, onesLike(x), x);
            Tensor product = sin(safe.times(Math.PI)).times(sin(safe.times(Math.PI / radius))).times((double) radius);
            Tensor sinc = product.div(square(safe.times(Math.PI)));
            Tensor inside = where(isZero, onesLike(x), sinc);
            return where(Ops.greater(x, radius), zerosLike(x), inside);
        });
    }
}
