package dev.sinter.cli;

import dev.sinter.bench.Bench;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Measures workloads and prints a table. */
final class BenchCommand implements Command {
    private static final Option<Integer> THREADS = Option.integer(
            "--threads", 1, Runtime.getRuntime().availableProcessors(),
            "How many threads compute (default: one a processor).");
    private static final Option<Optional<Path>> JSON =
            Option.path("--json", "Also write the rows to FILE, one JSON object a line.");

    private static final Option<Boolean> ALONE =
            Option.flag("--no-baselines", "Measure Sinter alone, beside the limits of the machine.");
    private static final Option<Boolean> PEERS =
            Option.flag("--peers", "Also measure JAX and PyTorch, by the scripts in bench/peers.");
    private static final Option<String> PYTHON =
            Option.text("--python", "PATH", "python3", "What runs these scripts (default python3).");

    @Override
    public Syntax syntax() {
        return new Syntax(
                "bench", Syntax.Operands.NAMES, "Measure workloads beside their baselines and print a table.",
                "Workloads, all where none is named:\n" + Names.lines(Bench.names()) + """
                A part of one is named as in the table: gemm-512, gemm-64x1000x100-t1, mlp-fetch.
                The baselines are downloaded on first use.
                """,
                List.of(THREADS, ALONE, PEERS, PYTHON, JSON));
    }

    @Override
    public void run(Arguments arguments, PrintStream out, PrintStream err) {
        if (arguments.isGiven(PYTHON) && !arguments.get(PEERS)) {
            throw new WrongArguments("--python goes with --peers");
        }
        for (String name : arguments.operands()) {
            if (!Bench.knows(name, arguments.get(THREADS))) {
                throw new WrongArguments("there is no workload '" + name + "'; there are "
                        + String.join(", ", Bench.names()));
            }
        }
        Bench.Options options = new Bench.Options(
                arguments.operands(), arguments.get(THREADS), !arguments.get(ALONE),
                arguments.get(PEERS) ? Optional.of(arguments.get(PYTHON)) : Optional.empty(), arguments.get(JSON));
        try {
            if (!Bench.run(options, out, err)) {
                throw new CommandFailure("not every workload was measured");
            }
        } catch (IOException problem) {
            throw new CommandFailure("the rows cannot be written: " + problem.getMessage());
        }
    }
}
