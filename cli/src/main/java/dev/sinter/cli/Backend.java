package dev.sinter.cli;

import java.util.Locale;

/** The back ends that a user can ask for. */
enum Backend {
    /** LLVM where it can be had, else the interpreter. */
    AUTO,
    LLVM,
    EVAL;

    /** What a session calls it. */
    dev.sinter.runtime.Backend engine() {
        return switch (this) {
            case AUTO -> dev.sinter.runtime.Backend.AUTO;
            case LLVM -> dev.sinter.runtime.Backend.LLVM;
            case EVAL -> dev.sinter.runtime.Backend.EVAL;
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
