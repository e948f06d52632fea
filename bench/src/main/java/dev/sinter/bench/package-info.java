/**
 * Workloads and their measurement.
 *
 * <p>A {@link dev.sinter.bench.Comparison} puts Sinter's contenders beside those of other libraries and
 * beside the limits of the machine, and times all of them in turns: one turn of each, then again, so that
 * whatever else the machine does falls on all alike. A turn consists of parts of about a
 * millisecond; a row of the result holds the median and the least time of one iteration over all parts. Beside
 * scripts of Python frameworks, which measure by themselves, turns and statistics are those of the scripts.
 *
 * <p>Baselines live in the Maven project {@code bench/baselines}, outside the reactor. It is downloaded and
 * built when a comparison asks for one of them; each runs in a process of its own and is asked for rounds
 * over its standard input. Where they cannot be had, one line says so and Sinter's rows stand alone.
 *
 * <p>The package knows nothing of how Sinter computes: its workloads use the public interface alone.
 */
package dev.sinter.bench;
