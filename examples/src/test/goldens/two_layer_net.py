"""Trains the two-layer net in NumPy from the weights and data of the example, and writes the first losses.

    python3 two_layer_net.py > ../resources/goldens/two-layer-net.txt

Needs NumPy. The random numbers are those of the example: Philox 4x32-10 and the transform of Box and Muller.
"""
import numpy as np


def philox(count, key0, key1):
    """The first two words of the counters 0 .. count - 1, run number 0."""
    c = [np.arange(count, dtype=np.uint64)] + [np.zeros(count, np.uint64) for _ in range(3)]
    k0, k1, low = key0, key1, np.uint64(0xFFFFFFFF)
    for _ in range(10):
        p0, p1 = c[0] * np.uint64(0xD2511F53), c[2] * np.uint64(0xCD9E8D57)
        c = [(p1 >> np.uint64(32)) ^ c[1] ^ np.uint64(k0), p1 & low, (p0 >> np.uint64(32)) ^ c[3] ^ np.uint64(k1), p0 & low]
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return c[0], c[1]


def weights(op_seed, *shape):
    """What the initialiser of a variable gives: 24 bits of each word."""
    a, b = philox(int(np.prod(shape)), 0, op_seed)
    u = ((a >> np.uint64(8)) + np.uint64(1)).astype(np.float64) * 2.0 ** -24
    v = (b >> np.uint64(8)).astype(np.float64) * 2.0 ** -24
    return (np.sqrt(-2 * np.log(u)) * np.cos(2 * np.pi * v)).astype(np.float32).reshape(shape)


def data(seed, *shape):
    """What the example feeds: 32 bits of each word."""
    a, b = philox(int(np.prod(shape)), seed, 0)
    u, v = (a.astype(np.float64) + 1) * 2.0 ** -32, b.astype(np.float64) * 2.0 ** -32
    return (np.sqrt(-2 * np.log(u)) * np.cos(2 * np.pi * v)).astype(np.float32).reshape(shape)


x, y = data(1, 64, 1000), data(2, 64, 10)
w1, w2 = weights(0, 1000, 100), weights(1, 100, 10)
for _ in range(100):
    h = np.maximum(x @ w1, 0)
    r = y - h @ w2
    print(np.sum(r * r, dtype=np.float64).astype(np.float32))
    g = -2 * r
    w1, w2 = w1 - np.float32(1e-6) * (x.T @ np.where(x @ w1 >= 0, g @ w2.T, 0)), w2 - np.float32(1e-6) * (h.T @ g)
