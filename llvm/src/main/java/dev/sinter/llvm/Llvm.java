package dev.sinter.llvm;

import dev.sinter.llvm.ffi.LargePages;
import dev.sinter.llvm.ffi.LlvmLibrary;
import dev.sinter.llvm.ffi.NativeEntry;
import dev.sinter.llvm.ffi.Platform;
import dev.sinter.llvm.ffi.Waiting;
import dev.sinter.plan.MemoryPlan;
import dev.sinter.tensor.ArrayMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Native code in this process: what the host is, the compiler, the store of compiled code, the loader and the
 * pools. Obtained from {@link #load}; everything reached through it may be used by several threads. LLVM
 * itself is opened when there is something that has never been compiled.
 */
public final class Llvm {

    private final Platform platform;
    private final LazyLibrary library;
    private final Target host;
    private final LlvmCompiler compiler;
    private final CodeStore code;
    private final ObjectLoader loader;
    private Optional<CompletableFuture<PoolCode>> poolCode = Optional.empty();

    private Llvm(Platform platform, LazyLibrary library, Target host, CodeCache cache, String identity) {
        this.platform = platform;
        this.library = library;
        this.host = host;
        this.compiler = new LlvmCompiler(library);
        this.code = new CodeStore(compiler, cache, identity);
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
        private static final Availability AVAILABILITY = load(CodeCache.configured());
    }

    /**
     * Finds out what the host is, from the cache of the user where an earlier process has left that, else by
     * opening LLVM; or says why it cannot be opened. The first call in a process does the work.
     */
    public static Availability load() {
        return Holder.AVAILABILITY;
    }

    /** Like {@link #load()}, each time anew, with another cache than the user's. */
    public static Availability load(CodeCache cache) {
        Optional<Platform> platform = Platform.current();
        Optional<String> obstacle = Platform.obstacle();
        if (obstacle.isPresent()) {
            return new Availability.Unavailable(obstacle.get());
        }
        if (platform.isPresent()) {
            Daemon.start("sinter-link", NativeEntry::link);
            Optional<String> identity = LlvmLibrary.identity();
            Optional<Target> known = identity.flatMap(library -> HostTarget.remembered(cache, library));
            if (known.isPresent()) {
                return new Availability.Available(
                        new Llvm(platform.get(), LazyLibrary.untouched(), known.get(), cache, identity.get()));
            }
        }
        return switch (LlvmLibrary.open()) {
            case LlvmLibrary.Outcome.Opened(LlvmLibrary opened) ->
                    new Availability.Available(ask(platform.orElseThrow(), opened, cache));
            case LlvmLibrary.Outcome.Unavailable(String reason) -> new Availability.Unavailable(reason);
        };
    }

    private static Llvm ask(Platform platform, LlvmLibrary opened, CodeCache cache) {
        Optional<String> identity = LlvmLibrary.identity();
        CodeCache used = identity.isPresent() ? cache : CodeCache.none();
        Target host = HostTarget.ask(opened, used, identity.orElse(""));
        return new Llvm(platform, LazyLibrary.of(opened), host, used, identity.orElse(""));
    }

    /** Begins to load, and to get the code of the pools, for a process that will need native code soon. */
    public static void preload() {
        Daemon.start("sinter-preload", () -> {
            if (load() instanceof Availability.Available(Llvm llvm)) {
                llvm.poolCode();
            }
        });
    }

    /** This machine, with the full width of its vectors. */
    public Target host() {
        return host;
    }

    /** The compiler of LLVM IR text. */
    public LlvmCompiler compiler() {
        return compiler;
    }

    /** The objects of modules, of which those that have once been compiled need no compiler. */
    public CodeStore code() {
        return code;
    }

    /** The loader of compiled objects. */
    public ObjectLoader loader() {
        return loader;
    }

    /** Whether LLVM itself has been needed. */
    public boolean opened() {
        return library.begun();
    }

    /**
     * Starts a pool. Its code is found or compiled meanwhile; the first run waits for it.
     *
     * @param threads the threads of a run, the caller included; at least 1
     */
    public WorkerPool workerPool(int threads) {
        return new WorkerPool(poolCode(), Waiting.on(platform), threads);
    }

    /**
     * Memory of zeros as kernels have it: aligned, and in large pages where it fills one and the system has them.
     *
     * @param arena what frees it
     * @throws OutOfMemoryError where the JVM's limit of direct memory is reached
     */
    public static MemorySegment zeros(Arena arena, long bytes) {
        if (bytes < LargePages.size()) {
            return ArrayMemory.allocate(arena, bytes, MemoryPlan.ALIGNMENT);
        }
        MemorySegment zeros = ArrayMemory.allocate(arena, bytes, LargePages.size());
        LargePages.use(zeros);
        return zeros;
    }

    private synchronized CompletableFuture<PoolCode> poolCode() {
        CompletableFuture<PoolCode> found = poolCode.orElseGet(() -> CompletableFuture.supplyAsync(
                () -> PoolCode.load(code, loader, host), body -> Daemon.start("sinter-pool", body)));
        poolCode = Optional.of(found);
        return found;
    }
}
