package dev.sinter.llvm.ffi;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The opened LLVM library: what the host is, a compiler of modules and a linker of objects. There is at most
 * one in a process; it stays open until the process ends.
 */
@SuppressWarnings("restricted")
public final class LlvmLibrary {

    private static final int GLIBC_MINOR = 34;

    private final Platform platform;
    private final LlvmC llvm;
    private final Callbacks callbacks;
    private final HostProcessor host;
    private final Semaphore permits;
    private final int parallelism;

    private LlvmLibrary(Platform platform, LlvmC llvm, Callbacks callbacks) {
        this.platform = platform;
        this.llvm = llvm;
        this.callbacks = callbacks;
        this.host = describeHost(llvm);
        this.parallelism = Math.max(2, Runtime.getRuntime().availableProcessors());
        this.permits = new Semaphore(parallelism);
        Runtime.getRuntime().addShutdownHook(new Thread(this::drain, "sinter-compile-drain"));
    }

    /** What came of opening the library. */
    public sealed interface Outcome {

        /** The library is open. */
        record Opened(LlvmLibrary library) implements Outcome {
        }

        /** The library cannot be opened here; {@code reason} is one line for the user. */
        record Unavailable(String reason) implements Outcome {
        }
    }

    /** The processor of this machine in LLVM's terms. */
    public record HostProcessor(String triple, String cpu, String features) {
    }

    /** Opens the library, or says why it cannot be opened; the first call in a process does the work. */
    public static Outcome open() {
        return Holder.OUTCOME;
    }

    private static final class Holder {
        private static final Outcome OUTCOME = openOnce();
    }

    private static Outcome openOnce() {
        String system = System.getProperty("os.name") + "/" + System.getProperty("os.arch");
        Optional<Platform> platform = Platform.current();
        if (platform.isEmpty()) {
            return new Outcome.Unavailable("no native library for " + system);
        }
        try {
            Optional<String> refusal = refuseLibc();
            if (refusal.isPresent()) {
                return new Outcome.Unavailable(refusal.get());
            }
            LibraryCache cache =
                    new LibraryCache(Platform.userCache(), platform.get(), LlvmLibrary.class.getClassLoader());
            return new Outcome.Opened(open(platform.get(), cache.library()));
        } catch (IOException | IllegalArgumentException | IllegalStateException | IllegalCallerException
                | UnsatisfiedLinkError failure) {
            return new Outcome.Unavailable(firstLine(failure));
        }
    }

    private static LlvmLibrary open(Platform platform, Path path) {
        // Opening the library and making the callbacks take about as long as each other and touch nothing in
        // common, so they run side by side.
        CompletableFuture<SymbolLookup> library =
                CompletableFuture.supplyAsync(() -> SymbolLookup.libraryLookup(path, Arena.global()), work -> {
                    Thread opener = new Thread(work, "sinter-open");
                    opener.setDaemon(true);
                    opener.start();
                });
        Linker.nativeLinker();
        LlvmC llvm;
        try {
            llvm = new LlvmC(library.join());
        } catch (CompletionException failed) {
            throw new IllegalArgumentException("cannot open " + path + " (" + firstLine(failed.getCause())
                    + "); it needs libz and libstdc++", failed);
        }
        requireVersion(llvm);
        for (String processor : new String[] {"X86", "AArch64"}) {
            for (String part : new String[] {"TargetInfo", "Target", "TargetMC", "AsmPrinter"}) {
                llvm.call("Initialize" + processor + part);
            }
        }
        return new LlvmLibrary(platform, llvm, Callbacks.install(llvm));
    }

    private static void requireVersion(LlvmC llvm) {
        try (Arena arena = Arena.ofConfined()) {
            LlvmC.Out major = new LlvmC.Out(arena);
            LlvmC.Out minor = new LlvmC.Out(arena);
            LlvmC.Out patch = new LlvmC.Out(arena);
            llvm.call("GetVersion", major.address(), minor.address(), patch.address());
            String version = major.get() + "." + minor.get() + "." + patch.get();
            if (!LibraryCache.VERSION.startsWith(version + "-")) {
                throw new IllegalStateException("the LLVM library is version " + version + ", needed is "
                        + LibraryCache.VERSION);
            }
        }
    }

    private static Optional<String> refuseLibc() {
        Optional<MemorySegment> function = NativeSymbols.find("gnu_get_libc_version");
        if (function.isEmpty()) {
            return Optional.of("the native library needs glibc, which this system does not use");
        }
        String version = LlvmC.borrow(NativeCall.words(function.get(), 0, 0, 0, 0, 0, 0));
        String[] parts = version.split("\\.");
        boolean recent = parts.length >= 2 && parts[0].equals("2") && Integer.parseInt(parts[1]) >= GLIBC_MINOR;
        return recent ? Optional.empty()
                : Optional.of("the native library needs glibc 2." + GLIBC_MINOR + ", this system has " + version);
    }

    private static HostProcessor describeHost(LlvmC llvm) {
        return new HostProcessor(llvm.take(llvm.call("GetDefaultTargetTriple")),
                llvm.take(llvm.call("GetHostCPUName")), llvm.take(llvm.call("GetHostCPUFeatures")));
    }

    /** The processor of this machine. */
    public HostProcessor host() {
        return host;
    }

    /** The number of modules that are compiled at the same time. */
    public int parallelism() {
        return parallelism;
    }

    /** The libc functions that compiled code waits with. */
    public NativeSymbols.Waiting waiting() {
        return NativeSymbols.waiting(platform);
    }

    /**
     * Starts to compile a module on a thread of its own; waits first while as many are being compiled as the
     * machine has processors. The result fails with an {@link LlvmFailure} if the text does not parse, does not
     * verify or cannot be compiled.
     */
    public CompletableFuture<byte[]> compile(ModuleRequest request) {
        return onCompileThread(() -> new ModuleCompiler(llvm, callbacks, request).compile());
    }

    /**
     * Links an object into executable memory and finds {@code symbols} in it. The result fails with an
     * {@link LlvmFailure} if the object cannot be linked or lacks one of the symbols.
     */
    public CompletableFuture<LinkedObject> link(byte[] object, List<String> symbols) {
        return onCompileThread(() -> LinkedObject.link(llvm, callbacks, object, symbols));
    }

    /** The result of a task, waiting for it; an interrupt has no effect, since LLVM cannot be interrupted. */
    public static <T> T join(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof LlvmFailure failure) {
                throw failure;
            }
            throw failed;
        }
    }

    private <T> CompletableFuture<T> onCompileThread(Supplier<T> task) {
        permits.acquireUninterruptibly();
        boolean started = false;
        try {
            CompletableFuture<T> future = CompileThread.start(task);
            future.whenComplete((value, failure) -> permits.release());
            started = true;
            return future;
        } finally {
            if (!started) {
                permits.release();
            }
        }
    }

    /** Waits until nothing is inside LLVM, since the exit of the process destroys LLVM's global tables. */
    private void drain() {
        try {
            permits.tryAcquire(parallelism, 5, TimeUnit.SECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static String firstLine(Throwable failure) {
        String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        return message.lines().findFirst().orElse(failure.toString());
    }
}
