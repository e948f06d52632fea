package dev.sinter.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.stream.Stream;

/** A process that measures by itself, such as a library's, asked for rounds: one request, one answer a line. */
final class BaselineProcess implements AutoCloseable {
    private final Process process;
    private final BufferedWriter requests;
    private final BufferedReader answers;

    /** Starts the process and waits until it is ready. */
    BaselineProcess(ProcessBuilder builder) {
        try {
            process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
        requests = process.outputWriter();
        answers = process.inputReader();
        String ready = answer();
        if (!ready.startsWith("ready")) {
            close();
            throw new BaselineFailure("it begins with: " + ready);
        }
    }

    /** The system's number of the process. */
    long pid() {
        return process.pid();
    }

    /** Sets a workload up. */
    void prepare(String workload) {
        ask("prepare " + workload, "ok");
    }

    /** Microseconds of one iteration in a round of that many. */
    double round(String workload, int iterations) {
        return turn(workload, new Turn(1, iterations, false))[0];
    }

    /** The same for each part of a turn. */
    double[] turn(String workload, Turn turn) {
        String times = ask("run " + workload + " " + turn.parts() + " " + turn.iterations(), "us ");
        return Stream.of(times.strip().split(" ")).mapToDouble(Double::parseDouble).toArray();
    }

    private String ask(String request, String expected) {
        try {
            requests.write(request);
            requests.newLine();
            requests.flush();
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
        String answer = answer();
        if (!answer.startsWith(expected)) {
            throw new BaselineFailure("'" + request + "' is answered by '" + answer + "'");
        }
        return answer.substring(expected.length());
    }

    private String answer() {
        try {
            String line = answers.readLine();
            return line == null ? "nothing, the process has ended" : line;
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
