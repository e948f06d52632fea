package dev.sinter.runtime;

import dev.sinter.graph.LoweredGraph;
import dev.sinter.graph.Tensor;
import dev.sinter.runtime.RunCancelledException.Reason;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.StampedLock;

/**
 * One run at a time of a program, as a transaction. Reused: a repeated run allocates nothing of its own.
 */
final class ProgramRun {
    private static final long WAIT_NANOS = 20_000_000;

    private final SessionProgram program;
    private final Invocation invocation;
    private final Watchdog.Ticket ticket;
    private final NDArray[] feeds;
    private final List<NDArray> feedList;
    private final long[] sizes;
    private final long[] stamps;

    ProgramRun(SessionProgram program, Invocation invocation, Watchdog.Ticket ticket) {
        this.program = program;
        this.invocation = invocation;
        this.ticket = ticket;
        this.feeds = new NDArray[program.lowered().feeds().size()];
        this.feedList = Arrays.asList(feeds);
        this.sizes = new long[program.binder().symbols().size()];
        this.stamps = new long[program.cells().size()];
        for (int i = 0; i < stamps.length; i++) {
            invocation.setState(feeds.length + i, program.cells().get(i).storage());
        }
    }

    Watchdog.Ticket ticket() {
        return ticket;
    }

    Invocation invocation() {
        return invocation;
    }

    /** Sets the value of a feed by its position among the parameters. */
    void feed(int index, NDArray value) {
        feeds[index] = value;
    }

    void forgetFeeds() {
        Arrays.fill(feeds, null);
        invocation.forgetInputs();
    }

    /**
     * Runs the program and commits.
     *
     * @param counter       the number of committed runs
     * @param counterLock   held exclusively by a run that uses the number
     * @param limited       whether there is a deadline
     * @param deadlineNanos the deadline on the clock of {@code System.nanoTime}
     */
    void run(AtomicLong counter, StampedLock counterLock, boolean limited, long deadlineNanos) {
        bind();
        ticket.begin(limited, deadlineNanos);
        long counterStamp = 0;
        int locked = 0;
        boolean done = false;
        try {
            if (Thread.currentThread().isInterrupted()) {
                throw new RunCancelledException(Reason.INTERRUPTED);
            }
            if (limited && deadlineNanos - System.nanoTime() <= 0) {
                throw new RunCancelledException(Reason.DEADLINE);
            }
            if (program.lowered().usesRunNumber()) {
                counterStamp = lock(counterLock, true);
            }
            for (; locked < stamps.length; locked++) {
                stamps[locked] = lock(program.cells().get(locked).lock(),
                        program.lowered().states().get(locked).written());
            }
            requireValues();
            for (int i = 0; i < feeds.length; i++) {
                invocation.setInput(i, feeds[i]);
            }
            if (invocation.run(counter.get()) == Invocation.Outcome.CANCELLED) {
                throw new RunCancelledException(ticket.reason());
            }
            done = true;
        } catch (IllegalStateException | WrongThreadException unusable) {
            requireOpen();
            throw unusable;
        } finally {
            ticket.end();
            finish(done, locked);
            if (done) {
                counter.incrementAndGet();
            }
            while (--locked >= 0) {
                program.cells().get(locked).lock().unlock(stamps[locked]);
            }
            if (counterStamp != 0) {
                counterLock.unlock(counterStamp);
            }
        }
    }

    /** Ends the transaction for the variables that are locked; others may be in the midst of another run's. */
    private void finish(boolean done, int locked) {
        for (int i = 0; i < locked; i++) {
            if (program.lowered().states().get(i).written()) {
                Storage storage = program.cells().get(i).storage();
                if (done) {
                    storage.commit();
                } else {
                    storage.discard();
                }
            }
        }
    }

    /** A lock, or the exception that says why the run stopped waiting for it. */
    private long lock(StampedLock lock, boolean exclusive) {
        long stamp = exclusive ? lock.tryWriteLock() : lock.tryReadLock();
        try {
            while (stamp == 0) {
                if (ticket.isStopped()) {
                    throw new RunCancelledException(ticket.reason());
                }
                stamp = exclusive ? lock.tryWriteLock(WAIT_NANOS, TimeUnit.NANOSECONDS)
                        : lock.tryReadLock(WAIT_NANOS, TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException interrupted) {
            throw new RunCancelledException(Reason.INTERRUPTED);
        }
        return stamp;
    }

    private void requireValues() {
        for (int i = 0; i < stamps.length; i++) {
            LoweredGraph.State state = program.lowered().states().get(i);
            if (state.read() && !program.cells().get(i).storage().isInitialized()) {
                throw new GraphException("run: the variable \"" + state.variable().name() + "\" at "
                        + state.variable().location() + " is not initialised; run graph.initializer() first, or"
                        + " session.load(...) it");
            }
        }
    }

    /** Checks the feeds and takes the sizes from them. */
    private void bind() {
        for (int i = 0; i < feeds.length; i++) {
            if (feeds[i] == null) {
                Tensor missing = program.lowered().feeds().get(i);
                throw new GraphException("run: " + missing.role() + " at " + missing.location()
                        + " has no value yet; feed it");
            }
        }
        requireOpen();
        try {
            program.binder().bind(feedList, sizes);
        } catch (GraphException problem) {
            throw located(problem);
        }
    }

    /** Checks that the feeds' memory is there, for this thread. */
    private void requireOpen() {
        for (int i = 0; i < feeds.length; i++) {
            if (!Feeds.isReadable(feeds[i])) {
                Tensor feed = program.lowered().feeds().get(i);
                throw Feeds.unreadable("run: the array for " + feed.role() + " at " + feed.location(), feeds[i],
                        "the run has ended");
            }
        }
    }

    private GraphException located(GraphException problem) {
        StringBuilder text = new StringBuilder("run: ").append(problem.getMessage());
        for (Tensor feed : program.lowered().feeds()) {
            if (problem.getMessage().contains(feed.role())) {
                text.append("\n  ").append(feed.name()).append(": ").append(feed.role()).append(" at ")
                        .append(feed.location());
            }
        }
        program.lowered().meetings().forEach(meeting -> text.append("\n  ").append(meeting));
        return new GraphException(text.toString(), problem);
    }

    /** The results as arrays of their own. */
    Fetches snapshot() {
        NDArray[] values = new NDArray[program.fetches().size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = EvalEngine.copy(invocation.result(i));
        }
        return new Fetches(program.fetches(), List.of(values));
    }
}
