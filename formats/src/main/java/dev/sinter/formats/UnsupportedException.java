package dev.sinter.formats;

/** A file that is right and uses what Sinter does not have; the message says what. */
public final class UnsupportedException extends FormatException {
    private static final long serialVersionUID = 1;

    public UnsupportedException(String message) {
        super(message);
    }
}
