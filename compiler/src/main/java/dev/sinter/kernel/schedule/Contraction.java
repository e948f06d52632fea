package dev.sinter.kernel.schedule;

import dev.sinter.kernel.Nest;
import dev.sinter.kernel.Term;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.ScalarFn;
import dev.sinter.plan.Buffer;
import dev.sinter.program.Target;
import java.util.List;
import java.util.Optional;

/**
 * A nest that is one sum of products of two elements, and an epilogue.
 *
 * @param nest the whole nest
 * @param lhs  the input of the first factor
 * @param rhs  the input of the second factor
 */
record Contraction(Nest nest, int lhs, int rhs) {
    /** The nest as a contraction, where it is one. */
    static Optional<Contraction> match(Nest nest) {
        if (nest.reductions().size() != 1 || nest.reductions().getFirst().fn() != ReduceFn.SUM) {
            return Optional.empty();
        }
        Term folded = nest.terms().get(nest.reductions().getFirst().term());
        if (folded instanceof Term.Apply(ScalarFn fn, var dtype, List<Integer> factors) && fn == ScalarFn.MUL
                && nest.terms().get(factors.get(0)) instanceof Term.Element(int lhs, var left)
                && nest.terms().get(factors.get(1)) instanceof Term.Element(int rhs, var right)) {
            return Optional.of(new Contraction(nest, lhs, rhs));
        }
        return Optional.empty();
    }

    /**
     * A schedule of its own, where the sizes and layouts suit one; otherwise it is a reduction like others.
     */
    Optional<Scheduled> schedule(List<Buffer> buffers, Target target) {
        return ContractionSchedule.schedule(this, buffers, target);
    }

    /** Whether there is a schedule of its own. */
    boolean hasSchedule(List<Buffer> buffers, Target target) {
        return ContractionSchedule.suits(this, buffers, target);
    }
}
