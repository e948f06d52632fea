"""A training step of a small GPT: Adam on the mean cross entropy of the next tokens, all buffers donated.
usage: gpt_jax.py BATCH LENGTH WIDTH float32|float64 [first|memory]
"""
import sys

import jax
import jax.numpy as jnp
import numpy as np
import training_jax

TOKENS, HEADS, BLOCKS = 1000, 8, 4
BATCH, LENGTH, WIDTH = (int(size) for size in sys.argv[1:4])
DTYPE = sys.argv[4]
jax.config.update("jax_enable_x64", DTYPE == "float64")
random = np.random.RandomState(0)


def normal(*sizes):
    return jnp.asarray(random.randn(*sizes).astype(DTYPE)) * .02


def dense(rows, columns):
    return dict(w=normal(rows, columns), b=jnp.zeros(columns))


def norm():
    return dict(scale=jnp.ones(WIDTH), offset=jnp.zeros(WIDTH))


def block():
    return dict(norm1=norm(), inputs=dense(WIDTH, 3 * WIDTH), outputs=dense(WIDTH, WIDTH), norm2=norm(),
                wide=dense(WIDTH, 4 * WIDTH), narrow=dense(4 * WIDTH, WIDTH))


weights = dict(tokens=normal(TOKENS, WIDTH), positions=normal(LENGTH, WIDTH),
               blocks=[block() for _ in range(BLOCKS)], norm=norm(), output=normal(WIDTH, TOKENS))
mask = jnp.tril(jnp.ones((LENGTH, LENGTH), bool))
x, y = (jnp.asarray(random.randint(0, TOKENS, (BATCH, LENGTH)), jnp.int32) for _ in range(2))


def apply(layer, h):
    return h @ layer["w"] + layer["b"]


def normalized(layer, h):
    mean = h.mean(-1, keepdims=True)
    variance = ((h - mean) ** 2).mean(-1, keepdims=True)
    return (h - mean) * jax.lax.rsqrt(variance + 1e-5) * layer["scale"] + layer["offset"]


def attention(p, h):
    parts = apply(p["inputs"], h).reshape(BATCH, LENGTH, 3, HEADS, WIDTH // HEADS)
    q, k, v = parts.transpose(2, 0, 3, 1, 4)
    scores = q @ k.swapaxes(-1, -2) / np.sqrt(WIDTH // HEADS).astype(DTYPE)
    shares = jax.nn.softmax(jnp.where(mask, scores, -1e30))
    return apply(p["outputs"], (shares @ v).transpose(0, 2, 1, 3).reshape(BATCH, LENGTH, WIDTH))


def logits(p, x):
    h = p["tokens"][x] + p["positions"]
    for one in p["blocks"]:
        h = h + attention(one, normalized(one["norm1"], h))
        h = h + apply(one["narrow"], jax.nn.gelu(apply(one["wide"], normalized(one["norm2"], h))))
    return normalized(p["norm"], h) @ p["output"]


training_jax.measure("gpt", logits, weights, x, y, *sys.argv[5:])
