package dev.sinter.runtime;

import dev.sinter.graph.Operand;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A run that is repeated: compiled once, its feeds set where they change, its results read in place. Repeating
 * it with arrays of the same sizes allocates nothing. For one thread at a time, which is checked; two calls of one
 * session may run at once. A result may be fed to the next run: that one then writes to other memory.
 */
public final class PreparedCall implements AutoCloseable {
    private final Session session;
    private final SessionProgram program;
    private final ProgramRun run;
    private final AtomicBoolean busy = new AtomicBoolean();
    private boolean open = true;
    private boolean ran;
    private boolean exposed;

    /** A call of a program that is held for it. */
    PreparedCall(Session session, SessionProgram program) {
        this.session = session;
        this.program = program;
        this.run = program.take();
    }

    /** The place of a tensor that was named when the call was prepared. */
    public FeedSlot slot(Tensor tensor) {
        int index = program.lowered().feeds().indexOf(tensor);
        if (index < 0 && !program.lowered().unused().contains(tensor)) {
            throw new GraphException("feed: \"" + tensor.name() + "\" is not one of the feeds that the call was"
                    + " prepared for");
        }
        return new FeedSlot(this, tensor, index);
    }

    /** Sets the value of a feed for the runs that follow; it is not copied. */
    public PreparedCall feed(FeedSlot slot, NDArray value) {
        if (slot.call() != this) {
            throw new GraphException("feed: the slot of \"" + slot.tensor().name() + "\" belongs to another call");
        }
        requireIdle();
        requireOpen();
        if (slot.index() >= 0) {
            run.feed(slot.index(), value);
        } else {
            Session.checkUnused(slot.tensor(), value);
        }
        return this;
    }

    /** Sets the value of a feed for the runs that follow; a Java value converts as in {@link Feeds#feed}. */
    public PreparedCall feed(Tensor tensor, Object value) {
        return feed(slot(tensor), Feeds.convert(tensor, value));
    }

    /** Runs and commits. */
    public PreparedCall run() {
        return run(RunOptions.DEFAULT);
    }

    /** Runs and commits. */
    public PreparedCall run(RunOptions options) {
        begin();
        try {
            requireOpen();
            ran = false;
            session.run(run, options);
            ran = true;
            return this;
        } finally {
            busy.setRelease(false);
        }
    }

    /** The value of a fetch after the last run, in memory of the call: the next run changes it. */
    public NDArray result(Operand fetch) {
        return result(Fetches.indexOf(program.fetches(), fetch));
    }

    /** The value of the fetch at a position after the last run, in memory of the call. */
    public NDArray result(int index) {
        requireIdle();
        requireOpen();
        if (!ran) {
            throw new GraphException("result: the call has not run, or its last run failed");
        }
        if (index < 0 || index >= program.fetches().size()) {
            throw new GraphException("result: the call has " + program.fetches().size() + " fetches, not one at "
                    + index);
        }
        exposed = true;
        return run.invocation().result(index);
    }

    /** The value of a float32 scalar after the last run. */
    public float floatValue(Operand fetch) {
        return result(fetch).floatValue();
    }

    /** The value of a float32 scalar after the last run. */
    public float floatValue(int index) {
        return result(index).floatValue();
    }

    /** The results of the last run as arrays of their own. */
    public Fetches snapshot() {
        requireIdle();
        requireOpen();
        if (!ran) {
            throw new GraphException("snapshot: the call has not run, or its last run failed");
        }
        return run.snapshot();
    }

    /** Begins what nothing else may be done beside. */
    private void begin() {
        if (!busy.compareAndSet(false, true)) {
            throw busy();
        }
    }

    private void requireIdle() {
        if (busy.get()) {
            throw busy();
        }
    }

    private static GraphException busy() {
        return new GraphException("the call is running; it serves one thread at a time, prepare another one for"
                + " each thread");
    }

    private void requireOpen() {
        if (!open) {
            throw new GraphException("the call is closed; prepare another one");
        }
    }

    /** Results that were read stay as they are. */
    @Override
    public void close() {
        begin();
        try {
            if (open) {
                open = false;
                if (exposed) {
                    program.retire(run);
                } else {
                    program.giveBack(run);
                }
                program.release();
            }
        } finally {
            busy.setRelease(false);
        }
    }
}
