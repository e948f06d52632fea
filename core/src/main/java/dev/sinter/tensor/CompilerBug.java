package dev.sinter.tensor;

/** A broken invariant inside Sinter. Never the user's fault; the message asks for a report. */
public final class CompilerBug extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CompilerBug(String message) {
        super(message + " (this is a bug in Sinter; please report it with the program that caused it)");
    }

    public CompilerBug(String message, Throwable cause) {
        super(message + " (this is a bug in Sinter; please report it with the program that caused it)", cause);
    }

    private CompilerBug(CompilerBug bug, String line) {
        super(bug.getMessage() + "\n  " + line, bug);
    }

    /** The same bug with a further line in its message, such as where more is to be found. */
    public CompilerBug withLine(String line) {
        return new CompilerBug(this, line);
    }
}
