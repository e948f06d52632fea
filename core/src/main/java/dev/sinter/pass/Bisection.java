package dev.sinter.pass;

import dev.sinter.ir.Function;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Finds the application of a rule or decision that breaks a function: applications are numbered in the order in
 * which the pipeline makes them, and the first of them after which a test fails is found by halving.
 *
 * @param application the number of the application, from 1
 * @param rule        what was applied
 * @param before      the function that passes the test
 * @param after       the function that fails it
 */
public record Bisection(long application, Change rule, Function before, Function after) {
    /** The first application that breaks a function under the pipeline's passes. */
    public static Optional<Bisection> find(Function function, OptimizationOptions options,
            Predicate<Function> isRight) {
        return find(function, options, Pipeline.passes(), isRight);
    }

    /**
     * The first application that breaks a function.
     *
     * @param isRight the test, under which one application breaks what all before it keep
     * @return empty where the optimised function passes the test, or fails it before any rule is applied
     */
    public static Optional<Bisection> find(Function function, OptimizationOptions options, List<Pass> passes,
            Predicate<Function> isRight) {
        Optimized all = Pipeline.optimize(function, options, passes);
        long wrong = all.report().applications();
        long right = 0;
        if (isRight.test(all.function()) || !isRight.test(limited(function, options, passes, 0).function())) {
            return Optional.empty();
        }
        while (wrong - right > 1) {
            long middle = right + (wrong - right) / 2;
            if (isRight.test(limited(function, options, passes, middle).function())) {
                right = middle;
            } else {
                wrong = middle;
            }
        }
        Optimized after = limited(function, options, passes, wrong);
        Function before = limited(function, options, passes, right).function();
        long application = wrong;
        return after.report().last()
                .map(rule -> new Bisection(application, rule, before, after.function()));
    }

    private static Optimized limited(Function function, OptimizationOptions options, List<Pass> passes,
            long limit) {
        return Pipeline.optimize(function, options.withRuleLimit(limit), passes);
    }
}
