package dev.sinter.program;

/**
 * Runs programs step by step in Java on the interpreter of kernels: slow, and the measure of what native
 * code must give, bit for bit.
 */
public final class InterpretedBackend implements Backend {
    private final Target target;

    /** A back end that pretends to be a machine, so that kernels are scheduled as for it. */
    public InterpretedBackend(Target target) {
        this.target = target;
    }

    /** A back end that pretends to have vectors of 32 bytes and two threads. */
    public InterpretedBackend() {
        this(new Target("interpreted", 32, 16, 32 << 10, 1 << 20, 2));
    }

    @Override
    public String name() {
        return "interpreted";
    }

    @Override
    public Target target() {
        return target;
    }

    @Override
    public CompiledProgram compile(Program program, boolean timed, Runnable beforeNativeCode) {
        return new InterpretedProgram(program);
    }

    /** Nothing is held. */
    @Override
    public void close() {}

    private record InterpretedProgram(Program program) implements CompiledProgram {
        @Override
        public Frame newFrame() {
            return new InterpretedFrame(program);
        }

        @Override
        public String text(String stage) {
            return "";
        }

        @Override
        public void close() {}
    }
}
