package dev.sinter.llvm.ffi;

import java.lang.foreign.MemorySegment;

/**
 * What compiled code waits with, and finds its processor with: the address of {@code syscall} and the number of
 * {@code futex}, and the addresses of {@code nanosleep} and {@code sched_getcpu}. An address is zero where there is
 * no such function.
 */
public record Waiting(long syscall, long futex, long nanosleep, long processor) {

    /** The functions of this process. */
    public static Waiting on(Platform platform) {
        return new Waiting(address("syscall"), platform.futex(), address("nanosleep"),
                address("sched_getcpu"));
    }

    private static long address(String function) {
        return LibC.find(function).map(MemorySegment::address).orElse(0L);
    }
}
