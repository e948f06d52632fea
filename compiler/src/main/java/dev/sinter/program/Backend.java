package dev.sinter.program;

import dev.sinter.plan.MemoryPlan;
import dev.sinter.tensor.ArrayMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Turns programs into something that runs. */
public interface Backend extends AutoCloseable {
    /** The name that users choose it by: {@code llvm}. */
    String name();

    /** What the machine offers to schedules. */
    Target target();

    /** Compiles a program. */
    default CompiledProgram compile(Program program) {
        return compile(program, false);
    }

    /**
     * Compiles a program.
     *
     * @param timed whether frames note how long each step takes, for which threads meet after every step
     */
    default CompiledProgram compile(Program program, boolean timed) {
        return compile(program, timed, () -> { });
    }

    /**
     * Compiles a program.
     *
     * @param timed            whether frames note how long each step takes, for which threads meet after every step
     * @param beforeNativeCode called before native code is generated, which might end the process; perhaps several
     *                         times, and not at all where all code is at hand
     */
    CompiledProgram compile(Program program, boolean timed, Runnable beforeNativeCode);

    /**
     * Begins to compile a program that is still being made.
     *
     * @param timed            as in {@link #compile}
     * @param beforeNativeCode as in {@link #compile}; called by one thread at a time, perhaps not the caller's
     */
    default PartialProgram begin(boolean timed, Runnable beforeNativeCode) {
        return PartialProgram.waiting(this, timed, beforeNativeCode);
    }

    /**
     * Memory of zeros for variables and for what runs need, at an address that kernels expect.
     *
     * @param arena what frees it
     * @throws OutOfMemoryError where the JVM's limit of direct memory is reached
     */
    default MemorySegment allocate(Arena arena, long bytes) {
        return ArrayMemory.allocate(arena, bytes, MemoryPlan.ALIGNMENT);
    }

    /** Frees what the back end holds, threads among it, once no program of it runs. */
    @Override
    void close();
}
