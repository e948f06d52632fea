package dev.sinter.cli;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;

/** The entry point of the command line. */
public final class Main {
    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int WRONG_ARGUMENTS = 2;
    private static final List<String> COMMANDS = List.of("run", "explain", "bench", "check", "onnx", "replay");

    private final PrintStream out;
    private final PrintStream err;
    private final boolean trace;

    /**
     * A command line that writes to the given streams.
     *
     * @param out where results go
     * @param err where messages go
     * @param trace whether a failure prints its stack trace
     */
    public Main(PrintStream out, PrintStream err, boolean trace) {
        this.out = out;
        this.err = err;
        this.trace = trace;
    }

    /** Runs the command that the arguments name and exits with its status. */
    public static void main(String[] arguments) {
        boolean trace = "1".equals(System.getenv("SINTER_TRACE"));
        System.exit(new Main(System.out, System.err, trace).execute(arguments));
    }

    /** Runs the command that the arguments name and returns the exit status. */
    public int execute(String... arguments) {
        String name = arguments.length == 0 ? "" : arguments[0];
        try {
            switch (name) {
                case "-h", "--help" -> out.print(help());
                case "-V", "--version" -> out.println("sinter " + version());
                case "" -> throw new WrongArguments("no command; there are: " + String.join(", ", COMMANDS));
                default -> execute(command(name), Arrays.asList(arguments).subList(1, arguments.length));
            }
            out.flush();
            return DONE;
        } catch (WrongArguments problem) {
            err.println("sinter: " + problem.getMessage());
            String command = COMMANDS.contains(name) ? name + " " : "";
            err.println("Try 'sinter " + command + "--help'.");
            return WRONG_ARGUMENTS;
        } catch (Exception | LinkageError | OutOfMemoryError | StackOverflowError problem) {
            out.flush();
            return failed(problem);
        }
    }

    private void execute(Command command, List<String> words) throws Exception {
        Syntax syntax = command.syntax();
        if (syntax.asksForHelp(words)) {
            out.print(syntax.help());
        } else {
            command.run(syntax.read(words), out, err);
        }
    }

    private static Command command(String name) {
        return switch (name) {
            case "run" -> new RunCommand();
            case "explain" -> new ExplainCommand();
            case "bench" -> new BenchCommand();
            case "check" -> new CheckCommand();
            case "onnx" -> new OnnxCommand();
            case "replay" -> new ReplayCommand();
            default -> throw new WrongArguments(
                    "no command is called '" + name + "'; there are: " + String.join(", ", COMMANDS));
        };
    }

    private int failed(Throwable problem) {
        err.println("sinter: " + Failures.message(problem));
        if (trace) {
            problem.printStackTrace(err);
        } else if (!Failures.isUsersMistake(problem)) {
            err.println("Set SINTER_TRACE=1 for the stack trace.");
        }
        return FAILED;
    }

    private static String help() {
        StringBuilder text = new StringBuilder("""
                Usage: sinter COMMAND [ARGUMENT...]
                Runs, explains and measures graphs that Sinter compiles.

                Commands:
                """);
        for (String name : COMMANDS) {
            text.append("  %-9s %s%n".formatted(name, command(name).syntax().summary()));
        }
        return text.append("""

                Options:
                  -h, --help     Print this help.
                  -V, --version  Print the version.

                'sinter COMMAND --help' says more about a command.
                SINTER_TRACE=1 in the environment adds stack traces to errors.
                """).toString();
    }

    private static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "(unpackaged)" : version;
    }
}
