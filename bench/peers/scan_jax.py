"""tanh(h w) 1000 times, forward and with the gradient by w. usage: scan_jax.py ROWS COLUMNS"""
import sys

import jax
import jax.numpy as jnp
import numpy as np
from common import bench

STEPS = 1000
rows, columns = map(int, sys.argv[1:3])
w = jnp.asarray(np.random.RandomState(0).randn(columns, columns).astype("f")) * .1
h = jnp.ones((rows, columns))


def last(h, w):
    return jax.lax.scan(lambda h, _: (jnp.tanh(h @ w), None), h, None, length=STEPS)[0]


# The weights of the first and the first state of the second are constants.
forward = jax.jit(lambda h: last(h, w))
bench(f"jax scan T{STEPS} {rows}x{columns}", lambda: forward(h).block_until_ready())
gradient = jax.jit(jax.grad(lambda w: last(h, w).sum()))
bench(f"jax grad scan T{STEPS} {rows}x{columns}", lambda: gradient(w).block_until_ready())
