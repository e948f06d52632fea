package dev.sinter.runtime;

import dev.sinter.plan.Buffer;
import dev.sinter.plan.MemoryPlan;
import dev.sinter.program.Compilation;
import dev.sinter.program.Program;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Symbol;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import java.util.function.ToLongFunction;

/**
 * What one binding of the unknown sizes makes of a program: the values of its sizes, the memory plan, and how
 * many threads are worth waking. Independent of any one run.
 *
 * @param sizes   the values of the program's sizes, in order
 * @param memory  where temporaries lie in the arena
 * @param threads how many threads a run uses
 * @param fits    whether the temporaries find the memory that they need
 * @param tapes   whether so many bytes of tapes fit beside the temporaries
 */
record NativeBinding(long[] sizes, MemoryPlan.Binding memory, int threads, boolean fits, LongPredicate tapes) {
    /** A run that one thread finishes within this time wakes no other; waking costs about a tenth of it. */
    private static final double WORTH_SHARING_NANOS = 8_000;
    /** An iteration that takes longer gains more from sharing than the threads' meetings cost. */
    private static final double WORTH_MEETING_NANOS = 1_000;
    private static final long UNKNOWN_ITERATIONS = 16;
    /** So many bytes are taken without a look at what the machine has. */
    private static final long ALWAYS_THERE = 64L << 20;
    private static final double FLOPS_A_NANO = 100;
    private static final double BYTES_A_NANO = 30;

    static NativeBinding of(NativeCode code, ToLongFunction<Symbol> given, SessionOptions options) {
        Program program = code.compilation().program();
        code.compilation().checks().check(given);
        ToLongFunction<Symbol> symbols = program.greatest(given);
        MemoryPlan.Binding memory = code.compilation().memory().bind(symbols, options.threads());
        long[] sizes = program.sizes().stream().mapToLong(dim -> size(dim, symbols)).toArray();
        long peak = memory.peak();
        double nanos = sharedNanos(program.steps(), symbols);
        return new NativeBinding(sizes, memory, nanos > WORTH_SHARING_NANOS ? options.threads() : 1,
                peak <= limit(options, peak), tapes -> tapes <= limit(options, peak + tapes) - peak);
    }

    /** Whether a compilation's program would find the memory that it needs for some sizes. */
    static boolean wouldFit(Compilation compilation, ToLongFunction<Symbol> given, SessionOptions options) {
        long peak = compilation.memory().bind(compilation.program().greatest(given), options.threads()).peak();
        return peak <= limit(options, peak);
    }

    /** Checks that a compilation's program finds the memory that it needs for some sizes. */
    static void require(Compilation compilation, ToLongFunction<Symbol> given, SessionOptions options) {
        ToLongFunction<Symbol> symbols = compilation.program().greatest(given);
        MemoryPlan.Binding memory = compilation.memory().bind(symbols, options.threads());
        compilation.memory().require(memory, limit(options, memory.peak()), symbols);
    }

    /** How many bytes a run may take that would take so many. */
    private static long limit(SessionOptions options, long wanted) {
        return options.memoryLimit().orElseGet(() ->
                wanted <= ALWAYS_THERE ? ALWAYS_THERE : Math.max(ALWAYS_THERE, MachineMemory.besideHeap()));
    }

    /** What several threads may share of the work, in nanoseconds of one. */
    private static double sharedNanos(List<Program.Step> steps, ToLongFunction<Symbol> symbols) {
        double nanos = 0;
        for (Program.Step step : steps) {
            nanos += switch (step) {
                case Program.Step.Launch launch -> size(launch.kernel().tiles(), symbols) <= 1 ? 0
                        : size(launch.kernel().work().flops(), symbols) / FLOPS_A_NANO
                        + size(launch.kernel().work().bytes(), symbols) / BYTES_A_NANO;
                case Program.Step.Loop loop -> {
                    double iteration = sharedNanos(loop.body(), symbols);
                    double iterations = loop.trips().length().map(length -> size(length, symbols))
                            .orElse(UNKNOWN_ITERATIONS);
                    yield iteration > WORTH_MEETING_NANOS ? iteration * iterations : 0;
                }
                case Program.Step.Branch branch -> branch.branches().stream()
                        .mapToDouble(taken -> sharedNanos(taken, symbols)).max().orElse(0);
                case Program.Step.CallHost _, Program.Step.Copy _, Program.Step.Define _,
                        Program.Step.PointOfNoReturn _ -> 0;
            };
        }
        return nanos;
    }

    private static long size(Dim dim, ToLongFunction<Symbol> symbols) {
        return dim.isConstant() ? dim.constant() : dim.evaluate(symbols);
    }

    /** An array of a buffer's type for certain sizes, of the greatest shape where a run finds its sizes. */
    static NDArray array(Program program, Buffer buffer, ToLongFunction<Symbol> symbols) {
        Shape shape = buffer.type().shape();
        Map<Symbol, Dim> bounds = program.bounds();
        return NDArray.zeros(buffer.type().dtype(), shape.dims().stream()
                .mapToLong(dim -> size(dim.atMost(bounds), symbols)).toArray());
    }

    /** How much memory the temporaries need. */
    long arenaBytes() {
        return Math.max(MemoryPlan.ALIGNMENT, memory.peak());
    }
}
