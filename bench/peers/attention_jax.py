"""Attention of 8 heads of depth 64 over one sequence, or its gradients by queries, keys and values.
usage: attention_jax.py LENGTH all|causal|grad
"""
import sys

import jax
import jax.numpy as jnp
import numpy as np
from common import bench

HEADS, DEPTH = 8, 64
length, variant = int(sys.argv[1]), sys.argv[2]
random = np.random.RandomState(0)
inputs = [jnp.asarray(random.randn(1, HEADS, length, DEPTH).astype("f")) for _ in range(3)]


def attention(queries, keys, values):
    scores = jnp.einsum("bhqd,bhkd->bhqk", queries, keys) / DEPTH ** .5
    if variant == "causal":
        scores = jnp.where(jnp.tril(jnp.ones((length, length), bool)), scores, -1e30)
    return jnp.einsum("bhqk,bhkd->bhqd", jax.nn.softmax(scores), values)


def squares(*args):
    mixed = attention(*args)
    return (mixed * mixed).sum(), mixed


run = jax.jit(jax.grad(squares, argnums=(0, 1, 2), has_aux=True) if variant == "grad" else attention)
bench(f"jax attention {variant}", lambda: jax.block_until_ready(run(*inputs)))
