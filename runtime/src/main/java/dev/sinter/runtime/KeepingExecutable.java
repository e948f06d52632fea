package dev.sinter.runtime;

import dev.sinter.pass.Optimized;
import dev.sinter.pass.PassReport;
import dev.sinter.plan.Decisions;
import dev.sinter.plan.DerivedValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A function in two programs: one makes the values that are kept from run to run, whenever a variable that they are
 * made of has been written, the other one uses them. Where memory is short, one program that keeps nothing takes
 * their place for good.
 */
final class KeepingExecutable implements Executable {
    /** So many bytes are kept without a look at what the machine has. */
    private static final long ALWAYS_BYTES = 32 << 20;

    private final NativeEngine engine;
    private final NativeJob job;
    private final DerivedValues derived;
    private final NativeExecutable using;
    private final NativeExecutable making;
    private final HiddenVariables hidden;
    private volatile Optional<NativeExecutable> whole = Optional.empty();

    private KeepingExecutable(NativeEngine engine, NativeJob job, DerivedValues derived, NativeExecutable using,
            NativeExecutable making) {
        this.engine = engine;
        this.job = job;
        this.derived = derived;
        this.using = using;
        this.making = making;
        this.hidden = new HiddenVariables(making, HiddenVariables.storages(derived, engine));
    }

    /** An executable that keeps values where memory allows it. */
    static Executable of(NativeEngine engine, NativeJob job, DerivedValues derived) {
        SessionOptions options = engine.options();
        OptionalLong limit = options.memoryLimit();
        if (!mayKeep(derived, options)) {
            return engine.executable(job);
        }
        NativeExecutable using = new NativeExecutable(engine, new NativeJob(job.source(),
                new Optimized(derived.using(), job.optimized().report()), job.timed()),
                limit.isPresent() ? options.withMemoryLimit(limit.getAsLong() - derived.bytes()) : options);
        List<NativeExecutable> open = new ArrayList<>(List.of(using));
        try {
            NativeExecutable making = new NativeExecutable(engine, new NativeJob(derived.making(),
                    new Optimized(derived.making(), new PassReport(List.of(), Optional.empty())), job.timed()),
                    options);
            open.add(making);
            if (!NativeBinding.wouldFit(making.code().compilation(), symbol -> 0, options)) {
                return engine.executable(job);
            }
            KeepingExecutable keeping = new KeepingExecutable(engine, job, derived, using, making);
            engine.countCompilation();
            open.clear();
            return keeping;
        } finally {
            if (!open.isEmpty()) {
                open.forEach(NativeExecutable::close);
                engine.forget(derived);
            }
        }
    }

    /** Whether memory allows it. */
    static boolean mayKeep(DerivedValues derived, SessionOptions options) {
        long bytes = derived.bytes();
        return bytes <= ALWAYS_BYTES && options.memoryLimit().isEmpty()
                || bytes <= options.memoryLimit().orElseGet(MachineMemory::besideHeap) / 2;
    }

    NativeExecutable using() {
        return using;
    }

    HiddenVariables hidden() {
        return hidden;
    }

    /** The position of the first hidden variable among the parameters of the program that uses the values. */
    int firstHidden() {
        return job.source().parameters().size();
    }

    /** How many values are kept. */
    int count() {
        return derived.hidden().size();
    }

    /** The program that keeps nothing, where it has taken over. */
    Optional<NativeExecutable> whole() {
        return whole;
    }

    /** Keeps nothing from now on. */
    synchronized void giveUp() {
        if (whole.isEmpty()) {
            whole = Optional.of(engine.executable(job));
        }
    }

    /** What is kept, and how it is made. */
    String explain() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(Locale.ROOT, "%nkept from run to run, until a variable is written that it is made of:"
                + " %d values, %d bytes%n", count(), derived.bytes()));
        Decisions.lines(derived.decisions()).forEach(decision -> text.append("  ").append(decision).append('\n'));
        return text.append('\n').append(hidden.explain()).toString();
    }

    @Override
    public Invocation newInvocation() {
        return new KeepingInvocation(this);
    }

    @Override
    public String text(String stage) {
        return whole.map(program -> program.text(stage))
                .orElseGet(() -> using.text(stage) + "\n" + making.text(stage));
    }

    @Override
    public synchronized void close() {
        hidden.close();
        using.close();
        making.close();
        whole.ifPresent(NativeExecutable::close);
        engine.forget(derived);
    }
}
