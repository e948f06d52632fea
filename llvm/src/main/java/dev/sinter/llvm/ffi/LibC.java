package dev.sinter.llvm.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.Optional;

/** The functions of the C library that Sinter uses, by address. */
@SuppressWarnings("restricted")
final class LibC {

    private static final SymbolLookup LOOKUP = Linker.nativeLinker().defaultLookup();

    private LibC() {
    }

    /** The address of a function, if the C library has it. */
    static Optional<MemorySegment> find(String function) {
        return LOOKUP.find(function);
    }

    /** The address of a function that every C library has. */
    static MemorySegment require(String function) {
        return find(function).orElseThrow(
                () -> new IllegalStateException("the C library has no function " + function));
    }

    /** The compiler's function that makes written code visible to the processors, where there is one. */
    static Optional<MemorySegment> clearCache() {
        try {
            return SymbolLookup.libraryLookup("libgcc_s.so.1", Arena.global()).find("__clear_cache");
        } catch (IllegalArgumentException missing) {
            return Optional.empty();
        }
    }
}
