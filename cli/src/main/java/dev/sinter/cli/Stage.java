package dev.sinter.cli;

import java.util.Locale;

/** The forms that a graph takes on its way to machine code. */
enum Stage {
    PLAN,
    TENSOR,
    KERNEL,
    PROGRAM,
    LLVM,
    ASM;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
