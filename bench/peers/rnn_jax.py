"""A training step of a recurrent net that classifies sequences by its last state: gradient descent on the mean cross
entropy, the weights' buffers donated. usage: rnn_jax.py lstm|gru STEPS BATCH HIDDEN

The LSTM has one bias of all gates; the GRU has two, of which that of the states lies within the reset.
"""
import sys

import jax
import jax.numpy as jnp
import numpy as np
from common import bench

INPUTS, CLASSES, LEARNING_RATE = 128, 10, 0.1
cell = sys.argv[1]
steps, batch, hidden = map(int, sys.argv[2:5])
columns = {"lstm": 4, "gru": 3}[cell] * hidden
random = np.random.RandomState(0)


def normal(*sizes):
    return jnp.asarray(random.randn(*sizes).astype("f"))


weights = dict(w=normal(INPUTS, columns) * .05, u=normal(hidden, columns) * .05, b=jnp.zeros(columns),
               o=normal(hidden, CLASSES) * .05)
if cell == "gru":
    weights["c"] = jnp.zeros(columns)
x, y = normal(steps, batch, INPUTS), jnp.asarray(random.randint(0, CLASSES, batch))


def lstm(p, state, x):
    h, c = state
    i, f, g, o = jnp.split(x @ p["w"] + h @ p["u"] + p["b"], 4, -1)
    c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
    return jax.nn.sigmoid(o) * jnp.tanh(c), c


def gru(p, state, x):
    h, = state
    xr, xz, xn = jnp.split(x @ p["w"] + p["b"], 3, -1)
    hr, hz, hn = jnp.split(h @ p["u"] + p["c"], 3, -1)
    z = jax.nn.sigmoid(xz + hz)
    return (1 - z) * jnp.tanh(xn + jax.nn.sigmoid(xr + hr) * hn) + z * h,


def loss(p, x, y):
    one_step, parts = {"lstm": (lstm, 2), "gru": (gru, 1)}[cell]
    zeros = (jnp.zeros((batch, hidden)),) * parts
    state, _ = jax.lax.scan(lambda state, x: (one_step(p, state, x), None), zeros, x)
    scores = jax.nn.log_softmax(state[0] @ p["o"])
    return -jnp.mean(jnp.take_along_axis(scores, y[..., None], -1))


def train(p, x, y):
    value, gradients = jax.value_and_grad(loss)(p, x, y)
    return value, jax.tree.map(lambda w, g: w - LEARNING_RATE * g, p, gradients)


train = jax.jit(train, donate_argnums=0)


def step():
    global weights
    value, weights = train(weights, x, y)
    return float(value)


bench(f"jax {cell} T{steps} b{batch} i{INPUTS} h{hidden} sgd train", step)
