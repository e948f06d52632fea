package dev.sinter.runtime;

import dev.sinter.tensor.NDArray;

/**
 * The memory of one variable, of one engine. The caller makes sure that no run uses it while it is changed,
 * and that one run at a time writes it.
 */
public interface Storage {
    boolean isInitialized();

    /** A copy of the value, which must be initialised. */
    NDArray read();

    /** Gives it a value, which is copied. */
    void load(NDArray value);

    /** Makes the new value that a run left here the value. */
    void commit();

    /** Forgets the new value that a run left here. */
    void discard();
}
