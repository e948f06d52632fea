package dev.sinter.runtime;

/** A compiled function. Used by several threads at once. */
public interface Executable extends AutoCloseable {
    /** What one run at a time works with; many may exist. */
    Invocation newInvocation();

    /** The text of a stage of compilation, such as {@code plan} or {@code asm}; empty where there is none. */
    String text(String stage);

    /** Frees the code. No invocation runs then or later. */
    @Override
    void close();
}
