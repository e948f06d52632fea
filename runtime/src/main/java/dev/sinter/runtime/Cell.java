package dev.sinter.runtime;

import dev.sinter.graph.Variable;
import java.util.concurrent.locks.StampedLock;

/**
 * A variable in a session.
 *
 * @param lock shared by the runs that read the value, held exclusively by the run that writes it
 */
record Cell(Variable variable, Storage storage, StampedLock lock) {
    Cell(Variable variable, Storage storage) {
        this(variable, storage, new StampedLock());
    }
}
