package dev.sinter.llvm.ffi;

/** An object file cannot be read, or holds something that {@link CodeMemory} does not load. */
public final class ObjectRefused extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ObjectRefused(String message) {
        super(message);
    }

    ObjectRefused(String message, Throwable cause) {
        super(message, cause);
    }
}
