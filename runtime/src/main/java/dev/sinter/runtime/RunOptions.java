package dev.sinter.runtime;

import java.time.Duration;
import java.util.Optional;

/**
 * How one run goes.
 *
 * @param timeout after which time it is cancelled, waiting for other runs included; empty means never
 */
public record RunOptions(Optional<Duration> timeout) {
    /** Without a deadline. */
    public static final RunOptions DEFAULT = new RunOptions(Optional.empty());

    /** With a deadline. */
    public static RunOptions timeout(Duration timeout) {
        return new RunOptions(Optional.of(timeout));
    }
}
