package dev.sinter.program;

import dev.sinter.kernel.Nest;
import dev.sinter.kernel.schedule.Rows;
import dev.sinter.kernel.schedule.Scheduled;
import dev.sinter.plan.Buffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
     * The kernels of a nest, of which the tiles of the last are rows, where there are such.
     *
     * @param nest    what is computed
     * @param buffers the buffers that the nest numbers; temporaries that the kernels need follow them
     * @param target  the machine
     * @param rows    what a tile is
     * @return what makes the kernels, once
     */
    default Optional<Supplier<Scheduled>> inRows(Nest nest, List<Buffer> buffers, Target target, Rows rows) {
        return Optional.empty();
    }

    /** What a nest is to those that go through the same rows. */
    enum RowKind {
        /** It has rows that can be cut anywhere. */
        FREE,
        /** The same, but rows are found by divisions, which pays with products alone. */
        DIVIDED,
        /** It is a product whose result is larger than its operands, and worth joining where that stays in the rows. */
        WIDENING,
        /** It is a product of something larger that others leave in the rows. */
        NARROWING,
        /** It is computed alone. */
        NONE
    }

    /**
     * What a nest is to those that go through the same rows.
     *
     * @param nest    what is computed
     * @param buffers the buffers that the nest numbers
     * @param target  the machine
     * @param axes    how many of the first axes number the rows
     * @param written what the others leave in the rows, where a product is among them
     */
    default RowKind rowKind(Nest nest, List<Buffer> buffers, Target target, int axes, Set<Integer> written) {
        return RowKind.NONE;
    }
}
