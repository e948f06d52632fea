/**
 * Reverse-mode differentiation of the tensor IR. {@link dev.sinter.diff.ReverseMode} walks values from
 * results to inputs, adds up the gradients that meet and leaves each step to the op's own
 * {@code derivative()}. It knows the elementwise map and the conversion, along whose chains it keeps the untaken
 * side of a {@code select} at zero, the call, whose function it differentiates in place, and the other ops with
 * regions, whose rules need it for their bodies. The gradients are values of the same builder.
 *
 * <p>A region is differentiated in a builder of its own ({@code RegionGradient}); what the gradient needs of
 * the forward pass is kept or computed again ({@code Residuals}, a minimum cut by bytes). The gradient of a
 * loop is a loop in the opposite order, once {@code ForwardOrder} has it go up where nothing could go back, of a
 * branch a branch, of a call that is computed again a call; what is kept are further results of the forward op, which
 * have no effects. All of it can be differentiated again. An element of a tuple without a gradient
 * has a token in its place ({@code Absence}).
 *
 * <p>That the forward op and its extended version become one, and sums over iterations one product, is left
 * to {@code dev.sinter.pass}.
 */
package dev.sinter.diff;
