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
 * @param convolutionTolerance how far a result of a convolution of {@code float32} may be from the exact one, as a part
 *                      of the largest; 0 where only the order of sums may differ
 * @param dumpDirectory where the input and, for each pass that changed something, its result are written
 */
public record OptimizationOptions(boolean reassociate, boolean verify, long ruleLimit,
        double convolutionTolerance, Optional<Path> dumpDirectory) {
    /** Exact rules, no limit, nothing checked or written. */
    public static OptimizationOptions defaults() {
        return new OptimizationOptions(false, false, Long.MAX_VALUE, 0, Optional.empty());
    }

    public OptimizationOptions withReassociation() {
        return new OptimizationOptions(true, verify, ruleLimit, convolutionTolerance, dumpDirectory);
    }

    public OptimizationOptions withVerification() {
        return new OptimizationOptions(reassociate, true, ruleLimit, convolutionTolerance, dumpDirectory);
    }

    public OptimizationOptions withRuleLimit(long limit) {
        return new OptimizationOptions(reassociate, verify, limit, convolutionTolerance, dumpDirectory);
    }

    public OptimizationOptions withConvolutionTolerance(double tolerance) {
        return new OptimizationOptions(reassociate, verify, ruleLimit, tolerance, dumpDirectory);
    }

    public OptimizationOptions withDumpDirectory(Path directory) {
        return new OptimizationOptions(reassociate, verify, ruleLimit, convolutionTolerance, Optional.of(directory));
    }

    boolean allows(Rule rule) {
        return switch (rule.exactness()) {
            case EXACT -> true;
            case REASSOCIATES -> reassociate;
        };
    }
}
