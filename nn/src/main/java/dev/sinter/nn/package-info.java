/**
 * Layers, recurrent nets, optimizers, losses and metrics.
 *
 * <p>All of it is made of the public API of {@link dev.sinter.graph}: a call adds ordinary ops to the graph of its
 * operands, and what it makes can be fetched, fed and differentiated as everything else. A {@link RnnCell} is one
 * step over its weights; {@link Rnn} carries cells over sequences with {@code Control.scan}. An {@link Optimizer}
 * makes the assigns that a training step carries out, at one of the {@link LearningRates}; what it keeps of half floats
 * is float32. {@link Losses} are what it
 * makes smaller; a {@link Metric} sums what it takes to measure many batches.
 *
 * <p>Nothing here keeps anything beside the graph: weights, slots of optimizers and counts are variables. Mistakes
 * are a {@link dev.sinter.tensor.GraphException} while the graph is built.
 */
package dev.sinter.nn;
