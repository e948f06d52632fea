package dev.sinter.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A process that a round starts and waits for. */
final class ChildProcess {
    private ChildProcess() {}

    /** Reads what a process prints. */
    @FunctionalInterface
    interface Reading {
        /** Reads up to the end. */
        double of(BufferedReader out) throws IOException;
    }

    /** Starts a process and gives what is read of it, once it has ended well. */
    static double run(ProcessBuilder builder, Reading reading) {
        try {
            Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
            try (BufferedReader out = process.inputReader()) {
                double read = reading.of(out);
                int status = process.waitFor();
                Values.require(status == 0, "'" + String.join(" ", builder.command()) + "' ends with " + status);
                return read;
            }
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupt);
        }
    }
}
