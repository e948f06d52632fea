package dev.sinter.program;

/** Turns programs into something that runs. */
public interface Backend extends AutoCloseable {
    /** The name that users choose it by: {@code llvm}. */
    String name();

    /** What the machine offers to schedules. */
    Target target();

    /** Compiles a program. The result is used by one frame at a time for each frame made from it. */
    CompiledProgram compile(Program program);

    /** Frees what the back end holds, threads among it, once no program of it runs. */
    @Override
    void close();
}
