package dev.sinter.llvm;

/**
 * How a tape lies in memory: pieces of elements, each with twice as many as the one before, and a table of their
 * addresses, which a program finds where it finds those of buffers.
 */
final class TapeLayout {
    /** The first piece has two to the power of this many elements. */
    static final int FIRST_PIECE_LOG2 = 6;

    /** More pieces than memory can hold. */
    static final int MOST_PIECES = 48;

    private TapeLayout() {}

    /** How many elements a piece has. */
    static long elements(long piece) {
        return 1L << FIRST_PIECE_LOG2 + piece;
    }
}
