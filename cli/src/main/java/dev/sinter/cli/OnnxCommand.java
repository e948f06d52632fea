package dev.sinter.cli;

import dev.sinter.runtime.SessionOptions;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Tests ONNX models. */
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

    @Override
    public Syntax syntax() {
        return new Syntax("onnx", Syntax.Operands.TASK_AND_NAMES, "Test ONNX models.", """
                test DIR...     Runs every folder below that holds model.onnx and test_data_set_*, and
                                compares. Inputs that sizes and axes follow from are constants. The
                                last line counts.
                """, List.of(BACKEND, THREADS, LIST, RTOL, ATOL));
    }

    @Override
    public void run(Arguments arguments, PrintStream out, PrintStream err) throws Exception {
        List<String> words = arguments.operands();
        if (words.isEmpty()) {
            throw new WrongArguments("onnx needs a task: test");
        }
        if (!words.getFirst().equals("test")) {
            throw new WrongArguments("onnx has no task '" + words.getFirst() + "'; there is: test");
        }
        OnnxTest.run(words.stream().skip(1).map(Path::of).toList(), arguments, out);
    }

    /** How sessions execute. */
    static SessionOptions session(Arguments arguments) {
        return SessionOptions.DEFAULT.withThreads(arguments.get(THREADS))
                .withBackend(arguments.get(BACKEND).engine());
    }
}
