package dev.sinter.cli;

import java.util.Locale;

/** The back ends that a user can ask for. */
enum Backend {
    /** LLVM where it can be had, else the interpreter. */
    AUTO,
    LLVM,
    EVAL;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
