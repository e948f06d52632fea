"""Writes the cases of module linalg, as NumPy, SciPy and TensorFlow compute them.

    python make_decompositions.py        # needs mpmath, numpy, scipy and tensorflow

Signs that are free follow the module's conventions: no negative element on the diagonal of R, and a positive element of
the greatest magnitude in each singular vector of the left and in each eigenvector.
"""

import mpmath as mp
import numpy as np
import scipy.linalg
import tensorflow as tf

from cases import Cases

cases = Cases("decompositions")
random = np.random.default_rng(5)
# As many units of the largest element as rounding in each dtype may cost.
ULP = {np.float64: 300, np.float32: 8}


def matrix(*shape):
    return random.normal(size=shape).round(2)


def near_identity(*shape):
    return (0.3 * random.normal(size=shape) + np.eye(shape[-1])).round(2)


def easy(*shape):
    return (0.1 * random.normal(size=shape) + np.diag(np.arange(1, shape[-1] + 1))).round(2)


def positive(*shape):
    x = random.normal(size=shape)
    return np.round(np.matmul(x, np.swapaxes(x, -1, -2)) + shape[-1] * np.eye(shape[-1]), 2)


def symmetric(*shape):
    x = random.normal(size=shape)
    return np.round(x + np.swapaxes(x, -1, -2) + np.diag(np.arange(shape[-1]) * 1.5), 2)


def both(name, function, *operands, smooth=True, fixed=False, ulp=1, absolute=None):
    """A case in float64, then one in float32, each with the result of float64."""
    for dtype, word in ((np.float64, "f64"), (np.float32, "f32")):
        narrow = [np.asarray(v, dtype) for v in operands]
        results = function(*[v.astype(np.float64) for v in narrow])
        outputs = []
        for result in results if isinstance(results, (list, tuple)) else [results]:
            result = np.asarray(result)
            outputs.append(result if np.issubdtype(result.dtype, np.integer) else result.astype(dtype))
        cases.add(f"{name} {word}", narrow, outputs, ulp=ulp * ULP[dtype], of_largest=True,
                  absolute=None if absolute is None else absolute * (1 if dtype == np.float64 else 1e8),
                  smooth=smooth and dtype == np.float64, fixed=fixed)


def one(name, inputs, outputs, smooth=False, ulp=300, absolute=1e-12, fixed=False):
    cases.add(name, inputs, outputs, ulp=ulp, of_largest=True, absolute=absolute, smooth=smooth, fixed=fixed)


def turned(vectors, *others):
    """Vectors whose greatest elements are positive; others turn with them."""
    signs = np.sign(np.take_along_axis(vectors, np.abs(vectors).argmax(-2)[..., None, :], -2))
    return [vectors * signs] + [other * signs for other in others]


def qr(x, mode="reduced"):
    q, r = np.linalg.qr(x, mode=mode)
    k = min(x.shape[-2:])
    signs = np.ones(r.shape[:-1])
    signs[..., :k] = np.sign(np.diagonal(r, axis1=-2, axis2=-1))
    return q * signs[..., None, :], r * signs[..., :, None]


def svd(x, full=False):
    u, s, vt = np.linalg.svd(x, full_matrices=full)
    v = np.swapaxes(vt, -1, -2)
    if u.shape[-1] == v.shape[-1]:
        u, v = turned(u, v)
    return s, u, v


def eigh(x):
    w, v = np.linalg.eigh(x)
    return w, turned(v)[0]


def lu(x):
    packed, p = tf.linalg.lu(x)
    return packed.numpy(), p.numpy()


# Factors.
both("cholesky", np.linalg.cholesky, positive(2, 4, 4))
one("cholesky one", [np.array([[4.0]])], [np.array([[2.0]])])
one("cholesky none", [np.zeros((0, 0))], [np.zeros((0, 0))])
one("cholesky nothing_in_batch", [np.zeros((0, 2, 2))], [np.zeros((0, 2, 2))])
one("cholesky nan", [np.array([[[np.nan, 0], [0, 1.0]], [[4.0, 0], [0, 9.0]]])],
    [np.array([[[np.nan] * 2] * 2, [[2.0, 0], [0, 3.0]]])])
with tf.GradientTape() as tape:
    a = tf.constant(positive(4, 4))
    tape.watch(a)
    weights = matrix(4, 4)
    loss = tf.reduce_sum(tf.linalg.cholesky(a) * weights)
one("cholesky_gradient", [a.numpy(), weights], [tape.gradient(loss, a).numpy()])
both("cholesky_solve", lambda l, b: tf.linalg.cholesky_solve(l, b).numpy(),
     np.linalg.cholesky(positive(3, 3)).round(2), matrix(3, 2))
both("lu 2x3x3", lu, matrix(2, 3, 3) + 2 * np.eye(3)[[1, 2, 0]])
both("lu 1x1", lu, matrix(1, 1))
for shape in ((4, 3), (2, 5)):
    x = matrix(*shape)
    p, l, u = scipy.linalg.lu(x)
    k = min(shape)
    packed = np.zeros(shape)
    packed[:, :k] += np.tril(l, -1)
    packed[:k, :] += np.triu(u)
    both("lu " + "x".join(map(str, shape)), lambda v: (packed, p.argmax(0).astype(np.int32)), x)
one("lu none", [np.zeros((3, 0))], [np.zeros((3, 0)), np.arange(3, dtype=np.int32)])
both("lu_solve", np.linalg.solve, near_identity(2, 3, 3), matrix(2, 3, 2))
both("lu_matrix_inverse", np.linalg.inv, near_identity(3, 3))
for shape in ((3, 3), (2, 4, 3), (2, 4)):
    both("lu_reconstruct " + "x".join(map(str, shape)), lambda v: v, matrix(*shape))
for shape in ((3, 3), (2, 4, 3), (2, 5), (1, 1)):
    both("qr " + "x".join(map(str, shape)), qr, matrix(*shape))
one("qr none", [np.zeros((3, 0))], [np.zeros((3, 0)), np.zeros((0, 0))])
both("qr_full", lambda v: qr(v, "complete"), matrix(2, 4), fixed=True)
both("qr_full_tall", lambda v: np.abs(np.stack([v.T @ v])), matrix(4, 2), smooth=False, fixed=True)
for shape in ((3, 3), (2, 4, 3), (2, 5), (1, 1)):
    both("svd " + "x".join(map(str, shape)), svd, matrix(*shape))
one("svd none", [np.zeros((3, 0))], [np.zeros(0), np.zeros((3, 0)), np.zeros((0, 0))])
one("svd nan", [np.array([[np.nan, 1.0], [1, 1]])], [np.full(2, np.nan), np.full((2, 2), np.nan), np.full((2, 2), np.nan)])
one("svd zeros", [np.zeros((2, 2))], [np.zeros(2), np.eye(2), np.eye(2)])
both("svd_full square", lambda v: svd(v, True), matrix(3, 3), fixed=True)
both("svd_full_wide", lambda v: v, matrix(2, 4), smooth=False, fixed=True)
both("singular_values", lambda v: np.linalg.svd(v, compute_uv=False), matrix(2, 4, 3))
one("singular_values large", [np.array([[3e200, 0], [0, 4e200]])], [np.array([4e200, 3e200])])
one("singular_values small", [np.array([[3e-200, 0], [0, 4e-200]])], [np.array([4e-200, 3e-200])], absolute=0)
both("eigh", eigh, symmetric(2, 4, 4))
one("eigh one", [np.array([[-3.0]])], [np.array([-3.0]), np.array([[1.0]])])
one("eigh none", [np.zeros((0, 0))], [np.zeros(0), np.zeros((0, 0))])
one("eigh upper_is_not_read", [np.array([[1.0, np.nan], [0, 2]])], [np.array([1.0, 2]), np.eye(2)])
with tf.GradientTape() as tape:
    a = tf.constant(symmetric(4, 4))
    tape.watch(a)
    weights = matrix(4)
    loss = tf.reduce_sum(tf.linalg.eigvalsh(a) * weights)
one("eigh_gradient", [a.numpy(), weights], [tape.gradient(loss, a).numpy()])
both("eigvalsh", np.linalg.eigvalsh, symmetric(2, 4, 4))
large = random.normal(size=(30, 30)).round(1)
one("eigvalsh 30x30", [large], [np.linalg.eigvalsh(large)])
alpha, beta = matrix(2, 5), matrix(2, 4)
dense = np.stack([np.diag(a) + np.diag(b, 1) + np.diag(b, -1) for a, b in zip(alpha, beta)])
both("eigh_tridiagonal", lambda a, b: eigh(dense), alpha, beta)
both("eigvalsh_tridiagonal", lambda a, b: np.linalg.eigvalsh(dense), alpha, beta)
x = matrix(2, 5, 5)
powers = [np.trace(np.linalg.matrix_power(x, k), axis1=-2, axis2=-1) for k in (1, 2, 3)]
one("eigvals", [x], powers)
one("eig", [x], [np.zeros((2, 5, 5)), np.zeros((2, 5, 5)), np.ones((2, 5))])
one("eig none", [np.zeros((0, 0))], [np.zeros((0, 0)), np.zeros((0, 0)), np.zeros(0)])
rotation = np.array([[0.0, -1], [1, 0]])
one("eig rotation", [rotation], [np.zeros((2, 2)), np.zeros((2, 2)), np.ones(2)])
x = easy(3, 3) + np.array([[0.0, -4, 0], [4, 0, 0], [0, 0, 0]])
w, v = np.linalg.eig(x)
peaks = np.take_along_axis(v, np.abs(v).argmax(0)[None], 0)
v = v * np.abs(peaks) / peaks
one("eig_rows", [x], [w.real, w.imag, v.real, v.imag], smooth=True)
x = matrix(2, 5, 5)
one("schur", [x], [x, np.zeros((2, 5, 5)), np.broadcast_to(np.eye(5), (2, 5, 5))])

# Systems.
both("solve", np.linalg.solve, easy(2, 3, 3), matrix(2, 3, 2))
both("solve broadcast", np.linalg.solve, near_identity(3, 3), matrix(2, 3, 2), fixed=True)
one("solve nothing", [matrix(3, 3), np.zeros((3, 0))], [np.zeros((3, 0))])
both("solve_adjoint", lambda a, b: np.linalg.solve(a.T, b), near_identity(3, 3), matrix(3, 2))
triangle = near_identity(3, 3) + np.eye(3)
both("triangular_solve", lambda a, b: np.linalg.solve(np.tril(a), b), triangle, matrix(3, 2))
both("triangular_solve_upper_adjoint", lambda a, b: np.linalg.solve(np.triu(a).T, b), triangle, matrix(3, 2))
bands = np.array([[1.5, 2, 1.25, -2], [0, 0.5, 1, -1], [0, 0, 0.25, 1]])
lower = np.diag(bands[0]) + np.diag(bands[1, 1:], -1) + np.diag(bands[2, 2:], -2)
both("banded_triangular_solve", lambda a, b: np.linalg.solve(lower, b), bands, matrix(4, 2), fixed=True)
diagonals = matrix(2, 3, 5) + np.array([0, 4, 0])[:, None]
tridiagonal = np.stack([np.diag(d[1]) + np.diag(d[0, :-1], 1) + np.diag(d[2, 1:], -1) for d in diagonals])
both("tridiagonal_solve", lambda d, b: np.linalg.solve(tridiagonal, b), diagonals, matrix(2, 5, 2))
both("sylvester", scipy.linalg.solve_sylvester, near_identity(3, 3) * 2, near_identity(2, 2), matrix(3, 2))
both("lstsq", lambda a, b: np.linalg.lstsq(a, b, rcond=None)[0], matrix(5, 3), matrix(5, 2), ulp=4)
both("lstsq wide", lambda a, b: np.linalg.lstsq(a, b, rcond=None)[0], matrix(2, 4), matrix(2, 2), ulp=4)
both("lstsq_regularized", lambda a, b: tf.linalg.lstsq(a, b, l2_regularizer=0.5).numpy(), matrix(5, 3), matrix(5, 2))
both("lstsq_regularized wide", lambda a, b: tf.linalg.lstsq(a, b, l2_regularizer=0.5).numpy(), matrix(2, 4),
     matrix(2, 2))
both("lstsq_by_pinv", lambda a, b: np.linalg.pinv(a, 1e-5) @ b, matrix(4, 2) @ matrix(2, 3), matrix(4, 2),
     smooth=False, ulp=8)
both("inv", np.linalg.inv, near_identity(2, 3, 3))
both("inv_adjoint", lambda v: tf.linalg.inv(v, adjoint=True).numpy(), easy(2, 2))
both("pinv tall", np.linalg.pinv, matrix(2, 4, 3))
both("pinv wide", np.linalg.pinv, matrix(2, 3))
both("pinv identity", np.linalg.pinv, np.eye(3))
one("pinv zeros", [np.zeros((2, 3))], [np.zeros((3, 2))])
both("pinv_rcond", lambda v: np.linalg.pinv(v, 0.5), np.diag([4.0, 3, 1]), smooth=False)

# Functions.
both("det", np.linalg.det, matrix(2, 3, 3))
both("det singular", np.linalg.det, np.array([[1.0, 2, 3], [2, 4, 6], [1, 0, 1]]), smooth=False, absolute=1e-15)
one("det none", [np.zeros((2, 0, 0))], [np.ones(2)])
singular = tf.constant(np.array([[1.0, 2, 3], [2, 4, 6], [1, 0, 1]]))
cofactors = np.array([[np.linalg.det(np.delete(np.delete(singular.numpy(), i, 0), j, 1)) * (-1) ** (i + j)
                       for j in range(3)] for i in range(3)])
one("det_gradient", [singular.numpy()], [cofactors])
both("slogdet", lambda v: list(np.linalg.slogdet(v)), near_identity(2, 3, 3) * [[[1.0]], [[-1.0]]])
one("slogdet singular", [np.array([[1.0, 2], [2, 4]])], [0.0, -np.inf])
both("logdet", lambda v: np.linalg.slogdet(v)[1], positive(2, 3, 3))
both("matrix_rank", lambda v: np.linalg.matrix_rank(v).astype(np.int32), np.stack(
    [np.eye(3), np.ones((3, 3)), np.zeros((3, 3)), np.diag([1, 1e-20, 0])]), smooth=False)
both("matrix_rank_tolerance", lambda v: np.linalg.matrix_rank(v, 0.5).astype(np.int32), np.diag([2, 1, 0.25]),
     smooth=False)
both("expm", scipy.linalg.expm, matrix(2, 3, 3) / 2)
big = matrix(3, 3) * 8
with mp.workdps(40):
    one("expm scaled", [big], [np.array(mp.expm(mp.matrix(big.tolist())).tolist(), np.float64)], absolute=0)
one("expm zeros", [np.zeros((2, 2))], [np.eye(2)])
both("logm", scipy.linalg.logm, near_identity(4, 4) + np.eye(4))
both("sqrtm", scipy.linalg.sqrtm, near_identity(4, 4) + np.eye(4))
turn = scipy.linalg.expm(np.array([[0.0, -2.5], [2.5, 0]])).round(3)
one("logm rotation", [turn], [scipy.linalg.logm(turn).real])
one("sqrtm rotation", [turn], [scipy.linalg.sqrtm(turn).real])
both("spectral_norm", lambda v: np.linalg.norm(v, 2, axis=(-2, -1)), matrix(2, 3, 4))
both("nuclear_norm", lambda v: np.linalg.norm(v, "nuc", axis=(-2, -1)), easy(2, 3, 3)[..., :2, :])
both("cond", np.linalg.cond, easy(2, 3, 3))
cases.write()
