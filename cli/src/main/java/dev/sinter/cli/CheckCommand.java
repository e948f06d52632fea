package dev.sinter.cli;

import java.io.PrintStream;
import java.util.List;

/** Describes {@code check}, which the launcher script carries out since it needs the build. */
final class CheckCommand implements Command {
    @Override
    public Syntax syntax() {
        return new Syntax(
                "check", Syntax.Operands.ANY_WORDS, "Build everything and run all the tests.",
                """
                The last line counts the tests that passed, failed and were skipped. The exit status is 1
                where a test fails, where none ran, or where the build fails. The words are passed on to
                Maven, as in -Dtest=GraphTest.
                """,
                List.of());
    }

    @Override
    public void run(Arguments arguments, PrintStream out, PrintStream err) {
        throw new CommandFailure("check is carried out by the launcher: start it as ./sinter check");
    }
}
