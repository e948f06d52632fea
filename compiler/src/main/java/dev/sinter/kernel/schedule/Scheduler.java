package dev.sinter.kernel.schedule;

import dev.sinter.kernel.Nest;
import dev.sinter.plan.Buffer;
import dev.sinter.program.Target;
import java.util.List;

/** Turns nests into kernels. */
public final class Scheduler {
    private Scheduler() {}

    /**
     * The kernels that compute a nest.
     *
     * @param whole   what is computed
     * @param buffers the plan's buffers, which the nest numbers
     * @param target  the machine
     */
    public static Scheduled schedule(Nest whole, List<Buffer> buffers, Target target) {
        Nest nest = Used.trimmed(whole);
        if (nest.reductions().isEmpty()) {
            return MapSchedule.schedule(nest, buffers, target);
        }
        return Contraction.match(nest).flatMap(contraction -> contraction.schedule(buffers, target))
                .orElseGet(() -> ReductionSchedule.schedule(nest, buffers, target));
    }
}
