/**
 * The command line: what {@code ./sinter} starts.
 *
 * <p>{@link dev.sinter.cli.Main} picks the command by the first argument and loads that one alone, since a
 * whole process is measured in tenths of a second. A {@link dev.sinter.cli.Command} describes its arguments
 * as a {@link dev.sinter.cli.Syntax}, which both reads them and prints the help, and hands what it read to a
 * {@link dev.sinter.cli.Program} or a workload; it computes nothing itself.
 *
 * <p>Results go to standard output, everything else to standard error. The exit status is 0, 1 where the
 * program failed, or 2 where the arguments were wrong. A user's mistake is one message without a stack trace;
 * {@code SINTER_TRACE=1} adds the trace.
 *
 * <p>Building the project, running its tests and choosing the JDK belong to the launcher script.
 */
package dev.sinter.cli;
