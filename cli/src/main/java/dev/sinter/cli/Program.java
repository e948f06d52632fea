package dev.sinter.cli;

import java.io.PrintStream;
import java.util.Set;

/** A program that the command line knows by name. */
interface Program {
    /** The name on the command line. */
    String name();

    /** The options of {@code run} that the program takes, beside those that each takes: threads and back end. */
    Set<String> options();

    /** Runs the program and prints what it prints. */
    void run(Settings settings, PrintStream out);

    /**
     * Prints how the program is executed.
     *
     * @param stage the form to print
     * @param analyze whether the program is run and its kernels are timed
     */
    void explain(Stage stage, boolean analyze, PrintStream out);
}
