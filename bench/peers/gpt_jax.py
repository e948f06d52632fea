"""A training step of a small GPT: Adam on the mean cross entropy of the next tokens, all buffers donated.
usage: gpt_jax.py
"""
import jax
import jax.numpy as jnp
import numpy as np
from common import bench

TOKENS, WIDTH, HEADS, BLOCKS, LENGTH, BATCH, LEARNING_RATE = 1000, 256, 8, 4, 128, 8, 1e-3
random = np.random.RandomState(0)


def normal(*sizes):
    return jnp.asarray(random.randn(*sizes).astype("f")) * .02


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
x, y = (jnp.asarray(random.randint(0, TOKENS, (BATCH, LENGTH))) for _ in range(2))


def apply(layer, h):
    return h @ layer["w"] + layer["b"]


def normalized(layer, h):
    mean = h.mean(-1, keepdims=True)
    variance = ((h - mean) ** 2).mean(-1, keepdims=True)
    return (h - mean) * jax.lax.rsqrt(variance + 1e-5) * layer["scale"] + layer["offset"]


def attention(p, h):
    parts = apply(p["inputs"], h).reshape(BATCH, LENGTH, 3, HEADS, WIDTH // HEADS)
    q, k, v = parts.transpose(2, 0, 3, 1, 4)
    scores = q @ k.swapaxes(-1, -2) / np.sqrt(WIDTH // HEADS).astype("f")
    shares = jax.nn.softmax(jnp.where(mask, scores, -1e30))
    return apply(p["outputs"], (shares @ v).transpose(0, 2, 1, 3).reshape(BATCH, LENGTH, WIDTH))


def loss(p, x, y):
    h = p["tokens"][x] + p["positions"]
    for one in p["blocks"]:
        h = h + attention(one, normalized(one["norm1"], h))
        h = h + apply(one["narrow"], jax.nn.gelu(apply(one["wide"], normalized(one["norm2"], h))))
    scores = jax.nn.log_softmax(normalized(p["norm"], h) @ p["output"])
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


bench("jax gpt", step)
