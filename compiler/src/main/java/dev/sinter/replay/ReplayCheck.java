package dev.sinter.replay;

import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Function;
import dev.sinter.ir.Type.StateType;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.kernel.schedule.ProductLayouts;
import dev.sinter.kernel.schedule.Scheduler;
import dev.sinter.op.RunNumber;
import dev.sinter.pass.Optimized;
import dev.sinter.pass.Pipeline;
import dev.sinter.plan.MemoryPlan;
import dev.sinter.plan.Plan;
import dev.sinter.plan.PlanVerifier;
import dev.sinter.plan.Planner;
import dev.sinter.plan.SizeChecks;
import dev.sinter.program.Backend;
import dev.sinter.program.CompiledProgram;
import dev.sinter.program.InterpretedBackend;
import dev.sinter.program.Program;
import dev.sinter.program.ProgramBuilder;
import dev.sinter.program.ProgramRunner;
import dev.sinter.program.Target;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Symbol;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Takes a replay through all stages and says how each ends. The name of a stage is written before it starts: where
 * a stage ends the process, it is the last that stands there. On random inputs the function after the passes must
 * give the interpreter's bits, the program come near them, and native code give the program's bits.
 */
public final class ReplayCheck {
    private static final long[] SIZES = {3, 17};
    private static final double HALF_SHARE = 0.1;
    private static final double FLOAT32_SHARE = 1e-3;
    private static final double FLOAT64_SHARE = 1e-9;

    private final Replay replay;
    private final Optional<Backend> backend;
    private final Target target;
    private final SplittableRandom random;
    private final PrintStream out;

    private ReplayCheck(Replay replay, Optional<Backend> backend, long seed, PrintStream out) {
        this.replay = replay;
        this.backend = backend;
        this.target = backend.map(Backend::target).orElse(replay.target());
        this.random = new SplittableRandom(seed);
        this.out = out;
    }

    /** A stage has failed, which has been said. */
    private static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Failed() {
            super("a stage has failed", null, false, false);
        }
    }

    /** What became of a run: results, or the user's mistake. */
    private record Outcome(Optional<List<NDArray>> results, String failure) {
        static Outcome of(Supplier<List<NDArray>> run) {
            try {
                return new Outcome(Optional.of(run.get()), "");
            } catch (GraphException mistake) {
                return new Outcome(Optional.empty(), mistake.getMessage());
            }
        }

        /** This outcome, which must be like another one. */
        Outcome like(Outcome expected, Share share) {
            if (expected.results().isPresent() != results.isPresent()) {
                throw new CompilerBug(results.isPresent() ? "it does not fail with " + expected.failure()
                        : "it fails with " + failure);
            }
            results.flatMap(actual -> difference(expected.results().orElseThrow(), actual, share)).ifPresent(why -> {
                throw new CompilerBug(why);
            });
            return this;
        }
    }

    /**
     * Replays.
     *
     * @param backend compiles for the machine at hand, whatever the replay's was; without one nothing is compiled
     * @param seed    of the random inputs
     * @param out     gets a line a stage, with what is wrong where that is the last one
     * @return whether all stages end well
     */
    public static boolean run(Replay replay, Optional<Backend> backend, long seed, PrintStream out) {
        try {
            new ReplayCheck(replay, backend, seed, out).run();
            return true;
        } catch (Failed said) {
            return false;
        }
    }

    private void run() {
        if (!replay.failure().isEmpty()) {
            out.println("reported: " + replay.failure());
        }
        if (!target.equals(replay.target())) {
            out.println("compiled for " + replay.target() + ", replayed for " + target);
        }
        Function source = replay.function();
        Optimized optimized = stage("passes", () ->
                Pipeline.optimize(source, replay.optimization().withVerification()));
        Plan plan = stage("plan", () -> {
            Plan made = Planner.plan(optimized.function(), replay.layouts(), new ProductLayouts(target));
            PlanVerifier.verify(made);
            return made;
        });
        Program program = stage("kernels", () -> {
            Program built = ProgramBuilder.build(plan, target, Scheduler.INSTANCE).program();
            MemoryPlan.of(built);
            SizeChecks.of(source);
            return built;
        });
        Optional<CompiledProgram> code = backend.map(there ->
                stage("code", () -> there.compile(program, replay.timed())));
        try (CompiledProgram steps = new InterpretedBackend(target).compile(program)) {
            boolean symbolic = !symbols(source).isEmpty();
            for (long size : symbolic ? SIZES : new long[1]) {
                compare(optimized, program, steps, code, size, symbolic ? " where sizes are " + size : "");
            }
        } finally {
            code.ifPresent(CompiledProgram::close);
        }
    }

    private <T> T stage(String name, Supplier<T> work) {
        out.print(name + ": ");
        out.flush();
        try {
            T result = work.get();
            out.println("ok");
            return result;
        } catch (RuntimeException | StackOverflowError | AssertionError failure) {
            out.println("FAILS: " + (failure.getMessage() == null ? failure : failure.getMessage()));
            throw new Failed();
        }
    }

    private void compare(Optimized optimized, Program program, CompiledProgram steps, Optional<CompiledProgram> code,
            long size, String where) {
        List<NDArray> inputs = inputs(size);
        Function function = optimized.function();
        int threads = Math.max(1, replay.target().threads());
        Outcome expected = stage("interpreter" + where,
                () -> Outcome.of(() -> Interpreter.run(replay.function(), inputs)));
        stage("passes" + where, () -> Outcome.of(() -> Interpreter.run(function, inputs))
                .like(expected, replay.optimization().reassociate() ? Share.NEAR : Share.EXACT));
        Outcome planned = stage("program" + where, () -> Outcome.of(
                () -> ProgramRunner.run(function, program, steps, inputs, threads)).like(expected, Share.NEAR));
        code.ifPresent(compiled -> stage("native code" + where, () -> Outcome.of(
                () -> ProgramRunner.run(function, program, compiled, inputs, threads)).like(planned, Share.EXACT)));
    }

    /** Which differences are allowed: none, or a share of the largest element. */
    private enum Share { EXACT, NEAR }

    private static Optional<String> difference(List<NDArray> expected, List<NDArray> actual, Share share) {
        return IntStream.range(0, expected.size()).boxed()
                .flatMap(i -> difference(expected.get(i), actual.get(i), share).map(why -> "result " + i + ", " + why)
                        .stream()).findFirst();
    }

    private static Optional<String> difference(NDArray expected, NDArray actual, Share share) {
        if (expected.dtype() != actual.dtype() || !Arrays.equals(expected.sizes(), actual.sizes())) {
            return Optional.of("expected " + expected.dtype() + Arrays.toString(expected.sizes()) + ", got "
                    + actual.dtype() + Arrays.toString(actual.sizes()));
        }
        boolean integers = !expected.dtype().isFloat();
        double largest = 0;
        for (long i = 0; i < expected.elementCount() && !integers; i++) {
            double magnitude = Math.abs(expected.getDouble(i));
            largest = Double.isFinite(magnitude) ? Math.max(largest, magnitude) : largest;
        }
        double allowed = share == Share.EXACT ? 0
                : largest * switch (expected.dtype()) {
                    case FLOAT16, BFLOAT16 -> HALF_SHARE;
                    case FLOAT32 -> FLOAT32_SHARE;
                    case FLOAT64, INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, BOOL -> FLOAT64_SHARE;
                };
        for (long i = 0; i < expected.elementCount(); i++) {
            if (integers && expected.getLong(i) != actual.getLong(i)) {
                return Optional.of("element " + i + ": expected " + expected.getLong(i) + ", got "
                        + actual.getLong(i));
            }
            double x = integers ? 0 : expected.getDouble(i);
            double y = integers ? 0 : actual.getDouble(i);
            boolean same = Double.compare(x, y) == 0 || Double.isNaN(x) && Double.isNaN(y)
                    || share == Share.NEAR && Math.abs(x - y) <= allowed;
            if (!same) {
                return Optional.of("element " + i + ": expected " + x + ", got " + y + ", allowed is a difference of "
                        + allowed);
            }
        }
        return Optional.empty();
    }

    private static TensorType type(Value parameter) {
        return parameter.type() instanceof StateType state ? state.content() : parameter.tensorType();
    }

    private static List<Symbol> symbols(Function function) {
        return function.parameters().stream().flatMap(parameter -> type(parameter).shape().dims().stream())
                .flatMap(dim -> dim.symbols().stream()).distinct().toList();
    }

    private List<NDArray> inputs(long size) {
        Map<Symbol, Long> sizes = new HashMap<>();
        symbols(replay.function()).forEach(symbol -> sizes.put(symbol, size));
        List<NDArray> inputs = new ArrayList<>();
        for (Value parameter : replay.function().parameters()) {
            TensorType type = type(parameter);
            NDArray array = NDArray.zeros(type.dtype(), type.shape().dims().stream()
                    .mapToLong(dim -> evaluate(dim, sizes)).toArray());
            for (long i = 0; i < array.elementCount() && !(parameter.op() instanceof RunNumber); i++) {
                if (type.dtype().isFloat()) {
                    array.setDouble(i, random.nextDouble(0.5, 2));
                } else {
                    array.setLong(i, random.nextInt(type.dtype() == DType.BOOL ? 2 : 4));
                }
            }
            inputs.add(array);
        }
        return inputs;
    }

    private static long evaluate(Dim dim, Map<Symbol, Long> sizes) {
        return Math.max(0, dim.evaluate(sizes::get));
    }
}
