package dev.sinter.linalg;

import dev.sinter.graph.Tensor;

/**
 * The eigenvalues and eigenvectors of a symmetric matrix.
 *
 * @param values  {@code [..., n]} in increasing order
 * @param vectors {@code [..., n, n]} as orthonormal columns
 */
public record Eigh(Tensor values, Tensor vectors) {}
