package dev.sinter.llvm;

import dev.sinter.llvm.ffi.LlvmFailure;
import dev.sinter.llvm.ffi.LlvmLibrary;
import dev.sinter.tensor.CompilerBug;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** The LLVM library, which is opened when somebody first asks for it, on a thread of its own. */
final class LazyLibrary {

    private Optional<CompletableFuture<LlvmLibrary>> opening;

    private LazyLibrary(Optional<CompletableFuture<LlvmLibrary>> opening) {
        this.opening = opening;
    }

    /** A library that nobody has asked for. */
    static LazyLibrary untouched() {
        return new LazyLibrary(Optional.empty());
    }

    /** A library that is open. */
    static LazyLibrary of(LlvmLibrary opened) {
        return new LazyLibrary(Optional.of(CompletableFuture.completedFuture(opened)));
    }

    /** Begins to open the library, where that has not been done. */
    synchronized CompletableFuture<LlvmLibrary> begin() {
        CompletableFuture<LlvmLibrary> library = opening.orElseGet(
                () -> CompletableFuture.supplyAsync(LazyLibrary::open, body -> Daemon.start("sinter-open", body)));
        opening = Optional.of(library);
        return library;
    }

    /** The opened library. */
    LlvmLibrary get() {
        return join(begin());
    }

    /** Whether somebody has asked for the library. */
    synchronized boolean begun() {
        return opening.isPresent();
    }

    /**
     * The result of something that LLVM does.
     *
     * @throws CompilerBug if LLVM refuses, or cannot be opened
     */
    static <T> T join(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException failed) {
            switch (failed.getCause()) {
                case LlvmFailure failure -> throw new CompilerBug(failure.getMessage(), failure);
                case CompilerBug bug -> throw bug;
                default -> throw failed;
            }
        }
    }

    private static LlvmLibrary open() {
        return switch (LlvmLibrary.open()) {
            case LlvmLibrary.Outcome.Opened(LlvmLibrary library) -> library;
            case LlvmLibrary.Outcome.Unavailable(String reason) ->
                    throw new CompilerBug("LLVM could be opened before and cannot be now: " + reason);
        };
    }
}
