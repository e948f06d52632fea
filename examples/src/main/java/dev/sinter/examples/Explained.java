package dev.sinter.examples;

import dev.sinter.graph.Tensor;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Session;

/** A run to be explained. */
record Explained(Fetch fetch, Feeds feeds, Tensor... fed) {
    private static final int ANALYZED_RUNS = 20;

    /**
     * How the run is carried out.
     *
     * @param stage   {@code plan}, or another stage that {@link Session#text} knows
     * @param analyze whether runs are timed; for the stage {@code plan}
     */
    String text(Session session, String stage, boolean analyze) {
        if (!stage.equals("plan")) {
            return session.text(stage, fetch, fed);
        }
        return analyze ? session.analyze(feeds, fetch, ANALYZED_RUNS) : session.explain(feeds, fetch);
    }
}
