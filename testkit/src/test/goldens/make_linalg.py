"""Writes the cases of tf.linalg that need no decomposition, as TensorFlow and NumPy compute them.

    python make_linalg.py        # needs numpy and tensorflow
"""

import numpy as np
import tensorflow as tf

from cases import Cases

cases = Cases("linalg")
random = np.random.default_rng(6)


def matrix(*shape):
    return random.normal(size=shape).round(2)


def both(name, function, *operands, ulp=8, **options):
    """A case in float64, then one in float32."""
    for dtype, word in ((np.float64, "f64"), (np.float32, "f32")):
        narrow = [np.asarray(v, dtype) for v in operands]
        result = function(*narrow)
        results = result if isinstance(result, (list, tuple)) else [result]
        cases.add(f"{name} {word}", narrow, [np.asarray(r, dtype) for r in results], ulp=ulp, of_largest=True,
                  smooth=dtype == np.float64, **options)


def whole(name, function, *operands, **options):
    """A case of exact results."""
    cases.add(name, list(operands), [np.asarray(function(*operands))], **options)


x, y = matrix(3, 4), matrix(4, 2)
both("matmul_adjoint", lambda a, b: tf.linalg.matmul(a, b, adjoint_a=True, transpose_b=True), matrix(2, 4, 3), matrix(5, 4))
both("matvec", tf.linalg.matvec, matrix(2, 3, 4), matrix(2, 4))
both("matvec broadcast", tf.linalg.matvec, matrix(3, 4), matrix(2, 4), fixed=True)
both("matvec_transposed", lambda a, v: tf.linalg.matvec(a, v, transpose_a=True), x, matrix(3))
both("tensordot", lambda a, b: tf.tensordot(a, b, 2), matrix(2, 3, 4), matrix(3, 4, 2))
both("tensordot_none", lambda a, b: tf.tensordot(a, b, 0), matrix(2), matrix(3))
both("kron", np.kron, x, matrix(2, 3))
both("kron one", np.kron, matrix(1, 1), matrix(2, 3))
both("cross", tf.linalg.cross, matrix(2, 3), matrix(2, 3))

for name, equation, operands in [
        ("trace", "ii->", [matrix(3, 3)]), ("diagonal", "bii->bi", [matrix(2, 3, 3)]),
        ("implicit", "ij,jk", [x, y]), ("transposed", "ij->ji", [x]), ("chain", "ij,jk,kl->il", [x, y, matrix(2, 3)]),
        ("chain4", "ij,jk,kl,l->i", [x, y, matrix(2, 3), matrix(3)]),
        ("dots", "...ij,...jk->...ik", [matrix(2, 3, 4), matrix(2, 4, 2)]),
        ("dots_implicit", "...ij,jk", [matrix(2, 3, 4), matrix(4, 2)]),
        ("dots_moved", "i...->...i", [matrix(2, 3, 4)]),
        ("outer", "i,j->ij", [matrix(3), matrix(2)]), ("elementwise", "ij,ij->ij", [x, matrix(3, 4)]),
        ("summed", "ij,kl->", [x, y]), ("bilinear", "bi,ijk,bk->bj", [matrix(2, 3), matrix(3, 4, 2), matrix(2, 2)]),
        ("spread", "i->ii", [matrix(3)])]:
    function = (lambda a: np.diag(a)) if name == "spread" else (lambda *v, e=equation: np.einsum(e, *v))
    both(f"einsum_{name}", function, *operands)
both("einsum_dots broadcast", lambda a, b: np.einsum("...ij,...jk->...ik", a, b), matrix(1, 3, 4), matrix(2, 4, 2),
     fixed=True)

for low, high in ((1, 0), (-1, 1), (0, -1)):
    both(f"band_part{low}{high}".replace("-", "m"), lambda v: tf.linalg.band_part(v, low, high), matrix(2, 3, 4), ulp=0)
both("diag", tf.linalg.diag, matrix(2, 3), ulp=0)
both("diag none", tf.linalg.diag, np.zeros((2, 0)), ulp=0)
both("diag_upper", lambda v: tf.linalg.diag(v, k=1), matrix(3), ulp=0)
both("diag_band", lambda v: tf.linalg.diag(v, k=(-1, 1), padding_value=9), matrix(2, 3, 3), ulp=0)
both("diag_sized", lambda v: tf.linalg.diag(v, k=(-1, 2), num_rows=3, num_cols=5, align="LEFT_RIGHT"), matrix(4, 3),
     ulp=0, fixed=True)
for shape in ((3, 3), (2, 3, 5), (2, 5, 3), (1, 1), (0, 3)):
    word = "x".join(map(str, shape))
    both("diag_part " + word, tf.linalg.diag_part, matrix(*shape), ulp=0)
both("diag_part_lower", lambda v: tf.linalg.diag_part(v, k=-2), matrix(2, 5, 4), ulp=0)
for align in ("RIGHT_LEFT", "LEFT_RIGHT", "LEFT_LEFT", "RIGHT_RIGHT"):
    both("diag_part_" + align.lower(), lambda v: tf.linalg.diag_part(v, k=(-2, 1), padding_value=7, align=align),
         matrix(2, 3, 4), ulp=0)
both("set_diag", tf.linalg.set_diag, matrix(2, 3, 4), matrix(2, 3), ulp=0)
both("set_diag_band", lambda v, d: tf.linalg.set_diag(v, d, k=(-1, 1), align="LEFT_LEFT"), matrix(2, 4, 3),
     matrix(2, 3, 3), ulp=0)
whole("diag integers", tf.linalg.diag, np.array([1, 2], np.int32))
whole("diag_part integers", tf.linalg.diag_part, np.arange(6, dtype=np.int64).reshape(2, 3))
whole("diag_part bools", tf.linalg.diag_part, np.array([[True, False], [False, True]]))
both("tensor_diag", tf.linalg.tensor_diag, matrix(2, 3), ulp=0)
both("tensor_diag_part", tf.linalg.tensor_diag_part, matrix(2, 3, 2, 3), ulp=0)
both("trace", tf.linalg.trace, matrix(2, 3, 4))
whole("trace integers", tf.linalg.trace, np.arange(6, dtype=np.int32).reshape(2, 3))
whole("eye", lambda v: np.broadcast_to(np.eye(2, 3, dtype=np.float32), (4, 2, 3)), np.zeros((4, 2, 3), np.float32))
both("tridiagonal_matmul", lambda d, v: tf.linalg.tridiagonal_matmul(d, v, diagonals_format="compact"),
     matrix(2, 3, 4), matrix(2, 4, 2))

both("norm", lambda v: tf.norm(v), x)
both("norm_axis", lambda v: tf.norm(v, axis=1), x)
both("norm_1", lambda v: tf.norm(v, 1, axis=-1), x)
both("norm_3", lambda v: tf.norm(v, 3, axis=0), x, ulp=16)
both("norm_half", lambda v: np.sum(np.abs(v) ** 0.5) ** 2, x, ulp=64)
both("norm_infinite", lambda v: tf.norm(v, np.inf, axis=1, keepdims=True), x)
both("norm_least", lambda v: np.linalg.norm(v, -np.inf, axis=1), x)
both("norm_matrix_1", lambda v: tf.norm(v, 1, axis=(0, 1)), x)
both("norm_matrix_infinite", lambda v: tf.norm(v, np.inf, axis=(1, 2)), matrix(2, 3, 4))
both("normalize", lambda v: tf.linalg.normalize(v, axis=1)[0], x)
cases.add("normalize zero", [np.zeros((2, 2))], [np.zeros((2, 2))])
cases.add("norm_half_gradient some_zero", [np.array([1.0, 0, 4])], [np.array([3.0, 0, 1.5])], ulp=8)
for name in ("norm_gradient", "norm_3_gradient", "normalize_gradient"):
    cases.add(f"{name} zero", [np.zeros(3)], [np.zeros(3)] if name != "normalize_gradient" else [np.ones(3)])


def conjugate_gradient(factor, rhs, start=None, inverse=None, **options):
    """Of the matrix factor factor^T + 2."""
    a = factor @ np.swapaxes(factor, -1, -2) + 2 * np.eye(factor.shape[-2], dtype=factor.dtype)
    found = tf.linalg.experimental.conjugate_gradient(
        tf.linalg.LinearOperatorFullMatrix(a, is_self_adjoint=True, is_positive_definite=True), tf.constant(rhs),
        preconditioner=None if inverse is None else tf.linalg.LinearOperatorDiag(
            inverse, is_self_adjoint=True, is_positive_definite=True), x=start, **options)
    return found.x.numpy(), found.r.numpy(), np.int64(found.i)


def found(name, *operands, **options):
    for dtype, word in ((np.float64, "f64"), (np.float32, "f32")):
        narrow = [np.asarray(v, dtype) for v in operands]
        cases.add(f"{name} {word}", narrow, conjugate_gradient(*narrow, **options), ulp=256, of_largest=True,
                  absolute=None if dtype == np.float64 else 1e-5, smooth=dtype == np.float64)


found("conjugate_gradient", 0.6 * matrix(5, 5), matrix(5), tol=0, max_iter=2)
found("conjugate_gradient batch", 0.3 * matrix(2, 5, 5), matrix(2, 5), tol=0, max_iter=2)
found("conjugate_gradient_ends", 0.6 * matrix(6, 6), matrix(6), tol=0.05)
found("conjugate_gradient_conditioned", 0.3 * matrix(5, 5), matrix(5), matrix(5), 1 / (1 + np.abs(matrix(5))), tol=0,
      max_iter=2)

cases.write()
