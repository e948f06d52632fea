"""Writes the cases of the common ops, as TensorFlow computes them.

    python make_common.py        # needs numpy and tensorflow
"""

import numpy as np
import tensorflow as tf

from cases import Cases

cases = Cases("common")
random = np.random.default_rng(0)


def both(name, function, *operands, ulp=4, **options):
    """A case in float64, then one in float32."""
    wide = [np.asarray(v, np.float64) for v in operands]
    cases.add(f"{name} f64", wide, function(*wide).numpy(), ulp=ulp, smooth=True, **options)
    narrow = [v.astype(np.float32) for v in wide]
    cases.add(f"{name} f32", narrow, function(*narrow).numpy(), ulp=ulp, **options)


x = random.normal(size=(3, 5)).round(3)
y = random.normal(size=(3, 5)).round(3)
both("squared_difference", tf.math.squared_difference, x, y)
both("clip_by_value", lambda v: tf.clip_by_value(v, -0.5, 0.75), x)
both("softmax", tf.nn.softmax, x, ulp=8)
both("log_softmax", tf.nn.log_softmax, x, ulp=16)
both("reduce_logsumexp", lambda v: tf.reduce_logsumexp(v, axis=1), x, ulp=8)
both("reduce_variance", lambda v: tf.math.reduce_variance(v, axis=0), x, ulp=16)
both("l2_loss", tf.nn.l2_loss, x, ulp=16)
cases.write()
