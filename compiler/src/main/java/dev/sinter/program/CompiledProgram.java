package dev.sinter.program;

/** A program ready to run. Closing it frees its code once no frame runs. */
public interface CompiledProgram extends AutoCloseable {
    /** New storage for a run's addresses and sizes. A frame is used by one thread at a time. */
    Frame newFrame();

    /** The text of a stage below the program: {@code llvm} or {@code asm}; empty where there is none. */
    String text(String stage);

    @Override
    void close();
}
