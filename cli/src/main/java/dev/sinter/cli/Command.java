package dev.sinter.cli;

import java.io.PrintStream;

/** What the first argument names. */
sealed interface Command permits RunCommand, ExplainCommand, BenchCommand, CheckCommand, ReplayCommand,
        OnnxCommand {
    /** The arguments that the command takes. */
    Syntax syntax();

    /**
     * Does what the arguments ask for.
     *
     * @param arguments what {@link #syntax} read
     * @param out where results go
     * @param err where messages go
     * @throws WrongArguments if the arguments do not fit together
     * @throws Exception if the command fails
     */
    void run(Arguments arguments, PrintStream out, PrintStream err) throws Exception;
}
