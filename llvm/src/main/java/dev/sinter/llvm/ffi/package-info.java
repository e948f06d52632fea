/**
 * Every foreign-function call of Sinter: the LLVM library, the functions of the C library that compiled code
 * lies in and waits with, and the entry into compiled code.
 *
 * <p>The library comes from the carrier jar on the class path. It is unpacked once into the user's cache,
 * opened for the life of the process, and driven through the functions of its C interface that are needed
 * here. Invariants: LLVM is called on threads with deep stacks alone, from its initialisation to the freeing of its
 * objects, since a fatal error takes no more than such a thread; it never prints, exits or aborts on a fault of a
 * module, since every module is verified and LLVM's error handlers are replaced; no signal handler and no
 * global option of LLVM is set; each module has a context and a target machine of its own, and each linked
 * object a mapping or a JIT of its own, so that freeing one leaves nothing behind; no memory of
 * {@link dev.sinter.llvm.ffi.CodeMemory} is writable and executable at once, and what an object file holds is
 * checked against its bounds before it is used.
 *
 * <p>What the text of a module says, and what a compiled function does, is left to {@code dev.sinter.llvm}.
 */
package dev.sinter.llvm.ffi;
