"""Steps of Adam on the mean cross entropy of classes, all buffers donated."""
import jax
import jax.numpy as jnp
from common import MEASURES

LEARNING_RATE = 1e-3


def measure(name, net, weights, x, y, what="steady"):
    """Measures the training of net(weights, x), which are the classes' logits, towards the classes y."""
    dtype = jax.tree.leaves(weights)[0].dtype

    def loss(p, x, y):
        return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(net(p, x)), y[..., None], -1))

    def train(p, m, v, t, x, y):
        value, gradients = jax.value_and_grad(loss)(p, x, y)
        m = jax.tree.map(lambda m, g: .9 * m + .1 * g, m, gradients)
        v = jax.tree.map(lambda v, g: .999 * v + .001 * g * g, v, gradients)
        p = jax.tree.map(lambda p, m, v: p - LEARNING_RATE * (m / (1 - .9 ** t))
                         / (jnp.sqrt(v / (1 - .999 ** t)) + 1e-8), p, m, v)
        return value, p, m, v, t + 1

    train = jax.jit(train, donate_argnums=(0, 1, 2))
    state = [weights, jax.tree.map(jnp.zeros_like, weights), jax.tree.map(jnp.zeros_like, weights), jnp.ones((), dtype)]
    jax.block_until_ready(state)

    def step():
        value, *state[:] = train(*state, x, y)
        return float(value)

    MEASURES[what](f"jax {name}", step)
