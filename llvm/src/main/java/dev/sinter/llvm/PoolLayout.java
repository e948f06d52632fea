package dev.sinter.llvm;

/**
 * The memory of a {@link WorkerPool}: offsets in bytes. What one thread writes while another spins on it has
 * a cache line of its own. All words start as zero but those of the first line, which do not change afterwards,
 * and the processors.
 *
 * <pre>
 * line 0     waiting block: ptr syscall, i64 futex number, ptr nanosleep, i64 spins
 *            ptr sched_getcpu or null, ptr to the processors, i64 spins of an idle worker
 * line 1     i32 pending (futex word), i32 caller sleeps, i32 result
 * line 1 + t slot of worker t = 1, 2, ...:
 *            i32 generation (futex word), i32 sleeps, ptr program, ptr context, i64 participants
 * then       the processor that each thread was last seen on: i32 for the caller and for each worker
 * </pre>
 *
 * <p>The caller fills the slots of the workers that take part and raises their generations. A worker whose
 * generation has changed runs the slot's program, merges the status into {@code result} with an unsigned
 * maximum, and counts {@code pending} down; a null program tells it to return. A word that says that somebody
 * sleeps is written before the sleeper looks at the futex word for the last time, and read after the futex
 * word has been written, so that no wake-up is lost. A thread writes its processor only when it has changed, so
 * that all can read the processors from their own caches.
 */
public final class PoolLayout {

    /** A cache line. */
    public static final int LINE = 64;

    /** What the bytes of a processor's number are before a thread has noted it. */
    public static final byte UNKNOWN_PROCESSOR = -1;

    /** The start of the waiting block, and the offsets in it. */
    public static final int WAITING = 0;
    public static final int WAITING_SYSCALL = 0;
    public static final int WAITING_FUTEX = 8;
    public static final int WAITING_NANOSLEEP = 16;
    public static final int WAITING_SPINS = 24;
    public static final int WAITING_BYTES = 32;

    /** In the first line too: the address of the function that tells a thread's processor, or null. */
    public static final int PROCESSOR_FUNCTION = 32;

    /** In the first line too: the address of the processors. */
    public static final int PROCESSORS = 40;

    /** In the first line too: how often a worker without work looks for some before it sleeps. */
    public static final int IDLE_SPINS = 48;

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
        return processors(threads) + (long) LINE * ((4L * threads + LINE - 1) / LINE);
    }

    /** The offset of the processors, caller first. */
    public static long processors(int threads) {
        return SLOTS + (long) (threads - 1) * SLOT_BYTES;
    }

    /** The offset of the slot of worker {@code thread}, at least 1. */
    public static long slot(int thread) {
        return SLOTS + (long) (thread - 1) * SLOT_BYTES;
    }
}
