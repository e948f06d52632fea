package dev.sinter.runtime;

/** A run was stopped before its end. It committed nothing, and its session stays usable unless it is closed. */
public final class RunCancelledException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What stopped a run. */
    public enum Reason {
        /** The thread was interrupted; its interrupt status is still set. */
        INTERRUPTED("its thread was interrupted"),
        DEADLINE("its deadline passed"),
        CLOSED("its session was closed");

        private final String text;

        Reason(String text) {
            this.text = text;
        }
    }

    private final Reason reason;

    /** Leaves the thread interrupted where that is the reason. */
    RunCancelledException(Reason reason) {
        super("run: cancelled, because " + reason.text + "; nothing was committed");
        this.reason = reason;
        if (reason == Reason.INTERRUPTED) {
            Thread.currentThread().interrupt();
        }
    }

    public Reason reason() {
        return reason;
    }
}
