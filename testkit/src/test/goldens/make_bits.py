"""Writes the cases of numbers taken as bits, kept within a dtype, or made of them, as TensorFlow computes them.

    python make_bits.py        # needs numpy, ml_dtypes and tensorflow
"""

import ml_dtypes
import numpy as np
import tensorflow as tf

from cases import Cases

cases = Cases("bits")
random = np.random.default_rng(12)
FLOATS = [np.float16, ml_dtypes.bfloat16, np.float32, np.float64]
DTYPES = FLOATS + [np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64]
DTYPES = [np.dtype(each) for each in DTYPES]


def is_float(dtype):
    return dtype in [np.dtype(each) for each in FLOATS]


def info(dtype):
    return ml_dtypes.finfo(dtype) if is_float(dtype) else np.iinfo(dtype)


def samples(dtype):
    if is_float(dtype):
        tiny = float(info(dtype).smallest_subnormal)
        special = [0.0, -0.0, 1, -1, np.nan, np.inf, -np.inf, tiny, -3 * tiny, float(info(dtype).tiny),
                   float(info(dtype).max), -float(info(dtype).max)]
        return np.array(special + random.normal(size=12).tolist()).astype(dtype)
    bits = np.array([0.0, -0.0, 1, -1, np.inf, -np.inf], np.float64).view(dtype)
    return np.concatenate([bits, random.integers(0, 256, size=24 * dtype.itemsize, dtype=np.uint8).view(dtype)])[:24]


def as_bits(x, to):
    ratio = to.itemsize // x.dtype.itemsize
    return tf.bitcast(tf.constant(x.reshape(-1, ratio) if ratio > 1 else x), tf.as_dtype(to)).numpy()


for dtype in DTYPES:
    x = samples(dtype)
    cases.add(f"bitcast {dtype}", [x], [as_bits(x, to) for to in DTYPES])


def nearest(value, source, to):
    """The number of a dtype that is nearest to one of another, an infinite one the greatest that both have."""
    if is_float(to):
        most = min(float(info(to).max), float(info(source).max)) if is_float(source) else float(info(to).max)
        return value if value != value else min(max(float(value), -most), most)
    if value != value:
        return 0
    return int(min(max(value, int(info(to).min)), int(info(to).max)))


for dtype in DTYPES:
    edges = {int(info(to).min) for to in DTYPES if not is_float(to)} | {int(info(to).max) for to in DTYPES if not is_float(to)}
    values = [0, 1, 2.5, -7.75, 70000, -70000, 3e38, -1e300, float("inf"), -float("inf"), float("nan")] if is_float(dtype) \
        else [e for e in sorted(edges) if info(dtype).min <= e <= info(dtype).max] + [0, 7, 100]
    with np.errstate(over="ignore"):
        x = np.array(values).astype(dtype) if is_float(dtype) else np.array(values, dtype)
    results = []
    for to in DTYPES:
        exact = [nearest(v, dtype, to) for v in x.tolist()]
        result = np.array(exact).astype(to) if is_float(to) else np.array(exact, dtype=to)
        if dtype.itemsize < 8 and dtype != np.uint32 and not is_float(to):
            ours = [i for i, v in enumerate(x.tolist()) if v == v and abs(v) < 120 and v >= float(info(to).min)]
            assert (tf.saturate_cast(tf.constant(x), tf.as_dtype(to)).numpy()[ours] == result[ours]).all(), (dtype, to)
        results.append(result)
    cases.add(f"saturate_cast {dtype}", [x], results)

for dimensions, count, skip, dtype in ((1, 10, 0, np.float32), (5, 33, 3, np.float64), (40, 7, 65533, np.float32),
                                       (300, 3, 0, np.float64), (1111, 1, 12345678, np.float32)):
    cases.add(f"sobol_sample/{dimensions}/{count}/{skip}", [dtype(0)],
              tf.math.sobol_sample(dimensions, count, skip, dtype).numpy())
# Sums of fractions of 2^31 are exact in float64.
cases.add("sobol_sums/21200/3/12345678", [np.float64(0)],
          np.sum(tf.math.sobol_sample(21200, 3, 12345678, np.float64).numpy(), axis=1))

for name, index, seed, most in (
        ("all", np.arange(10, dtype=np.int32), [1, 2, 3], np.int32(9)),
        ("large", np.arange(7, dtype=np.int64) * 10001, [-5, 77, 2**31 - 1], np.int64(70001)),
        ("huge", np.array([0, 1, 2**40], np.int64), [9, 8, 7], np.int64(2**41 + 12345)),
        ("unsigned", np.array([0, 1, 2**32 - 1], np.uint32), [3, 1, 4], np.uint32(2**32 - 1)),
        ("each", np.array([3, 2, 0], np.int32), random.integers(0, 99, size=(3, 3)), np.array([3, 5, 0], np.int32)),
        ("one", np.int64(5), [1, 1, 1], np.int64(1000))):
    seed = np.array(seed, np.int64)
    cases.add(f"index_shuffle {name}", [index, seed, most], tf.random_index_shuffle(index, seed, most).numpy(), fixed=True)
    cases.add(f"index_shuffle_rounds {name}", [index, seed, most],
              tf.random_index_shuffle(index, seed, most, rounds=8).numpy(), fixed=True)
    if name != "each":
        pair = seed[:2].astype(np.int32)
        cases.add(f"index_shuffle two {name}", [index, pair, most],
                  tf.random.experimental.index_shuffle(index, pair, most).numpy(), fixed=True)
cases.write()
