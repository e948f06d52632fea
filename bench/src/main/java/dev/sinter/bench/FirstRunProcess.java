package dev.sinter.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * {@link FirstRun} in a process that keeps no compiled code, so that each first run compiles all of it. Other
 * workloads may run from kept code, and whether it is kept is a choice of the whole process.
 */
final class FirstRunProcess implements Contender {
    private final String name;
    private final int threads;
    private Optional<BaselineProcess> process = Optional.empty();

    FirstRunProcess(String name, int threads) {
        this.name = name;
        this.threads = threads;
    }

    /** Answers each request on standard input; the one argument is the number of threads. */
    public static void main(String[] arguments) throws IOException {
        PrintStream out = System.out;
        System.setOut(System.err);
        FirstRun first = new FirstRun("first-run", Integer.parseInt(arguments[0]));
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        out.println("ready");
        while (in.readLine() != null) {
            out.println(answer(first));
        }
    }

    private static String answer(FirstRun first) {
        try {
            return String.format(Locale.ROOT, "us %.3f", first.round(1));
        } catch (RuntimeException | LinkageError problem) {
            return "error " + String.valueOf(problem).replace('\n', ' ');
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Cost cost() {
        return Cost.UNCOUNTED;
    }

    /** Starts the process; the first time is that of a JVM which has compiled nothing itself. */
    @Override
    public void prepare() {
        process = Optional.of(new BaselineProcess(new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-Dsinter.code.cache=off",
                "-cp", System.getProperty("java.class.path"),
                FirstRunProcess.class.getName(), Integer.toString(threads)))));
        round(1);
    }

    @Override
    public Turn warmUp() {
        return Turn.ONCE;
    }

    @Override
    public double round(int iterations) {
        return process.orElseThrow().round(name, iterations);
    }

    @Override
    public void close() {
        process.ifPresent(BaselineProcess::close);
        process = Optional.empty();
    }
}
