package dev.sinter.runtime;

import dev.sinter.ir.Function;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.kernel.Layout;
import dev.sinter.kernel.schedule.ProductLayouts;
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
    private static final Compilation.Options OPTIONS = Compilation.Options.defaults();

    private final Backend backend;
    private final ReplayFolder replays = ReplayFolder.configured();
    private final SessionOptions options;
    private final Map<String, Layout> layouts = new HashMap<>();
    private final AtomicInteger compilations = new AtomicInteger();
    private Optional<Limits> limits = Optional.empty();
    private volatile int layoutGeneration;

    NativeEngine(Backend backend, SessionOptions options) {
        this.backend = backend;
        this.options = options;
    }

    @Override
    public String name() {
        return backend.name();
    }

    @Override
    public int compilations() {
        return compilations.get();
    }

    SessionOptions options() {
        return options;
    }

    @Override
    public Storage storage(TensorType type) {
        return new NativeStorage(type);
    }

    @Override
    public Executable compile(Function function, boolean timed) {
        return new NativeExecutable(this, function, timed);
    }

    /** Compiles a function for the layouts that variables have now. */
    synchronized NativeCode compileNow(Function function, boolean timed, Recomputation.Policy policy) {
        Map<String, Layout> given = Map.copyOf(layouts);
        return replays.watch(() -> new Replay(function, given, backend.target(), OPTIONS.optimization(), timed),
                beforeNativeCode -> compile(function, timed, policy, beforeNativeCode));
    }

    private NativeCode compile(Function function, boolean timed, Recomputation.Policy policy,
            Runnable beforeNativeCode) {
        try (PartialProgram code = backend.begin(timed, beforeNativeCode)) {
            Compilation compilation = Compilation.compile(function, layouts, backend.target(), options(policy),
                    code::launches);
            if (!layouts.entrySet().containsAll(compilation.plan().wanted().entrySet())) {
                layouts.putAll(compilation.plan().wanted());
                layoutGeneration++;
            }
            compilations.incrementAndGet();
            return new NativeCode(compilation, code.finish(compilation.program()));
        }
    }

    /** What a function would be compiled to for the layouts that variables have now; no native code is made. */
    synchronized Compilation compilation(Function function, Recomputation.Policy policy) {
        return Compilation.compile(function, layouts, backend.target(), options(policy));
    }

    private Compilation.Options options(Recomputation.Policy policy) {
        return OPTIONS.withRecomputation(policy).withLayouts(new ProductLayouts(backend.target()));
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
