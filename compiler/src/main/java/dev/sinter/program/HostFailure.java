package dev.sinter.program;

import dev.sinter.op.HostFunction;

/**
 * That a host call has failed.
 *
 * @param function which was called
 * @param thrown   by it, or because of what it returned
 */
public record HostFailure(HostFunction function, Throwable thrown) {}
