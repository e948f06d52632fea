package dev.sinter.llvm.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The functions of the LLVM-C interface that Sinter uses, under their own names less the prefix. A reference
 * is its address as a {@code long}. Functions are called on {@link CompileThread}s alone, which is checked; all else
 * is checked by the classes above.
 */
@SuppressWarnings("restricted")
final class LlvmC {

    private final CompletableFuture<SymbolLookup> library;
    private final ConcurrentMap<String, MemorySegment> functions = new ConcurrentHashMap<>();

    /** The functions of a library that may still be on its way; the first call waits for it. */
    LlvmC(CompletableFuture<SymbolLookup> library) {
        this.library = library;
    }

    /** The address of a function of the library or of one that it depends on, such as the C library. */
    Optional<MemorySegment> find(String symbol) {
        return library.join().find(symbol);
    }

    /** The address of the function {@code LLVM<name>}. */
    MemorySegment address(String name) {
        MemorySegment known = functions.get(name);
        if (known != null) {
            return known;
        }
        MemorySegment found = find("LLVM" + name).orElseThrow(
                () -> new IllegalStateException("the LLVM library has no function LLVM" + name));
        functions.put(name, found);
        return found;
    }

    long call(String name) {
        return call(name, 0, 0, 0, 0, 0, 0);
    }

    long call(String name, long a) {
        return call(name, a, 0, 0, 0, 0, 0);
    }

    long call(String name, long a, long b) {
        return call(name, a, b, 0, 0, 0, 0);
    }

    long call(String name, long a, long b, long c) {
        return call(name, a, b, c, 0, 0, 0);
    }

    long call(String name, long a, long b, long c, long d) {
        return call(name, a, b, c, d, 0, 0);
    }

    long call(String name, long a, long b, long c, long d, long e) {
        return call(name, a, b, c, d, e, 0);
    }

    /** LLVM ends the process on a fatal error unless the thread can be given up. */
    private long call(String name, long a, long b, long c, long d, long e, long f) {
        if (!CompileThread.isCurrent()) {
            throw new WrongThreadException("LLVM" + name + " is called on " + Thread.currentThread()
                    + ", which is no compile thread");
        }
        return NativeCall.words(address(name), a, b, c, d, e, f);
    }

    /** Calls a function whose C result is an {@code int} or {@code LLVMBool}. */
    static int narrow(long result) {
        return (int) result;
    }

    /** Reads a NUL-terminated string that LLVM keeps. */
    static String borrow(long string) {
        return MemorySegment.ofAddress(string).reinterpret(Long.MAX_VALUE).getString(0);
    }

    /** Reads a message that LLVM gave away, and frees it; the empty string where there is none. */
    String take(long message) {
        if (message == 0) {
            return "";
        }
        String text = borrow(message);
        call("DisposeMessage", message);
        return text;
    }

    /** Reads and consumes an {@code LLVMErrorRef} that is not zero. */
    String takeError(long error) {
        long message = call("GetErrorMessage", error);
        String text = borrow(message);
        call("DisposeErrorMessage", message);
        return text;
    }

    /** Copies a memory buffer's bytes and disposes of it. */
    byte[] takeBuffer(long buffer) {
        long start = call("GetBufferStart", buffer);
        long size = call("GetBufferSize", buffer);
        byte[] bytes = MemorySegment.ofAddress(start).reinterpret(size).toArray(ValueLayout.JAVA_BYTE);
        call("DisposeMemoryBuffer", buffer);
        return bytes;
    }

    /** A slot for one word that a callee writes. */
    static final class Out {

        private final MemorySegment word;

        Out(Arena arena) {
            this.word = arena.allocate(ValueLayout.JAVA_LONG);
        }

        long address() {
            return word.address();
        }

        long get() {
            return word.get(ValueLayout.JAVA_LONG, 0);
        }
    }
}
