package dev.sinter.bench;

import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import java.util.Optional;
import java.util.function.Supplier;

/** A workload of Sinter: a task in a session of its own. */
final class SessionWorkload implements Workload {
    private final String name;
    private final Cost cost;
    private final int threads;
    private final Supplier<SessionTask> maker;
    private Optional<Session> session = Optional.empty();
    private Runnable iteration = () -> { };

    /**
     * A workload.
     *
     * @param threads how many threads the session computes with
     * @param maker builds the graph when the workload is prepared
     */
    SessionWorkload(String name, Cost cost, int threads, Supplier<SessionTask> maker) {
        this.name = name;
        this.cost = cost;
        this.threads = threads;
        this.maker = maker;
    }

    /** How all that is measured runs: natively, with that many threads. */
    static SessionOptions options(int threads) {
        return SessionOptions.DEFAULT.withBackend(Backend.LLVM).withThreads(threads);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Cost cost() {
        return cost;
    }

    @Override
    public void prepare() {
        SessionTask task = maker.get();
        Session opened = new Session(task.graph(), task.options(options(threads)));
        session = Optional.of(opened);
        iteration = task.start(opened);
    }

    @Override
    public void iterate() {
        iteration.run();
    }

    @Override
    public void close() {
        iteration = () -> { };
        session.ifPresent(Session::close);
        session = Optional.empty();
    }
}
