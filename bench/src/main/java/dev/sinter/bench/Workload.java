package dev.sinter.bench;

import java.util.List;

/** A piece of work in this process that is repeated and timed. */
public interface Workload extends AutoCloseable {
    /** The name of its row. */
    String name();

    /** Sets everything up that is not timed. */
    void prepare();

    /** Does the work once. */
    void iterate();

    /** What one iteration does at least. */
    default Cost cost() {
        return Cost.UNCOUNTED;
    }

    /** What else the row says, known once the workload was measured. */
    default List<Remark> remarks() {
        return List.of();
    }

    /** Gives back what {@link #prepare} took. */
    @Override
    void close();
}
