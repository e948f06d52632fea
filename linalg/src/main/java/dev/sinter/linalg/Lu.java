package dev.sinter.linalg;

import dev.sinter.graph.Tensor;

/**
 * The factors of {@code A[p] = L U}.
 *
 * @param lu {@code [..., m, n]}: U on the diagonal and above, L below it; the ones on the diagonal of L are left out
 * @param p  {@code int32 [..., m]}: which row of A each row of the product is
 */
public record Lu(Tensor lu, Tensor p) {}
