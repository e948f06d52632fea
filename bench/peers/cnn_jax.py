"""A training step of a convolutional net: Adam on the mean cross entropy of ten classes, all buffers donated.
usage: cnn_jax.py BATCH
"""
import sys

import jax
import jax.numpy as jnp
import numpy as np
import training_jax
from jax import lax

BATCH, SIDE = int(sys.argv[1]), 28
random = np.random.RandomState(0)


def normal(scale, *sizes):
    return jnp.asarray(random.randn(*sizes).astype("f")) * scale


weights = dict(first=normal(.1, 5, 5, 1, 32), first_bias=jnp.zeros(32), second=normal(.03, 5, 5, 32, 64),
               second_bias=jnp.zeros(64), hidden=normal(.02, 3136, 1024), hidden_bias=jnp.zeros(1024),
               output=normal(.03, 1024, 10), output_bias=jnp.zeros(10))
x, y = normal(1, BATCH, SIDE, SIDE, 1), jnp.asarray(random.randint(0, 10, BATCH))


def block(h, filters, bias):
    h = lax.conv_general_dilated(h, filters, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")) + bias
    return lax.reduce_window(jax.nn.relu(h), -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")


def logits(p, x):
    h = block(block(x, p["first"], p["first_bias"]), p["second"], p["second_bias"]).reshape(BATCH, -1)
    return jax.nn.relu(h @ p["hidden"] + p["hidden_bias"]) @ p["output"] + p["output_bias"]


training_jax.measure("cnn", logits, weights, x, y)
