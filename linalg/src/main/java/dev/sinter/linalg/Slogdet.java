package dev.sinter.linalg;

import dev.sinter.graph.Tensor;

/**
 * A determinant, {@code sign * exp(logAbsDeterminant)}.
 *
 * @param sign              1, -1, or 0 of a singular matrix
 * @param logAbsDeterminant negative infinity of a singular matrix
 */
public record Slogdet(Tensor sign, Tensor logAbsDeterminant) {}
