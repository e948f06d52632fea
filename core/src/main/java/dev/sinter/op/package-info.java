/**
 * The primitives of the tensor IR: a sealed set of small records, each with the inference of its type and its
 * derivative, and the table of scalar functions. What an op means is here and in {@code dev.sinter.eval};
 * how it is made fast is the business of {@code dev.sinter.plan} and what follows it.
 */
package dev.sinter.op;
