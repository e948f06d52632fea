package dev.sinter.llvm.ffi;

import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** Addresses of functions of the C library. */
public final class NativeSymbols {

    private NativeSymbols() {
    }

    /**
     * What compiled code waits with: the address of {@code syscall} and the number of {@code futex}, and the
     * address of {@code nanosleep}. An address is zero where there is no such function.
     */
    public record Waiting(long syscall, long futex, long nanosleep) {
    }

    static Optional<MemorySegment> find(String name) {
        return Linker.nativeLinker().defaultLookup().find(name);
    }

    static Waiting waiting(Platform platform) {
        return new Waiting(address("syscall"), platform.futex(), address("nanosleep"));
    }

    private static long address(String name) {
        return find(name).map(MemorySegment::address).orElse(0L);
    }
}
