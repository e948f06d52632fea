package dev.sinter.cli;

import dev.sinter.formats.onnx.OnnxImport;
import dev.sinter.formats.onnx.OnnxModel;
import dev.sinter.runtime.SessionOptions;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Tests and inspects ONNX models. */
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

    private static final List<Option<?>> ALL = List.of(BACKEND, THREADS, LIST, RTOL, ATOL);
    private static final String TASKS = "inspect, test";

    @Override
    public Syntax syntax() {
        return new Syntax("onnx", Syntax.Operands.TASK_AND_NAMES, "Inspect and test ONNX models.", """
                inspect MODEL   Prints inputs, outputs, operators, parameters, and the memory of a run as
                                a formula of the unknown sizes.
                test DIR...     Runs every folder below that holds model.onnx and test_data_set_*, and
                                compares. Inputs that sizes and axes follow from are constants. The
                                last line counts.
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
            case "test" -> OnnxTest.run(names, arguments, out);
            default -> throw new WrongArguments("onnx has no task '" + task + "'; there are: " + TASKS);
        }
    }

    private static void inspect(Path file, Arguments arguments, PrintStream out) {
        allow("inspect", arguments, BACKEND, THREADS);
        OnnxModel model = OnnxModel.read(file);
        OnnxInspection.print(model, OnnxImport.of(model), session(arguments), out);
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

    /** How sessions execute. */
    static SessionOptions session(Arguments arguments) {
        return SessionOptions.DEFAULT.withThreads(arguments.get(THREADS))
                .withBackend(arguments.get(BACKEND).engine());
    }
}
