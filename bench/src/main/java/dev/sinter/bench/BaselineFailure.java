package dev.sinter.bench;

/** A baseline cannot be had or does not answer as it should. */
final class BaselineFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BaselineFailure(String message) {
        super(message);
    }
}
