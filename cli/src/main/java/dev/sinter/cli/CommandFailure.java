package dev.sinter.cli;

/** A command cannot do what was asked; the message is all that the user needs. */
final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CommandFailure(String message) {
        super(message);
    }
}
