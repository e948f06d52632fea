"""The scan of small.py with states of other sizes, forward and with its gradient. usage: scan_jax.py ROWS COLUMNS"""
import sys, jax, jax.numpy as jnp, numpy as np
from common import bench
R, C = map(int, sys.argv[1:3]); T = 1000
w = jnp.asarray(np.random.RandomState(0).randn(C, C).astype('f')) * .1; h = jnp.ones((R, C))
g = jax.jit(lambda h: jax.lax.scan(lambda h, _: (jnp.tanh(h @ w), None), h, None, length=T)[0]); bench(f'jax scan T{T} {R}x{C}', lambda: g(h).block_until_ready())
gg = jax.jit(jax.grad(lambda w: jax.lax.scan(lambda h, _: (jnp.tanh(h @ w), None), h, None, length=T)[0].sum())); bench(f'jax grad scan T{T} {R}x{C}', lambda: gg(w).block_until_ready())
