package dev.sinter.baselines.protocol;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Answers requests, one a line, until the input ends.
 *
 * <p>The first line that goes out is {@code ready NAME...}. Then {@code prepare NAME} is answered by
 * {@code ok} and {@code run NAME ROUNDS ITERATIONS} by {@code us T...}, the microseconds of one iteration in
 * each round. A request that fails is answered by {@code error MESSAGE}. What Java code prints on standard
 * output goes to standard error.
 */
public final class Serve {
    private final Baseline baseline;
    private final Map<String, Task> prepared = new HashMap<>();

    private Serve(Baseline baseline) {
        this.baseline = baseline;
    }

    /** Serves a baseline on standard input and output. */
    public static void serve(Baseline baseline) throws IOException {
        PrintStream out = new PrintStream(
                new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        System.setOut(System.err);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Serve serve = new Serve(baseline);
        out.println("ready " + String.join(" ", baseline.names()));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            out.println(serve.answer(line.trim().split(" +")));
        }
    }

    private String answer(String[] request) {
        try {
            return switch (request[0]) {
                case "prepare" -> {
                    prepared.computeIfAbsent(request[1], baseline::prepare);
                    yield "ok";
                }
                case "run" -> run(prepared.computeIfAbsent(request[1], baseline::prepare),
                        Integer.parseInt(request[2]), Integer.parseInt(request[3]));
                default -> "error unknown request " + request[0];
            };
        } catch (RuntimeException | LinkageError e) {
            return "error " + String.valueOf(e).replace('\n', ' ');
        }
    }

    private static String run(Task task, int rounds, int iterations) {
        StringBuilder times = new StringBuilder("us");
        for (int round = 0; round < rounds; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < iterations; i++) {
                task.run();
            }
            times.append(' ').append((System.nanoTime() - start) / 1e3 / iterations);
        }
        return times.toString();
    }
}
