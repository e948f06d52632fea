"""A loop of 100,000 scalar steps whose number is fed: a counter, and x * 0.999 + 1. usage: while_jax.py"""
import jax
from common import bench

STEPS = 100_000
loop = jax.jit(lambda n: jax.lax.while_loop(
    lambda s: s[0] < n, lambda s: (s[0] + 1, s[1] * 0.999 + 1.0), (0, 0.0))[1])
bench(f"jax while {STEPS} scalar", lambda: loop(STEPS).block_until_ready())
