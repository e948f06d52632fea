package dev.sinter.unit;

import dev.sinter.graph.Graph;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;

/** Tests of sessions: those of a class run in the interpreter, those of its subclass in {@code op} in native code. */
public abstract class OnEachBackend {
    /** What executes the graphs. */
    protected Backend backend() {
        return Backend.EVAL;
    }

    /** Options for two threads. */
    protected final SessionOptions options() {
        return SessionOptions.DEFAULT.withBackend(backend()).withThreads(2);
    }

    /** A session on two threads. */
    protected final Session open(Graph graph) {
        return new Session(graph, options());
    }
}
