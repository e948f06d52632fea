package dev.sinter.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * A process that is started anew for each round.
 *
 * @param name the name of its row
 * @param command what starts it
 * @param environment variables that it gets besides this process's
 * @param whole whether its end is waited for, or only its first line on standard output
 */
record ProcessStart(String name, List<String> command, Map<String, String> environment, boolean whole)
        implements Contender {
    @Override
    public Cost cost() {
        return Cost.UNCOUNTED;
    }

    /** Starts it once, so that what it builds or caches on first use is there. */
    @Override
    public void prepare() {
        new ProcessStart(name, command, environment, true).round(1);
    }

    @Override
    public Turn warmUp() {
        return Turn.ONCE;
    }

    @Override
    public double round(int iterations) {
        long start = System.nanoTime();
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD);
            builder.environment().putAll(environment);
            Process process = builder.start();
            try (BufferedReader out = process.inputReader()) {
                String line = out.readLine();
                double micros = (System.nanoTime() - start) / 1e3;
                while (line != null) {
                    line = out.readLine();
                }
                int status = process.waitFor();
                if (status != 0) {
                    throw new IllegalStateException("'" + String.join(" ", command) + "' ends with " + status);
                }
                return whole ? (System.nanoTime() - start) / 1e3 : micros;
            }
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupt);
        }
    }

    @Override
    public void close() { }
}
