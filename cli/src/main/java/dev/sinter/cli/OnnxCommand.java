package dev.sinter.cli;

import dev.sinter.bench.Bench;
import dev.sinter.formats.onnx.OnnxImport;
import dev.sinter.formats.onnx.OnnxModel;
import dev.sinter.runtime.SessionOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Runs, tests and inspects ONNX models. */
final class OnnxCommand implements Command {
    static final Option<Backend> BACKEND =
            Option.oneOf("--backend", Backend.AUTO, "What executes the graph (default llvm, eval without it).");
    static final Option<Integer> THREADS = Option.integer("--threads", 1, Runtime.getRuntime().availableProcessors(),
            "How many threads compute (default: one a processor).");
    static final Option<Optional<Path>> LIST = Option.path("--list", "Only the names in the file, one a line.");
    static final Option<OptionalDouble> RTOL = Option.number("--rtol",
            "The relative tolerance (default: tolerance.txt's, else 1e-3).");
    static final Option<OptionalDouble> ATOL = Option.number("--atol",
            "The absolute tolerance (default: tolerance.txt's, else 1e-7).");

    static final Option<List<String>> INPUT = Option.texts("--input", "NAME=FILE.npy",
            "The value of an input; once for each.");
    static final Option<OptionalLong> MOST_FOUND = Option.count("--most-found",
            "Bounds ranges and loops whose sizes only a run finds.");
    static final Option<Optional<Path>> OUT = Option.path("--out", "DIR", "The folder that outputs are written to.");
    private static final Option<Stage> STAGE =
            Option.oneOf("--stage", Stage.PLAN, "The form that explain prints (default plan).");
    private static final Option<Boolean> ANALYZE =
            Option.flag("--analyze", "Have explain run the model: adds times.");
    private static final Option<Boolean> ALONE =
            Option.flag("--no-baselines", "Measure Sinter alone.");
    static final Option<Boolean> ROUND_TRIP =
            Option.flag("--round-trip", "Write each imported model again, and compare bit for bit.");
    private static final Option<Boolean> REFERENCE =
            Option.flag("--reference-rounding", "Have run round as the standard's reference does.");
    private static final List<Option<?>> ALL = List.of(INPUT, MOST_FOUND, REFERENCE, OUT, STAGE, ANALYZE, ALONE,
            BACKEND, THREADS, LIST, RTOL, ATOL, ROUND_TRIP);
    private static final String TASKS = "inspect, run, explain, bench, test";

    @Override
    public Syntax syntax() {
        return new Syntax("onnx", Syntax.Operands.TASK_AND_NAMES, "Inspect, run, measure and test ONNX models.", """
                inspect MODEL   Prints inputs, outputs, operators, parameters, and the memory of a run as
                                a formula of the unknown sizes. --input, --most-found, --backend,
                                --threads
                run MODEL       Runs it once and writes each output to an npy file of --out. Inputs that
                                sizes and axes follow from are constants. --input, --most-found,
                                --reference-rounding, --backend, --threads
                explain MODEL   Says how a run is carried out, all parameters constant: on the test data
                                beside the model or random numbers. --stage, --analyze,
                                --most-found, --threads
                bench MODEL...  Measures runs beside ONNX Runtime's, which is downloaded on first use.
                                --threads, --most-found, --no-baselines
                test DIR...     Runs every folder below that holds model.onnx and test_data_set_*, and
                                compares. Inputs that sizes and axes follow from are constants. What
                                passes only with the rounding of the standard's reference is named
                                and passes. The last line counts. With --round-trip what was imported
                                is also written and imported again. --list, --rtol, --atol,
                                --most-found, --backend, --threads
                """, ALL);
    }

    @Override
    public void run(Arguments arguments, PrintStream out, PrintStream err) throws Exception {
        List<String> words = arguments.operands();
        if (words.isEmpty()) {
            throw new WrongArguments("onnx needs a task: " + TASKS);
        }
        List<Path> names = words.stream().skip(1).map(Path::of).toList();
        String task = words.getFirst();
        switch (task) {
            case "inspect" -> inspect(one(task, names), arguments, out);
            case "run" -> run(one(task, names), arguments, out);
            case "explain" -> explain(one(task, names), arguments, out);
            case "bench" -> bench(names, arguments, out, err);
            case "test" -> test(names, arguments, out);
            default -> throw new WrongArguments("onnx has no task '" + task + "'; there are: " + TASKS);
        }
    }

    private static void inspect(Path file, Arguments arguments, PrintStream out) {
        allow("inspect", arguments, INPUT, MOST_FOUND, BACKEND, THREADS);
        OnnxModel model = OnnxModel.read(file);
        OnnxImport settings = OnnxInputs.read(model, arguments.get(INPUT)).bound(settings(model, arguments));
        OnnxInspection.print(model, settings, session(arguments), out);
    }

    private static void run(Path file, Arguments arguments, PrintStream out) throws IOException {
        allow("run", arguments, INPUT, MOST_FOUND, REFERENCE, OUT, BACKEND, THREADS);
        Path folder = arguments.get(OUT).orElseThrow(() -> new WrongArguments("onnx run needs a folder: --out DIR"));
        OnnxModel model = OnnxModel.read(file);
        OnnxRun.run(model, settings(model, arguments), arguments.get(INPUT), folder, session(arguments), out);
    }

    private static void explain(Path file, Arguments arguments, PrintStream out) {
        allow("explain", arguments, STAGE, ANALYZE, MOST_FOUND, THREADS);
        if (arguments.get(ANALYZE) && arguments.get(STAGE) != Stage.PLAN) {
            throw new WrongArguments("--analyze goes with the stage plan, not with " + arguments.get(STAGE));
        }
        out.print(Bench.explainOnnx(file, arguments.get(MOST_FOUND), arguments.get(STAGE).toString(),
                arguments.get(ANALYZE), arguments.get(THREADS)));
    }

    private static void bench(List<Path> files, Arguments arguments, PrintStream out, PrintStream err)
            throws IOException {
        allow("bench", arguments, ALONE, MOST_FOUND, THREADS);
        if (files.isEmpty()) {
            throw new WrongArguments("onnx bench needs a model");
        }
        Bench.Options options = new Bench.Options(List.of(), arguments.get(THREADS), !arguments.get(ALONE),
                Optional.empty(), Optional.empty());
        if (!Bench.onnx(files, arguments.get(MOST_FOUND), options, out, err)) {
            throw new CommandFailure("not every model was measured");
        }
    }

    private static void test(List<Path> folders, Arguments arguments, PrintStream out) throws IOException {
        allow("test", arguments, LIST, RTOL, ATOL, MOST_FOUND, BACKEND, THREADS, ROUND_TRIP);
        OnnxTest.run(folders, arguments, out);
    }

    private static Path one(String task, List<Path> names) {
        if (names.size() != 1) {
            throw new WrongArguments("onnx " + task + " takes one model, not " + names.size());
        }
        return names.getFirst();
    }

    /** Refuses options that belong to another task. */
    private static void allow(String task, Arguments arguments, Option<?>... allowed) {
        for (Option<?> option : ALL) {
            if (arguments.isGiven(option) && !List.of(allowed).contains(option)) {
                throw new WrongArguments("onnx " + task + " takes no " + option.name());
            }
        }
    }

    /** How a model is imported. */
    static OnnxImport settings(OnnxModel model, Arguments arguments) {
        OnnxImport settings = OnnxImport.of(model);
        OptionalLong mostFound = arguments.get(MOST_FOUND);
        if (mostFound.isPresent()) {
            settings = settings.withMostFound(mostFound.getAsLong());
        }
        return arguments.get(REFERENCE) ? settings.withReferenceRounding() : settings;
    }

    /** How sessions execute. */
    static SessionOptions session(Arguments arguments) {
        return SessionOptions.DEFAULT.withThreads(arguments.get(THREADS))
                .withBackend(arguments.get(BACKEND).engine());
    }
}
