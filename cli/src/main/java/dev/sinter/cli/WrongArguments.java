package dev.sinter.cli;

/** The arguments cannot be understood; the message says which and why. */
final class WrongArguments extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WrongArguments(String message) {
        super(message);
    }
}
