package dev.sinter.llvm;

import dev.sinter.llvm.ffi.CodeMemory;
import dev.sinter.llvm.ffi.LinkedObject;
import dev.sinter.llvm.ffi.LlvmFailure;
import dev.sinter.llvm.ffi.ObjectRefused;
import dev.sinter.tensor.CompilerBug;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;

/**
 * Puts compiled objects into executable memory: by itself what {@link CodeMemory} takes, with LLVM the rest.
 * Safe for use by several threads.
 */
public final class ObjectLoader {

    private final LazyLibrary library;

    ObjectLoader(LazyLibrary library) {
        this.library = library;
    }

    /**
     * Links an object; closing the result frees its memory.
     *
     * @throws CompilerBug if it cannot be linked
     */
    public LoadedCode load(ObjectCode object) {
        return loadAll(List.of(object)).getFirst();
    }

    /**
     * Links several objects; results in order.
     *
     * @throws CompilerBug if one of them cannot be linked; then none stays
     */
    public List<LoadedCode> loadAll(List<ObjectCode> objects) {
        List<LoadedCode> loaded = new ArrayList<>();
        boolean whole = false;
        try {
            for (ObjectCode object : objects) {
                loaded.add(new LoadedCode(link(object)));
            }
            whole = true;
        } finally {
            if (!whole) {
                loaded.forEach(LoadedCode::close);
            }
        }
        return List.copyOf(loaded);
    }

    private LinkedObject link(ObjectCode object) {
        try {
            return CodeMemory.load(object.elf());
        } catch (ObjectRefused refused) {
            return linkByLlvm(object, refused);
        }
    }

    private LinkedObject linkByLlvm(ObjectCode object, ObjectRefused refused) {
        try {
            return library.get().link(object.bytes(), object.functions()).join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof LlvmFailure failure) {
                failure.addSuppressed(refused);
                throw new CompilerBug("an object does not link: " + failure.getMessage(), failure);
            }
            throw failed;
        }
    }
}
