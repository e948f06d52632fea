package dev.sinter.pass;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How a {@link Pipeline} treats a function.
 *
 * @param reassociate   whether rules that change rounding are used
 * @param verify        whether the function is verified after each pass
 * @param ruleLimit     how many rule applications are allowed in all; a bisection over it finds the
 *                      application that breaks a program
 * @param dumpDirectory where the input and, for each pass that changed something, its result are written
 */
public record OptimizationOptions(boolean reassociate, boolean verify, long ruleLimit,
        Optional<Path> dumpDirectory) {
    /** Exact rules, no limit, nothing checked or written. */
    public static OptimizationOptions defaults() {
        return new OptimizationOptions(false, false, Long.MAX_VALUE, Optional.empty());
    }

    public OptimizationOptions withReassociation() {
        return new OptimizationOptions(true, verify, ruleLimit, dumpDirectory);
    }

    public OptimizationOptions withVerification() {
        return new OptimizationOptions(reassociate, true, ruleLimit, dumpDirectory);
    }

    public OptimizationOptions withRuleLimit(long limit) {
        return new OptimizationOptions(reassociate, verify, limit, dumpDirectory);
    }

    public OptimizationOptions withDumpDirectory(Path directory) {
        return new OptimizationOptions(reassociate, verify, ruleLimit, Optional.of(directory));
    }

    boolean allows(Rule rule) {
        return switch (rule.exactness()) {
            case EXACT -> true;
            case REASSOCIATES -> reassociate;
        };
    }
}
