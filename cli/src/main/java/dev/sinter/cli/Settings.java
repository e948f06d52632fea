package dev.sinter.cli;

import dev.sinter.runtime.SessionOptions;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a run of a program may be told.
 *
 * @param steps how many steps the program takes, at least 0
 * @param seed the graph's seed
 * @param batch the size of a batch, at least 0
 * @param threads how many threads compute, at least 1
 * @param backend what executes the graph
 * @param data a file that the program reads
 * @param sample how much it draws from what it has learnt, at least 0
 */
record Settings(int steps, long seed, int batch, int threads, Backend backend, Optional<Path> data, int sample) {
    /** What executes the graph, as a session is told. */
    dev.sinter.runtime.Backend engine() {
        return backend.engine();
    }

    /** How a session runs. */
    SessionOptions session() {
        return SessionOptions.DEFAULT.withBackend(engine()).withThreads(threads);
    }
}
