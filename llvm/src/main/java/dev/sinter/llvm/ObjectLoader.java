package dev.sinter.llvm;

import dev.sinter.llvm.ffi.LinkedObject;
import dev.sinter.llvm.ffi.LlvmFailure;
import dev.sinter.llvm.ffi.LlvmLibrary;
import dev.sinter.tensor.CompilerBug;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Puts compiled objects into executable memory. Safe for use by several threads. */
public final class ObjectLoader {

    private final LlvmLibrary library;

    ObjectLoader(LlvmLibrary library) {
        this.library = library;
    }

    /**
     * Links an object; closing the result frees its memory.
     *
     * @throws CompilerBug if LLVM cannot link it
     */
    public LoadedCode load(ObjectCode object) {
        return loadAll(List.of(object)).getFirst();
    }

    /**
     * Links several objects side by side; results in order.
     *
     * @throws CompilerBug if LLVM cannot link one of them; then none stays
     */
    public List<LoadedCode> loadAll(List<ObjectCode> objects) {
        List<CompletableFuture<LinkedObject>> started = new ArrayList<>();
        for (ObjectCode object : objects) {
            started.add(library.link(object.bytes(), object.functions()));
        }
        List<LoadedCode> loaded = new ArrayList<>();
        Optional<LlvmFailure> failure = Optional.empty();
        for (CompletableFuture<LinkedObject> future : started) {
            try {
                loaded.add(new LoadedCode(LlvmLibrary.join(future)));
            } catch (LlvmFailure refused) {
                failure = Optional.of(refused);
            }
        }
        if (failure.isPresent()) {
            loaded.forEach(LoadedCode::close);
            throw new CompilerBug("an object does not link: " + failure.get().getMessage(), failure.get());
        }
        return List.copyOf(loaded);
    }
}
