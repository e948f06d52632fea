package dev.sinter.program;

import java.util.Optional;

/** Opens a back end where the machine has what it needs. Found by {@link java.util.ServiceLoader}. */
public interface BackendProvider {
    /** The name that users choose the back end by: {@code llvm}. */
    String name();

    /** Begins what takes long and can be done in the background, such as loading a library. */
    void prepare();

    /** Why the back end cannot run here, in one line that says what to do; empty where it can. */
    Optional<String> unavailable();

    /**
     * Opens the back end.
     *
     * @param threads how many threads a run may use, the caller's included; at least 1
     */
    Backend open(int threads);
}
