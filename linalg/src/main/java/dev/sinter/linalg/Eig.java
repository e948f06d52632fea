package dev.sinter.linalg;

import dev.sinter.graph.Complex;

/**
 * The eigenvalues and eigenvectors of a matrix.
 *
 * @param values  {@code [..., n]}
 * @param vectors {@code [..., n, n]}, as columns
 */
public record Eig(Complex values, Complex vectors) {}
