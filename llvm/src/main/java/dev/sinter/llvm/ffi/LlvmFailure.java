package dev.sinter.llvm.ffi;

/** LLVM refuses a module or cannot compile it; the message is LLVM's own. */
public final class LlvmFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LlvmFailure(String message) {
        super(message);
    }
}
