package dev.sinter.llvm.ffi;

import java.lang.foreign.MemorySegment;

/** Memory whose address compiled code has told. */
public final class NativeMemory {
    private NativeMemory() {}

    /** The bytes at an address, which must stay alive as long as the segment is used. */
    @SuppressWarnings("restricted")
    public static MemorySegment at(long address, long bytes) {
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }
}
