package dev.sinter.linalg;

import dev.sinter.graph.Tensor;

/**
 * The factors of {@code A = Z T Z'}.
 *
 * @param t upper triangular, but for blocks of two on its diagonal for pairs of complex eigenvalues
 * @param z orthogonal
 */
public record Schur(Tensor t, Tensor z) {}
