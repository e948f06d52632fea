package dev.sinter.llvm.ffi;

import java.lang.foreign.MemorySegment;

/**
 * What compiled code waits with: the address of {@code syscall} and the number of {@code futex}, and the
 * address of {@code nanosleep}. An address is zero where there is no such function.
 */
public record Waiting(long syscall, long futex, long nanosleep) {

    /** The functions of this process. */
    public static Waiting on(Platform platform) {
        return new Waiting(address("syscall"), platform.futex(), address("nanosleep"));
    }

    private static long address(String function) {
        return LibC.find(function).map(MemorySegment::address).orElse(0L);
    }
}
