package dev.sinter.runtime;

import dev.sinter.graph.GraphElement;
import dev.sinter.graph.LoweredGraph;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.SymbolBinder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;

/** The compiled form of one combination of fetches, feeds and targets, and its idle runs. */
final class SessionProgram implements AutoCloseable {
    /** What programs are kept by. */
    record Signature(List<Tensor> fetches, Set<Tensor> feeds, List<GraphElement> targets) {
        Signature {
            feeds = Set.copyOf(feeds);
        }
    }

    private final LoweredGraph lowered;
    private final List<Tensor> fetches;
    private final List<Cell> cells;
    private final Executable executable;
    private final SymbolBinder binder;
    private final Watchdog watchdog;
    private final ConcurrentLinkedDeque<ProgramRun> idle = new ConcurrentLinkedDeque<>();
    private final Set<ProgramRun> all = new HashSet<>();
    private int holders;
    private boolean isDropped;
    private boolean isClosed;

    SessionProgram(LoweredGraph lowered, List<Tensor> fetches, List<Cell> cells, Executable executable,
            Watchdog watchdog) {
        this.lowered = lowered;
        this.fetches = List.copyOf(fetches);
        this.cells = List.copyOf(cells);
        this.executable = executable;
        this.watchdog = watchdog;
        List<SymbolBinder.Input> inputs = new ArrayList<>();
        for (int i = 0; i < lowered.feeds().size(); i++) {
            var type = lowered.function().parameters().get(i).tensorType();
            inputs.add(new SymbolBinder.Input(lowered.feeds().get(i).role(), type.dtype(), type.shape()));
        }
        this.binder = new SymbolBinder(inputs);
    }

    LoweredGraph lowered() {
        return lowered;
    }

    List<Tensor> fetches() {
        return fetches;
    }

    List<Cell> cells() {
        return cells;
    }

    SymbolBinder binder() {
        return binder;
    }

    /** The text of a stage of compilation. */
    String text(String stage) {
        return executable.text(stage);
    }

    /** A run that nobody uses: an idle one, or a new one. */
    ProgramRun take() {
        ProgramRun run = idle.pollFirst();
        return run != null ? run : newRun();
    }

    /** Takes a run back for whoever comes next; a closed program has none. */
    void giveBack(ProgramRun run) {
        synchronized (all) {
            if (all.contains(run)) {
                run.forgetFeeds();
                idle.addFirst(run);
            }
        }
    }

    /** Takes a run back whose results stay in somebody's hands. */
    void retire(ProgramRun run) {
        synchronized (all) {
            if (all.remove(run)) {
                close(run);
            }
        }
    }

    private void close(ProgramRun run) {
        watchdog.forget(run.ticket());
        run.invocation().close();
    }

    private ProgramRun newRun() {
        Invocation invocation = executable.newInvocation();
        ProgramRun run = new ProgramRun(this, invocation, watchdog.ticket(invocation));
        synchronized (all) {
            all.add(run);
        }
        return run;
    }

    /** Keeps the program from being closed until {@link #release}. */
    synchronized void hold() {
        holders++;
    }

    void release() {
        boolean last;
        synchronized (this) {
            holders--;
            last = isDropped && holders == 0;
        }
        if (last) {
            close();
        }
    }

    /** Closes the program, or lets its last holder do so. */
    void drop() {
        boolean idleNow;
        synchronized (this) {
            isDropped = true;
            idleNow = holders == 0;
        }
        if (idleNow) {
            close();
        }
    }

    synchronized boolean isClosed() {
        return isClosed;
    }

    @Override
    public synchronized void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        synchronized (all) {
            all.forEach(this::close);
            all.clear();
        }
        executable.close();
    }
}
