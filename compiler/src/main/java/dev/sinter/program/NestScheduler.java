package dev.sinter.program;

import dev.sinter.kernel.Nest;
import dev.sinter.kernel.schedule.Rows;
import dev.sinter.kernel.schedule.Scheduled;
import dev.sinter.plan.Buffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Turns a nest into kernels. */
@FunctionalInterface
public interface NestScheduler {
    /**
     * The kernels that compute a nest, in order.
     *
     * @param nest    what is computed
     * @param buffers the buffers that the nest numbers; temporaries that the kernels need follow them
     * @param target  the machine
     */
    Scheduled schedule(Nest nest, List<Buffer> buffers, Target target);

    /**
     * One kernel for a nest, whose tiles are rows, where there is such.
     *
     * @param nest    what is computed
     * @param buffers the buffers that the nest numbers
     * @param target  the machine
     * @param rows    what a tile is
     * @return what makes the kernel, once
     */
    default Optional<Supplier<Scheduled.Launch>> inRows(Nest nest, List<Buffer> buffers, Target target, Rows rows) {
        return Optional.empty();
    }
}
