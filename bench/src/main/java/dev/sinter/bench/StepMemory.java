package dev.sinter.bench;

import dev.sinter.runtime.MemoryNeed;
import dev.sinter.runtime.PreparedCall;
import dev.sinter.runtime.Session;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How the resident memory of a process grows by the training steps of {@code gpt}. Each round is a process of its own,
 * of Sinter or of a framework alike: once the inputs, the weights and Adam's moments are there it says so, its memory
 * is looked at from outside, and it is asked for steps. What is timed is a step once it is warm.
 */
final class StepMemory implements Contender {
    private static final int FIRST_STEPS = 20;
    private static final int LATER_STEPS = 50;
    private static final double MEGABYTE = 1e6;

    private final String name;
    private final Optional<String> label;
    private final ProcessBuilder builder;
    private final List<Remark> planned;
    private final List<double[]> megabytes = new ArrayList<>();

    /**
     * A process's memory.
     *
     * @param label the framework, if it is not Sinter
     * @param builder what starts a process that answers as {@link #main} does
     * @param planned what the row says further
     */
    StepMemory(String name, Optional<String> label, ProcessBuilder builder, List<Remark> planned) {
        this.name = name;
        this.label = label;
        this.builder = builder;
        this.planned = List.copyOf(planned);
    }

    /** Sinter's, with the memory that the plan says. */
    static StepMemory sinter(String name, int threads) {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-Dsinter.code.cache=off",
                "-cp", System.getProperty("java.class.path"), StepMemory.class.getName(), Integer.toString(threads));
        return new StepMemory(name, Optional.empty(), builder, planned(threads));
    }

    private static List<Remark> planned(int threads) {
        TrainingNet net = new GptNet(GptShape.GPT);
        try (Session session = new Session(net.graph(), SessionWorkload.options(threads))) {
            return session.memory(new TrainingTask(net).fetch(), net.x(), net.y()).map(MemoryNeed::intermediates)
                    .map(bytes -> new Remark("planned_mb", Long.parseLong(bytes) / MEGABYTE)).stream().toList();
        }
    }

    /**
     * Says {@code ready}, and answers each line on standard input, whose last word is a number of steps, with the mean
     * microseconds of one; the one argument is the number of threads.
     */
    public static void main(String[] arguments) throws IOException {
        PrintStream out = System.out;
        System.setOut(System.err);
        TrainingNet net = new GptNet(GptShape.GPT);
        TrainingTask task = new TrainingTask(net);
        try (Session session = new Session(net.graph(), SessionWorkload.options(Integer.parseInt(arguments[0])))) {
            task.load(session);
            out.println("ready");
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            Optional<PreparedCall> call = Optional.empty();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                int steps = Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1));
                long start = System.nanoTime();
                PreparedCall prepared = call.orElseGet(() -> task.prepare(session));
                call = Optional.of(prepared);
                for (int i = 0; i < steps; i++) {
                    SizedNet.run(prepared);
                }
                out.printf(Locale.ROOT, "us %.3f%n", (System.nanoTime() - start) / 1e3 / steps);
            }
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Optional<String> label() {
        return label;
    }

    @Override
    public Cost cost() {
        return Cost.UNCOUNTED;
    }

    @Override
    public void prepare() { }

    @Override
    public Turn warmUp() {
        return Turn.ONCE;
    }

    @Override
    public double round(int iterations) {
        try (BaselineProcess process = new BaselineProcess(builder)) {
            long before = ResidentMemory.of(process.pid()).now();
            process.round(name, FIRST_STEPS);
            ResidentMemory first = ResidentMemory.of(process.pid());
            ResidentMemory.forgetMost(process.pid());
            double micros = process.round(name, LATER_STEPS);
            ResidentMemory later = ResidentMemory.of(process.pid());
            megabytes.add(new double[] {(first.now() - before) / MEGABYTE, (first.most() - before) / MEGABYTE,
                    (later.most() - before) / MEGABYTE, (later.now() - first.now()) / MEGABYTE});
            return micros;
        }
    }

    /** Medians over the rounds. */
    @Override
    public List<Remark> remarks() {
        List<Remark> remarks = new ArrayList<>();
        List<String> keys = List.of("growth_mb", "first_peak_mb", "peak_mb", "later_growth_mb");
        for (int i = 0; i < keys.size(); i++) {
            int column = i;
            remarks.add(new Remark(keys.get(i), new Samples(
                    megabytes.stream().mapToDouble(row -> row[column]).toArray()).median()));
        }
        remarks.addAll(planned);
        return remarks;
    }

    @Override
    public void close() { }
}
