package dev.sinter.testkit;

import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Function;
import dev.sinter.llvm.Llvm;
import dev.sinter.llvm.LlvmBackend;
import dev.sinter.program.Backend;
import dev.sinter.program.Compilation;
import dev.sinter.program.CompiledProgram;
import dev.sinter.program.InterpretedBackend;
import dev.sinter.program.Program;
import dev.sinter.program.ProgramRunner;
import dev.sinter.program.Target;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Compares what programs give with what the interpreter of functions gives. A function is compiled for a
 * machine; its program, run kernel by kernel in Java, must come near; native code must give the program's bits
 * on every number of threads. Safe for use by several threads.
 */
public final class ProgramCheck implements AutoCloseable {
    /** Says what is wrong with results of a function, where something is. */
    @FunctionalInterface
    public interface Comparison {
        Optional<String> mismatch(Function function, List<NDArray> inputs, List<NDArray> expected,
                List<NDArray> actual);
    }

    /** What became of a run: results, or that it failed. */
    private record Outcome(Optional<List<NDArray>> results, String failure) {
        static Outcome of(Callable<List<NDArray>> run) {
            try {
                return new Outcome(Optional.of(run.call()), "");
            } catch (GraphException mistake) {
                return new Outcome(Optional.empty(), mistake.getMessage());
            } catch (RuntimeException bug) {
                throw bug;
            } catch (Exception impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    private final InterpretedBackend interpreted;
    private final Optional<Backend> code;
    private final int threads;
    private final Compilation.Options options;

    private ProgramCheck(InterpretedBackend interpreted, Optional<Backend> code, int threads,
            Compilation.Options options) {
        this.interpreted = interpreted;
        this.code = code;
        this.threads = threads;
        this.options = options;
    }

    private ProgramCheck(Target target, Optional<Backend> code, int threads) {
        this(new InterpretedBackend(target), code, threads, Compilation.Options.defaults());
    }

    /** Programs for a machine, run in Java alone. */
    public static ProgramCheck interpreted(Target target) {
        return new ProgramCheck(target, Optional.empty(), target.threads());
    }

    /** Programs for the machine at hand, run natively too, on each number of threads up to a greatest one. */
    public static ProgramCheck compiled(int threads) {
        return compiled(llvm().host(), threads);
    }

    /** Programs in the code of a machine that the one at hand can run. */
    public static ProgramCheck compiled(dev.sinter.llvm.Target machine, int threads) {
        LlvmBackend backend = LlvmBackend.of(llvm(), machine, threads);
        return new ProgramCheck(backend.target(), Optional.of(backend), threads);
    }

    /** The same checks, closed with these, of programs that are compiled otherwise. */
    public ProgramCheck with(Compilation.Options other) {
        return new ProgramCheck(interpreted, code, threads, other);
    }

    /** LLVM, which a platform that runs these tests has. */
    public static Llvm llvm() {
        return switch (Llvm.load()) {
            case Llvm.Availability.Available(Llvm llvm) -> llvm;
            case Llvm.Availability.Unavailable(String reason) -> throw new AssertionError(reason);
        };
    }

    /** What is wrong with a function on some inputs; empty where nothing is. The passes must leave every bit. */
    public Optional<String> mismatch(Function function, List<List<NDArray>> runs, Comparison comparison) {
        return mismatch(function, runs, comparison, (_, _, expected, actual) -> Tolerance.EXACT.mismatch(expected,
                actual));
    }

    /** What is wrong with a function on some inputs, where the passes may reorder its sums. */
    public Optional<String> mismatch(Function function, List<List<NDArray>> runs, Comparison comparison,
            Comparison passes) {
        Compilation compilation = Compilation.compile(function, Map.of(), interpreted.target(), options);
        Program program = compilation.program();
        try (CompiledProgram steps = interpreted.compile(program)) {
            Optional<CompiledProgram> compiled = code.map(backend -> backend.compile(program));
            try {
                for (List<NDArray> run : runs) {
                    Optional<String> wrong = check(compilation, steps, compiled, run, comparison, passes);
                    if (wrong.isPresent()) {
                        return wrong.map(why -> why + "\n" + context(compilation, run));
                    }
                }
                return Optional.empty();
            } finally {
                compiled.ifPresent(CompiledProgram::close);
            }
        }
    }

    private static String context(Compilation compilation, List<NDArray> run) {
        return "on inputs of sizes " + run.stream().map(input -> Arrays.toString(input.sizes())).toList() + "\n"
                + compilation.planText();
    }

    private Optional<String> check(Compilation compilation, CompiledProgram steps, Optional<CompiledProgram> compiled,
            List<NDArray> run, Comparison comparison, Comparison passes) {
        Outcome expected = Outcome.of(() -> Interpreter.run(compilation.source(), run));
        Outcome optimized = Outcome.of(() -> Interpreter.run(compilation.function(), run));
        Outcome planned = Outcome.of(() -> ProgramRunner.run(compilation.function(), compilation.program(), steps,
                run, threads));
        Optional<String> wrong = difference("the passes", expected, optimized,
                actual -> passes.mismatch(compilation.source(), run, expected.results().orElseThrow(), actual))
                .or(() -> difference("the program", expected, planned, actual -> comparison.mismatch(
                        compilation.source(), run, expected.results().orElseThrow(), actual)));
        for (int count = 1; wrong.isEmpty() && compiled.isPresent() && count <= threads; count++) {
            int used = count;
            List<NDArray> given = run.stream().map(ProgramCheck::copy).toList();
            Outcome nativeOutcome = Outcome.of(() -> ProgramRunner.run(compilation.function(), compilation.program(),
                    compiled.get(), given, used));
            wrong = difference("native code on " + count + " threads", planned, nativeOutcome,
                    actual -> Tolerance.EXACT.mismatch(planned.results().orElseThrow(), actual));
            for (int i = 0; i < run.size() && wrong.isEmpty(); i++) {
                wrong = given.get(i).sameBits(run.get(i)) ? Optional.empty()
                        : Optional.of("native code changes its input " + i);
            }
        }
        return wrong;
    }

    private static Optional<String> difference(String who, Outcome expected, Outcome actual,
            java.util.function.Function<List<NDArray>, Optional<String>> compare) {
        if (expected.results().isPresent() != actual.results().isPresent()) {
            return Optional.of(who + (actual.results().isPresent() ? " does not fail with " + expected.failure()
                    : " fails with " + actual.failure()));
        }
        return actual.results().flatMap(compare).map(why -> who + ": " + why);
    }

    static NDArray copy(NDArray array) {
        NDArray copy = NDArray.zeros(array.dtype(), array.sizes());
        copy.segment().copyFrom(array.segment());
        return copy;
    }

    @Override
    public void close() {
        code.ifPresent(Backend::close);
    }
}
