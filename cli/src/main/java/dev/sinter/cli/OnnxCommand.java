package dev.sinter.cli;

import dev.sinter.runtime.SessionOptions;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Tests, runs and shows ONNX models. */
final class OnnxCommand implements Command {
    static final Option<Backend> BACKEND =
            Option.oneOf("--backend", Backend.AUTO, "What executes the graph (default llvm, eval without it).");
    static final Option<Integer> THREADS = Option.integer("--threads", 1, Runtime.getRuntime().availableProcessors(),
            "How many threads compute (default: one a processor).");
    static final Option<Optional<Path>> LIST = Option.path("--list", "test: only the names in the file, one a line.");
    static final Option<OptionalDouble> RTOL = Option.number("--rtol",
            "test: the relative tolerance (default: tolerance.txt's, else 1e-3).");
    static final Option<OptionalDouble> ATOL = Option.number("--atol",
            "test: the absolute tolerance (default: tolerance.txt's, else 1e-7).");
    static final Option<List<String>> INPUT = Option.texts("--input", "NAME=FILE",
            "run: the value of an input, an npy file; once for each input.");
    static final Option<Optional<Path>> OUT = Option.path("--out", "DIR", "run: the folder for the outputs.");

    @Override
    public Syntax syntax() {
        return new Syntax("onnx", Syntax.Operands.TASK_AND_NAMES, "Test, run or show ONNX models.", """
                test DIR...     Runs every folder below that holds model.onnx and test_data_set_*, and
                                compares. Inputs that sizes and axes follow from are constants. The
                                last line counts.
                run MODEL       Runs a model once and writes each output to DIR/NAME.npy.
                inspect MODEL   Prints inputs, outputs, operators, parameters and the memory of a run.
                """, List.of(BACKEND, THREADS, LIST, RTOL, ATOL, INPUT, OUT));
    }

    @Override
    public void run(Arguments arguments, PrintStream out, PrintStream err) throws Exception {
        List<String> words = arguments.operands();
        if (words.isEmpty()) {
            throw new WrongArguments("onnx needs a task: test, run or inspect");
        }
        List<Path> names = words.stream().skip(1).map(Path::of).toList();
        switch (words.getFirst()) {
            case "test" -> {
                only(arguments, "test", List.of(BACKEND, THREADS, LIST, RTOL, ATOL));
                OnnxTest.run(names, arguments, out);
            }
            default -> throw new WrongArguments("onnx has no task '" + words.getFirst() + "'; there are: test, run,"
                    + " inspect");
        }
    }

    private void only(Arguments arguments, String task, List<Option<?>> options) {
        for (Option<?> option : syntax().options()) {
            if (arguments.isGiven(option) && !options.contains(option)) {
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
