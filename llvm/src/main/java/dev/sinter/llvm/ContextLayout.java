package dev.sinter.llvm;

/**
 * The context of a run, which every compiled program gets as its first argument: offsets in bytes. A program
 * reaches constants, memory and services through it and refers to no symbol.
 *
 * <pre>
 * line 0  ptr arena, ptr buffers, ptr symbols, ptr kernels, ptr host call, ptr host data,
 *         i64 run number, i64 seed
 * line 1  i32 cancel
 * line 2  barrier: i32 arrived, i32 sleepers
 * line 3  barrier: i32 epoch (futex word), i32 agreed; at 32 the waiting block
 * line 4  barrier: i32 status; at 8 three words of error detail
 * line 5  a word that is always 0; ptr times; i64 tape piece, i64 tape bytes; four words for the runtime
 * </pre>
 *
 * <p>Before a run the runtime clears {@code cancel}, {@code status} and the error detail. A thread that finds
 * a fault, or finds {@code cancel} set, raises {@code status} and goes on to the next barrier, where all
 * threads of the run learn of it together.
 */
public final class ContextLayout {

    /** The base of the run's memory. */
    public static final int ARENA = 0;

    /** A table of pointers: the memory of the program's buffers, by their numbers. */
    public static final int BUFFERS = 8;

    /** A table of {@code i64}: the values of the program's sizes, in its order. */
    public static final int SYMBOLS = 16;

    /** A table of the addresses of the program's kernels. */
    public static final int KERNELS = 24;

    /** The trampoline of host calls: {@code i32 (ptr context, i64 index)}. */
    public static final int HOST_CALL = 32;

    /** A word that the trampoline's owner may use. */
    public static final int HOST_DATA = 40;

    /** The number of the run, for random numbers. */
    public static final int RUN_NUMBER = 48;

    /** The graph's seed. */
    public static final int SEED = 56;

    /** Set to anything but zero by whoever wants the run to stop. */
    public static final int CANCEL = 64;

    /** The barrier; the offsets that follow are from its start. */
    public static final int BARRIER = 128;
    public static final int BARRIER_ARRIVED = 0;
    public static final int BARRIER_SLEEPERS = 4;
    public static final int BARRIER_EPOCH = 64;
    public static final int BARRIER_AGREED = 68;
    public static final int BARRIER_WAITING = 96;
    public static final int BARRIER_STATUS = 128;
    public static final int BARRIER_BYTES = 192;

    /** The status word that all threads agree on, from the context's start. */
    public static final int STATUS = BARRIER + BARRIER_STATUS;

    /** Three words that say more about a fault. */
    public static final int ERROR_DETAIL = STATUS + 8;

    /** A word that stays 0: what kernels poll once a run can no longer be cancelled. */
    public static final int NEVER = BARRIER + BARRIER_BYTES;

    /** A table of cycle counts, where the program is timed. */
    public static final int TIMES = NEVER + 8;

    /** Which piece of a tape the host is asked for. */
    public static final int TAPE_PIECE = TIMES + 8;

    /** The bytes of one element of that tape. */
    public static final int TAPE_BYTES = TAPE_PIECE + 8;

    /** Four words that are the runtime's own. */
    public static final int RUNTIME = TAPE_BYTES + 8;

    /** The size of a context. */
    public static final int BYTES = RUNTIME + 32;

    /** The alignment of a context. */
    public static final int ALIGNMENT = 64;

    private ContextLayout() {
    }
}
