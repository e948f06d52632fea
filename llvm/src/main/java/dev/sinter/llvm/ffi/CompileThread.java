package dev.sinter.llvm.ffi;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * A thread that runs one task inside LLVM, on a stack deep enough for LLVM's recursion. It gathers what LLVM
 * diagnoses meanwhile; after a fatal error, which LLVM does not return from, it fails the task and sleeps for
 * ever, which costs its stack and its context but not the process.
 */
final class CompileThread extends Thread {

    private static final long STACK_BYTES = 64L << 20;

    private final Runnable body;
    private final Runnable onFatal;
    private final List<String> errors = new ArrayList<>();
    private volatile String fatalReason = "";

    private CompileThread(Runnable body, Runnable onFatal) {
        super(null, null, "sinter-compile", STACK_BYTES, false);
        this.body = body;
        this.onFatal = onFatal;
        setDaemon(true);
    }

    /** Starts {@code task} on a thread of its own; a fatal error fails it with {@link LlvmFailure}. */
    static <T> CompletableFuture<T> start(Supplier<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        CompileThread[] self = new CompileThread[1];
        self[0] = new CompileThread(() -> {
            try {
                result.complete(task.get());
            } catch (Throwable thrown) {
                result.completeExceptionally(thrown);
            }
        }, () -> result.completeExceptionally(
                new LlvmFailure("fatal error in LLVM: " + self[0].fatalReason)));
        self[0].start();
        return result;
    }

    /** Whether the calling thread is one of these. */
    static boolean isCurrent() {
        return Thread.currentThread() instanceof CompileThread;
    }

    @Override
    public void run() {
        body.run();
    }

    void diagnose(String error) {
        errors.add(error);
    }

    /** The errors that LLVM has diagnosed on this thread, oldest first. */
    List<String> errors() {
        return List.copyOf(errors);
    }

    /** Fails the task and never returns. */
    void sleepForEver(String reason) {
        fatalReason = reason;
        onFatal.run();
        while (true) {
            LockSupport.park(this);
            Thread.interrupted();
        }
    }
}
