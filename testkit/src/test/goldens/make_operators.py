"""Writes the cases of linear operators, as TensorFlow computes them.

    python make_operators.py        # needs numpy and tensorflow
"""

import numpy as np
import tensorflow as tf

from cases import Cases

linalg = tf.linalg
cases = Cases("operators")
random = np.random.default_rng(11)
# As many units of the largest element as rounding in each dtype may cost.
ULP = {np.float64: 2000, np.float32: 200}


def vector(*shape):
    return (random.uniform(0.5, 2, size=shape) * random.choice([-1, 1], size=shape)).round(2)


def positive(*shape):
    return random.uniform(0.5, 2, size=shape).round(2)


def matrix(*shape):
    return random.normal(size=shape).round(2)


def near_identity(*shape):
    return (0.3 * random.normal(size=shape) + np.eye(shape[-1])).round(2)


def easy(*shape):
    return (0.1 * random.normal(size=shape) + np.diag(np.arange(1, shape[-1] + 1))).round(2)


def definite(*shape):
    x = random.normal(size=shape)
    return np.round(np.matmul(x, np.swapaxes(x, -1, -2)) + shape[-1] * np.eye(shape[-1]), 2)


def is_circulant(a):
    """Whether transposes and inverses have the precision of complex64 whatever the dtype, as TensorFlow's have."""
    return "Circulant" in type(a).__name__


def products(a, x):
    return [a.matmul(x), a.matmul(linalg.matrix_transpose(x), adjoint_arg=True), a.matvec(x[..., 0]), a.trace(),
            a.diag_part(), a.to_dense(), linalg.matrix_transpose(a.to_dense()) if is_circulant(a)
            else a.adjoint().to_dense()]


def dense_products(a, x):
    """The same where TensorFlow's operator refuses traces or diagonals."""
    return products(linalg.LinearOperatorFullMatrix(a.to_dense()), x)


def square(a, x):
    return products(a, x) + [a.matmul(x, adjoint=True), a.matvec(x[..., 0], adjoint=True), a.determinant(),
                             a.log_abs_determinant(), a.cond(), a.to_dense() + x]


def whole(a, x):
    return square(a, x) + [a.solve(x), a.solve(x, adjoint=True),
                           a.solve(linalg.matrix_transpose(x), adjoint_arg=True), a.solvevec(x[..., 0]),
                           a.solvevec(x[..., 0], adjoint=True), linalg.inv(a.to_dense()) if is_circulant(a)
                           else a.inverse().to_dense()]


def solutions(a, x):
    return [a.matmul(x), a.matmul(x, adjoint=True), a.solve(x), a.determinant(), a.log_abs_determinant(), a.to_dense()]


def spread(results):
    """Results where TensorFlow's operator does not spread its operand over the batch by itself."""
    return lambda a, x: results(a, tf.broadcast_to(x, a.batch_shape + x.shape[-2:]))


def symmetric(a, x):
    return whole(a, x) + [a.eigvals()]


def definite_results(a, x):
    return symmetric(a, x) + [a.cholesky().to_dense()]


def both(name, make, results, *operands, smooth=True, fixed=False, ulp=1, absolute=1e-13):
    """A case in float64, then one in float32, each with the results of float64; the last operand is acted upon."""
    for dtype, word in ((np.float64, "f64"), (np.float32, "f32")):
        narrow = [v if np.issubdtype(np.asarray(v).dtype, np.integer) else np.asarray(v, dtype) for v in operands]
        wide = [v if np.issubdtype(v.dtype, np.integer) else v.astype(np.float64) for v in narrow]
        *parts, x = [tf.constant(v) for v in wide]
        outputs = [np.real(v).astype(dtype) for v in results(make(*parts), x)]
        cases.add(f"{name} {word}", narrow, outputs, ulp=ulp * ULP[dtype], of_largest=True,
                  absolute=absolute * (1 if dtype == np.float64 else 1e8), smooth=smooth and dtype == np.float64,
                  fixed=fixed)


both("diag", linalg.LinearOperatorDiag, symmetric, vector(2, 3), matrix(3, 3))
both("diag batch_of_x", linalg.LinearOperatorDiag, symmetric, vector(3), matrix(2, 3, 3), smooth=False)
both("diag broadcast", linalg.LinearOperatorDiag, symmetric, vector(2, 1, 3), matrix(4, 3, 3), smooth=False, fixed=True)
both("diag_definite", lambda d: linalg.LinearOperatorDiag(d, is_positive_definite=True), definite_results, positive(3),
     matrix(3, 3))
both("identity", lambda: linalg.LinearOperatorIdentity(3, [2], tf.float64), definite_results, matrix(3, 3), fixed=True)
both("scaled_identity", lambda m: linalg.LinearOperatorScaledIdentity(3, m), symmetric, vector(2), matrix(3, 3),
     fixed=True)
both("scaled_identity_definite", lambda m: linalg.LinearOperatorScaledIdentity(
    3, m, is_positive_definite=True, is_non_singular=True), definite_results, positive(), matrix(3, 3), fixed=True)
both("zeros", lambda: linalg.LinearOperatorZeros(3, 2, [2], tf.float64, is_square=False, is_self_adjoint=False),
     lambda a, x: [a.matmul(x), a.matmul(linalg.matrix_transpose(x), adjoint_arg=True), a.diag_part(), a.to_dense(),
                   a.to_dense() + 1], matrix(2, 4), smooth=False, fixed=True)
both("zeros_square", lambda: linalg.LinearOperatorZeros(3, dtype=tf.float64),
     lambda a, x: [a.matmul(x), a.determinant(), a.trace(), a.diag_part(), a.to_dense()], matrix(3, 3), smooth=False,
     fixed=True)
both("full_matrix", linalg.LinearOperatorFullMatrix, whole, near_identity(2, 3, 3), matrix(3, 3))
both("full_matrix batch_of_x", linalg.LinearOperatorFullMatrix, whole, near_identity(3, 3), matrix(2, 3, 3),
     smooth=False)
both("full_matrix_wide", linalg.LinearOperatorFullMatrix, products, matrix(2, 3), matrix(3, 2))
both("full_matrix_definite", lambda a: linalg.LinearOperatorFullMatrix(
    a, is_self_adjoint=True, is_positive_definite=True), definite_results, definite(2, 3, 3), matrix(2, 3, 3),
    smooth=False)
both("lower_triangular", linalg.LinearOperatorLowerTriangular, whole, near_identity(2, 3, 3) + np.eye(3), matrix(3, 3))
diagonals = matrix(2, 3, 4) + np.array([0, 4, 0])[:, None]
both("tridiag", linalg.LinearOperatorTridiag, spread(whole), diagonals, matrix(4, 4))
both("tridiag one", linalg.LinearOperatorTridiag, spread(whole), np.array([[0], [2.5], [0]]), matrix(1, 1),
     smooth=False)
both("permutation", lambda p: linalg.LinearOperatorPermutation(p, tf.float64), whole,
     np.array([[2, 0, 1], [1, 0, 2]], np.int32), matrix(3, 3))
both("householder", linalg.LinearOperatorHouseholder, symmetric, vector(2, 3), matrix(3, 3))
both("composition", lambda a, d, b: linalg.LinearOperatorComposition(
    [linalg.LinearOperatorFullMatrix(a), linalg.LinearOperatorDiag(d), linalg.LinearOperatorLowerTriangular(b)]), whole,
    easy(2, 3, 3), positive(3), easy(3, 3), matrix(3, 3))
both("composition_tall", lambda a, d: linalg.LinearOperatorComposition(
    [linalg.LinearOperatorFullMatrix(a), linalg.LinearOperatorDiag(d)]), products, matrix(4, 3), vector(3),
    matrix(3, 4))
both("composition_through_more", lambda a, b: linalg.LinearOperatorFullMatrix(tf.matmul(a, b)), whole, matrix(3, 4),
     matrix(4, 3), matrix(3, 3), smooth=False)


def lower_times_adjoint(a):
    lower = linalg.LinearOperatorLowerTriangular(a, is_non_singular=True)
    return linalg.LinearOperatorComposition([lower, lower.adjoint()], is_self_adjoint=True, is_positive_definite=True)


both("composition_lower", lower_times_adjoint, definite_results, near_identity(3, 3) * np.array([1, -1, 1])[:, None],
     matrix(3, 3))
both("adjoint", lambda a: linalg.LinearOperatorAdjoint(linalg.LinearOperatorLowerTriangular(a)), whole,
     easy(2, 3, 3), matrix(3, 3))
both("adjoint_wide", lambda a: linalg.LinearOperatorAdjoint(linalg.LinearOperatorFullMatrix(a)), products, matrix(3, 2),
     matrix(3, 2))
both("inversion", lambda d: linalg.LinearOperatorInversion(linalg.LinearOperatorTridiag(d)), whole, diagonals[0],
     matrix(4, 4))
both("inversion_symmetric", lambda a: linalg.LinearOperatorInversion(linalg.LinearOperatorFullMatrix(
    a, is_self_adjoint=True, is_positive_definite=True)), definite_results, definite(3, 3), matrix(3, 3), smooth=False)
full, lower, diagonal = (linalg.LinearOperatorFullMatrix, linalg.LinearOperatorLowerTriangular,
                         linalg.LinearOperatorDiag)
both("kronecker", lambda a, d, b: linalg.LinearOperatorKronecker([full(a), diagonal(d), full(b)]), whole,
     easy(2, 2, 2), positive(2), easy(3, 3), matrix(2, 12, 12), smooth=False, fixed=True)
both("kronecker two", lambda a, d, b: linalg.LinearOperatorKronecker([full(a), diagonal(d), full(b)]), whole,
     easy(2, 2), positive(1), easy(2, 2), matrix(4, 4), fixed=True)
both("kronecker_unknown", lambda a, b: linalg.LinearOperatorKronecker([full(a), lower(b)]),
     solutions, easy(2, 2), easy(3, 3), matrix(6, 2), smooth=False)
both("kronecker_wide", lambda a, b: linalg.LinearOperatorKronecker([full(a), full(b)]),
     dense_products, matrix(2, 3), matrix(3, 2), matrix(6, 2), fixed=True)
both("kronecker_definite", lambda a, d: linalg.LinearOperatorKronecker([
    full(a, is_self_adjoint=True, is_positive_definite=True), diagonal(d, is_positive_definite=True)]),
    definite_results, definite(2, 2), positive(2), matrix(4, 4), smooth=False, fixed=True)
both("block_diag", lambda a, d: linalg.LinearOperatorBlockDiag([full(a), diagonal(d)]), spread(whole), easy(2, 2, 2),
     positive(2), matrix(4, 4), fixed=True)
both("block_diag_unknown", lambda a, d: linalg.LinearOperatorBlockDiag([full(a), diagonal(d)]),
     solutions, easy(2, 2), positive(3), matrix(5, 2))
both("block_diag_wide", lambda a, b: linalg.LinearOperatorBlockDiag([full(a), full(b)]), dense_products,
     matrix(2, 3), matrix(1, 2), matrix(5, 3), fixed=True)
both("block_diag_definite", lambda a, d: linalg.LinearOperatorBlockDiag([
    full(a, is_self_adjoint=True, is_positive_definite=True), diagonal(d, is_positive_definite=True)]),
    definite_results, definite(2, 2), positive(2), matrix(4, 4), smooth=False, fixed=True)
both("block_lower_triangular", lambda a, b, d: linalg.LinearOperatorBlockLowerTriangular(
    [[full(a)], [full(b), diagonal(d)]]), spread(whole), easy(2, 2, 2), matrix(2, 2, 2), positive(2),
    matrix(4, 4), smooth=False, fixed=True)
both("block_lower_triangular_smooth", lambda a, b, d: linalg.LinearOperatorBlockLowerTriangular(
    [[full(a)], [full(b), diagonal(d)]]), solutions, easy(2, 2), matrix(1, 2), positive(1), matrix(3, 2), fixed=True)
both("block_lower_triangular_three", lambda a, b, c: linalg.LinearOperatorBlockLowerTriangular(
    [[lower(a)], [full(b), lower(a)], [full(c), full(b), lower(a)]]), whole, easy(2, 2), matrix(2, 2), matrix(2, 2),
    matrix(6, 6), smooth=False, fixed=True)
both("low_rank_update", lambda d, u, m, v: linalg.LinearOperatorLowRankUpdate(diagonal(d), u, m, v), whole,
     positive(2, 4), matrix(4, 2) / 4, positive(2), matrix(4, 2) / 4, matrix(4, 4), smooth=False)
both("low_rank_update_smooth", lambda d, u, m, v: linalg.LinearOperatorLowRankUpdate(diagonal(d), u, m, v), solutions,
     positive(3), matrix(3, 1) / 4, positive(1), matrix(3, 1) / 4, matrix(3, 2))
both("low_rank_update_definite", lambda d, u: linalg.LinearOperatorLowRankUpdate(diagonal(
    d, is_positive_definite=True), u), definite_results, positive(2, 4), matrix(4, 2), matrix(2, 4, 4), smooth=False)
both("low_rank_update_solutions", lambda d, u, m: linalg.LinearOperatorLowRankUpdate(diagonal(
    d, is_positive_definite=True), u, m, is_diag_update_positive=True),
    lambda a, x: [a.solve(x), a.log_abs_determinant(), a.determinant(), a.matmul(x)],
    positive(4), matrix(4, 2), positive(2), matrix(4, 3))
# TensorFlow's takes square operators alone.
both("low_rank_update_wide", lambda a, u, v: full(a + tf.matmul(u, v, transpose_b=True)), products, matrix(2, 3),
     matrix(2, 1), matrix(3, 1), matrix(3, 2))


def circulant(operator, kernel):
    """A real operator of a convolution kernel."""
    transforms = {linalg.LinearOperatorCirculant: tf.signal.fft, linalg.LinearOperatorCirculant2D: tf.signal.fft2d,
                  linalg.LinearOperatorCirculant3D: tf.signal.fft3d}
    return operator(transforms[operator](tf.cast(kernel, tf.complex128)), input_output_dtype=tf.float64)


def dominated(depth, *shape):
    """A kernel whose first element is large, so that no eigenvalue is near 0."""
    result = (0.2 * random.normal(size=shape)).round(2)
    result[(..., *[0] * depth)] += 2
    return result


both("toeplitz", linalg.LinearOperatorToeplitz, whole, dominated(1, 2, 3), matrix(2, 3), matrix(3, 3))
both("circulant", lambda h: circulant(linalg.LinearOperatorCirculant, h), whole, dominated(1, 2, 4), matrix(4, 4),
     fixed=True)
both("circulant_unknown", lambda h: circulant(linalg.LinearOperatorCirculant, h),
     solutions, dominated(1, 5), matrix(5, 2), smooth=False)
both("circulant_real", lambda s: linalg.LinearOperatorCirculant(s, tf.float64), symmetric, np.array([6.0, 4, 2.5, 4]),
     matrix(4, 4), smooth=False)
both("circulant2d", lambda h: circulant(linalg.LinearOperatorCirculant2D, h), whole, dominated(2, 2, 2, 3),
     matrix(6, 6), smooth=False, fixed=True)
both("circulant2d one", lambda h: circulant(linalg.LinearOperatorCirculant2D, h), whole, dominated(2, 2, 2),
     matrix(4, 4), fixed=True)
both("circulant2d_real", lambda s: linalg.LinearOperatorCirculant2D(s, tf.float64), symmetric,
     np.array([[5.0, 2, 2], [4, 3, 3]]), matrix(6, 6), smooth=False, fixed=True)
both("circulant3d", lambda h: circulant(linalg.LinearOperatorCirculant3D, h), whole, dominated(3, 2, 3, 2),
     matrix(12, 12), smooth=False, fixed=True)
both("circulant3d_real", lambda s: linalg.LinearOperatorCirculant3D(s, tf.float64), symmetric,
     np.array([[[5.0, 2], [4, 3]], [[1, 6], [2, 3]]]), matrix(8, 8), smooth=False, fixed=True)
cases.write()
