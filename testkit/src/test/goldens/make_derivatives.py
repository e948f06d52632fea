"""Writes the cases of derivatives along directions and of matrices of derivatives, as JAX computes them.

    python make_derivatives.py        # needs numpy and jax
"""

import jax
import jax.numpy as jnp
import numpy as np

from cases import Cases

jax.config.update("jax_enable_x64", True)
cases = Cases("derivatives")
random = np.random.default_rng(5)


def array(*shape):
    return random.normal(size=shape).round(3)


def add(name, function, *operands, ulp=64, smooth=True, **options):
    """A case whose results are those of a function of the operands."""
    operands = [np.asarray(v, np.float64) for v in operands]
    results = function(*operands)
    results = list(results) if isinstance(results, (list, tuple)) else [results]
    cases.add(name, operands, [np.asarray(r) for r in results], ulp=ulp, of_largest=True, smooth=smooth, **options)


def layer(x, w):
    return jnp.tanh(x @ w)


def curve(x, w):
    return x * (0.5 - x * w)


def mixed(x, w):
    return jnp.sum(jnp.sin(x @ w) * jnp.exp(-x[:, :1] ** 2))


def recurrent(h, x):
    def step(carry, element):
        following = carry * (0.5 - carry) + element
        return following, following * carry
    last, outputs = jax.lax.scan(step, h, x)
    return jnp.concatenate([last[None], outputs])


def branching(x):
    return jax.lax.cond(jnp.sum(x) > 0, lambda: x * x * x, lambda: jnp.sin(x))


def newton(a):
    return jax.lax.fori_loop(0, 6, lambda _, g: (2 * g + a / (g * g)) / 3, a)


def moved(x):
    return jnp.concatenate([x[2:, ::-1], jnp.take(x, jnp.array([1, 0, 1]), axis=0)]).T.reshape(-1) ** 2


def normalized(x):
    return jax.nn.softmax(x, axis=-1)


x, w, v, u = array(3, 4), array(4, 2), array(3, 4), array(4, 2)
add("jvp layer", lambda x, w, v, u: jax.jvp(layer, (x, w), (v, u))[1], x, w, v, u)
add("jvp one row", lambda x, w, v, u: jax.jvp(layer, (x, w), (v, u))[1], x[:1], w, v[:1], u)
add("jvp no rows", lambda x, w, v, u: jax.jvp(layer, (x, w), (v, u))[1], x[:0], w, v[:0], u)
add("jvp_several two", lambda x, v: jax.jvp(lambda x: (jnp.sum(x * x), jnp.exp(x)), (x,), (v,))[1], x, v)
add("vjp layer", lambda x, w, c: jax.vjp(layer, x, w)[1](c), x, w, array(3, 2))
add("jvp_recurrent five", lambda h, x, v, u: jax.jvp(recurrent, (h, x), (v, u))[1], array(2), array(5, 2), array(2),
    array(5, 2))
add("jvp_branching positive", lambda x, v: jax.jvp(branching, (x,), (v,))[1], np.abs(array(3)), array(3))
add("jvp_branching negative", lambda x, v: jax.jvp(branching, (x,), (v,))[1], -np.abs(array(3)), array(3))
add("jvp_newton three", lambda a, v: jax.jvp(newton, (a,), (v,))[1], np.abs(array(3)) + 1, array(3))
for name, jacobian in (("jacobian", jax.jacrev), ("forward_jacobian", jax.jacfwd)):
    add(f"{name} layer", lambda x, w: jacobian(layer, (0, 1))(x, w), x, w)
    add(f"{name} no rows", lambda x, w: jacobian(layer, (0, 1))(x, w), x[:0], w)
    add(f"{name}_recurrent three", jacobian(recurrent, (0, 1)), array(2), array(3, 2))
    add(f"{name}_branching positive", jacobian(branching), np.abs(array(3)))
    add(f"{name}_moved four", jacobian(moved), array(4, 2), fixed=True)
    add(f"{name}_softmax rows", jacobian(normalized), array(2, 3))
add("jacobian_of_scalar square", jax.jacrev(lambda x: jnp.sum(x ** 3)), array(2, 3))
add("jacobian_by_scalar powers", jax.jacrev(lambda x: x ** jnp.arange(1.0, 4.0)), np.asarray(1.5))
add("batch_jacobian softmax", jax.vmap(jax.jacrev(normalized)), array(4, 3))
add("batch_jacobian one", jax.vmap(jax.jacrev(normalized)), array(1, 3))
add("batch_jacobian_layer rows", lambda x, w: jax.vmap(jax.jacrev(layer), (0, None))(x, w), x, w)
add("hessian mixed", lambda x, w: sum((list(row) for row in jax.hessian(mixed, (0, 1))(x, w)), []), x[:2], w,
    smooth=False)
add("hessians cubes", lambda x, w: [jax.hessian(lambda x: jnp.sum(x ** 3))(x), jax.hessian(lambda w: jnp.sum(
    jnp.cos(w)))(w)], x[:1], w)
add("hvp mixed", lambda x, w, v, u: jax.jvp(jax.grad(mixed, (0, 1)), (x, w), (v, u))[1], x, w, v, u, smooth=False)
add("hvp_recurrent three", lambda h, x, v, u: jax.jvp(jax.grad(lambda h, x: jnp.sum(recurrent(h, x) ** 2), (0, 1)),
    (h, x), (v, u))[1], array(2), array(3, 2), array(2), array(3, 2))
add("gradients_checkpoint layers", jax.grad(lambda x, w: jnp.sum(curve(curve(curve(x, w), w), w) ** 2), (0, 1)),
    array(3, 2), array(3, 2))
cases.write()
