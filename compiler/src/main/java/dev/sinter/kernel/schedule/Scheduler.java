package dev.sinter.kernel.schedule;

import dev.sinter.kernel.Nest;
import dev.sinter.plan.Buffer;
import dev.sinter.program.NestScheduler;
import dev.sinter.program.Target;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Turns nests into kernels. */
public final class Scheduler implements NestScheduler {
    /** It has no state. */
    public static final Scheduler INSTANCE = new Scheduler();

    private Scheduler() {}

    @Override
    public Scheduled schedule(Nest whole, List<Buffer> buffers, Target target) {
        Nest nest = Used.trimmed(whole);
        if (WritesInOrder.isNeeded(nest)) {
            return WritesInOrder.schedule(nest, buffers, target);
        }
        if (nest.reductions().isEmpty()) {
            return MapSchedule.schedule(nest, buffers, target);
        }
        return Contraction.match(nest).flatMap(contraction -> contraction.schedule(buffers, target))
                .orElseGet(() -> ReductionSchedule.schedule(nest, buffers, target));
    }

    @Override
    public Optional<Supplier<Scheduled.Launch>> inRows(Nest whole, List<Buffer> buffers, Target target,
            Rows rows) {
        Nest nest = Used.trimmed(whole);
        if (WritesInOrder.isNeeded(nest)) {
            return Optional.empty();
        }
        if (nest.reductions().isEmpty()) {
            return MapSchedule.inRows(nest, buffers, target, rows);
        }
        boolean isProduct = Contraction.match(nest).filter(product -> product.hasSchedule(buffers, target)).isPresent();
        return isProduct ? Optional.empty() : ReductionSchedule.inRows(nest, buffers, target, rows);
    }
}
