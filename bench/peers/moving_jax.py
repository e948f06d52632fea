"""Work that is bound by memory: the softmax of rows, layernorm-gelu-residual of rows, a step of Adam with the weights'
and both means' buffers donated. usage: moving_jax.py softmax|fused ROWS COLUMNS float32|float64, or adam WEIGHTS
"""
import sys

import jax
import jax.numpy as jnp
import numpy as np
from common import bench

LEARNING_RATE, STEP = 1e-3, 3.
work, *sizes = sys.argv[1:]
dtype = sizes.pop() if work != "adam" else "float32"
jax.config.update("jax_enable_x64", dtype == "float64")
sizes = [int(size) for size in sizes]
random = np.random.RandomState(0)


def normal(*sizes):
    return jnp.asarray(random.randn(*sizes).astype(dtype))


def layer_norm(x, scale, offset):
    mean = x.mean(-1, keepdims=True)
    variance = ((x - mean) ** 2).mean(-1, keepdims=True)
    return (x - mean) * jax.lax.rsqrt(variance + 1e-5) * scale + offset


def adam(w, m, v, gradient):
    m = .9 * m + .1 * gradient
    v = .999 * v + .001 * gradient * gradient
    w = w - LEARNING_RATE * (m / (1 - .9 ** STEP)) / (jnp.sqrt(v / (1 - .999 ** STEP)) + 1e-8)
    return w, m, v


if work == "softmax":
    x = normal(*sizes)
    softmax = jax.jit(lambda x: jax.nn.softmax(x))
    bench("jax softmax", lambda: softmax(x).block_until_ready())
elif work == "fused":
    x, scale, offset = normal(*sizes), normal(sizes[1]), normal(sizes[1])
    fused = jax.jit(lambda x, scale, offset: jax.nn.gelu(layer_norm(x, scale, offset)) + x)
    bench("jax fused", lambda: fused(x, scale, offset).block_until_ready())
else:
    state = [normal(*sizes), jnp.zeros(*sizes), jnp.zeros(*sizes)]
    gradient = normal(*sizes)
    update = jax.jit(adam, donate_argnums=(0, 1, 2))

    def step():
        state[:] = update(*state, gradient)
        state[0].block_until_ready()

    bench("jax adam", step)
