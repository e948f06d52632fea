package dev.sinter.llvm.ffi;

import dev.sinter.files.PrivateFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
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

    private final LlvmC llvm;
    private final Callbacks callbacks;
    private final HostProcessor host;
    private final Semaphore permits;
    private final int parallelism;

    private LlvmLibrary(LlvmC llvm, Callbacks callbacks, HostProcessor host) {
        this.llvm = llvm;
        this.callbacks = callbacks;
        this.host = host;
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

    /**
     * What tells the library that {@link #open} opens from every other; does not open it. Empty where it has
     * never been opened, so that nothing is known of it.
     */
    public static Optional<String> identity() {
        return Platform.current().flatMap(platform -> cache(platform).identity());
    }

    private static LibraryCache cache(Platform platform) {
        return new LibraryCache(PrivateFolder.userCache(), platform, LlvmLibrary.class.getClassLoader());
    }

    private static final class Holder {
        private static final Outcome OUTCOME = openOnce();
    }

    private static Outcome openOnce() {
        try {
            Optional<String> obstacle = Platform.obstacle();
            return obstacle.isPresent() ? new Outcome.Unavailable(obstacle.get())
                    : new Outcome.Opened(open(cache(Platform.current().orElseThrow())));
        } catch (CompletionException failure) {
            return new Outcome.Unavailable(firstLine(failure.getCause()));
        } catch (RuntimeException | LinkageError failure) {
            return new Outcome.Unavailable(firstLine(failure));
        }
    }

    /**
     * Opens the library. Its own work (unpacking or finding the file, relocating it) and the JVM's (linking
     * the shape of a call, making the callbacks) take about as long as each other and run side by side.
     */
    private static LlvmLibrary open(LibraryCache cache) {
        LlvmC llvm = new LlvmC(beside(() -> lookup(cache)));
        CompletableFuture<Callbacks> callbacks = beside(() -> new Callbacks(llvm));
        NativeCall.link();
        HostProcessor host = CompileThread.start(() -> initialise(llvm, callbacks)).join();
        return new LlvmLibrary(llvm, callbacks.join(), host);
    }

    private static HostProcessor initialise(LlvmC llvm, CompletableFuture<Callbacks> callbacks) {
        requireVersion(llvm);
        callbacks.join().install();
        for (String processor : List.of("X86", "AArch64")) {
            for (String part : List.of("TargetInfo", "Target", "TargetMC", "AsmPrinter")) {
                llvm.call("Initialize" + processor + part);
            }
        }
        return describeHost(llvm);
    }

    private static SymbolLookup lookup(LibraryCache cache) {
        try {
            Path path = cache.library();
            try {
                return SymbolLookup.libraryLookup(path, Arena.global());
            } catch (IllegalArgumentException refused) {
                return cache.repair() ? SymbolLookup.libraryLookup(path, Arena.global()) : missing(path, refused);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(said(failure), failure);
        }
    }

    private static SymbolLookup missing(Path path, IllegalArgumentException refused) {
        throw new IllegalStateException("cannot open " + path
                + ": it needs glibc 2.34 or later, libstdc++ and libz", refused);
    }

    /** What has gone wrong; many messages of the file system are a path alone. */
    private static String said(IOException failure) {
        if (!(failure instanceof FileSystemException file)) {
            return failure.getMessage();
        }
        String reason = file.getReason() != null ? file.getReason() : switch (file) {
            case AccessDeniedException _ -> "access is denied";
            case NoSuchFileException _ -> "there is no such folder";
            case FileAlreadyExistsException _ -> "it is in the way of a folder";
            default -> file.getClass().getSimpleName();
        };
        return "LLVM cannot be unpacked: " + file.getFile() + ": " + reason
                + "; XDG_CACHE_HOME may name a folder that can be written";
    }

    private static <T> CompletableFuture<T> beside(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, body -> {
            Thread thread = new Thread(body, "sinter-open");
            thread.setDaemon(true);
            thread.start();
        });
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

    /**
     * Starts to compile a module on a thread of its own; waits first while as many are being compiled as the
     * machine has processors. The result fails with an {@link LlvmFailure} if the text does not parse, does
     * not verify or cannot be compiled.
     */
    public CompletableFuture<byte[]> compile(ModuleRequest request) {
        return onCompileThread(() -> new ModuleCompiler(llvm, callbacks, request).compile());
    }

    /**
     * Links an object into executable memory and finds {@code symbols} in it. The result fails with an
     * {@link LlvmFailure} if the object cannot be linked or lacks one of the symbols.
     */
    public CompletableFuture<LinkedObject> link(byte[] object, List<String> symbols) {
        return onCompileThread(() -> LinkedObject.link(llvm, callbacks, object, symbols, this::finish));
    }

    /** Carries a task out on a compile thread, on this one where it is one; what the task throws is dropped. */
    private void finish(Runnable task) {
        if (CompileThread.isCurrent()) {
            task.run();
        } else {
            onCompileThread(() -> {
                task.run();
                return true;
            }).exceptionally(dropped -> false).join();
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
