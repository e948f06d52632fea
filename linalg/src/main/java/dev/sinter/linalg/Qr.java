package dev.sinter.linalg;

import dev.sinter.graph.Tensor;

/**
 * The factors of {@code A = Q R}.
 *
 * @param q orthonormal columns
 * @param r upper triangular, without negative elements on its diagonal
 */
public record Qr(Tensor q, Tensor r) {}
