"""Writes what distributions promise: the edges of bins, and the probability of each.

    python make_random.py        # needs numpy and scipy

The operands of a case are the parameters; the results are the edges and, for what lies up to the first edge, between
each two, and above the last one, the probabilities.
"""

import numpy as np
from scipy import stats

from cases import Cases

cases = Cases("random")
BINS = 24


def add(name, law, *parameters, discrete=False):
    if discrete:
        low, high = law.ppf(1e-3), law.ppf(1 - 1e-3)
        edges = np.unique(np.floor(np.linspace(low, high, BINS)))
    else:
        edges = law.ppf(np.arange(1, BINS) / BINS)
    cumulative = np.concatenate([[0], law.cdf(edges), [1]])
    probabilities = np.diff(cumulative)
    if discrete:
        edges = edges + 0.5
    cases.add(name, [np.float64(p) for p in parameters], [edges, probabilities])


for bits in (32, 64):
    add(f"uniform{bits} unit", stats.uniform(), 0, 1)
    add(f"uniform{bits} between", stats.uniform(-3, 7), -3, 4)
    add(f"normal{bits}", stats.norm(1, 2.5), 1, 2.5)
    add(f"truncated_normal{bits}", stats.truncnorm(-2, 2, 1, 2.5), 1, 2.5)
    add(f"exponential{bits}", stats.expon(scale=1 / 1.5), 1.5)
    add(f"laplace{bits}", stats.laplace(-1, 0.5), -1, 0.5)
    for alpha in (0.05, 0.4, 1, 1.7, 12, 1e4):
        add(f"gamma{bits} {alpha}", stats.gamma(alpha, scale=1 / 2.5), alpha, 2.5)
add("uniform_int32", stats.randint(-5, 12), -5, 12, discrete=True)
add("uniform_int64 few", stats.randint(-5, 12), -5, 12, discrete=True)
add("uniform_int64 many", stats.uniform(-3e18, 8e18), -3e18, 5e18)
add("uniform_int32 wide", stats.uniform(-2e9, 4e9), -2e9, 2e9)
for low, high in ((-1, 2), (1.5, 4), (-40, -7), (6, 6.5), (-0.5, np.inf), (-np.inf, np.inf), (50, np.inf)):
    if low == 50:
        # The tail beyond 50 deviations: an exponential variable of rate 50, nearly.
        add("parameterized_truncated_normal far", stats.expon(3 + 2 * 50, 2 / 50), 3, 2, 103, np.inf)
    else:
        add(f"parameterized_truncated_normal {low} {high}", stats.truncnorm(low, high, 3, 2), 3, 2, 3 + 2 * low,
            3 + 2 * high)
for rate in (0.03, 1.2, 9.9, 10, 47.3, 3e5):
    add(f"poisson {rate}", stats.poisson(rate), rate, discrete=True)
for count, probability in ((1, 0.3), (12, 0.9), (40, 0.2), (40, 0.3), (1000, 0.55), (1e6, 1e-6), (1e7, 0.25)):
    add(f"binomial {count} {probability}", stats.binom(count, probability), count, probability, discrete=True)
add("categorical", stats.rv_discrete(values=(range(5), (0.05, 0.3, 0, 0.25, 0.4))), *np.log(
    np.maximum((0.05, 0.3, 0, 0.25, 0.4), 1e-300)), discrete=True)
cases.write()
