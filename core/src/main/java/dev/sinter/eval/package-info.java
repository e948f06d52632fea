/**
 * The naive interpreter of the tensor IR: what each op means, in plain Java, slow and obvious. It is the oracle
 * that every back end is tested against and the fallback where a platform has no native library.
 *
 * <p>Floats are computed in double precision and rounded once to their dtype; integers wrap; a sum runs over the
 * elements in row-major order. Errors of a run (an integer divided by 0, a failing host call, sizes that do not
 * fit) are a {@code GraphException} with the place in the user's program.
 *
 * <p>Binding sizes is left to {@code dev.sinter.tensor.SymbolBinder}; transactions, threads and deadlines are the
 * session's business, which passes a poll.
 */
package dev.sinter.eval;
