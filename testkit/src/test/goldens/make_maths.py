"""Writes the cases of tf.math's less common ops, as TensorFlow computes them.

    python make_maths.py        # needs mpmath, numpy and tensorflow
"""

import mpmath as mp
import numpy as np
import tensorflow as tf

from cases import Cases

mp.mp.dps = 40
cases = Cases("maths")
random = np.random.default_rng(1)
INF, NAN = np.inf, np.nan


def both(name, function, *operands, ulp=4, smooth=True, **options):
    """A case in float64, then one in float32."""
    wide = [np.asarray(v, np.float64) for v in operands]
    cases.add(f"{name} f64", wide, result(function, wide), ulp=ulp, smooth=smooth, **options)
    narrow = [v.astype(np.float32) for v in wide]
    cases.add(f"{name} f32", narrow, result(function, narrow), ulp=ulp, **options)


def result(function, operands):
    value = function(*[tf.constant(v) for v in operands])
    return [v.numpy() for v in value] if isinstance(value, (list, tuple)) else value.numpy()


def clip_by_average_norm(v, norm):
    """TensorFlow's, which takes float32 alone."""
    mean = tf.norm(v) / v.shape.num_elements()
    return v * tf.minimum(norm / mean, tf.constant(1, v.dtype))


def integers(name, function, *operands, dtypes=(np.int32, np.int64), **options):
    for dtype in dtypes:
        arrays = [np.asarray(v, dtype) for v in operands]
        cases.add(f"{name} {np.dtype(dtype).name}", arrays, result(function, arrays), **options)


x = random.normal(size=(3, 5)).round(3)
y = random.normal(size=(3, 5)).round(3) + 0.0005
away = np.sign(y) * (np.abs(y) + 0.75)
jumps = 2.3 + 0.05 * x
ten = [7, -7, 7, -7, 6, -6, 0, 0, 1, -1]
three = [3, 3, -3, -3, 3, 3, 3, -3, 7, 7]
steps = [-INF, -2.5, -1.5, -0.5, -0.0, 0.0, 0.5, 1.5, 2.5, INF]
values = [0.0, 0.0, 0.0, 0.0, 2.0, -3.0, INF, 1.0, -0.0]
others = [0.0, INF, NAN, -1.0, 0.0, 2.0, 2.0, -1.0, 4.0]

both("floordiv", tf.math.floordiv, x, y, smooth=False)
both("floordiv special", tf.math.floordiv, [7.0, -7, 7, -7, 1, -1, 0], [2.0, 2, -2, -2, INF, 4, 3], smooth=False)
integers("floordiv", tf.math.floordiv, ten, three)
integers("floordiv broadcast", tf.math.floordiv, np.reshape(ten, (5, 2)), [3, -4])
both("floormod", tf.math.floormod, 2 + jumps, np.sign(y) * 1.6)
both("floormod special", tf.math.floormod, [7.0, -7, 7, -7, 6, -6, 0], [2.5, 2.5, -2.5, -2.5, 3, -3, 3], smooth=False)
integers("floormod", tf.math.floormod, ten, three)
integers("pow_of_integers", tf.pow, np.tile(np.arange(-4, 6)[:, None], 40), np.arange(0, 40))
integers("power_13", lambda a: tf.pow(a, 13), np.arange(-9, 10))
for width in (np.int8, np.int32, np.int64):
    cases.add(f"pow_of_integers fractions {np.dtype(width).name}",
              [np.array([-2, -1, 0, 1, 2, -1, 1], width), np.array([-1, -3, -2, -7, -5, -4, -8], width)],
              np.array([0, -1, 0, 1, 0, 1, 1], width))
for width in (np.uint8, np.int16, np.uint64, np.int64):
    base = np.array([0, 1, 2, 3, 5, 7, 11, 127], width)
    exponent = np.array([100, 100, 100, 100, 99, 127, 63, 64], width)
    power = [pow(int(b), int(e), 1 << 64) for b, e in zip(base, exponent)]
    cases.add(f"pow_of_integers far {np.dtype(width).name}", [base, exponent],
              np.array(power, np.uint64).astype(width))
integers("mean_of_integers", lambda a: tf.reduce_mean(a, axis=1), [[7, 0, -1], [-7, 0, 0], [1, 1, 1], [-1, -1, 0]])
cases.add("mean_of_integers wide uint8", [np.full((2, 300), 200, np.uint8)], np.array([200, 200], np.uint8))
both("truediv", tf.math.truediv, x, away)
integers("truediv", tf.math.truediv, ten, three)
integers("truncatediv", tf.truncatediv, ten, three)
both("truncatediv", lambda a, b: tf.cast(tf.cast(a / b, tf.int64), a.dtype), x, y, smooth=False)
integers("truncatemod", tf.truncatemod, ten, three)
both("truncatemod", tf.truncatemod, 2 + jumps, np.sign(y) * 1.6)
both("divide_no_nan", tf.math.divide_no_nan, x, away)
both("divide_no_nan special", tf.math.divide_no_nan, others, values, smooth=False)
both("multiply_no_nan", tf.math.multiply_no_nan, x, y)
both("multiply_no_nan special", tf.math.multiply_no_nan, others, values, smooth=False)
both("reciprocal_no_nan", tf.math.reciprocal_no_nan, away)
both("reciprocal_no_nan special", tf.math.reciprocal_no_nan, [0.0, -0.0, INF, -4, 0.5], smooth=False)
both("xdivy", tf.math.xdivy, x, away)
both("xdivy special", tf.math.xdivy, values, others, smooth=False)
both("xlogy", tf.math.xlogy, x, np.abs(away))
both("xlogy special", tf.math.xlogy, values, others, smooth=False)
both("xlog1py", tf.math.xlog1py, x, np.abs(y))
both("xlog1py special", tf.math.xlog1py, values, others, smooth=False)
both("scalar_mul", lambda a: tf.math.scalar_mul(-2.5, a), x)
both("scalar_mul_tensor", tf.math.scalar_mul, np.float64(1.5), x)
both("add_n", lambda *a: tf.math.add_n(a), x, y, x * y)
integers("add_n", lambda *a: tf.math.add_n(a), ten, three)
both("accumulate_n", lambda *a: tf.math.accumulate_n(a), x, y)
both("polyval", lambda a: tf.math.polyval([tf.constant(c, a.dtype) for c in (2.0, -1.0, 0.5)], a), x)
both("is_inf", tf.math.is_inf, steps + [NAN], smooth=False)
both("rint", tf.math.rint, steps, ulp=0, smooth=False)
both("softplus", tf.math.softplus, x)
both("softplus special", tf.math.softplus, [0.0, -40, 40, -700, 800, -INF, INF, NAN], smooth=False)
both("softplus zero", tf.math.softplus, np.zeros(1))
both("log_sigmoid", tf.math.log_sigmoid, x)
both("log_sigmoid special", tf.math.log_sigmoid, [0.0, -40, 40, -700, INF, NAN], smooth=False)
both("softsign", tf.math.softsign, x)
both("softsign zero", tf.math.softsign, [0.0, -0.0, 1e30], smooth=False)
both("approximate_equal", lambda a, b: tf.raw_ops.ApproximateEqual(x=a, y=b, tolerance=0.1),
     [1.0, 1, 1, NAN, 1], [1.05, 1.2, 0.8, 1, 1], smooth=False)
for name, function in (("is_non_decreasing", tf.math.is_non_decreasing),
                       ("is_strictly_increasing", tf.math.is_strictly_increasing)):
    for word, array in (("rising", [1, 2, 3]), ("equal", [1, 2, 2]), ("falling", [3, 2, 1]), ("one", [5]),
                        ("none", []), ("matrix", [[1, 2], [3, 4]]), ("matrix last", [[1, 5], [3, 4]])):
        integers(f"{name} {word}", function, array, dtypes=(np.int32,))
        both(f"{name} {word}", function, array, smooth=False)
sparse = [[0, 1, 0, 2], [0, 0, 0, 0], [3, 4, 5, -1]]
integers("count_nonzero", lambda a: tf.math.count_nonzero(a, axis=1), sparse)
both("count_nonzero", lambda a: tf.math.count_nonzero(a, axis=1), sparse, smooth=False)
integers("zero_fraction", tf.math.zero_fraction, sparse)
both("zero_fraction", tf.math.zero_fraction, sparse, smooth=False)
both("zero_fraction none", tf.math.zero_fraction, np.zeros((0, 3)), smooth=False)
both("reduce_std", lambda a: tf.math.reduce_std(a, axis=0), x, ulp=16)
both("reduce_std one", lambda a: tf.math.reduce_std(a, axis=0), x[:1], smooth=False)
both("reduce_euclidean_norm", lambda a: tf.math.reduce_euclidean_norm(a, axis=1), x, ulp=16)
both("reduce_euclidean_norm zero", lambda a: tf.math.reduce_euclidean_norm(a, axis=1), np.zeros((2, 3)), smooth=False)
both("l2_normalize", lambda a: tf.math.l2_normalize(a, axis=1), x, ulp=16)
both("l2_normalize zero", lambda a: tf.math.l2_normalize(a, axis=1), np.zeros((2, 3)), smooth=False)
both("global_norm", lambda *a: tf.linalg.global_norm(a), x, y[0], ulp=16)
both("clip_by_norm", lambda a: tf.clip_by_norm(a, 1.5), x, ulp=16)
both("clip_by_norm small", lambda a: tf.clip_by_norm(a, 1.5), x / 100, ulp=16)
both("clip_by_norm zero", lambda a: tf.clip_by_norm(a, 1.5), np.zeros(3), smooth=False)
both("clip_by_norm_axis", lambda a: tf.clip_by_norm(a, 1.5, axes=[1]), x, ulp=16)
both("clip_by_average_norm", lambda a: clip_by_average_norm(a, 0.1), x, ulp=16)
both("clip_by_average_norm small", lambda a: clip_by_average_norm(a, 0.1), x / 100, ulp=16)
both("clip_by_global_norm", lambda *a: tf.clip_by_global_norm(a, 1.5)[0], x, y[0], ulp=16)
both("clip_by_global_norm small", lambda *a: tf.clip_by_global_norm(a, 1.5)[0], x / 100, y[0] / 100, ulp=16)
both("clip_by_global_norm infinite", lambda *a: tf.clip_by_global_norm(a, 1.5)[0], [1.0, INF], [2.0], smooth=False)
logits = np.asarray([[0.1, 0.5, 0.3], [0.5, 0.5, 0.5], [0.9, 0.1, 0.2], [NAN, 1, 2], [INF, 1, 2], [1, 2, 3]],
                    np.float32)
for dtype in (np.int32, np.int64):
    targets = np.asarray([2, 0, 1, 1, 1, 7], dtype)
    cases.add(f"in_top_k {np.dtype(dtype).name}", [targets, logits], tf.math.in_top_k(targets, logits, 2).numpy())

for name in ("tan", "asin", "acos", "atan", "sinh", "cosh", "asinh", "acosh", "atanh"):
    small = 0.2 + 0.5 * np.tanh(x)
    both(name, getattr(tf.math, name), 1.5 + small if name == "acosh" else small)
    both(f"{name} special", getattr(tf.math, name), [0.0, -0.0, 1, -1, 2, INF, -INF, NAN, 1e-30, -1e-30, 1e30], ulp=8,
         smooth=False)
both("atan2", tf.math.atan2, x, away)
zeros = [0.0, -0.0, 1, -1, INF, -INF, NAN]
both("atan2 special", tf.math.atan2, np.repeat(zeros, 7), np.tile(zeros, 7), smooth=False)

edges = [0.0, -0.0, 1, -1, 1e-45, 1.17549435e-38, 2.3e-38, -1e-37, 1.9e-31, -2e-31, 3e-31, 3.4028235e38, INF, -INF, NAN]
for dtype in (np.float64, np.float32):
    tiny = [5e-324, 2.2250738585072014e-308, 4.5e-308, -1e-307, 1e-292, -2.1e-292, 1.7976931348623157e308]
    for word, towards in (("up", INF), ("down", -INF), ("nan", NAN)):
        at = np.asarray(edges + (tiny if dtype == np.float64 else []) + list(random.normal(size=9)), dtype)
        to = np.full_like(at, towards)
        cases.add(f"nextafter {word} {np.dtype(dtype).name}", [at, to], np.nextafter(at, to))
both("nextafter plain", tf.math.nextafter, x, y, ulp=0)


def gelu(v):
    return float(mp.mpf(float(v)) / 2 * mp.erfc(-mp.mpf(float(v)) / mp.sqrt(2)))


# Rounding x / sqrt(2), and sqrt(2), costs x^2 times that in the negative tail.
for point in (-1.0, -2.5, -5, -8, -12, -20, 3, 12):
    for dtype in (np.float64, np.float32):
        if dtype == np.float64 or point > -13:
            cases.add(f"gelu {point:g} {np.dtype(dtype).name}", [np.asarray([point], dtype)],
                      np.asarray([gelu(point)], dtype), ulp=int(4 + 1.6 * min(point, 0) ** 2))
cases.add("gelu_gradient f32", [np.asarray([1e20, -1e20, 1e30, -1e30, 0], np.float32)],
          np.asarray([1, 0, 1, 0, 0.5], np.float32))
cases.write()
