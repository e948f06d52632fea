/**
 * Reverse-mode differentiation of the tensor IR. {@link dev.sinter.diff.ReverseMode} walks values from
 * results to inputs, adds up the gradients that meet and leaves each step to the op's own
 * {@code derivative()}: it knows no op but the elementwise map, along whose chains it keeps the untaken side
 * of a {@code select} at zero. The gradients are values of the same builder.
 */
package dev.sinter.diff;
