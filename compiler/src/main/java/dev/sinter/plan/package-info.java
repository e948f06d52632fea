/**
 * From tensor IR to a plan: which ops share a nest, where buffers lie, in which order steps run.
 *
 * <p>{@link dev.sinter.plan.Recomputation} comes first and has values computed twice where that spares memory.
 * {@link dev.sinter.plan.Planner} then goes in this order. {@code Dataflow} takes states, tokens and annotations
 * away: what is left is tensors and the effects that must come before them. {@code Materialisation} decides what
 * lies in memory at first and makes a {@code Region} of each such value. {@code Fusion} merges regions of one
 * domain, so that values between them stay in registers, and asks for each stored value whether something
 * narrower could be stored, or nothing. {@code InPlace} decides which variables are updated in place.
 * {@code Schedule} orders the regions, {@code Storage} gives each value its buffer, {@code NestWriter} writes
 * each region down as a nest. {@code PartsInPlace} has values written as parts of other buffers that they would be
 * copied to. {@code Layouts} asks the {@link dev.sinter.plan.LayoutAssignment} at the end.
 *
 * <p>An op with regions is a step that holds plans of its own: {@code Bodies} makes functions of its regions, in
 * which carries and captures are variables.
 *
 * <p>Invariants, checked by {@link dev.sinter.plan.PlanVerifier}: what a step reads was written or given; a nest
 * reads a buffer that it writes only at the element that it writes; after a variable was updated in place nothing
 * reads its old value and no step can fail; panels are whole vectors wide. Whatever a heuristic decides is kept as a
 * {@link dev.sinter.plan.Decision}. Plans print and parse; {@link dev.sinter.plan.PlanInterpreter} says what they
 * mean. {@link dev.sinter.plan.MemoryPlan} lays out the temporaries of a program once its sizes are known, and
 * {@link dev.sinter.plan.SizeChecks} refuses sizes that kernels could not run with.
 *
 * <p>How a nest becomes loops is left to {@code dev.sinter.kernel.schedule}; simplification of tensor IR has
 * happened before, in {@code dev.sinter.pass}.
 */
package dev.sinter.plan;
