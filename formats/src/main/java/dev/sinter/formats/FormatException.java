package dev.sinter.formats;

/** A file is not what it should be, or holds what is not supported. The message names the file and the place in it. */
public class FormatException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public FormatException(String message) {
        super(message);
    }

    public FormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
