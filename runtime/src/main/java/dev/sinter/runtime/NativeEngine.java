package dev.sinter.runtime;

import dev.sinter.ir.Function;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.kernel.Layout;
import dev.sinter.kernel.schedule.ProductLayouts;
import dev.sinter.pass.OptimizationOptions;
import dev.sinter.pass.Optimized;
import dev.sinter.pass.Pipeline;
import dev.sinter.plan.DerivedValues;
import dev.sinter.plan.Recomputation;
import dev.sinter.program.Backend;
import dev.sinter.program.Compilation;
import dev.sinter.program.Limits;
import dev.sinter.program.PartialProgram;
import dev.sinter.replay.Replay;
import dev.sinter.replay.ReplayFolder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A back end as an engine. A variable gets the layout that the first program wants which has a wish; programs
 * compiled before that are compiled again when they next run.
 */
final class NativeEngine implements Engine {
    /** What the names of hidden variables start with; no variable of a graph has a colon in its name. */
    private static final String HIDDEN = "kept:";

    private final Backend backend;
    private final ReplayFolder replays = ReplayFolder.configured();
    private final SessionOptions options;
    private final OptimizationOptions optimization;
    private final Map<String, Layout> layouts = new HashMap<>();
    private final AtomicInteger compilations = new AtomicInteger();
    private final AtomicInteger executables = new AtomicInteger();
    private Optional<Limits> limits = Optional.empty();
    private volatile int layoutGeneration;

    NativeEngine(Backend backend, SessionOptions options) {
        this.backend = backend;
        this.options = options;
        this.optimization = OptimizationOptions.defaults()
                .withConvolutionTolerance(options.keep() ? options.convolutionTolerance() : 0);
    }

    @Override
    public String name() {
        return backend.name();
    }

    @Override
    public int compilations() {
        return compilations.get();
    }

    Backend backend() {
        return backend;
    }

    SessionOptions options() {
        return options;
    }

    @Override
    public Storage storage(TensorType type) {
        return new NativeStorage(backend, type);
    }

    @Override
    public Executable compile(Function function, boolean timed) {
        Optimized optimized = replays.watch(
                () -> new Replay(function, Map.of(), backend.target(), optimization, timed),
                _ -> Pipeline.optimize(function, optimization));
        NativeJob whole = new NativeJob(function, optimized, timed);
        if (options.keep()) {
            String prefix = HIDDEN + executables.incrementAndGet() + "/";
            DerivedValues derived = DerivedValues.of(optimized.function(), number -> prefix + number);
            if (!derived.hidden().isEmpty()) {
                return KeepingExecutable.of(this, whole, derived);
            }
        }
        return executable(whole);
    }

    @Override
    public Optional<MemoryNeed> memory(Function function) {
        Optimized optimized = Pipeline.optimize(function, optimization);
        NativeJob job = new NativeJob(function, optimized, false);
        long kept = 0;
        if (options.keep()) {
            DerivedValues derived = DerivedValues.of(optimized.function(), number -> HIDDEN + number);
            if (!derived.hidden().isEmpty() && KeepingExecutable.mayKeep(derived, options)) {
                job = new NativeJob(function, new Optimized(derived.using(), optimized.report()), false);
                kept = derived.bytes();
            }
        }
        return Optional.of(new MemoryNeed(compilation(job, Recomputation.Policy.CHEAP).memory().peakFormula(), kept));
    }

    /** An executable that keeps nothing. */
    NativeExecutable executable(NativeJob job) {
        compilations.incrementAndGet();
        return new NativeExecutable(this, job, options);
    }

    /** Compiles for the layouts that variables have now. */
    synchronized NativeCode compileNow(NativeJob job, Recomputation.Policy policy) {
        Map<String, Layout> given = Map.copyOf(layouts);
        Function function = job.optimized().function();
        return replays.watch(() -> new Replay(job.isWhole() ? job.source() : function, given, backend.target(),
                optimization, job.timed()), beforeNativeCode -> compile(job, policy, beforeNativeCode));
    }

    private NativeCode compile(NativeJob job, Recomputation.Policy policy, Runnable beforeNativeCode) {
        try (PartialProgram code = backend.begin(job.timed(), beforeNativeCode)) {
            Compilation compilation = Compilation.compile(job.source(), job.optimized(), layouts, backend.target(),
                    options(policy), code::launches);
            if (!layouts.entrySet().containsAll(compilation.plan().wanted().entrySet())) {
                layouts.putAll(compilation.plan().wanted());
                layoutGeneration++;
            }
            return new NativeCode(compilation, code.finish(compilation.program()), backend);
        }
    }

    /** Counts a program that has been compiled once more. */
    void countCompilation() {
        compilations.incrementAndGet();
    }

    /** What would be compiled for the layouts that variables have now; no native code is made. */
    synchronized Compilation compilation(NativeJob job, Recomputation.Policy policy) {
        return Compilation.compile(job.source(), job.optimized(), layouts, backend.target(), options(policy),
                _ -> { });
    }

    /** Forgets the layouts of hidden variables that are there no more. */
    synchronized void forget(DerivedValues derived) {
        derived.hidden().forEach(state -> layouts.remove(state.variable()));
    }

    private Compilation.Options options(Recomputation.Policy policy) {
        return Compilation.Options.defaults().withOptimization(optimization).withRecomputation(policy)
                .withLayouts(new ProductLayouts(backend.target()));
    }

    /** A number that changes whenever a variable's layout does. */
    int layoutGeneration() {
        return layoutGeneration;
    }

    /** The layout of a variable: row-major until a program wants another. */
    synchronized Layout layout(String variable) {
        return layouts.getOrDefault(variable, Layout.ROW_MAJOR);
    }

    /** What the machine can do at most; measured when it is first asked for. */
    synchronized Limits limits() {
        Limits known = limits.orElseGet(() -> Limits.measure(backend));
        limits = Optional.of(known);
        return known;
    }

    @Override
    public void close() {
        backend.close();
    }
}
