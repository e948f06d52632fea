package dev.sinter.runtime;

/** What executes a graph. */
public enum Backend {
    /** Native code, compiled by LLVM. */
    LLVM,
    /** The interpreter: slow, on any platform. */
    EVAL;

    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
