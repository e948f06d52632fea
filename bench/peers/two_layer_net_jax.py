"""500 steps of the two-layer net as a whole program, as ./sinter run two-layer-net: prints the loss of each step.
usage: two_layer_net_jax.py
"""
import jax
import jax.numpy as jnp
import numpy as np

ROWS, INPUTS, HIDDEN, OUTPUTS = 64, 1000, 100, 10
STEPS, LEARNING_RATE = 500, 1e-6
random = np.random.RandomState(0)


def normal(*sizes):
    return jnp.asarray(random.randn(*sizes), jnp.float32)


def loss(weights, x, y):
    return jnp.sum((y - jnp.maximum(x @ weights[0], 0) @ weights[1]) ** 2)


@jax.jit
def step(weights, x, y):
    value, gradients = jax.value_and_grad(loss)(weights, x, y)
    return value, tuple(weight - LEARNING_RATE * gradient for weight, gradient in zip(weights, gradients))


weights = normal(INPUTS, HIDDEN), normal(HIDDEN, OUTPUTS)
x, y = normal(ROWS, INPUTS), normal(ROWS, OUTPUTS)
for _ in range(STEPS):
    value, weights = step(weights, x, y)
    print(float(value))
