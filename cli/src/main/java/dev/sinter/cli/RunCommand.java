package dev.sinter.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Runs a program of the examples. */
final class RunCommand implements Command {
    private static final Option<Integer> STEPS =
            Option.integer("--steps", 0, 500, "How many steps to take (default 500).");
    private static final Option<Long> SEED = Option.any64("--seed", 0, "The graph's seed (default 0).");
    private static final Option<Integer> BATCH =
            Option.integer("--batch", 0, 64, "The size of a batch (default 64).");
    private static final Option<Integer> THREADS = Option.integer(
            "--threads", 1, Runtime.getRuntime().availableProcessors(),
            "How many threads compute (default: one a processor).");
    private static final Option<Backend> BACKEND =
            Option.oneOf("--backend", Backend.AUTO, "What executes the graph (default llvm, eval without it).");
    private static final Option<Optional<Path>> DATA = Option.path("--data", "The text that char-rnn reads.");
    private static final Option<Integer> SAMPLE = Option.integer(
            "--sample", 0, 0, "How many characters char-rnn draws in the end (default 0).");
    /** What a program takes or does not. */
    private static final List<Option<?>> OF_SOME = List.of(STEPS, SEED, BATCH, DATA, SAMPLE);

    @Override
    public Syntax syntax() {
        return new Syntax(
                "run", Syntax.Operands.ONE_NAME, "Run a program; its results go to standard output.",
                Programs.help(), List.of(STEPS, SEED, BATCH, THREADS, BACKEND, DATA, SAMPLE));
    }

    @Override
    public void run(Arguments arguments, PrintStream out, PrintStream err) {
        Program program = Programs.named(arguments.operands().getFirst());
        for (Option<?> option : OF_SOME) {
            if (arguments.isGiven(option) && !program.options().contains(option.name())) {
                throw new WrongArguments(program.name() + " takes no " + option.name());
            }
        }
        Settings settings = new Settings(
                arguments.get(STEPS), arguments.get(SEED), arguments.get(BATCH), arguments.get(THREADS),
                arguments.get(BACKEND), arguments.get(DATA), arguments.get(SAMPLE));
        program.run(settings, out);
    }
}
