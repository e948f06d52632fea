package dev.sinter.llvm;

import dev.sinter.llvm.ffi.LlvmFailure;
import dev.sinter.llvm.ffi.LlvmLibrary;
import dev.sinter.tensor.CompilerBug;

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
        try {
            return new LoadedCode(LlvmLibrary.join(library.link(object.bytes(), object.functions())));
        } catch (LlvmFailure failure) {
            throw new CompilerBug("an object does not link: " + failure.getMessage(), failure);
        }
    }
}
