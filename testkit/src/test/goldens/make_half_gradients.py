"""Writes gradients in half floats, as TensorFlow computes them in float64 from the same operands.

    python make_half_gradients.py        # needs numpy, ml_dtypes and tensorflow
"""

import ml_dtypes
import numpy as np
import tensorflow as tf

from cases import Cases

cases = Cases("half_gradients")
random = np.random.default_rng(21)
nn = tf.nn


def layer_norm(x):
    mean, variance = nn.moments(x, [-1], keepdims=True)
    return (x - mean) / tf.sqrt(variance + 1e-3)


FUNCTIONS = {
    "tanh": (tf.tanh, [(3, 5)]),
    "exp": (tf.exp, [(3, 5)]),
    "sqrt": (lambda x: tf.sqrt(tf.abs(x)), [(3, 5)]),
    "gelu": (lambda x: nn.gelu(x, approximate=False), [(3, 5)]),
    "silu": (nn.silu, [(3, 5)]),
    "softplus": (nn.softplus, [(3, 5)]),
    "softmax": (nn.softmax, [(4, 7)]),
    "log_softmax": (nn.log_softmax, [(4, 7)]),
    "logsumexp": (lambda x: tf.reduce_logsumexp(x, 1), [(4, 7)]),
    "prod": (lambda x: tf.reduce_prod(x, 1), [(4, 5)]),
    "max": (lambda x: tf.reduce_max(x, 1), [(4, 7)]),
    "variance": (lambda x: tf.math.reduce_variance(x, 0), [(9, 3)]),
    "layer_norm": (layer_norm, [(4, 8)]),
    "l2_normalize": (lambda x: nn.l2_normalize(x, 1), [(4, 8)]),
    "matmul": (tf.matmul, [(3, 40), (40, 5)]),
    "conv2d": (lambda x, f: nn.conv2d(x, f, 1, "SAME"), [(1, 4, 4, 3), (3, 3, 3, 2)]),
    "max_pool2d": (lambda x: nn.max_pool2d(x, 2, 1, "VALID"), [(1, 4, 4, 2)]),
    "avg_pool2d": (lambda x: nn.avg_pool2d(x, 2, 1, "SAME"), [(1, 4, 4, 2)]),
    "gather": (lambda x: tf.gather(x, [1, 0, 1]), [(3, 4)]),
    "cumsum": (lambda x: tf.cumsum(x, 1), [(3, 6)]),
    "where": (lambda x: tf.where(x > 0, x * x, -x), [(3, 5)]),
    "divide": (lambda x, y: x / y, [(3, 4), (3, 4)]),
}
for name, (function, shapes) in FUNCTIONS.items():
    for half in (np.float16, ml_dtypes.bfloat16):
        operands = [random.normal(size=shape).astype(half) for shape in shapes]
        wide = [tf.constant(x.astype(np.float64)) for x in operands]
        with tf.GradientTape() as tape:
            tape.watch(wide)
            y = function(*wide)
            weight = random.normal(size=y.shape).astype(half)
            loss = tf.reduce_sum(y * weight.astype(np.float64))
        gradients = [tf.convert_to_tensor(g).numpy().astype(half) for g in tape.gradient(loss, wide)]
        cases.add(f"{name} {np.dtype(half).name}", operands + [weight], gradients, ulp=8, of_largest=True, fixed=name == "conv2d")
cases.write()
