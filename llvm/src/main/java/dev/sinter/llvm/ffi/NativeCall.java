package dev.sinter.llvm.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.sinter.program.Frame;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Collections;
import java.util.Objects;

/**
 * The call shapes through which Java enters native code.
 *
 * <p>Every LLVM-C function takes at most six integers or pointers and returns one or nothing. On System V
 * x86-64 and on AArch64 these travel in registers, and a callee ignores the argument registers that it does
 * not declare, so a single shape of six words serves them all. Linking a shape takes three milliseconds;
 * linking one for each signature would take longer than opening the library.
 */
@SuppressWarnings("restricted")
final class NativeCall {

    private static final MethodHandle WORDS =
            Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(JAVA_LONG,
                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));

    private NativeCall() {
    }

    /** Links the shape of six words, which every other use of this class would do as well. */
    static void link() {
        // Running this method has initialised the class.
    }

    /** Links the shape of {@link #run}. */
    static void linkRun() {
        Objects.requireNonNull(Run.HANDLE);
    }

    /** Calls {@code function} with six words; the result means nothing for a function without one. */
    static long words(MemorySegment function, long a, long b, long c, long d, long e, long f) {
        try {
            return (long) WORDS.invokeExact(function, a, b, c, d, e, f);
        } catch (Throwable thrown) {
            throw rethrow(thrown);
        }
    }

    /** Calls {@code i32 function(ptr)}; the argument's arena stays open during the call. */
    static int pointer(MemorySegment function, MemorySegment argument) {
        try {
            return (int) Pointer.HANDLE.invokeExact(function, argument);
        } catch (Throwable thrown) {
            throw rethrow(thrown);
        }
    }

    /** Calls {@code i32 function(ptr, ptr, ptr, i64)}; the arguments' arenas stay open during the call. */
    static int run(MemorySegment function, MemorySegment pool, MemorySegment program, MemorySegment context,
            long participants) {
        try {
            return (int) Run.HANDLE.invokeExact(function, pool, program, context, participants);
        } catch (Throwable thrown) {
            throw rethrow(thrown);
        }
    }

    /**
     * As {@link #run}, with memory that stays open during the call. It is passed as further arguments, which the
     * callee does not declare and so does not look at.
     */
    static int runHolding(MemorySegment function, MemorySegment pool, MemorySegment program, MemorySegment context,
            long participants, MemorySegment[] held) {
        if (held.length > Frame.MOST_HELD) {
            throw new IllegalArgumentException(held.length + " pieces of memory to hold, at most " + Frame.MOST_HELD);
        }
        try {
            return (int) Holding.HANDLE.invokeExact(function, pool, program, context, participants, at(held, 0),
                    at(held, 1), at(held, 2), at(held, 3), at(held, 4), at(held, 5), at(held, 6), at(held, 7),
                    at(held, 8), at(held, 9), at(held, 10), at(held, 11), at(held, 12), at(held, 13), at(held, 14),
                    at(held, 15));
        } catch (Throwable thrown) {
            throw rethrow(thrown);
        }
    }

    private static MemorySegment at(MemorySegment[] held, int index) {
        return index < held.length ? held[index] : MemorySegment.NULL;
    }

    private static RuntimeException rethrow(Throwable thrown) {
        return switch (thrown) {
            case RuntimeException unchecked -> unchecked;
            case Error error -> throw error;
            default -> new IllegalStateException("a downcall handle threw a checked exception", thrown);
        };
    }

    /** Linked when a compiled function is first called by itself. */
    private static final class Pointer {
        private static final MethodHandle HANDLE =
                Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(JAVA_INT, ADDRESS));
    }

    /** Linked when a program first runs on memory that may be closed. */
    private static final class Holding {
        private static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(
                FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG)
                        .appendArgumentLayouts(Collections.nCopies(Frame.MOST_HELD, ADDRESS)
                                .toArray(MemoryLayout[]::new)));
    }

    /** Linked when a program is first run. */
    private static final class Run {
        private static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(
                FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG));
    }
}
