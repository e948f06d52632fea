package dev.sinter.graph;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What {@link Linalg#conjugateGradient} finds.
 *
 * @param x        the solutions, {@code [..., n]}
 * @param residual the right sides less the matrices times these
 * @param steps    how many steps were made, an int64 scalar
 */
public record ConjugateGradients(Tensor x, Tensor residual, Tensor steps) {
    /**
     * Where to begin, and when to end.
     *
     * @param start          the first solutions, of the type of the right sides; by default 0
     * @param preconditioner gives an approximate inverse of the matrices times vectors, of their type; by default these
     *                       vectors
     * @param tolerance      the steps end where no residual is longer than this times its right side
     * @param mostSteps      as many steps are made at the most
     */
    public record Options(Optional<Operand> start, Optional<UnaryOperator<Tensor>> preconditioner, double tolerance,
            long mostSteps) {
        /** From 0, without a preconditioner, to a relative residual of 1e-5 or 20 steps. */
        public static final Options DEFAULT = new Options(Optional.empty(), Optional.empty(), 1e-5, 20);

        public Options {
            if (!(tolerance >= 0) || mostSteps < 0) {
                throw new GraphException("conjugate_gradient: the tolerance and the most steps are 0 or more, not "
                        + tolerance + " and " + mostSteps + "\n  at " + Place.here());
            }
        }

        public Options withStart(Operand first) {
            return new Options(Optional.of(first), preconditioner, tolerance, mostSteps);
        }

        public Options withPreconditioner(UnaryOperator<Tensor> approximateInverse) {
            return new Options(start, Optional.of(approximateInverse), tolerance, mostSteps);
        }

        public Options withTolerance(double relative) {
            return new Options(start, preconditioner, relative, mostSteps);
        }

        public Options withMostSteps(long steps) {
            return new Options(start, preconditioner, tolerance, steps);
        }
    }

    static ConjugateGradients of(UnaryOperator<Tensor> matrices, Tensor rhs, Options options) {
        if (rhs.dtype() != DType.FLOAT32 && rhs.dtype() != DType.FLOAT64 || rhs.shape().rank() == 0) {
            throw new GraphException("float32 or float64 [..., n] is needed, not rhs " + Requirements.text(rhs));
        }
        Graph graph = rhs.graph();
        Tensor start = options.start().map(given -> like(rhs, "the start", graph.tensor(given)))
                .orElseGet(() -> Ops.zerosLike(rhs));
        Tensor residual = options.start().isEmpty() ? rhs : rhs.minus(times("the matrices", matrices, start));
        UnaryOperator<Tensor> inverse = r -> options.preconditioner()
                .map(given -> times("the preconditioner", given, r)).orElse(r);
        Tensor direction = inverse.apply(residual);
        Tensor enough = Linalg.norm(rhs, -1).times(options.tolerance());
        List<Tensor> end = Control.whileLoop(
                List.of(start, residual, direction, dot(residual, direction), graph.constant(0L)),
                state -> Ops.reduceAny(Ops.greater(Linalg.norm(state.get(1), -1), enough)), state -> {
                    Tensor p = state.get(2);
                    Tensor gamma = state.get(3);
                    Tensor image = times("the matrices", matrices, p);
                    // What is solved exactly stays as it is while others go on.
                    Tensor alpha = Ops.expandDims(Ops.divideNoNan(gamma, dot(p, image)), -1);
                    Tensor r = state.get(1).minus(alpha.times(image));
                    Tensor q = inverse.apply(r);
                    Tensor next = dot(r, q);
                    Tensor beta = Ops.expandDims(Ops.divideNoNan(next, gamma), -1);
                    return List.of(state.get(0).plus(alpha.times(p)), r, q.plus(beta.times(p)), next,
                            state.get(4).plus(1));
                }, WhileOptions.DEFAULT.withMaxIterations(options.mostSteps()));
        return new ConjugateGradients(end.get(0), end.get(1), end.get(4));
    }

    private static Tensor dot(Tensor x, Tensor y) {
        return Ops.reduceSum(x.times(y), -1);
    }

    /** The product of what the user gives with vectors, of their type. */
    private static Tensor times(String what, UnaryOperator<Tensor> matrices, Tensor x) {
        return like(x, what, matrices.apply(x));
    }

    /** What the user gives in place of vectors, of their dtype and sizes; each run checks those that may differ. */
    private static Tensor like(Tensor vectors, String what, Tensor given) {
        boolean fits = given.dtype() == vectors.dtype() && given.rank() == vectors.rank();
        for (int axis = 0; fits && axis < given.rank(); axis++) {
            fits = vectors.graph().sizes().unify(vectors.dim(axis), given.dim(axis), "conjugate_gradient at "
                    + Place.here() + ": axis " + axis + " of what " + what + " must give") != Sizes.Relation.DIFFERENT;
        }
        if (!fits) {
            throw new GraphException(what + " must give vectors " + Requirements.text(vectors) + ", not "
                    + Requirements.text(given));
        }
        return given.shape().equals(vectors.shape()) ? given : Ops.reshape(given, vectors.shape());
    }
}
