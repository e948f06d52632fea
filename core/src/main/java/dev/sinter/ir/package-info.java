/**
 * The tensor IR: interned nodes, their types, and the function that they make up.
 *
 * <p>A {@link dev.sinter.ir.Value} is an op applied to values; the {@link dev.sinter.ir.Builder} that makes
 * it infers its type and makes equal values once, so that identity is equality and common subexpressions do
 * not exist. A {@link dev.sinter.ir.Function} is what one run computes. Nothing here changes once it is made.
 *
 * <p>What an op is stands in {@code dev.sinter.op}; what a function computes, in {@code dev.sinter.eval}; how
 * it becomes another one, in {@code dev.sinter.pass}.
 *
 * <p>Invariants, checked by the {@link dev.sinter.ir.Verifier}: an operand's id is smaller than its user's;
 * types are those that the ops infer; a variable's states form one chain, of which the results hold the last.
 * Places in the user's source are a side table ({@link dev.sinter.ir.Locations}) outside of equality. Every
 * function has a text ({@link dev.sinter.ir.Printer}) that reads back ({@link dev.sinter.ir.Parser}) to the
 * same graph.
 */
package dev.sinter.ir;
