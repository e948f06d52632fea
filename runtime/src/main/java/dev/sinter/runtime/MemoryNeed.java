package dev.sinter.runtime;

/**
 * What a run takes beside what it is fed, what it gives and the variables.
 *
 * @param intermediates the bytes of intermediate results that live at the same time, at most, as a formula of the
 *                      unknown sizes: {@code max(16*n, 4*m+12*n)}
 * @param kept          the bytes of values that are kept from run to run
 */
public record MemoryNeed(String intermediates, long kept) {}
