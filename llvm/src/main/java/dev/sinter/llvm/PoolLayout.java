package dev.sinter.llvm;

/**
 * The memory of a {@link WorkerPool}: offsets in bytes. What one thread writes while another spins on it has
 * a cache line of its own. All words start as zero but the waiting block, which does not change afterwards.
 *
 * <pre>
 * line 0     waiting block: ptr syscall, i64 futex number, ptr nanosleep, i64 spins
 * line 1     i32 pending (futex word), i32 caller sleeps, i32 result
 * line 1 + t slot of worker t = 1, 2, ...:
 *            i32 generation (futex word), i32 sleeps, ptr program, ptr context, i64 participants
 * </pre>
 *
 * <p>The caller fills the slots of the workers that take part and raises their generations. A worker whose
 * generation has changed runs the slot's program, merges the status into {@code result} with an unsigned
 * maximum, and counts {@code pending} down; a null program tells it to return. A word that says that somebody
 * sleeps is written before the sleeper looks at the futex word for the last time, and read after the futex
 * word has been written, so that no wake-up is lost.
 */
public final class PoolLayout {

    /** A cache line. */
    public static final int LINE = 64;

    /** The start of the waiting block, and the offsets in it. */
    public static final int WAITING = 0;
    public static final int WAITING_SYSCALL = 0;
    public static final int WAITING_FUTEX = 8;
    public static final int WAITING_NANOSLEEP = 16;
    public static final int WAITING_SPINS = 24;
    public static final int WAITING_BYTES = 32;

    /** Workers that have not finished. */
    public static final int PENDING = LINE;

    /** Whether the caller sleeps on {@link #PENDING}. */
    public static final int CALLER_SLEEPS = LINE + 4;

    /** The largest status of the workers. */
    public static final int RESULT = LINE + 8;

    /** The slot of worker 1. */
    public static final int SLOTS = 2 * LINE;
    public static final int SLOT_BYTES = LINE;
    public static final int SLOT_GENERATION = 0;
    public static final int SLOT_SLEEPS = 4;
    public static final int SLOT_PROGRAM = 8;
    public static final int SLOT_CONTEXT = 16;
    public static final int SLOT_PARTICIPANTS = 24;

    private PoolLayout() {
    }

    /** The bytes of a pool of {@code threads} threads, the caller included. */
    public static long bytes(int threads) {
        return SLOTS + (long) (threads - 1) * SLOT_BYTES;
    }

    /** The offset of the slot of worker {@code thread}, at least 1. */
    public static long slot(int thread) {
        return SLOTS + (long) (thread - 1) * SLOT_BYTES;
    }
}
