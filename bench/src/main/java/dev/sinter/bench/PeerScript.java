package dev.sinter.bench;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A script that measures by itself and prints a line {@code NAME: min X us  med Y us} for each piece of work.
 *
 * @param command     what starts it
 * @param environment variables that it gets besides this process's
 */
public record PeerScript(List<String> command, Map<String, String> environment) {
    private static final Pattern LINE = Pattern.compile(".*: min ([0-9.]+) us {2}med ([0-9.]+) us");
    private static final int LAST_LINES = 3;

    /** Copies both. */
    public PeerScript {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    /**
     * What a script has timed, in microseconds of one iteration.
     *
     * @param median the median over its parts
     * @param least  the least of them
     */
    public record Times(double median, double least) { }

    /**
     * Runs the script to its end.
     *
     * @param beginning how the line begins that counts
     * @throws RuntimeException where it cannot be started or does not print the line; the message is one line and
     *         holds the last ones of its standard error
     */
    public Times run(String beginning) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            try {
                FutureTask<List<String>> errors = new FutureTask<>(() -> lines(process.errorReader().lines().toList()));
                Thread.startVirtualThread(errors);
                List<String> printed = process.inputReader().lines().toList();
                for (String line : printed) {
                    Matcher matcher = LINE.matcher(line);
                    if (line.startsWith(beginning) && matcher.matches()) {
                        return new Times(Double.parseDouble(matcher.group(2)), Double.parseDouble(matcher.group(1)));
                    }
                }
                throw new BaselineFailure(failure(beginning, process.waitFor(), lines(printed), errors.get()));
            } finally {
                process.destroy();
            }
        } catch (IOException | ExecutionException problem) {
            throw new BaselineFailure(problem.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new BaselineFailure("'" + String.join(" ", command) + "' is interrupted");
        }
    }

    private String failure(String beginning, int status, List<String> printed, List<String> errors) {
        String detail = errors.isEmpty() ? printed.isEmpty() ? "it prints nothing"
                : "it prints: " + last(printed) : "its standard error ends in: " + last(errors);
        return "'" + String.join(" ", command) + "' ends with the status " + status + " and prints no time of '"
                + beginning.strip() + "'; " + detail;
    }

    private static List<String> lines(List<String> all) {
        return all.stream().map(String::strip).filter(line -> !line.isEmpty()).toList();
    }

    private static String last(List<String> lines) {
        return String.join("; ", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    }
}
