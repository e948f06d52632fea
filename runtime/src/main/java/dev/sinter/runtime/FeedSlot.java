package dev.sinter.runtime;

import dev.sinter.graph.Tensor;

/** The place of a fed tensor in a {@link PreparedCall}. */
public final class FeedSlot {
    private final PreparedCall call;
    private final Tensor tensor;
    private final int index;

    FeedSlot(PreparedCall call, Tensor tensor, int index) {
        this.call = call;
        this.tensor = tensor;
        this.index = index;
    }

    public Tensor tensor() {
        return tensor;
    }

    PreparedCall call() {
        return call;
    }

    int index() {
        return index;
    }
}
