"""Writes the cases of the special functions: values from 40 digits, and at special arguments as TensorFlow has them.

    python make_special.py        # needs numpy, mpmath and tensorflow
"""

import mpmath as mp
import numpy as np
import tensorflow as tf

import make_accuracy
from cases import Cases

mp.mp.dps = 40
cases = Cases("special")
random = np.random.default_rng(3)
INF, NAN = np.inf, np.nan
SPECIAL = [0.0, -0.0, 1, -1, 2, -2, 0.5, -0.5, INF, -INF, NAN]


def exact(function, *operands):
    flat = [np.asarray(v).ravel() for v in np.broadcast_arrays(*operands)]
    return np.reshape([float(mp.re(function(*map(mp.mpf, map(float, v))))) for v in zip(*flat)],
                      np.broadcast_shapes(*(np.shape(v) for v in operands)))


def both(name, function, *operands, smooth=True, ulp=16):
    wide = [np.asarray(v, np.float64) for v in operands]
    cases.add(f"{name} f64", wide, exact(function, *wide), ulp=ulp, absolute=2.0 ** -50, smooth=smooth)
    narrow = [v.astype(np.float32) for v in wide]
    cases.add(f"{name} f32", narrow, exact(function, *narrow).astype(np.float32), ulp=2)


def special(name, function, *operands, ulp=64):
    for dtype in (np.float64, np.float32):
        arrays = [np.asarray(v, dtype) for v in operands]
        value = function(*[tf.constant(v) for v in arrays]).numpy()
        cases.add(f"{name} special {np.dtype(dtype).name}", arrays, value, ulp=ulp, absolute=1e-6)


def inside(low, high):
    return random.uniform(low, high, size=(2, 3)).round(3)


def unary(name, function, low, high, tensorflow, points=SPECIAL, wide=(), ulp=16):
    both(name, function, inside(low, high), ulp=ulp)
    if len(wide):
        both(f"{name} wide", function, wide, smooth=False, ulp=ulp)
    special(name, tensorflow, points)


def dawson(x):
    return mp.sqrt(mp.pi) / 2 * mp.exp(-x * x) * mp.erfi(x)


def beta(a, b, x):
    return mp.betainc(a, b, 0, x, regularized=True)


def lower(a, x):
    return mp.gammainc(a, 0, x, regularized=True)


def upper(a, x):
    return mp.gammainc(a, x, regularized=True)


both("lgamma", lambda x: mp.re(mp.loggamma(x)), inside(0.6, 4))
both("lgamma wide", lambda x: mp.re(mp.loggamma(x)), [1e-30, 0.3, 1.5, 2.5, 9, 1e5, -0.5, -2.5, -7.25], smooth=False)
special("lgamma", tf.math.lgamma, [0.0, 1, 2, -1, -2, INF, NAN])
both("digamma", mp.digamma, inside(0.6, 4))
both("digamma wide", mp.digamma, [1e-8, 0.3, 1.4616, 7.5, 9, 1e5, -0.4, -2.5, -7.25], smooth=False)
special("digamma", tf.math.digamma, [1.0, -1, INF, NAN])
both("polygamma", lambda n, x: mp.psi(int(n), x), [0, 1, 2, 5, 9], [1.5, 2.25, 0.5, 12, 3.5], smooth=False)
special("polygamma", tf.math.polygamma, [0.5, -1, 1, NAN, 2], [1.0, 1, NAN, 1, 0])
both("zeta", mp.zeta, [1.5, 2, 3.25, 12, 1.001], [1, 0.5, 7.5, 40, 3], smooth=False)
special("zeta", tf.math.zeta, [1.0, 0.5, 2, 2.5, NAN, 3], [2.0, 2, -3, -1.5, 1, NAN])
for name, function, tensorflow in (("igamma", lower, tf.math.igamma), ("igammac", upper, tf.math.igammac)):
    a = [0.3, 0.01, 2, 25, 25, 25, 1000, 1e-3, 5, 300]
    x = [0.2, 0.5, 3.5, 20, 25, 40, 1010, 2, 40, 150]
    both(name, function, a, x, smooth=False)
    special(name, tensorflow, [0.5, 1, 0.0, -1, 1, 1, NAN, 1], [0.0, 0, 1, 1, -1, INF, 1, NAN])
both("betainc", beta, [0.5, 2, 30, 0.01, 100, 5], [0.5, 3.5, 20, 3, 120, 1], [0.3, 0.9, 0.55, 0.2, 0.4, 0.99],
     smooth=False)
special("betainc", tf.math.betainc, [1.0, 1, 1, 1, 0, 1, 1], [1.0, 1, 1, 1, 1, 0, 1],
        [0.0, 1, -0.5, 1.5, 0.5, 0.5, NAN])
# next to zeros of negative numbers, and for large operands
both("lgamma zeros", lambda x: mp.re(mp.loggamma(x)), [-2.457024738220801, -2.7476826467274127, -5.0082181683,
                                                       -9.0000027557148227, -19.75, -20.25], smooth=False)
both("digamma zeros", mp.digamma, [-0.5040830082644554, -1.5734984731623904, -9.702672540001864, -99.80953650218777],
     smooth=False)
both("zeta negative", make_accuracy.zeta, [2, 3, 3, 3, 4, 9], [-1e-17, -0.4957156769130384, -0.5, -7.25, -2.5,
                                                               -1.49999], smooth=False)
large = [np.asarray(v, np.float64) for v in ([110, 200, 170, 171, 1, 2, 64, 97],
                                             [15256.5, 1000, 2, 2, 1e30, 1e30, 8187.25, 54111.25])]
cases.add("polygamma large f64", large, exact(make_accuracy.polygamma, *large), ulp=16)
both("betainc large", make_accuracy.incomplete_beta, [400, 1e4, 1e6, 3e9, 1e12, 5e5], [450, 300, 2e6, 1e9, 1e12, 2.5],
     [0.46875, 0.96875, 0.33349609375, 0.75, 0.5, 0.9999961853027344], smooth=False)
both("betainc_x", lambda x: beta(mp.mpf(2.5), mp.mpf(1.25), x), inside(0.2, 0.8))
both("igamma_x", lambda x: lower(mp.mpf(2.5), x), inside(0.6, 4))
both("igammac_x", lambda x: upper(mp.mpf(2.5), x), inside(0.6, 4))
both("polygamma_x", lambda x: mp.psi(2, x), inside(0.6, 4))
both("zeta_q", lambda q: mp.zeta(mp.mpf(2.5), q), inside(0.6, 4))
matrix = inside(0.6, 4)
cases.add("lbeta f64", [matrix], tf.math.lbeta(matrix).numpy(), ulp=32, smooth=True)
cases.add("lbeta empty f64", [np.zeros((2, 0))], tf.math.lbeta(np.zeros((2, 0))).numpy(), ulp=0)
unary("erfinv", mp.erfinv, -0.9, 0.9, tf.math.erfinv, wide=[1e-20, 0.86, 0.999, -0.999999, 1 - 2.0 ** -24])
unary("erfcinv", lambda x: mp.erfinv(1 - x), 0.2, 1.8, tf.math.erfcinv, [0.0, 1, 2, -1, 3, NAN], [1e-10, 1e-3, 1.99])
unary("ndtri", lambda p: mp.sqrt(2) * mp.erfinv(2 * p - 1), 0.1, 0.9, tf.math.ndtri, [0.0, 1, 0.5, -1, 2, NAN],
      [1e-12, 0.01, 0.07, 0.99])
wide = [1e-10, 0.5, 7.9, 8.1, 30, 500]
unary("bessel_i0e", lambda x: mp.exp(-abs(x)) * mp.besseli(0, x), 0.2, 3, tf.math.bessel_i0e, SPECIAL, wide)
unary("bessel_i1e", lambda x: mp.exp(-abs(x)) * mp.besseli(1, x), 0.2, 3, tf.math.bessel_i1e, SPECIAL, wide)
unary("bessel_i0", lambda x: mp.besseli(0, x), 0.2, 3, tf.math.bessel_i0, SPECIAL, wide[:-1])
unary("bessel_i1", lambda x: mp.besseli(1, x), 0.2, 3, tf.math.bessel_i1, SPECIAL, wide[:-1])
positive = [1e-10, 0.5, 1.9, 2.1, 8.1, 30, 500]
at = [0.0, 1, 2, NAN]
unary("bessel_k0e", lambda x: mp.exp(x) * mp.besselk(0, x), 0.6, 4, tf.math.special.bessel_k0e, at, positive)
unary("bessel_k1e", lambda x: mp.exp(x) * mp.besselk(1, x), 0.6, 4, tf.math.special.bessel_k1e, at, positive)
unary("bessel_k0", lambda x: mp.besselk(0, x), 0.6, 4, tf.math.special.bessel_k0, at, positive[:-2])
unary("bessel_k1", lambda x: mp.besselk(1, x), 0.6, 4, tf.math.special.bessel_k1, at, positive[:-2])
both("bessel_j0", lambda x: mp.besselj(0, x), inside(-2, 2))
both("bessel_j0 wide", lambda x: mp.besselj(0, x), [0, 3, -5, 7.9, 8.1, 100, 1e5], smooth=False)
both("bessel_j1", lambda x: mp.besselj(1, x), inside(-2, 2))
both("bessel_j1 wide", lambda x: mp.besselj(1, x), [0, 3, -5, 7.9, 8.1, 100, 1e5], smooth=False)
both("bessel_y0", lambda x: mp.bessely(0, x), inside(0.6, 4))
both("bessel_y0 wide", lambda x: mp.bessely(0, x), [1e-10, 3, 5, 7.9, 8.1, 100, 1e5], smooth=False)
both("bessel_y1", lambda x: mp.bessely(1, x), inside(0.6, 4))
both("bessel_y1 wide", lambda x: mp.bessely(1, x), [1e-10, 3, 5, 7.9, 8.1, 100, 1e5], smooth=False)
special("bessel_y0", tf.math.special.bessel_y0, [0.0, 1, NAN])
special("bessel_y1", tf.math.special.bessel_y1, [1.0, 2, NAN])
unary("dawsn", dawson, -2, 2, tf.math.special.dawsn, [0.0, -0.0, 1, NAN], [1e-10, 1.9, 2.1, 4.5, -7.5, 25])
unary("expint", mp.ei, 0.6, 4, tf.math.special.expint, [1.0, 2, NAN], [1e-10, 0.3725, 5, 10, 20, 40, 80])
unary("fresnel_cos", mp.fresnelc, -2, 2, tf.math.special.fresnel_cos, [0.0, -0.0, INF, NAN], [1e-10, 1.7, -3.5, 100])
unary("fresnel_sin", mp.fresnels, -2, 2, tf.math.special.fresnel_sin, [0.0, -0.0, INF, NAN], [1e-10, 1.7, -3.5, 100])
unary("spence", lambda x: mp.re(mp.polylog(2, 1 - x)), 0.6, 4, tf.math.special.spence, [0.0, 1, -1, NAN],
      [1e-10, 0.1, 0.999, 1.001, 1.9, 50])
for name, function in (("igamma_gradient", tf.math.igamma), ("igammac_gradient", tf.math.igammac)):
    a = tf.constant([0.3, 0.9, 2, 25, 25, 5, 0.4], tf.float64)
    x = tf.constant([0.2, 0.5, 3.5, 20, 25, 30, 0.0], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch([a, x])
        y = function(a, x)
    gradients = tape.gradient(y, [a, x])
    cases.add(f"{name} f64", [a.numpy(), x.numpy()], [g.numpy() for g in gradients], ulp=4096, absolute=1e-13)
def gamma_slope(a, x):
    density = x ** (a - 1) * mp.exp(-x) / mp.gamma(a)
    return -mp.diff(lambda s: mp.gammainc(s, 0, x, regularized=True), a) / density


a, x = np.array([0.01, 0.3, 0.9, 2, 5, 25, 25, 200, 1.5]), np.array([1e-30, 0.2, 2.5, 0.001, 9, 20, 33, 210, 1.2])
for dtype, ulp in ((np.float64, 4096), (np.float32, 4)):
    a, x = a.astype(dtype), x.astype(dtype)
    exactly = exact(gamma_slope, a, x)
    theirs = tf.raw_ops.RandomGammaGrad(alpha=a, sample=x).numpy()
    assert np.allclose(exactly, theirs, rtol=1e-5), (exactly, theirs)
    cases.add(f"gamma_grad {np.dtype(dtype).name}", [a, x], exactly.astype(dtype), ulp=ulp)
cases.write()
