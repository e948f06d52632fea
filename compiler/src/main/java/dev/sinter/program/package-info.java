/**
 * What a run does, step by step, and the interface of the back ends that run it.
 *
 * <p>{@link dev.sinter.program.Compilation} goes from a function to a {@link dev.sinter.program.Program} and keeps
 * what each stage made. {@link dev.sinter.program.ProgramBuilder} has every nest of a plan scheduled, shares equal
 * kernels and sets the point of no return before the first write in place. A launch, a loop and a branch name
 * buffers that own their memory, never views; a host call may name a view, whose shape it sees. Loops and branches
 * hold steps on the same buffers; a loop's rows and what it hands on are buffers whose memory it moves. {@code sizes}
 * lists every size that a run must be given. {@link dev.sinter.program.ProgramVerifier} checks this, and that nothing
 * is read before it is written, overlaps, or can fail after the point of no return.
 *
 * <p>{@link dev.sinter.program.InterpretedBackend} runs programs on the interpreter of kernels and so says which
 * bits native code gives. Memory, feeds and transactions are the caller's: a frame trusts what it is given.
 */
package dev.sinter.program;
