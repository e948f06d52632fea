package dev.sinter.llvm;

import dev.sinter.llvm.ffi.LlvmLibrary;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * LLVM in this process: what the host is, the compiler, the loader and the pools. Obtained from
 * {@link #load}; everything reached through it may be used by several threads.
 */
public final class Llvm {

    private final LlvmLibrary library;
    private final Target host;
    private final LlvmCompiler compiler;
    private final ObjectLoader loader;
    private Optional<CompletableFuture<PoolCode>> poolCode = Optional.empty();

    private Llvm(LlvmLibrary library) {
        this.library = library;
        LlvmLibrary.HostProcessor processor = library.host();
        this.host = Target.of(processor.triple(), processor.cpu(), processor.features());
        this.compiler = new LlvmCompiler(library);
        this.loader = new ObjectLoader(library);
    }

    /** Whether code can be compiled here. */
    public sealed interface Availability {

        /** It can. */
        record Available(Llvm llvm) implements Availability {
        }

        /** It cannot; {@code reason} is one line for the user. */
        record Unavailable(String reason) implements Availability {
        }
    }

    private static final class Holder {
        private static final Availability AVAILABILITY = switch (LlvmLibrary.open()) {
            case LlvmLibrary.Outcome.Opened(LlvmLibrary library) ->
                    new Availability.Available(new Llvm(library));
            case LlvmLibrary.Outcome.Unavailable(String reason) -> new Availability.Unavailable(reason);
        };
    }

    /** Opens LLVM, or says why it cannot be opened; the first call in a process does the work. */
    public static Availability load() {
        return Holder.AVAILABILITY;
    }

    /** Begins to open LLVM on another thread, for a process that will need it soon. */
    public static void preload() {
        startDaemon("sinter-preload", Llvm::load);
    }

    /** This machine, with the full width of its vectors. */
    public Target host() {
        return host;
    }

    /** The compiler of LLVM IR text. */
    public LlvmCompiler compiler() {
        return compiler;
    }

    /** The loader of compiled objects. */
    public ObjectLoader loader() {
        return loader;
    }

    /**
     * Starts a pool. Its code is compiled meanwhile; the first run waits for it.
     *
     * @param threads the threads of a run, the caller included; at least 1
     */
    public WorkerPool workerPool(int threads) {
        return new WorkerPool(poolCode(), library.waiting(), threads);
    }

    private synchronized CompletableFuture<PoolCode> poolCode() {
        CompletableFuture<PoolCode> code = poolCode.orElseGet(() -> CompletableFuture.supplyAsync(
                () -> PoolCode.compile(compiler, loader, host), body -> startDaemon("sinter-pool", body)));
        poolCode = Optional.of(code);
        return code;
    }

    private static void startDaemon(String name, Runnable body) {
        Thread.ofPlatform().daemon().name(name).start(body);
    }
}
