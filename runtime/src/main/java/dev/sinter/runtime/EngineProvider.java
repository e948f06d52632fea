package dev.sinter.runtime;

import java.util.Optional;

/** Makes engines; found by {@link java.util.ServiceLoader}. */
public interface EngineProvider {
    /** The back end that sessions choose it by. */
    Backend backend();

    /** Why it cannot run on this machine, in one line; empty where it can. */
    Optional<String> unavailable();

    Engine open(SessionOptions options);
}
