/**
 * Runs graphs. A {@link dev.sinter.runtime.Session} owns the values of a graph's variables; each run is a
 * transaction over them: it locks the variables that its program touches, shared or exclusive, in the order
 * of their ids, computes, and either commits every new value and counts the run, or changes nothing.
 *
 * <p>What computes is an {@link dev.sinter.runtime.Engine}: it compiles the function that a run means, owns
 * the memory of variables and of results, and knows nothing of graphs, locks and commits. Programs are
 * compiled once for each combination of fetches, feeds and targets; what the engine fails to compile is kept as a
 * replay. In native code values that follow from variables which a program only reads are variables of their own, which
 * the engine hides, and which a run that finds them out of date has made anew. Where there is no native code the
 * interpreter is the engine, and the log says why. A watchdog asks a run to stop when its thread is interrupted, its
 * deadline passes or its session is closed.
 */
package dev.sinter.runtime;
