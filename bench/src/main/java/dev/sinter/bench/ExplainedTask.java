package dev.sinter.bench;

import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Session;

/** A task whose iteration is a run that the session can explain. */
interface ExplainedTask extends SessionTask {
    /** Gives the variables their first values. */
    default void load(Session session) { }

    /** What a run is fed. */
    Feeds feeds();

    /** What a run fetches. */
    Fetch fetch();
}
