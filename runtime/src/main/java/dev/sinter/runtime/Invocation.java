package dev.sinter.runtime;

import dev.sinter.tensor.NDArray;

/**
 * The inputs, the results and the working memory of runs of one executable, one run at a time. What is set
 * stays set for the next run. A repeated run of the same sizes may be expected to allocate nothing.
 */
public interface Invocation extends AutoCloseable {
    /** How a run ended that did not fail. */
    enum Outcome { DONE, CANCELLED }

    /**
     * Sets the value of a parameter that is a tensor. Its dtype and shape are checked by the caller.
     *
     * @param parameter the position among the function's parameters
     */
    void setInput(int parameter, NDArray value);

    /** Sets the storage of a parameter that is the initial state of a variable. */
    void setState(int parameter, Storage storage);

    /**
     * Computes the results. New values of variables lie in their storages and wait for
     * {@link Storage#commit}. Where a storage is updated in place, nothing before the first such write fails
     * or is cancelled afterwards.
     *
     * @param runNumber the value of {@code RunNumber}
     * @return {@code CANCELLED} where {@link #cancel} stopped the run; then nothing is to be committed
     * @throws dev.sinter.tensor.GraphException where the run fails, by the user's fault
     */
    Outcome run(long runNumber);

    /** Lets go of the inputs and of what else the last run was given; the next run is given all of it again. */
    void forgetInputs();

    /** The result at a position, in memory of the invocation: valid until its next run. */
    NDArray result(int index);

    /** How a run of the last sizes is carried out; with the least times so far where the executable is timed. */
    String explain();

    /** Asks the run in progress, or the next one, to stop; from any thread. */
    void cancel();

    /** Withdraws {@link #cancel}. */
    void clearCancel();

    @Override
    void close();
}
