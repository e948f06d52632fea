"""Writes samples of the scalar functions in float64 with their values to 40 digits.

    python make_accuracy.py        # needs mpmath

A line `function NAME` precedes the samples of one: the operands, the nearest float64 to the value, and what that
rounds away in its units in the last place.
"""

import math
import pathlib
import random

import mpmath as mp

mp.mp.dps = 45
OUT = pathlib.Path(__file__).resolve().parent.parent / "resources" / "goldens" / "accuracy.txt"
COUNT = 128


def power(low, high):
    """Even on a logarithmic scale."""
    return lambda r: math.exp(r.uniform(math.log(low), math.log(high)))


def signed(draw):
    return lambda r: draw(r) * r.choice((-1, 1))


def even(low, high):
    return lambda r: r.uniform(low, high)


def below_one(r):
    return 1 - math.exp(r.uniform(math.log(1e-14), math.log(0.1)))


def any_of(*draws):
    return lambda r: r.choice(draws)(r)


def operands(*draws):
    return lambda r: tuple(draw(r) for draw in draws)


def orders(r):
    """a and x of the incomplete gamma functions: x near a, and anywhere."""
    a = power(1e-2, 2e3)(r)
    if r.random() < 0.6:
        return a, a * math.exp(r.gauss(0, 1) * min(2, 3 / math.sqrt(a)))
    return power(1e-3, 500)(r), power(1e-3, 600)(r)


def beta_operands(r):
    a, b = power(1e-2, 500)(r), power(1e-2, 500)(r)
    return a, b, min(1 - 1e-9, max(1e-9, r.choice((r.random(), a / (a + b) * math.exp(r.gauss(0, 0.3))))))


def quantile(p):
    if 0.1 < p < 0.9:
        return mp.sqrt(2) * mp.erfinv(2 * p - 1)
    if p > 0.5:
        return -quantile(1 - p)
    start = mp.sqrt(-2 * mp.log(p))
    return mp.findroot(lambda y: mp.log(mp.erfc(-y / mp.sqrt(2)) / 2) - mp.log(p),
                       (-start * mp.mpf("0.9"), -start * mp.mpf("0.95")), tol=1e-60, maxsteps=100)


def zeta(s, q):
    if q > 0:
        return mp.zeta(s, q)
    n = int(mp.floor(-q)) + 1
    return sum((q + k) ** -s for k in range(n)) + mp.zeta(s, q + n)


def logistic(x):
    return 1 / (1 + mp.exp(-x))


def dawson(x):
    return mp.sqrt(mp.pi) / 2 * mp.exp(-x * x) * mp.erfi(x)


wide = signed(power(1e-300, 1e300))
turn = any_of(signed(power(1e-10, 1e15)), even(-10, 10))
bessel = any_of(even(-30, 30), signed(power(1e-5, 1e6)))
positive = any_of(even(0, 30), power(1e-300, 1e6))
FUNCTIONS = {
    "sqrt": (mp.sqrt, operands(power(1e-300, 1e300))),
    "rsqrt": (lambda x: 1 / mp.sqrt(x), operands(power(1e-300, 1e300))),
    "exp": (mp.exp, operands(any_of(even(-700, 709), signed(power(1e-20, 10))))),
    "expm1": (mp.expm1, operands(any_of(even(-40, 709), signed(power(1e-20, 10))))),
    "log": (mp.log, operands(any_of(power(1e-300, 1e300), even(0.5, 2)))),
    "log1p": (mp.log1p, operands(any_of(power(1e-20, 1e300), even(-0.99, 2), signed(power(1e-20, 0.5))))),
    "tanh": (mp.tanh, operands(any_of(even(-20, 20), signed(power(1e-20, 2))))),
    "logistic": (logistic, operands(even(-700, 40))),
    "sin": (mp.sin, operands(turn)),
    "cos": (mp.cos, operands(turn)),
    "tan": (mp.tan, operands(turn)),
    "asin": (mp.asin, operands(any_of(even(-1, 1), signed(power(1e-20, 1)), below_one))),
    "acos": (mp.acos, operands(any_of(even(-1, 1), signed(power(1e-20, 1)), below_one))),
    "atan": (mp.atan, operands(any_of(even(-4, 4), signed(power(1e-20, 1e20))))),
    "sinh": (mp.sinh, operands(any_of(even(-710, 710), signed(power(1e-20, 10))))),
    "cosh": (mp.cosh, operands(any_of(even(-710, 710), signed(power(1e-20, 10))))),
    "asinh": (mp.asinh, operands(any_of(even(-4, 4), wide))),
    "acosh": (mp.acosh, operands(any_of(even(1, 4), power(1, 1e300)))),
    "atanh": (mp.atanh, operands(any_of(even(-1, 1), signed(power(1e-20, 1)), below_one))),
    "erf": (mp.erf, operands(any_of(even(-6, 6), signed(power(1e-20, 1))))),
    "erfc": (mp.erfc, operands(any_of(even(-6, 26), signed(power(1e-20, 1))))),
    "pow": (mp.power, operands(any_of(even(0, 4), power(1e-30, 1e30)), even(-10, 10))),
    "atan2": (mp.atan2, operands(signed(power(1e-5, 1e5)), signed(power(1e-5, 1e5)))),
    "lgamma": (lambda x: mp.re(mp.loggamma(x)), operands(any_of(power(1e-300, 1e300), even(0, 20), even(-12, 0)))),
    "digamma": (mp.digamma, operands(any_of(power(1e-300, 1e300), even(0, 20), even(-12, 0)))),
    "polygamma": (lambda n, x: mp.psi(int(n), x), operands(lambda r: float(r.randint(0, 20)), power(1e-2, 1e4))),
    "zeta": (zeta, any_of(operands(even(1.01, 60), power(1e-3, 1e4)),
                          operands(lambda r: 2.0 * r.randint(1, 6), even(-20, 0)))),
    "igamma": (lambda a, x: mp.gammainc(a, 0, x, regularized=True), orders),
    "igammac": (lambda a, x: mp.gammainc(a, x, regularized=True), orders),
    "betainc": (lambda a, b, x: mp.betainc(a, b, 0, x, regularized=True), beta_operands),
    "erfinv": (mp.erfinv, operands(any_of(even(-1, 1), signed(power(1e-300, 1)), below_one))),
    "ndtri": (quantile, operands(any_of(even(0, 1), power(1e-300, 1), below_one))),
    "bessel_i0e": (lambda x: mp.exp(-abs(x)) * mp.besseli(0, x), operands(any_of(even(-30, 30), power(1e-5, 1e4)))),
    "bessel_i1e": (lambda x: mp.exp(-abs(x)) * mp.besseli(1, x), operands(any_of(even(-30, 30), power(1e-5, 1e4)))),
    "bessel_k0e": (lambda x: mp.exp(x) * mp.besselk(0, x), operands(any_of(even(0, 30), power(1e-300, 1e4)))),
    "bessel_k1e": (lambda x: mp.exp(x) * mp.besselk(1, x), operands(any_of(even(0, 30), power(1e-300, 1e4)))),
    "bessel_j0": (lambda x: mp.besselj(0, x), operands(bessel)),
    "bessel_j1": (lambda x: mp.besselj(1, x), operands(bessel)),
    "bessel_y0": (lambda x: mp.bessely(0, x), operands(positive)),
    "bessel_y1": (lambda x: mp.bessely(1, x), operands(positive)),
    "dawsn": (dawson, operands(any_of(even(-10, 10), signed(power(1e-300, 50))))),
    "expint": (mp.ei, operands(any_of(even(0, 100), power(1e-300, 700)))),
    "fresnel_cos": (mp.fresnelc, operands(any_of(even(-5, 5), signed(power(1e-5, 1e4))))),
    "fresnel_sin": (mp.fresnels, operands(any_of(even(-5, 5), signed(power(1e-5, 1e4))))),
    "spence": (lambda x: mp.re(mp.polylog(2, 1 - x)), operands(any_of(even(0, 3), power(1e-300, 1e8)))),
}


def short(value):
    text = float(value).hex()
    mantissa, exponent = text.split("p")
    return mantissa.rstrip("0").rstrip(".") + "p" + exponent if "." in mantissa else text


def main():
    lines = []
    for name, (function, draw) in FUNCTIONS.items():
        r = random.Random(name)
        lines.append(f"function {name}")
        made = 0
        while made < COUNT:
            given = draw(r)
            try:
                value = mp.re(function(*map(mp.mpf, given)))
            except (ValueError, ZeroDivisionError, mp.NoConvergence):
                continue
            nearest = float(value)
            if not 1e-300 < abs(nearest) < 1e300:
                continue
            rest = float((value - mp.mpf(nearest)) / mp.mpf(math.ulp(nearest)))
            lines.append(" ".join([short(v) for v in given] + [short(nearest), f"{rest:.3f}"]))
            made += 1
    OUT.write_text("\n".join(lines) + "\n")


main()
