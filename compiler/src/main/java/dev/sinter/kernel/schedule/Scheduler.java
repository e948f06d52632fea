package dev.sinter.kernel.schedule;

import dev.sinter.kernel.Nest;
import dev.sinter.plan.Buffer;
import dev.sinter.program.NestScheduler;
import dev.sinter.program.Target;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
    public Optional<Supplier<Scheduled>> inRows(Nest whole, List<Buffer> buffers, Target target, Rows rows) {
        Nest nest = Used.trimmed(whole);
        if (WritesInOrder.isNeeded(nest)) {
            return Optional.empty();
        }
        if (nest.reductions().isEmpty()) {
            return MapSchedule.inRows(nest, buffers, target, rows);
        }
        return product(nest, buffers, target)
                .map(contraction -> ContractionSchedule.inRows(contraction, buffers, target, rows))
                .orElseGet(() -> ReductionSchedule.inRows(nest, buffers, target, rows));
    }

    @Override
    public RowKind rowKind(Nest whole, List<Buffer> buffers, Target target, int axes, Set<Integer> written) {
        Nest nest = Used.trimmed(whole);
        if (WritesInOrder.isNeeded(nest)) {
            return RowKind.NONE;
        }
        return product(nest, buffers, target)
                .map(product -> ProductRows.kind(product, buffers, axes, written, target))
                .orElseGet(() -> LoopSpace.of(nest, buffers, axes).simplified().rowAxes() > 1
                        ? RowKind.DIVIDED : RowKind.FREE);
    }

    /** A nest that has a schedule as a product. */
    private static Optional<Contraction> product(Nest nest, List<Buffer> buffers, Target target) {
        return nest.reductions().isEmpty() ? Optional.empty()
                : Contraction.match(nest).filter(contraction -> contraction.hasSchedule(buffers, target));
    }
}
