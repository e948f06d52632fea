"""A training step of a convolutional net: Adam on the mean cross entropy of ten classes, all buffers donated.
usage: cnn_jax.py
"""
import jax
import jax.numpy as jnp
import numpy as np
from common import bench
from jax import lax

BATCH, SIDE, LEARNING_RATE = 64, 28, 1e-3
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


def loss(p, x, y):
    h = block(block(x, p["first"], p["first_bias"]), p["second"], p["second_bias"]).reshape(BATCH, -1)
    scores = jax.nn.log_softmax(jax.nn.relu(h @ p["hidden"] + p["hidden_bias"]) @ p["output"] + p["output_bias"])
    return -jnp.mean(jnp.take_along_axis(scores, y[..., None], -1))


def train(p, m, v, t, x, y):
    value, gradients = jax.value_and_grad(loss)(p, x, y)
    m = jax.tree.map(lambda m, g: .9 * m + .1 * g, m, gradients)
    v = jax.tree.map(lambda v, g: .999 * v + .001 * g * g, v, gradients)
    p = jax.tree.map(lambda p, m, v: p - LEARNING_RATE * (m / (1 - .9 ** t))
                     / (jnp.sqrt(v / (1 - .999 ** t)) + 1e-8), p, m, v)
    return value, p, m, v, t + 1


train = jax.jit(train, donate_argnums=(0, 1, 2))
state = [weights, jax.tree.map(jnp.zeros_like, weights), jax.tree.map(jnp.zeros_like, weights), jnp.float32(1)]


def step():
    value, *state[:] = train(*state, x, y)
    return float(value)


bench("jax cnn", step)
