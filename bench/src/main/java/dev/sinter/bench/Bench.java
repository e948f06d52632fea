package dev.sinter.bench;

import dev.sinter.examples.Explained;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.GraphException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** Measures workloads beside their baselines. */
public final class Bench {
    /**
     * What to measure.
     *
     * @param names workloads, such as {@code gemm}, or parts of one, such as {@code gemm-512}; all of them
     *         where none is named
     * @param threads how many threads compute
     * @param baselines whether other libraries are measured too
     * @param python what starts Python for the frameworks that are measured too, if any are
     * @param json a file for the rows, one JSON object a line, Sinter's rows first
     */
    public record Options(List<String> names, int threads, boolean baselines, Optional<String> python,
            Optional<Path> json) {
        /** Copies the list. */
        public Options {
            names = List.copyOf(names);
        }
    }

    private final Options options;
    private final PrintStream err;
    private final Table table;
    private final List<Row> sinter = new ArrayList<>();
    private final List<Row> others = new ArrayList<>();
    private boolean complete = true;

    private Bench(Options options, PrintStream out, PrintStream err) {
        this.options = options;
        this.err = err;
        table = new Table(out);
    }

    /** The names of the workloads. */
    public static List<String> names() {
        return Suite.names();
    }

    /** Whether something is measured under a name with that many threads. */
    public static boolean knows(String name, int threads) {
        return Suite.knows(name, threads);
    }

    /** The workloads that {@link #explain} knows. */
    public static List<String> explained() {
        return Suite.explained();
    }

    /**
     * Says how an iteration of a workload is carried out.
     *
     * @param name one of {@link #explained}
     * @param stage {@code plan}, or another stage that {@link Session#text} knows
     * @param analyze whether iterations are timed; for the stage {@code plan}
     * @param threads how many threads compute
     */
    public static String explain(String name, String stage, boolean analyze, int threads) {
        ExplainedTask task = Suite.explained(name).orElseThrow(() -> new IllegalArgumentException(
                "no workload '" + name + "' can be explained; there are " + String.join(", ", explained())));
        return explain(task, stage, analyze, threads);
    }

    private static String explain(ExplainedTask task, String stage, boolean analyze, int threads) {
        try (Session session = new Session(task.graph(), task.options(SessionWorkload.options(threads)))) {
            task.load(session);
            return new Explained(task.fetch(), task.feeds()).text(session, stage, analyze);
        }
    }

    /**
     * Measures and prints a table as it goes.
     *
     * @param out gets the table
     * @param err gets a line for each baseline that cannot be had and each workload that fails
     * @return whether every workload of Sinter was measured
     * @throws IllegalArgumentException for a name that is not {@linkplain #knows known}
     * @throws IOException when the file cannot be written
     */
    public static boolean run(Options options, PrintStream out, PrintStream err) throws IOException {
        return new Bench(options, out, err).run();
    }

    /**
     * Measures ONNX models beside ONNX Runtime, and prints a table as it goes.
     *
     * @param files    models, or folders of {@code model.onnx}, with test data beside them or not
     * @param mostFound what bounds sizes that only a run finds, where something does
     * @param options  the names are not used
     * @return whether every model was measured
     * @throws IOException when the file of rows cannot be written
     */
    public static boolean onnx(List<Path> files, OptionalLong mostFound, Options options, PrintStream out,
            PrintStream err) throws IOException {
        Bench bench = new Bench(options, out, err);
        try (Baselines baselines = new Baselines(err, options.baselines())) {
            for (Path file : files) {
                bench.measure(bench.suite(baselines).onnx(file, mostFound, Cost.UNCOUNTED));
                bench.write();
            }
        }
        return bench.complete;
    }

    /**
     * Says how a run of an ONNX model is carried out, whose parameters are constants.
     *
     * @param file    a model, or the folder of {@code model.onnx}
     * @param mostFound what bounds sizes that only a run finds, where something does
     * @param stage   as in the other {@code explain}
     */
    public static String explainOnnx(Path file, OptionalLong mostFound, String stage, boolean analyze, int threads) {
        return explain(new OnnxTask(OnnxJob.of(file, mostFound), _ -> { }), stage, analyze, threads);
    }

    private boolean run() throws IOException {
        try (Baselines baselines = new Baselines(err, options.baselines())) {
            for (Suite.Entry entry : suite(baselines).entries(options.names())) {
                measure(entry.comparison().get());
                // Each time, so that what was measured outlives a process that is ended early.
                write();
            }
        }
        return complete;
    }

    private Suite suite(Baselines baselines) {
        return new Suite(options.threads(), baselines, options.python().flatMap(this::peers));
    }

    private Optional<Peers> peers(String python) {
        Optional<Path> root = Checkout.root();
        if (root.isEmpty()) {
            err.println("sinter: no Python framework is measured: the checkout with bench/peers is not found");
        }
        return root.map(found -> new Peers(found.resolve("bench/peers"), python, options.threads()));
    }

    private void measure(Comparison comparison) {
        try {
            Map<Contender, Samples> samples = Rounds.time(comparison, failed(comparison));
            List<Row> rows = Rows.of(comparison, samples);
            table.print(rows);
            long own = comparison.sinter().stream().filter(samples::containsKey).count();
            sinter.addAll(rows.subList(0, (int) own));
            others.addAll(rows.subList((int) own, rows.size()));
        } finally {
            comparison.contenders().forEach(Contender::close);
        }
    }

    private Consumer<Rounds.Failure> failed(Comparison comparison) {
        return failure -> {
            err.println("sinter: " + failure.contender().name() + " is not measured: "
                    + line(failure.problem()));
            complete &= !comparison.sinter().contains(failure.contender());
        };
    }

    /** What went wrong, on one line; the kind is said where the message is not meant for users. */
    private static String line(Throwable problem) {
        String message = Optional.ofNullable(problem.getMessage()).orElse("");
        boolean plain = problem instanceof GraphException || problem instanceof BaselineFailure;
        String kind = problem.getClass().getSimpleName();
        String text = plain ? message : message.isEmpty() ? kind : kind + ": " + message;
        return text.strip().replaceAll("\\s*\\R\\s*", "; ");
    }

    private void write() throws IOException {
        if (options.json().isEmpty()) {
            return;
        }
        List<String> lines = new ArrayList<>();
        sinter.forEach(row -> lines.add(row.json()));
        others.forEach(row -> lines.add(row.json()));
        Files.write(options.json().get(), lines);
    }
}
