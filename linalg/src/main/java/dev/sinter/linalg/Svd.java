package dev.sinter.linalg;

import dev.sinter.graph.Tensor;

/**
 * The factors of {@code A = U diag(s) V'}.
 *
 * @param s {@code [..., k]}: the singular values in decreasing order
 * @param u the left singular vectors as columns
 * @param v the right singular vectors as columns
 */
public record Svd(Tensor s, Tensor u, Tensor v) {}
