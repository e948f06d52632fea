package dev.sinter.bench;

import dev.sinter.graph.Graph;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;

/** A graph and what is done with it in a session again and again. */
interface SessionTask {
    /** The graph of the session. */
    Graph graph();

    /** How the session runs, by what all sessions have in common. */
    default SessionOptions options(SessionOptions common) {
        return common;
    }

    /**
     * Sets a session up and checks that it computes what it should.
     *
     * @return one iteration
     */
    Runnable start(Session session);
}
