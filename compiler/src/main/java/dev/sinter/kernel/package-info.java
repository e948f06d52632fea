/**
 * The loop-nest IR of one kernel, in two forms. A {@link dev.sinter.kernel.Nest} says what is computed: a
 * domain, index maps, a scalar body, reductions. A {@link dev.sinter.kernel.Kernel} says how: structured
 * instructions in static single assignment over vectors of explicit width, which compute one tile.
 *
 * <p>Invariants, checked by {@link dev.sinter.kernel.Verifier}: registers are assigned once and before use,
 * types agree exactly, addresses depend on loaded data only where it was clamped. The {@link
 * dev.sinter.kernel.Interpreter} defines the bits of every result; nothing is contracted or reordered, and a
 * native back end gives the same. {@link dev.sinter.kernel.Printer} and {@link dev.sinter.kernel.Parser} are
 * each other's inverse.
 *
 * <p>Scheduling is {@code dev.sinter.kernel.schedule}'s, the expansion of functions such as exp is
 * {@code dev.sinter.kernel.math}'s; fusion, layouts and memory belong to the plan.
 */
package dev.sinter.kernel;
