package dev.sinter.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Function;
import dev.sinter.ir.Printer;
import dev.sinter.ir.Value;
import dev.sinter.ir.Verifier;
import dev.sinter.kernel.Layout;
import dev.sinter.op.InitialState;
import dev.sinter.pass.OptimizationOptions;
import dev.sinter.pass.Pipeline;
import dev.sinter.plan.Buffer;
import dev.sinter.plan.LayoutAssignment;
import dev.sinter.plan.Plan;
import dev.sinter.plan.PlanInterpreter;
import dev.sinter.plan.PlanParser;
import dev.sinter.plan.PlanPrinter;
import dev.sinter.plan.PlanVerifier;
import dev.sinter.plan.Planner;
import dev.sinter.plan.Recomputation;
import dev.sinter.program.Compilation;
import dev.sinter.program.InterpretedBackend;
import dev.sinter.program.Program;
import dev.sinter.program.ProgramParser;
import dev.sinter.program.ProgramPrinter;
import dev.sinter.program.ProgramRunner;
import dev.sinter.tensor.NDArray;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random functions give the same results interpreted, optimised, planned and as interpreted programs. */
class PlanFuzzTest {
    private static final int SAMPLES = 60;
    private static final List<Recomputation.Policy> POLICIES = List.of(Recomputation.Policy.NONE,
            new Recomputation.Policy(1, 4, 1, false, Long.MAX_VALUE, 0),
            new Recomputation.Policy(1, 4, 1000, true, 1, 0),
            new Recomputation.Policy(1, 2, 1000, true, 1, 3));

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void plansComputeWhatFunctionsSay(long block) {
        for (long seed = block * 100_000; seed < block * 100_000 + SAMPLES; seed++) {
            check(seed, false, sample -> planProblem(sample, 0));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void smoothPlansComputeWhatFunctionsSay(long block) {
        for (long seed = block * 100_000; seed < block * 100_000 + SAMPLES; seed++) {
            check(seed, true, sample -> planProblem(sample, 1e-5));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void programsComputeWhatFunctionsSay(long block) {
        for (long seed = block * 100_000; seed < block * 100_000 + SAMPLES / 2; seed++) {
            check(seed, false, sample -> programProblem(sample, 0));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void smoothProgramsComputeWhatFunctionsSay(long block) {
        for (long seed = block * 100_000; seed < block * 100_000 + SAMPLES / 2; seed++) {
            check(seed, true, sample -> programProblem(sample, 2e-4));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void programsComputeTheSameInAnyLayout(long block) {
        for (long seed = block * 200_000; seed < block * 200_000 + SAMPLES / 2; seed++) {
            check(seed, false, PlanFuzzTest::layoutProblem);
        }
    }

    @FunctionalInterface
    interface Check {
        /** What is wrong with a sample; empty where nothing is. */
        Optional<String> problem(RandomFunction.Sample sample);
    }

    static void check(long seed, boolean smooth, Check check) {
        int ops = 3 + (int) (seed % 25);
        RandomFunction.Sample sample = RandomFunction.of(seed, ops, smooth);
        Verifier.verify(sample.function());
        if (check.problem(sample).isPresent()) {
            RandomFunction.Sample small = Shrinking.shrink(sample, other -> check.problem(other).isPresent());
            assertThat(check.problem(small).orElse("it went away")).as("seed " + seed + "\n"
                    + Printer.print(small.function())).isEqualTo("nothing");
        }
    }

    static Optional<String> planProblem(RandomFunction.Sample sample, double tolerance) {
        List<NDArray> expected = Interpreter.run(sample.function(), sample.inputs());
        Function optimized = Pipeline.optimize(sample.function(),
                OptimizationOptions.defaults().withVerification()).function();
        for (Function function : List.of(sample.function(), optimized)) {
            for (Recomputation.Policy policy : POLICIES) {
                Optional<String> problem = planProblem(Recomputation.of(function, policy), sample, expected, tolerance);
                if (problem.isPresent()) {
                    return problem.map(why -> (function == optimized ? "optimised, " : "plain, ") + policy + ": "
                            + why);
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> planProblem(Recomputation.Result repeated, RandomFunction.Sample sample,
            List<NDArray> expected, double tolerance) {
        try {
            Plan plan = Planner.plan(repeated, Map.of(), LayoutAssignment.ROW_MAJOR);
            PlanVerifier.verify(plan);
            String text = PlanPrinter.print(plan);
            if (!PlanPrinter.print(PlanParser.parse(text, name -> new RandomFunction.Twice())).equals(text)) {
                return Optional.of("the text changes when it is read and written again\n" + text);
            }
            List<NDArray> actual = PlanInterpreter.run(plan, repeated.function(), sample.inputs());
            return Shrinking.same(expected, actual, tolerance) ? Optional.empty()
                    : Optional.of(expected + " became " + actual + "\n" + text);
        } catch (RuntimeException thrown) {
            return Optional.of(thrown + " at " + List.of(thrown.getStackTrace()).subList(0, 6));
        }
    }

    static Optional<String> programProblem(RandomFunction.Sample sample, double tolerance) {
        return programProblem(sample, tolerance, Map.of(), LayoutAssignment.ROW_MAJOR);
    }

    /** Every variable in panels, and every other buffer that may be. */
    static Optional<String> layoutProblem(RandomFunction.Sample sample) {
        Map<String, Layout> fixed = new HashMap<>();
        for (Value parameter : sample.function().parameters()) {
            if (parameter.op() instanceof InitialState state && state.content().rank() >= 2) {
                fixed.put(state.variable(), new Layout.Panels(16));
            }
        }
        LayoutAssignment layouts = (plan, variables) -> {
            Map<Integer, Layout> chosen = new HashMap<>();
            for (Buffer buffer : plan.buffers()) {
                if (buffer.type().rank() >= 2 && buffer.id() % 2 == 0) {
                    chosen.put(buffer.id(), new Layout.Panels(32));
                }
            }
            return chosen;
        };
        return programProblem(sample, 0, fixed, layouts);
    }

    private static Optional<String> programProblem(RandomFunction.Sample sample, double tolerance,
            Map<String, Layout> fixed, LayoutAssignment layouts) {
        List<NDArray> expected = Interpreter.run(sample.function(), sample.inputs());
        try (InterpretedBackend backend = new InterpretedBackend()) {
            Compilation compilation = Compilation.compile(sample.function(), fixed, backend.target(),
                    Compilation.Options.defaults().withLayouts(layouts));
            String text = ProgramPrinter.print(compilation.program());
            Program parsed = ProgramParser.parse(text, name -> new RandomFunction.Twice());
            if (!ProgramPrinter.print(parsed).equals(text)) {
                return Optional.of("the text changes when it is read and written again\n" + text);
            }
            List<NDArray> actual = ProgramRunner.run(compilation.function(), parsed, backend.compile(parsed),
                    sample.inputs(), 1);
            return Shrinking.same(expected, actual, tolerance) ? Optional.empty()
                    : Optional.of(expected + " became " + actual + "\n" + compilation.planText());
        } catch (RuntimeException thrown) {
            return Optional.of(thrown + " at " + List.of(thrown.getStackTrace()).subList(0, 6));
        }
    }
}
