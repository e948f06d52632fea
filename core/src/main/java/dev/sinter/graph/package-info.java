/**
 * What a user writes: {@link dev.sinter.graph.Graph graphs} of named nodes, the tensors and variables that
 * they give, and the facades that make them ({@link dev.sinter.graph.Ops}, {@link dev.sinter.graph.Nn},
 * {@link dev.sinter.graph.Linalg}, {@link dev.sinter.graph.Random}, {@link dev.sinter.graph.Control}).
 *
 * <p>Each call makes a node, checks its shapes and dtypes, and computes nothing. A node has a unique name,
 * the user's source line, an op of the tensor IR or one of the few kinds that exist in graphs alone
 * (placeholder, read, assign, identity, group, input of a body), operands and control inputs; nodes are
 * never merged and never change, and a node's number is larger than its operands'. A call that throws
 * leaves the graph as it was. Sizes that are not known are symbols; sizes that must be equal for a node to
 * make sense are made equal for the whole graph, or are checked by each run where no symbol can be solved
 * for. Sizes that may be 1 broadcast instead.
 *
 * <p>The body of a loop, a branch or a function is code that is called once; its nodes belong to a frame and are
 * used in it and in frames inside of it alone. When the code returns, they become a closed region: what they need
 * from outside, variables included, are operands of the one node that stands for the op. Runs know the nodes of the
 * outermost frame only.
 *
 * <p>{@link dev.sinter.graph.Lowering} turns what a run asks for into a function of the tensor IR: there the
 * feeds cut the graph, unneeded nodes drop out and variables become states. Running is left to
 * {@code dev.sinter.runtime}, optimising to {@code dev.sinter.pass}, the rules of the gradients to
 * {@code dev.sinter.op} and their order to {@code dev.sinter.diff}.
 */
package dev.sinter.graph;
