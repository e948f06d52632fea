package dev.sinter.program;

import dev.sinter.kernel.Kernel;

/** A program that a back end compiles while it is still being made. Used by one thread. */
public interface PartialProgram extends AutoCloseable {
    /** Says that the program will launch a kernel, so that its code may be made meanwhile. */
    void launches(Kernel kernel);

    /** The compiled program, whose kernels need not all have been announced; once. */
    CompiledProgram finish(Program program);

    /** Ends what still goes on for a program that is not finished; does nothing for one that is. */
    @Override
    void close();

    /** One that begins when the program is whole. */
    static PartialProgram waiting(Backend backend, boolean timed, Runnable beforeNativeCode) {
        return new PartialProgram() {
            @Override
            public void launches(Kernel kernel) { }

            @Override
            public CompiledProgram finish(Program program) {
                return backend.compile(program, timed, beforeNativeCode);
            }

            @Override
            public void close() { }
        };
    }
}
