package dev.sinter.llvm.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** The way from compiled code back to Java: {@code i32 (ptr context, i64 index)}. */
@SuppressWarnings("restricted")
public final class HostTrampoline {
    private static final FunctionDescriptor SHAPE =
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG);

    /** What a program's host calls reach. */
    public interface Target {
        /**
         * Makes a call.
         *
         * @param index which of the program's calls
         * @return 0, or another status that fails the run; nothing is thrown
         */
        int call(long index);
    }

    private final Target target;

    private HostTrampoline(Target target) {
        this.target = target;
    }

    /** The address of a trampoline to a target; it lives as long as the arena. */
    public static MemorySegment to(Target target, Arena arena) {
        try {
            MethodHandle handle = MethodHandles.lookup().findVirtual(HostTrampoline.class, "enter",
                    MethodType.methodType(int.class, long.class, long.class));
            return Linker.nativeLinker().upcallStub(handle.bindTo(new HostTrampoline(target)), SHAPE, arena);
        } catch (ReflectiveOperationException missing) {
            throw new IllegalStateException("the trampoline has no entry", missing);
        }
    }

    /** An exception that left an upcall would end the process. */
    private int enter(long context, long index) {
        try {
            return target.call(index);
        } catch (Throwable thrown) {
            return -1;
        }
    }
}
