package dev.sinter.kernel;

/** Why a run failed in native code: the value of its error word. */
public enum Failure {
    /** The run was cancelled; the word is 1. */
    CANCELLED(1),
    DIVISION_BY_ZERO(2),
    INDEX_OUT_OF_RANGE(3),
    HOST_CALL(4),
    /** A tape could not grow. */
    OUT_OF_MEMORY(5),
    /** A size that the run found is negative or exceeds its bound. */
    SIZE_OUT_OF_RANGE(6);

    private final int code;

    Failure(int code) {
        this.code = code;
    }

    /** The error word; 0 means success. */
    public int code() {
        return code;
    }
}
