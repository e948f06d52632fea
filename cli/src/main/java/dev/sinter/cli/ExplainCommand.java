package dev.sinter.cli;

import java.io.PrintStream;
import java.util.List;

/** Shows how a program is executed. */
final class ExplainCommand implements Command {
    private static final Option<Stage> STAGE =
            Option.oneOf("--stage", Stage.PLAN, "The form to print (default plan).");
    private static final Option<Boolean> ANALYZE = Option.flag(
            "--analyze", "Also run it: adds the measured time and the fraction of the roofline.");

    @Override
    public Syntax syntax() {
        return new Syntax(
                "explain", Syntax.Operands.ONE_NAME, "Show how a program is executed.",
                """
                The plan lists the fused kernels with their ops, source lines, flops, bytes and memory.
                """ + Programs.help(),
                List.of(STAGE, ANALYZE));
    }

    @Override
    public void run(Arguments arguments, PrintStream out, PrintStream err) {
        Program program = Programs.named(arguments.operands().getFirst());
        program.explain(arguments.get(STAGE), arguments.get(ANALYZE), out);
    }
}
