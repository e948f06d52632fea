package dev.sinter.runtime;

import dev.sinter.ir.Function;
import dev.sinter.op.InitialState;
import dev.sinter.plan.DerivedValues;
import dev.sinter.runtime.RunCancelledException.Reason;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The values that one function keeps from run to run, as variables that nothing else sees, and the versions of the
 * variables that they were made of.
 *
 * <p>A run that asks holds the locks of these variables, shared: as long as one does, no version changes, so that
 * values that a run computes with are never made anew meanwhile.
 */
final class HiddenVariables {
    private static final long WAIT_NANOS = 20_000_000;

    /** What values were made of. */
    private record Made(NativeStorage[] sources, long[] versions) {
        boolean isOf(NativeStorage[] now) {
            if (now.length != sources.length) {
                return false;
            }
            for (int i = 0; i < now.length; i++) {
                if (now[i] != sources[i] || now[i].version() != versions[i]) {
                    return false;
                }
            }
            return true;
        }
    }

    private final Function making;
    private final NativeInvocation maker;
    private final NativeStorage[] storages;
    private final Map<String, Integer> numbers = new HashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Object cancellation = new Object();
    private volatile Made made = new Made(new NativeStorage[0], new long[0]);
    private volatile boolean filled;
    private KeepingInvocation filling;

    HiddenVariables(NativeExecutable making, List<NativeStorage> storages) {
        this.making = making.function();
        this.maker = new NativeInvocation(making);
        this.storages = storages.toArray(NativeStorage[]::new);
        int first = sources();
        for (int i = 0; i < first; i++) {
            numbers.put(((InitialState) this.making.parameters().get(i).op()).variable(), i);
        }
        for (int i = 0; i < this.storages.length; i++) {
            maker.setState(first + i, this.storages[i]);
        }
    }

    /** Memory for the values of hidden variables, in the layouts that the programs want. */
    static List<NativeStorage> storages(DerivedValues derived, NativeEngine engine) {
        return derived.hidden().stream()
                .map(state -> new NativeStorage(engine.backend(), state.content(), engine.layout(state.variable())))
                .toList();
    }

    /** How many variables the values are made of. */
    int sources() {
        return making.parameters().size() - storages.length;
    }

    /** The number of a variable among those that the values are made of; -1 where it is none of them. */
    int source(String variable) {
        return numbers.getOrDefault(variable, -1);
    }

    NativeStorage storage(int index) {
        return storages[index];
    }

    /** Whether the values follow from the values that variables have now. */
    boolean areOf(NativeStorage[] sources) {
        return filled && made.isOf(sources);
    }

    /** Makes the values unless another run just has; false where the run that asks is cancelled. */
    boolean fill(NativeStorage[] sources, KeepingInvocation run) {
        if (!locked(run)) {
            return false;
        }
        try {
            return areOf(sources) || make(sources, run);
        } finally {
            lock.unlock();
        }
    }

    private boolean locked(KeepingInvocation run) {
        try {
            while (!lock.tryLock(WAIT_NANOS, TimeUnit.NANOSECONDS)) {
                if (run.isCancelled()) {
                    return false;
                }
            }
            return true;
        } catch (InterruptedException interrupted) {
            throw new RunCancelledException(Reason.INTERRUPTED);
        }
    }

    private boolean make(NativeStorage[] sources, KeepingInvocation run) {
        filled = false;
        for (int i = 0; i < sources.length; i++) {
            maker.setState(i, sources[i]);
        }
        synchronized (cancellation) {
            maker.clearCancel();
            filling = run;
        }
        boolean done = false;
        try {
            done = !run.isCancelled() && maker.run(0) == Invocation.Outcome.DONE;
        } finally {
            synchronized (cancellation) {
                filling = null;
            }
            for (NativeStorage storage : storages) {
                if (done) {
                    storage.commit();
                } else {
                    storage.discard();
                }
            }
        }
        if (done) {
            long[] versions = new long[sources.length];
            for (int i = 0; i < versions.length; i++) {
                versions[i] = sources[i].version();
            }
            made = new Made(sources.clone(), versions);
            filled = true;
        }
        return done;
    }

    /** Stops the making of values for a run, where that is going on. */
    void cancel(KeepingInvocation run) {
        synchronized (cancellation) {
            if (filling == run) {
                maker.cancel();
            }
        }
    }

    /** How the values are made. */
    String explain() {
        lock.lock();
        try {
            return maker.explain();
        } finally {
            lock.unlock();
        }
    }

    /** No run uses the values any more. */
    void close() {
        maker.close();
    }
}
