package dev.sinter.program;

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
    CompiledProgram compile(Program program, boolean timed);

    /** Frees what the back end holds, threads among it, once no program of it runs. */
    @Override
    void close();
}
