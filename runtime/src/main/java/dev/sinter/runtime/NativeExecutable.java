package dev.sinter.runtime;

import dev.sinter.ir.Function;
import dev.sinter.plan.Recomputation;
import dev.sinter.tensor.Symbol;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.ToLongFunction;

/**
 * A function and its code for the layouts that the engine's variables have. Where a run would take too much memory, the
 * code gives way to one that computes more values twice.
 */
final class NativeExecutable implements Executable {
    private final NativeEngine engine;
    private final NativeJob job;
    private final SessionOptions options;
    private final List<NativeCode> outdated = new ArrayList<>();
    /** The bindings in whose place something that fits has been looked for. */
    private final Set<NativeBinding> tried = Collections.newSetFromMap(new WeakHashMap<>());
    private Recomputation.Policy policy = Recomputation.Policy.CHEAP;
    private volatile NativeCode code;
    private volatile int checkedGeneration = -1;

    /**
     * Compiles.
     *
     * @param options how its runs run
     */
    NativeExecutable(NativeEngine engine, NativeJob job, SessionOptions options) {
        this.engine = engine;
        this.job = job;
        this.options = options;
        this.code = engine.compileNow(job, policy);
    }

    NativeEngine engine() {
        return engine;
    }

    SessionOptions options() {
        return options;
    }

    /** What invocations are given and give. */
    Function function() {
        return job.function();
    }

    /** What was asked for. */
    Function source() {
        return job.source();
    }

    /** The code for the layouts of now; the same object as before unless a layout has changed. */
    NativeCode code() {
        return checkedGeneration == engine.layoutGeneration() ? code : renewed();
    }

    private boolean isCurrent(NativeCode candidate) {
        for (var layout : candidate.layouts().entrySet()) {
            if (!layout.getValue().equals(engine.layout(layout.getKey()))) {
                return false;
            }
        }
        return true;
    }

    private synchronized NativeCode renewed() {
        int generation = engine.layoutGeneration();
        if (!isCurrent(code)) {
            replace(policy);
        }
        checkedGeneration = generation;
        return code;
    }

    private void replace(Recomputation.Policy other) {
        NativeCode fresh = engine.compileNow(job, other);
        engine.countCompilation();
        outdated.add(code);
        code = fresh;
        policy = other;
    }

    /**
     * Code whose runs find the memory that they need for some sizes, from now on the code of all runs: the fastest that
     * does, or the code of now where none does, which is looked for once.
     *
     * @param tight what the sizes make of code whose runs do not
     */
    synchronized NativeCode fitting(NativeBinding tight, ToLongFunction<Symbol> symbols) {
        if (!NativeBinding.wouldFit(code.compilation(), symbols, options) && tried.add(tight)) {
            Recomputation.Policy.sparing().stream()
                    .filter(other -> NativeBinding.wouldFit(engine.compilation(job, other), symbols,
                            options))
                    .findFirst().ifPresent(this::replace);
        }
        return code;
    }

    @Override
    public Invocation newInvocation() {
        return new NativeInvocation(this);
    }

    @Override
    public String text(String stage) {
        NativeCode now = code();
        return switch (stage) {
            case "tensor" -> now.compilation().tensorText();
            case "plan" -> now.compilation().planText();
            case "kernel" -> now.compilation().kernelText();
            case "program" -> now.compilation().programText();
            default -> now.program().text(stage);
        };
    }

    @Override
    public synchronized void close() {
        code.close();
        outdated.forEach(NativeCode::close);
    }
}
