package dev.sinter.cli;

import dev.sinter.bench.Bench;
import java.io.PrintStream;
import java.util.List;

/** Shows how a program is executed. */
final class ExplainCommand implements Command {
    private static final Option<Stage> STAGE =
            Option.oneOf("--stage", Stage.PLAN, "The form to print (default plan).");
    private static final Option<Boolean> ANALYZE = Option.flag(
            "--analyze", "Also run it: adds the measured time and the fraction of the roofline.");
    private static final Option<Integer> THREADS = Option.integer(
            "--threads", 1, Runtime.getRuntime().availableProcessors(),
            "How many threads compute a workload (default: one a processor).");

    @Override
    public Syntax syntax() {
        return new Syntax(
                "explain", Syntax.Operands.ONE_NAME, "Show how a program is executed.",
                """
                The plan lists the fused kernels with their ops, source lines, flops, bytes and memory.
                """ + Programs.help() + "Workloads of bench:\n" + Names.lines(Bench.explained()),
                List.of(STAGE, ANALYZE, THREADS));
    }

    @Override
    public void run(Arguments arguments, PrintStream out, PrintStream err) {
        String name = arguments.operands().getFirst();
        if (arguments.get(ANALYZE) && arguments.get(STAGE) != Stage.PLAN) {
            throw new WrongArguments("--analyze goes with the stage plan, not with " + arguments.get(STAGE));
        }
        if (Bench.explained().contains(name)) {
            out.print(Bench.explain(
                    name, arguments.get(STAGE).toString(), arguments.get(ANALYZE), arguments.get(THREADS)));
            return;
        }
        Program program = Programs.named(name);
        if (arguments.isGiven(THREADS)) {
            throw new WrongArguments(name + " takes no --threads; workloads of bench do");
        }
        program.explain(arguments.get(STAGE), arguments.get(ANALYZE), out);
    }
}
