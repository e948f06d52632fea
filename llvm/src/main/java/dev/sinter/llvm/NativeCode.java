package dev.sinter.llvm;

import dev.sinter.llvm.ffi.NativeEntry;
import java.lang.foreign.MemorySegment;

/** A compiled function; it lives as long as the {@link LoadedCode} that it comes from. */
public final class NativeCode {

    private final MemorySegment address;

    NativeCode(MemorySegment address) {
        this.address = address;
    }

    /**
     * Calls the function as {@code i32 f(ptr context)}, in the calling thread's floating-point state. A
     * program for a {@link WorkerPool} has another signature and is run by the pool.
     *
     * @throws IllegalStateException if the code, or the context's arena, has been closed
     */
    public int call(MemorySegment context) {
        return NativeEntry.call(address, context);
    }

    MemorySegment address() {
        return address;
    }
}
