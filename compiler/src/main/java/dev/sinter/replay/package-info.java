/**
 * What is needed to compile a function again, on disk while it is compiled.
 *
 * <p>A {@link dev.sinter.replay.Replay} is the tensor text of a function with all that its compilation depends on.
 * A {@link dev.sinter.replay.ReplayFolder} watches over a compilation: the file exists before native code is
 * generated, so that it outlives the process; it goes when the compilation has come to its end, and stays, named by
 * the {@code CompilerBug}, when that was a failure of ours. {@link dev.sinter.replay.ReplayCheck} takes a replay
 * through all stages and names the first that fails.
 *
 * <p>Invariants: a replay file is a tensor text, whose head is comments; files lie in a folder of the user's alone
 * and are bounded in size and number; whatever happens to a file, the compilation goes on.
 */
package dev.sinter.replay;
