package dev.sinter.llvm;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Modules on their way to objects: a thread writes the text of one after the other and starts to get its code, while
 * whoever adds them makes the next. Equal texts are one module. Used by one thread.
 */
final class ModuleQueue implements AutoCloseable {
    /** A module and its code. */
    record Module(String text, CompletableFuture<ObjectCode> code) {}

    private final Function<String, CompletableFuture<ObjectCode>> compiler;
    private final ExecutorService writer = Executors.newSingleThreadExecutor(
            body -> Thread.ofPlatform().daemon().name("sinter-emit").unstarted(body));
    private final Map<String, CompletableFuture<ObjectCode>> started = new HashMap<>();
    private volatile boolean isClosed;

    /**
     * An empty queue, without a thread until there is something to do.
     *
     * @param compiler starts to get the code of a module; may wait until there is room
     */
    ModuleQueue(Function<String, CompletableFuture<ObjectCode>> compiler) {
        this.compiler = compiler;
    }

    /** Adds a module. */
    CompletableFuture<Module> add(Supplier<String> text) {
        return CompletableFuture.supplyAsync(() -> {
            if (isClosed) {
                throw new CancellationException();
            }
            String module = text.get();
            return new Module(module, started.computeIfAbsent(module, compiler));
        }, writer);
    }

    /** Starts to get a module's code before those that wait in the queue: what takes long is not to come last. */
    Module startNow(String text) {
        return new Module(text, compiler.apply(text));
    }

    /** Writes no further module; what has been started goes on. */
    @Override
    public void close() {
        isClosed = true;
        writer.close();
    }
}
