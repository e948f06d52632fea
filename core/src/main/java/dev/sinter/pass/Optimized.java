package dev.sinter.pass;

import dev.sinter.ir.Function;

/** What a {@link Pipeline} gives: a function that computes the same, and what was done to it. */
public record Optimized(Function function, PassReport report) {}
