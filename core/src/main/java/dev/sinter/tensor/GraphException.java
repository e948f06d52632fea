package dev.sinter.tensor;

/**
 * An error of the user of Sinter: a wrong shape, a missing feed, an ambiguous write. The message names the
 * op, its operands and the user's source line, and says what to change.
 */
public class GraphException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public GraphException(String message) {
        super(message);
    }

    public GraphException(String message, Throwable cause) {
        super(message, cause);
    }
}
