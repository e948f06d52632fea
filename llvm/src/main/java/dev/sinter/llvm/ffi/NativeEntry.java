package dev.sinter.llvm.ffi;

import java.lang.foreign.MemorySegment;

/** The calls from Java into compiled code. The arenas of all segments stay open during a call. */
public final class NativeEntry {

    private NativeEntry() {
    }

    /** Whether the JVM lets this module call native code, with a warning or without. */
    @SuppressWarnings("restricted")
    static boolean isPermitted() {
        try {
            return MemorySegment.NULL.reinterpret(0).byteSize() == 0;
        } catch (IllegalCallerException denied) {
            return false;
        }
    }

    /** Makes the calls that a run needs possible, which takes longer than all the rest of a warm start. */
    public static void link() {
        NativeCall.link();
        NativeCall.linkRun();
    }

    /** Calls {@code i32 function(ptr)}. */
    public static int call(MemorySegment function, MemorySegment argument) {
        return NativeCall.pointer(function, argument);
    }

    /**
     * Calls {@code i32 function(ptr pool, ptr program, ptr context, i64 participants)}.
     *
     * @param held memory whose arenas stay open as well
     */
    public static int run(MemorySegment function, MemorySegment pool, MemorySegment program,
            MemorySegment context, long participants, MemorySegment... held) {
        return held.length == 0 ? NativeCall.run(function, pool, program, context, participants)
                : NativeCall.runHolding(function, pool, program, context, participants, held);
    }

    /** Calls {@code void function(ptr slot, ptr pool, i64 thread)}, which returns when the pool closes. */
    public static void work(MemorySegment function, MemorySegment slot, MemorySegment pool, long thread) {
        NativeCall.words(function, slot.address(), pool.address(), thread, 0, 0, 0);
    }

    /** Calls {@code void function(ptr pool, i64 threads)}. */
    public static void stop(MemorySegment function, MemorySegment pool, long threads) {
        NativeCall.words(function, pool.address(), threads, 0, 0, 0, 0);
    }
}
