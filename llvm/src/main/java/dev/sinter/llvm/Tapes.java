package dev.sinter.llvm;

import dev.sinter.tensor.CompilerBug;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * The memory of a frame's tapes. Pieces are kept for later runs, which use those of exactly the size that they need
 * and may let go of all that they have not asked for: what fits into the limit does not depend on the runs before.
 */
final class Tapes implements AutoCloseable {
    /** A piece, and the last run that asked for it. */
    private static final class Piece {
        private final Arena arena = Arena.ofShared();
        private final long bytes;
        private long run;

        Piece(long bytes) {
            this.bytes = bytes;
        }
    }

    /** The pieces of a tape, and their addresses as the program reads them. */
    private record Tape(int buffer, MemorySegment table, Piece[] pieces) {}

    private final List<Tape> tapes = new ArrayList<>();
    private LongPredicate limit = _ -> true;
    private long bytes;
    private long run;

    /**
     * Adds a tape.
     *
     * @param buffer its number
     * @param table  the place of the addresses of its pieces
     */
    void add(int buffer, MemorySegment table) {
        tapes.add(new Tape(buffer, table, new Piece[TapeLayout.MOST_PIECES]));
    }

    boolean isEmpty() {
        return tapes.isEmpty();
    }

    /** Sets how many bytes all pieces together may take, between runs. */
    void setLimit(LongPredicate fits) {
        this.limit = fits;
        if (!fits.test(bytes)) {
            close();
        }
    }

    /** Starts a run, to which no piece belongs yet. */
    void begin() {
        run++;
    }

    /**
     * Provides a piece, with what the run has written into it.
     *
     * @param element the bytes of an element, the same during a run
     * @return whether the memory is there
     */
    boolean provide(int buffer, int number, long element) {
        Tape tape = find(buffer);
        try {
            long wanted = Math.multiplyExact(Math.max(1, element), TapeLayout.elements(number));
            Piece piece = tape.pieces()[number];
            if (piece == null || piece.bytes != wanted) {
                free(tape, number);
                if (!makeRoom(wanted)) {
                    return false;
                }
                piece = allocate(tape, number, wanted);
            }
            piece.run = run;
            return true;
        } catch (OutOfMemoryError | ArithmeticException | IllegalArgumentException full) {
            return false;
        }
    }

    /** The tape of a number; without an iterator, since runs allocate nothing. */
    private Tape find(int buffer) {
        for (int i = 0; i < tapes.size(); i++) {
            if (tapes.get(i).buffer() == buffer) {
                return tapes.get(i);
            }
        }
        throw new CompilerBug("buffer " + buffer + " is no tape");
    }

    private Piece allocate(Tape tape, int number, long wanted) {
        Piece piece = new Piece(wanted);
        boolean whole = false;
        try {
            tape.table().setAtIndex(ValueLayout.JAVA_LONG, number, piece.arena.allocate(wanted, 64).address());
            whole = true;
        } finally {
            if (!whole) {
                piece.arena.close();
            }
        }
        tape.pieces()[number] = piece;
        bytes += wanted;
        return piece;
    }

    /** Frees pieces of earlier runs until so many more bytes fit into the limit; whether they do in the end. */
    private boolean makeRoom(long wanted) {
        boolean fits = limit.test(Math.addExact(bytes, wanted));
        for (Tape tape : tapes) {
            for (int i = TapeLayout.MOST_PIECES - 1; i >= 0 && !fits; i--) {
                if (tape.pieces()[i] != null && tape.pieces()[i].run != run) {
                    free(tape, i);
                    fits = limit.test(bytes + wanted);
                }
            }
        }
        return fits;
    }

    private void free(Tape tape, int number) {
        Piece piece = tape.pieces()[number];
        if (piece != null) {
            tape.pieces()[number] = null;
            tape.table().setAtIndex(ValueLayout.JAVA_LONG, number, 0);
            bytes -= piece.bytes;
            piece.arena.close();
        }
    }

    @Override
    public void close() {
        for (Tape tape : tapes) {
            for (int i = 0; i < TapeLayout.MOST_PIECES; i++) {
                free(tape, i);
            }
        }
    }
}
