/**
 * The primitives of the tensor IR: a sealed set of small records, each with the inference of its type and its
 * derivative, and the table of scalar functions, each row with its value and its derivative.
 *
 * <p>The rule of a derivative is made of these same ops, so that it can be differentiated again, and sums nothing
 * up: that is the driver's part ({@code dev.sinter.diff}). An upstream gradient that is exactly 0 stays 0 at the
 * poles of {@code sqrt}, {@code rsqrt}, {@code log}, {@code log1p} and {@code pow}.
 *
 * <p>What an op means is here and in {@code dev.sinter.eval}; how it is made fast is the business of
 * {@code dev.sinter.plan} and what follows it.
 */
package dev.sinter.op;
