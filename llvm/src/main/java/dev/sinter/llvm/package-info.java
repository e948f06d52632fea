/**
 * The native back end: LLVM IR text to code in memory, and the threads that run it.
 *
 * <p>{@link dev.sinter.llvm.Llvm#load} says whether code can be compiled here. From there the way is
 * {@link dev.sinter.llvm.CodeStore} (text to {@link dev.sinter.llvm.ObjectCode}, from the folder of
 * {@link dev.sinter.llvm.CodeCache} or by {@link dev.sinter.llvm.LlvmCompiler}),
 * {@link dev.sinter.llvm.ObjectLoader} (object to {@link dev.sinter.llvm.LoadedCode}) and
 * {@link dev.sinter.llvm.WorkerPool}, which runs a program on several threads. LLVM is opened when the cache
 * lacks something, and not before. What the memory shared by Java
 * and compiled code looks like is said by {@link dev.sinter.llvm.ContextLayout} and
 * {@link dev.sinter.llvm.PoolLayout}; what programs may embed is in {@link dev.sinter.llvm.RuntimeIr}.
 *
 * <p>Invariants: no module reaches LLVM's optimiser unverified or calls an intrinsic that is not on the list
 * of its target; what the cache gives is what was compiled from the same text, for the same target, by the
 * same library; no object refers to a symbol outside itself,
 * so that objects can be kept in files and linked by other processes; code that is in use is never freed; a
 * program runs in the default floating-point state. Foreign calls are made by {@code dev.sinter.llvm.ffi}
 * alone.
 */
package dev.sinter.llvm;
