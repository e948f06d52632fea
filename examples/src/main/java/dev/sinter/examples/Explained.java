package dev.sinter.examples;

import dev.sinter.graph.Tensor;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Session;

/**
 * A run to be explained.
 *
 * @param fetch what it fetches
 * @param feeds what it is fed
 * @param runs  how often it is run where it is timed
 */
public record Explained(Fetch fetch, Feeds feeds, int runs) {
    private static final int RUNS = 20;

    /** A run that is timed 20 times. */
    public Explained(Fetch fetch, Feeds feeds) {
        this(fetch, feeds, RUNS);
    }

    /**
     * How the run is carried out.
     *
     * @param stage   {@code plan}, or another stage that {@link Session#text} knows
     * @param analyze whether runs are timed; for the stage {@code plan}
     */
    public String text(Session session, String stage, boolean analyze) {
        if (!stage.equals("plan")) {
            return session.text(stage, fetch, feeds.tensors().toArray(Tensor[]::new));
        }
        return analyze ? session.analyze(feeds, fetch, runs) : session.explain(feeds, fetch);
    }
}
