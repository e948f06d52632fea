package dev.sinter.llvm;

import dev.sinter.llvm.ffi.LinkedObject;

/** The functions of an object in executable memory, until it is closed. */
public final class LoadedCode implements AutoCloseable {

    private final LinkedObject object;

    LoadedCode(LinkedObject object) {
        this.object = object;
    }

    /**
     * A function that the module defines and does not make internal.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public NativeCode function(String name) {
        return new NativeCode(object.function(name));
    }

    /** Whether {@link #close} has been called. */
    public boolean closed() {
        return object.closed();
    }

    /** Frees the code once no call is in flight; later calls throw {@link IllegalStateException}. */
    @Override
    public void close() {
        object.close();
    }
}
