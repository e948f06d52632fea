package dev.sinter.linalg;

import dev.sinter.graph.Tensor;

/**
 * The eigenvalues and eigenvectors of a matrix, complex numbers as real and imaginary parts.
 *
 * @param real             {@code [..., n]}: the real parts of the eigenvalues
 * @param imaginary        their imaginary parts
 * @param realVectors      {@code [..., n, n]}: the real parts of the eigenvectors, as columns
 * @param imaginaryVectors their imaginary parts
 */
public record Eig(Tensor real, Tensor imaginary, Tensor realVectors, Tensor imaginaryVectors) {}
