"""The training step of suite_jax.py's LSTM in other sizes, and of a GRU. usage: rnn_jax.py lstm|gru STEPS BATCH HIDDEN"""
import sys, jax, jax.numpy as jnp, numpy as np
from jax import lax
from common import bench
cell, T, B, H = sys.argv[1], *map(int, sys.argv[2:5]); I = 128; G = {'lstm': 4, 'gru': 3}[cell]
R = np.random.RandomState(0); rn = lambda *s: jnp.asarray(R.randn(*s).astype('f'))
def xent(l, y): return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(l), y[..., None], -1))
p = dict(w=rn(I, G*H)*.05, u=rn(H, G*H)*.05, b=jnp.zeros(G*H), o=rn(H, 10)*.05)
if cell == 'gru': p['c'] = jnp.zeros(G*H)
x, y = rn(T, B, I), jnp.asarray(R.randint(0, 10, B))
def loss(p, x, y):
    def lstm(c, x):
        h, c = c; i, f, g, o = jnp.split(x@p['w']+h@p['u']+p['b'], 4, -1); c = jax.nn.sigmoid(f)*c+jax.nn.sigmoid(i)*jnp.tanh(g); return (jax.nn.sigmoid(o)*jnp.tanh(c), c), None
    def gru(h, x):
        a, b, c = jnp.split(x@p['w']+p['b'], 3, -1); d, e, f = jnp.split(h@p['u']+p['c'], 3, -1); z = jax.nn.sigmoid(b+e); n = jnp.tanh(c+jax.nn.sigmoid(a+d)*f); return (1-z)*n+z*h, None
    z = jnp.zeros((B, H)); h = lax.scan(lstm, (z, z), x)[0][0] if cell == 'lstm' else lax.scan(gru, z, x)[0]; return xent(h@p['o'], y)
def f(p, *d):
    l, g = jax.value_and_grad(loss)(p, *d); return l, jax.tree.map(lambda p, g: p-.1*g, p, g)
f = jax.jit(f, donate_argnums=0); st = [p]
def step():
    l, st[0] = f(st[0], x, y); return float(l)
bench(f'jax {cell} T{T} b{B} i{I} h{H} sgd train', step)
