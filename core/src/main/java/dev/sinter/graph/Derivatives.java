package dev.sinter.graph;

import dev.sinter.graph.GradientOptions.Unconnected;
import dev.sinter.tensor.GraphException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Derivatives beyond {@link Ops#gradients(Operand, Operand...)}: along directions, as matrices, and of second order.
 * All of them are nodes of the graph and can be differentiated again. They go through loops, branches, functions and
 * custom gradients as gradients do, and need no rule of an op but that of its gradient: see
 * {@code docs/derivatives.md}.
 *
 * <p>An x is a tensor, or a variable, whose value at the start of a run is meant. A dtype that is no float, a path
 * without a gradient or an x that nothing depends on is a {@link GraphException}, the last unless
 * {@link GradientOptions} say zeros.
 */
public final class Derivatives {
    private Derivatives() {}

    /**
     * The derivative of {@code y} along a direction, {@code J v}, as of forward mode.
     *
     * @param tangent the direction, of the dtype and shape of {@code x}
     * @return of the shape of {@code y}
     */
    public static Tensor jvp(Operand y, Operand x, Operand tangent) {
        return jvp(List.of(y), List.of(x), List.of(tangent)).getFirst();
    }

    /** The derivatives of several ys along a tangent for each x, summed over the xs. */
    public static List<Tensor> jvp(List<? extends Operand> ys, List<? extends Operand> xs,
            List<? extends Operand> tangents) {
        return jvp(ys, xs, tangents, GradientOptions.DEFAULT);
    }

    /**
     * The derivatives of several ys along a tangent for each x, summed over the xs: as {@code jax.jvp}. It takes about
     * as long as a gradient.
     *
     * @param tangents one for each x, of its dtype and shape
     * @param options  tensors that count as constants, and what a y gets that depends on no x
     * @return one for each y, of its shape
     */
    public static List<Tensor> jvp(List<? extends Operand> ys, List<? extends Operand> xs,
            List<? extends Operand> tangents, GradientOptions options) {
        if (tangents.size() != xs.size()) {
            throw new GraphException("jvp: " + tangents.size() + " tangents are given for " + xs.size()
                    + " xs\n  at " + Place.here());
        }
        return Directions.along(ys, xs, tangents, options);
    }

    /**
     * The gradient with a given one of {@code y} to start with, {@code u^T J}.
     *
     * @param cotangent of the dtype and shape of {@code y}
     * @return of the shape of {@code x}
     */
    public static Tensor vjp(Operand y, Operand x, Operand cotangent) {
        return vjp(List.of(y), List.of(x), List.of(cotangent)).get(0);
    }

    /** The gradients of several ys, with one for each y to start with: as {@code jax.vjp}. */
    public static Gradients vjp(List<? extends Operand> ys, List<? extends Operand> xs,
            List<? extends Operand> cotangents) {
        return Composite.named("vjp", () -> Ops.gradients(ys, xs,
                GradientOptions.DEFAULT.withInitial(cotangents.toArray(Operand[]::new))));
    }

    /**
     * The derivative of every element of {@code y} by every element of {@code x}, a gradient for each element of
     * {@code y}: all of them at once where the ops between allow it, else one after the other in a loop.
     *
     * @return of {@code y}'s shape and then {@code x}'s
     */
    public static Tensor jacobian(Operand y, Operand x) {
        return jacobian(y, List.of(x)).getFirst();
    }

    /** {@link #jacobian(Operand, Operand)} by several xs. */
    public static List<Tensor> jacobian(Operand y, List<? extends Operand> xs) {
        return jacobian(y, xs, GradientOptions.DEFAULT);
    }

    /** {@link #jacobian(Operand, Operand)} by several xs, with constants, or zeros for an x that is not connected. */
    public static List<Tensor> jacobian(Operand y, List<? extends Operand> xs, GradientOptions options) {
        return Directions.of("jacobian", List.of(y), xs, options,
                directions -> directions.byRows(options.unconnected()));
    }

    /**
     * {@link #jacobian(Operand, Operand)} column by column, as forward mode computes it: for where {@code y} has more
     * elements than {@code x}.
     *
     * @return of {@code y}'s shape and then {@code x}'s
     */
    public static Tensor forwardJacobian(Operand y, Operand x) {
        return forwardJacobian(y, List.of(x)).getFirst();
    }

    /** {@link #forwardJacobian(Operand, Operand)} by several xs. */
    public static List<Tensor> forwardJacobian(Operand y, List<? extends Operand> xs) {
        return forwardJacobian(y, xs, GradientOptions.DEFAULT);
    }

    /** {@link #forwardJacobian(Operand, Operand)} by several xs, with options. */
    public static List<Tensor> forwardJacobian(Operand y, List<? extends Operand> xs, GradientOptions options) {
        return Directions.of("forward_jacobian", List.of(y), xs, options,
                directions -> directions.byColumns(options.unconnected()));
    }

    /**
     * The Jacobian of each example of a batch: {@code y[b]} must depend on {@code x[b]} alone of {@code x}, which is
     * not checked.
     *
     * @param y {@code [batch, ...m]}
     * @param x {@code [batch, ...n]}
     * @return {@code [batch, ...m, ...n]}
     */
    public static Tensor batchJacobian(Operand y, Operand x) {
        return batchJacobian(y, x, GradientOptions.DEFAULT);
    }

    /** {@link #batchJacobian(Operand, Operand)} with options. */
    public static Tensor batchJacobian(Operand y, Operand x, GradientOptions options) {
        return Directions.ofBatch(y, x, options);
    }

    /**
     * The second derivatives of a scalar.
     *
     * @param y without axes
     * @return of {@code x}'s shape twice; zeros where the gradient is constant
     */
    public static Tensor hessian(Operand y, Operand x) {
        return hessian(y, List.of(x)).getFirst().getFirst();
    }

    /**
     * The second derivatives of a scalar by several xs, mixed ones too: element {@code [i][j]} is that by
     * {@code xs[i]} and {@code xs[j]}, of the shape of the first and then of the second.
     */
    public static List<List<Tensor>> hessian(Operand y, List<? extends Operand> xs) {
        requireScalar("hessian", y);
        return Composite.of("hessian", together(List.of(y), xs), () ->
                Ops.gradients(List.of(y), xs).asList().stream().map(gradient -> jacobian(gradient, xs,
                        GradientOptions.DEFAULT.withUnconnected(Unconnected.ZEROS))).toList());
    }

    /**
     * The second derivatives of the sum of some tensors by each x alone: as {@code tf.hessians}.
     *
     * @return one for each x, of its shape twice
     */
    public static List<Tensor> hessians(List<? extends Operand> ys, List<? extends Operand> xs) {
        return Composite.of("hessians", together(ys, xs), () -> {
            Gradients gradients = Ops.gradients(ys, xs);
            return IntStream.range(0, xs.size()).mapToObj(i -> jacobian(gradients.get(i), xs.subList(i, i + 1),
                    GradientOptions.DEFAULT.withUnconnected(Unconnected.ZEROS)).getFirst()).toList();
        });
    }

    /**
     * The product of the Hessian of a scalar with a vector, without the Hessian: about as long as two gradients.
     *
     * @param vector of the dtype and shape of {@code x}
     * @return of the shape of {@code x}
     */
    public static Tensor hessianVectorProduct(Operand y, Operand x, Operand vector) {
        return hessianVectorProduct(y, List.of(x), List.of(vector)).getFirst();
    }

    /**
     * {@link #hessianVectorProduct(Operand, Operand, Operand)} of the Hessian by several xs, mixed derivatives
     * included (Pearlmutter, "Fast exact multiplication by the Hessian", 1994).
     *
     * @param vectors one for each x, of its dtype and shape
     * @return one for each x, of its shape
     */
    public static List<Tensor> hessianVectorProduct(Operand y, List<? extends Operand> xs,
            List<? extends Operand> vectors) {
        requireScalar("hessian_vector_product", y);
        if (vectors.size() != xs.size()) {
            throw new GraphException("hessian_vector_product: " + vectors.size() + " vectors are given for "
                    + xs.size() + " xs\n  at " + Place.here());
        }
        return Composite.of("hessian_vector_product", together(List.of(y), xs), () -> Ops.gradients(
                Ops.gradients(List.of(y), xs).asList(), xs,
                GradientOptions.DEFAULT.withInitial(vectors.toArray(Operand[]::new))
                        .withUnconnected(Unconnected.ZEROS)).asList());
    }

    private static List<Operand> together(List<? extends Operand> ys, List<? extends Operand> xs) {
        return Stream.<Operand>concat(ys.stream(), xs.stream()).toList();
    }

    private static void requireScalar(String op, Operand y) {
        if (y.shape().rank() > 0) {
            throw new GraphException(op + ": y must be a scalar, not " + y.dtype() + y.shape().toUserString()
                    + "; reduceSum(...) it, or take jacobian(gradients(...))\n  at " + Place.here());
        }
    }
}
