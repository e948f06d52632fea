package dev.sinter.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * A process that is started anew for each round.
 *
 * @param name the name of its row
 * @param command what starts it
 * @param whole whether its end is waited for, or only its first line on standard output
 */
record ProcessStart(String name, List<String> command, boolean whole) implements Contender {
    @Override
    public Cost cost() {
        return Cost.UNCOUNTED;
    }

    /** Starts it once, so that what it builds or caches on first use is there. */
    @Override
    public void prepare() {
        new ProcessStart(name, command, true).round(1);
    }

    @Override
    public Turn warmUp() {
        return Turn.ONCE;
    }

    @Override
    public double round(int iterations) {
        long start = System.nanoTime();
        try {
            Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
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
