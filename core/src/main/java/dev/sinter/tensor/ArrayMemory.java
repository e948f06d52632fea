package dev.sinter.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Memory of arrays: outside of the heap, and zeroed. */
public final class ArrayMemory {
    private ArrayMemory() {}

    /**
     * New memory that is freed when nothing refers to it any more.
     *
     * @throws OutOfMemoryError where the JVM's limit of direct memory, by default that of the heap, is reached
     */
    public static MemorySegment allocate(long bytes, long alignment) {
        return allocate(Arena.ofAuto(), bytes, alignment);
    }

    /**
     * New memory that is freed with an arena.
     *
     * @throws OutOfMemoryError where the JVM's limit of direct memory, by default that of the heap, is reached
     */
    public static MemorySegment allocate(Arena arena, long bytes, long alignment) {
        try {
            return arena.allocate(bytes, alignment);
        } catch (OutOfMemoryError full) {
            OutOfMemoryError clearer = new OutOfMemoryError("an array of " + bytes + " bytes does not fit into the"
                    + " JVM's direct memory; start Java with a larger -XX:MaxDirectMemorySize (" + full.getMessage()
                    + ")");
            clearer.initCause(full);
            throw clearer;
        }
    }
}
