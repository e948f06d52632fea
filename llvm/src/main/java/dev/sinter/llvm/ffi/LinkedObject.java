package dev.sinter.llvm.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * An object in executable memory, put there by {@link CodeMemory} or by LLVM. The latter gives each object a
 * JIT of its own, so that freeing one frees all of it. Functions are segments in the object's arena: a call in
 * flight keeps the arena open, and a call after {@link #close} throws.
 */
@SuppressWarnings("restricted")
public final class LinkedObject implements AutoCloseable {

    private static final long PATIENCE_NANOS = 50_000;

    private final Arena arena;
    private final Map<String, MemorySegment> functions;

    /** The functions, by name, in memory that the arena frees. */
    LinkedObject(Arena arena, Map<String, MemorySegment> functions) {
        this.arena = arena;
        this.functions = Map.copyOf(functions);
    }

    /**
     * Links {@code object} and finds {@code symbols} in it; runs on a {@link CompileThread}.
     *
     * @param onCompileThread carries a task out on such a thread, whichever thread asks for it
     */
    static LinkedObject link(LlvmC llvm, Callbacks callbacks, byte[] object, List<String> symbols,
            Consumer<Runnable> onCompileThread) {
        Arena arena = Arena.ofShared();
        boolean linked = false;
        try (Arena temporary = Arena.ofConfined()) {
            LlvmC.Out out = new LlvmC.Out(temporary);
            check(llvm, llvm.call("OrcCreateLLJIT", out.address(), 0));
            long jit = out.get();
            MemorySegment.NULL.reinterpret(arena, freed -> onCompileThread.accept(() -> dispose(llvm, jit)));
            callbacks.watchSession(llvm.call("OrcLLJITGetExecutionSession", jit));
            MemorySegment bytes = temporary.allocate(object.length, 64);
            MemorySegment.copy(object, 0, bytes, ValueLayout.JAVA_BYTE, 0, object.length);
            long buffer = llvm.call("CreateMemoryBufferWithMemoryRangeCopy", bytes.address(), object.length,
                    temporary.allocateFrom("object").address());
            long dylib = llvm.call("OrcLLJITGetMainJITDylib", jit);
            check(llvm, llvm.call("OrcLLJITAddObjectFile", jit, dylib, buffer));
            Map<String, MemorySegment> functions = new HashMap<>();
            for (String symbol : symbols) {
                check(llvm, llvm.call("OrcLLJITLookup", jit, out.address(),
                        temporary.allocateFrom(symbol).address()));
                functions.put(symbol, MemorySegment.ofAddress(out.get()).reinterpret(1, arena, unused -> {
                }));
            }
            linked = true;
            return new LinkedObject(arena, functions);
        } finally {
            if (!linked) {
                arena.close();
            }
        }
    }

    /** The function of one of the names that were asked for. */
    public MemorySegment function(String name) {
        MemorySegment found = functions.get(name);
        if (found == null) {
            throw new IllegalArgumentException("no function " + name + " among " + functions.keySet());
        }
        return found;
    }

    /** Whether the code has been freed. */
    public boolean closed() {
        return !arena.scope().isAlive();
    }

    /** Frees the code, waiting for the calls in flight to return; does nothing the second time. */
    @Override
    public void close() {
        while (arena.scope().isAlive()) {
            try {
                arena.close();
            } catch (IllegalStateException inUse) {
                LockSupport.parkNanos(PATIENCE_NANOS);
            }
        }
    }

    private static void check(LlvmC llvm, long error) {
        if (error != 0) {
            throw new LlvmFailure(llvm.takeError(error));
        }
    }

    private static void dispose(LlvmC llvm, long jit) {
        long error = llvm.call("OrcDisposeLLJIT", jit);
        if (error != 0) {
            llvm.takeError(error);
        }
    }
}
