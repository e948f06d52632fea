package dev.sinter.program;

import dev.sinter.kernel.FailureDetail;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.function.LongPredicate;

/**
 * The addresses and sizes of one run. What is set stays set for the next run. Setting and running allocate
 * nothing. The caller has checked every size: a frame trusts it.
 */
public interface Frame extends AutoCloseable {
    /** Sets the memory of a buffer of the program; it is 64-byte aligned and stays alive during the run. */
    void setBuffer(int buffer, MemorySegment memory);

    /**
     * Sets memory whose arenas cannot be closed during the runs that follow; closing them fails meanwhile. A run
     * throws {@link IllegalStateException} where one has been closed before, {@link WrongThreadException} where one
     * belongs to another thread.
     *
     * @param memories at most {@value #MOST_HELD}, in an array that the frame keeps
     */
    void hold(MemorySegment... memories);

    /** How many pieces of memory a frame can hold. */
    int MOST_HELD = 16;

    /** Sets the value of an entry of the program's list of sizes. */
    void setSize(int index, long value);

    /** The value that an entry of the program's list of sizes has now: after a run what the run has found. */
    long size(int index);

    /** Sets how many threads a run may use; the result does not depend on it. */
    void setThreads(int threads);

    /** Sets how many bytes the tapes of a run may take together; a run that needs more fails. */
    void setTapeLimit(LongPredicate fits);

    /** Asks a run, now or next, to stop; from any thread. */
    void cancel();

    /** Withdraws {@link #cancel}. */
    void clearCancel();

    /** Runs the program: 0, or the code of a {@code Failure}. */
    int run();

    /** What the last run says of an index that was out of range, where it failed with {@code INDEX_OUT_OF_RANGE}. */
    FailureDetail failureDetail();

    /** How long each step of the last run took; empty unless the program was compiled to be timed. */
    double[] stepNanos();

    /** The host call that failed in the last run, where that failed with {@code HOST_CALL}. */
    Optional<HostFailure> hostFailure();

    @Override
    void close();
}
