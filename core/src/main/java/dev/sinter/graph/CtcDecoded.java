package dev.sinter.graph;

/**
 * Sequences of labels, one an example.
 *
 * @param labels  int64 {@code [batch, time]}: behind the end of a sequence -1, of collapsed labels 0
 * @param lengths how many labels count, int64 {@code [batch]}
 * @param score   {@code [batch]}: of the greedy decoder the sum of the best logits, of the beam search the logarithm
 *                of the probability, of collapsed labels 0
 */
public record CtcDecoded(Tensor labels, Tensor lengths, Tensor score) {}
