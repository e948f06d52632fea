package dev.sinter.cli;

import dev.sinter.formats.FormatException;
import dev.sinter.tensor.GraphException;

/** How a failure is told to the user. */
final class Failures {
    private Failures() {}

    /** Whether the message alone says what to change. */
    static boolean isUsersMistake(Throwable problem) {
        return problem instanceof GraphException || problem instanceof FormatException
                || problem instanceof CommandFailure;
    }

    /** One message for standard error, without a stack trace. */
    static String message(Throwable problem) {
        String message = problem.getMessage();
        if (isUsersMistake(problem) && message != null) {
            return message;
        }
        String kind = problem.getClass().getSimpleName();
        return message == null ? kind : kind + ": " + message;
    }
}
