package dev.sinter.graph;

/** The time during which names begin with a scope, or nodes wait for others; ends when it is closed. */
public final class Scope implements AutoCloseable {
    private final Runnable end;

    Scope(Runnable end) {
        this.end = end;
    }

    @Override
    public void close() {
        end.run();
    }
}
