package dev.sinter.runtime;

/** What executes a graph. */
public enum Backend {
    /** Native code, and the interpreter where there is none, which a line of the log says. */
    AUTO,
    /** Native code, compiled by LLVM; a session does not open where that is not possible. */
    LLVM,
    /** The interpreter: slow, on any platform. */
    EVAL;

    /**
     * Begins, in the background, what opening a session takes time for, such as loading a library. Worth calling
     * before a graph is built; a session waits for what is not done. What fails is reported by the session.
     */
    public void prepare() {
        Thread.ofPlatform().daemon().name("sinter-prepare").start(() -> Engines.prepare(this));
    }

    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
