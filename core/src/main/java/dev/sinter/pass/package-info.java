/**
 * What makes a function cheaper before it is planned.
 *
 * <p>A {@link dev.sinter.pass.Rule} is data: a pattern over ops and wildcards, a guard, and what to build
 * instead. It says whether it is exact to the last bit or only in real arithmetic; the latter are used where
 * the options allow it. Rules live in one file a family and are tried by one driver, which brings every value
 * to its normal form, operands first, counts the hits and can stop after any number of applications. Each
 * rule is tested against the interpreter by itself, on values made from its pattern.
 *
 * <p>A {@link dev.sinter.pass.Pass} maps a whole function to another one and has no state. The
 * {@link dev.sinter.pass.Pipeline} is the order of all passes, each with its reason. What a pass decides about a whole
 * loop is an application as that of a rule is ({@link dev.sinter.pass.Decision}), and so found by bisection; what it
 * decides against stands with the reason in the {@link dev.sinter.pass.PassReport}.
 *
 * <p>Loops are rewritten whole: two become one, what is the same in every iteration moves out, and products move before
 * or after the loop as one. {@code LoopRewriting} replaces a loop's results, {@code LoopCopy} makes a loop again with
 * changes. They run before the rules, which would write the body of a loop and that of its gradient's version
 * differently.
 *
 * <p>Common subexpressions and unused values need no pass: every pass builds into a fresh interning builder
 * from the results up. Places in the user's source survive: a replacement stands for all values that the rule
 * took apart.
 *
 * <p>Normal forms that later stages may rely on after {@code simplify}: a constant that is the same
 * everywhere is a broadcast of a scalar; constants are the last operands of commutative functions; repetition
 * comes as late as possible; no reshape of a reshape but for one that
 * checks a size, no transpose of a transpose or broadcast of a broadcast;
 * axes of size 1 do not stand in contractions. After {@code repeat-products-later} no result of a contraction is for
 * certain the same along an axis.
 */
package dev.sinter.pass;
