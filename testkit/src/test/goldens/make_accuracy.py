"""Writes samples of the scalar functions in float64 with their values to 40 digits.

    python make_accuracy.py              # needs mpmath; takes minutes
    python make_accuracy.py zeta pow     # only those of some functions

A line `function NAME` precedes the samples of one: the operands, the nearest float64 to the value, and what that
rounds away in its units in the last place. Operands are drawn from ordinary ranges, and from the ends of the dtype,
next to integers, and next to zeros and poles of the function. Every third sample has operands that are float32.
"""

import functools
import math
import multiprocessing
import pathlib
import random
import struct
import sys

import mpmath as mp

mp.mp.dps = 45
OUT = pathlib.Path(__file__).resolve().parent.parent / "resources" / "goldens" / "accuracy.txt"
COMPLEX_OUT = OUT.with_name("accuracy_complex.txt")
COUNT = 240
LEAST, GREATEST = 5e-324, 1.7976931348623157e308


def power(low, high):
    """Even on a logarithmic scale."""
    return lambda r: math.exp(r.uniform(math.log(low), math.log(high)))


def signed(draw):
    return lambda r: draw(r) * r.choice((-1, 1))


def even(low, high):
    return lambda r: r.uniform(low, high)


def below_one(r):
    return 1 - math.exp(r.uniform(math.log(1e-16), math.log(0.1)))


def any_of(*draws):
    return lambda r: r.choice(draws)(r)


def operands(*draws):
    return lambda r: tuple(draw(r) for draw in draws)


def near(point):
    """Next to what another draw gives, at all distances down to that of the next floats."""
    def draw(r):
        x = float(point(r))
        step = r.choice((math.ulp(x) * r.randint(0, 3), abs(x) * math.exp(r.uniform(math.log(1e-15), math.log(1e-2)))))
        return x + step * r.choice((-1, 1))
    return draw


def integer(low, high):
    return lambda r: float(r.randint(low, high))


def root(function, low, high):
    """The zero between two numbers."""
    return functools.cache(lambda: mp.findroot(function, (low, high), solver="anderson", tol=1e-60, verify=False))


def one_of(roots):
    return lambda r: r.choice(roots)()


def hardest_turns():
    """The float64 next to a multiple of pi / 2, of each of many exponents: convergents of a continued fraction."""
    found = []
    with mp.workdps(700):
        for e in range(0, 960, 60):
            x, y = mp.mpf(2) ** e / (mp.pi / 2), []
            p0, p1, q0, q1 = 0, 1, 1, 0
            while True:
                a = int(mp.floor(x))
                p0, p1, q0, q1 = p1, a * p1 + p0, q1, a * q1 + q0
                if q1 >= 2 ** 53:
                    break
                if q1 >= 2 ** 51:
                    y.append(q1 * 2.0 ** e)
                if x == a:
                    break
                x = 1 / (x - a)
            found += y
    return found


def orders(r):
    """a and x of the incomplete gamma functions: x near a, and anywhere."""
    a = power(1e-2, 2e3)(r)
    if r.random() < 0.6:
        return a, a * math.exp(r.gauss(0, 1) * min(2, 3 / math.sqrt(a)))
    return power(1e-3, 500)(r), power(1e-3, 600)(r)


def wide_orders(r):
    a = power(1e-10, 1e12)(r)
    return a, a * math.exp(r.gauss(0, 1) * min(2, 2 / math.sqrt(a)))


def beta_operands(r):
    a, b = power(1e-2, 500)(r), power(1e-2, 500)(r)
    return a, b, min(1 - 1e-9, max(1e-9, r.choice((r.random(), a / (a + b) * math.exp(r.gauss(0, 0.3))))))


def steep_beta(r):
    """Next to 1, where little is left below x of a small b."""
    a, b = power(1e-1, 1e12)(r), power(1e-12, 1)(r)
    return a, b, 1 - min(0.49, r.choice((r.random(), power(1e-6, 1)(r))) / a)


def wide_beta(r):
    a, b = power(1e-3, 1e12)(r), power(1e-3, 1e12)(r)
    if r.random() < 0.5:
        b = a * power(1e-2, 1e2)(r)
    x = a / (a + b)
    width = math.sqrt(x * (1 - x) / (a + b + 1))
    return a, b, min(1 - 1e-16, max(1e-300, x + r.gauss(0, 2) * width))


def quantile(p):
    if 0.1 < p < 0.9:
        return mp.sqrt(2) * mp.erfinv(2 * p - 1)
    if p > 0.5:
        return -quantile(1 - p)
    start = mp.sqrt(-2 * mp.log(p))
    return mp.findroot(lambda y: mp.log(mp.erfc(-y / mp.sqrt(2)) / 2) - mp.log(p),
                       (-start * mp.mpf("0.9"), -start * mp.mpf("0.95")), tol=1e-60, maxsteps=100)


def zeta(s, q):
    if s <= 1:
        raise ValueError
    if q > 0:
        return positive_zeta(s, q)
    n = int(mp.floor(-q)) + 1
    return sum((q + k) ** -s for k in range(n)) + positive_zeta(s, q + n)


def positive_zeta(s, q):
    """By Euler and Maclaurin, to as many digits of a small value as of a large one."""
    n = 60 + int(s)
    w = q + n
    total = sum((q + k) ** -s for k in range(n)) + w ** (1 - s) / (s - 1) + w ** -s / 2
    factor = s * w ** (-s - 1)
    for k in range(2, 120, 2):
        total += mp.bernoulli(k) / mp.factorial(k) * factor
        factor *= (s + k - 1) * (s + k) / w ** 2
    return total


def polygamma(n, x):
    return (-1) ** (int(n) + 1) * mp.factorial(n) * zeta(n + 1, x) if n > 0 else mp.digamma(x)


def logistic(x):
    return 1 / (1 + mp.exp(-x))


def dawson(x):
    return mp.sqrt(mp.pi) / 2 * mp.exp(-x * x) * mp.erfi(x)


def tails(log_density, low, high, at, width, log_scale):
    """The integrals of the exponential of a concave function below and above a point of its domain."""
    def side(end):
        scale = min(width, abs(end - at)) if mp.isfinite(end) else width
        distances = [scale * mp.mpf(2) ** k / 8 for k in range(14)]
        inner = [at + mp.sign(end - at) * d for d in distances if not mp.isfinite(end) or d < abs(end - at)]
        points, total = [at, *inner, *([end] if mp.isfinite(end) else [])], mp.mpf(0)
        for left, right in zip(points, points[1:]):
            part = abs(mp.quad(lambda t: mp.exp(log_density(t) + log_scale), [left, right]))
            total += part
            if part < total * mp.mpf(10) ** -40 and right != end:
                break
        return total
    return side(low), side(high)


def incomplete_gamma(a, x):
    if a < 2000:
        return mp.gammainc(a, 0, x, regularized=True), mp.gammainc(a, x, regularized=True)
    with mp.workdps(70):
        return tails(lambda t: (a - 1) * mp.log(t) - t, mp.mpf(0), mp.inf, x, mp.sqrt(a), -mp.loggamma(a))


def incomplete_beta(a, b, x):
    if b < 1 and x > 0.5 and a * (1 - x) < 1:
        with mp.workdps(80):
            y, term, total, n = 1 - x, mp.mpf(1), mp.mpf(0), 0
            while n == 0 or abs(term) > mp.mpf(10) ** -70:
                n += 1
                term *= (n - a) * y / n
                total += term / (b + n)
            scale = mp.exp(mp.loggamma(a + b) - mp.loggamma(a) - mp.loggamma(1 + b) + b * mp.log(y))
            return 1 - scale * (1 + b * total)
    if a < 500 and b < 500:
        return mp.betainc(a, b, 0, x, regularized=True)
    with mp.workdps(80):
        if min(a, b) < 2:
            raise ValueError
        log_scale = mp.loggamma(a + b) - mp.loggamma(a) - mp.loggamma(b)
        width = mp.sqrt(a * b / (a + b + 1)) / (a + b)
        return tails(lambda t: (a - 1) * mp.log(t) + (b - 1) * mp.log1p(-t), mp.mpf(0), mp.mpf(1), x, width,
                     log_scale)[0]


def by_order(a, x):
    with mp.workdps(60):
        step = mp.mpf(10) ** -20
        if x < a:
            return mp.diff(lambda s: mp.gammainc(s, 0, x, regularized=True), a, h=step)
        return -mp.diff(lambda s: mp.gammainc(s, x, mp.inf, regularized=True), a, h=step)


wide = signed(power(LEAST, GREATEST))
positive_wide = any_of(power(1e-300, 1e300), power(LEAST, GREATEST), power(LEAST, 1e-300))
small = signed(any_of(power(1e-20, 1), power(LEAST, 1e-300)))
quarter_turns = any_of(near(lambda r: r.randint(-10 ** 6, 10 ** 6) * math.pi / 2),
                       near(lambda r: r.randint(-60, 60) * math.pi / 2))
hardest = hardest_turns()
turn = any_of(signed(power(1e-10, 1e15)), even(-10, 10), quarter_turns, lambda r: r.choice(hardest), wide)
half_turns = any_of(near(lambda r: r.randint(-10 ** 3, 10 ** 3) * math.pi / 2), even(-10, 10))
loggamma_roots = [root(lambda x: mp.re(mp.loggamma(x)), -n - mp.mpf(first), -n - mp.mpf(second))
                  for n, first, second in ((2, "0.4", "0.5"), (2, "0.7", "0.8"), (3, "0.1", "0.2"), (3, "0.9", "0.99"))]
loggamma_roots += [root(lambda x: mp.re(mp.loggamma(x)), -n - side * mp.mpf(2) / mp.factorial(n),
                        -n - side / (2 * mp.factorial(n))) for n in range(4, 17) for side in (-1, 1)]
digamma_roots = [root(mp.digamma, mp.mpf("1.46"), mp.mpf("1.47"))]
digamma_roots += [root(mp.digamma, -n + mp.mpf("0.1"), -n + mp.mpf("0.6")) for n in range(1, 13)]
digamma_roots += [root(mp.digamma, -n + mp.atan(mp.pi / mp.log(n)) / mp.pi - mp.mpf("0.02"),
                       -n + mp.atan(mp.pi / mp.log(n)) / mp.pi + mp.mpf("0.02")) for n in (100, 10 ** 4, 10 ** 8)]
zeta_roots = {s: [root(functools.partial(zeta, s), -n + mp.mpf("0.35"), -n + mp.mpf("0.65")) for n in range(1, 4)]
              for s in (3, 5, 9, 15)}
bessel = any_of(even(-30, 30), signed(power(1e-5, 1e6)))
positive = any_of(even(0, 30), power(1e-300, 1e6))


def zero_of(zeros):
    return near(lambda r: zeros(r.choice((1, 2, 3, 4, 5, 8, 9, 13, 40, 1000, 30000))))


def negative_zeta(r):
    s = r.choice((3, 5, 9, 15))
    return float(s), near(one_of(zeta_roots[s]))(r)


def negative_polygamma(r):
    s, q = negative_zeta(r)
    return s - 1, q


def exact_power(r):
    """A base next to 1 with a large exponent."""
    base = 1 + r.choice((-1, 1)) * math.exp(r.uniform(math.log(2e-16), math.log(1e-3)))
    return base, r.uniform(-740, 709) / math.log(base) if base != 1 else 1.0


def extreme_power(r):
    """A result anywhere in the dtype, subnormal ones and those next to infinity as well."""
    base = any_of(power(LEAST, GREATEST), power(1e-3, 1e3))(r)
    return base, r.choice((r.uniform(-745, 709.7), r.uniform(-745, -708), r.uniform(709, 709.78))) / math.log(base)


FUNCTIONS = {
    "sqrt": (mp.sqrt, operands(positive_wide)),
    "rsqrt": (lambda x: 1 / mp.sqrt(x), operands(positive_wide)),
    "exp": (mp.exp, operands(any_of(even(-700, 709), small, signed(power(1e-20, 10)), even(-745, -708),
                                    near(lambda r: 709.78), near(lambda r: r.randint(-1000, 1000) * math.log(2))))),
    "expm1": (mp.expm1, operands(any_of(even(-40, 709), small, signed(power(1e-20, 10)), near(lambda r: 709.78)))),
    "log": (mp.log, operands(any_of(positive_wide, even(0.5, 2), near(lambda r: 1), near(lambda r: 2.0 ** 0.5)))),
    "log1p": (mp.log1p, operands(any_of(power(LEAST, GREATEST), even(-0.99, 2), small,
                                        lambda r: -below_one(r)))),
    "tanh": (mp.tanh, operands(any_of(even(-20, 20), small, signed(power(1e-20, 2))))),
    "logistic": (logistic, operands(any_of(even(-700, 40), even(-745, -700), small))),
    "sin": (mp.sin, operands(turn)),
    "cos": (mp.cos, operands(turn)),
    "tan": (mp.tan, operands(turn)),
    "asin": (mp.asin, operands(any_of(even(-1, 1), small, signed(below_one)))),
    "acos": (mp.acos, operands(any_of(even(-1, 1), small, signed(below_one)))),
    "atan": (mp.atan, operands(any_of(even(-4, 4), signed(power(1e-20, 1e20)), wide))),
    "sinh": (mp.sinh, operands(any_of(even(-710, 710), small, near(lambda r: 710.475)))),
    "cosh": (mp.cosh, operands(any_of(even(-710, 710), small, near(lambda r: 710.475)))),
    "asinh": (mp.asinh, operands(any_of(even(-4, 4), wide, small))),
    "acosh": (mp.acosh, operands(any_of(even(1, 4), power(1, GREATEST), lambda r: 1 + 1e-3 * r.random() ** 9))),
    "atanh": (mp.atanh, operands(any_of(even(-1, 1), small, signed(below_one)))),
    "erf": (mp.erf, operands(any_of(even(-6, 6), small))),
    "erfc": (mp.erfc, operands(any_of(even(-6, 26), small, even(26, 27.2)))),
    "pow": (mp.power, any_of(operands(any_of(even(0, 4), power(1e-30, 1e30)), even(-10, 10)), exact_power,
                             extreme_power, operands(even(-9, 0), integer(-300, 300)))),
    "atan2": (mp.atan2, any_of(operands(signed(power(1e-5, 1e5)), signed(power(1e-5, 1e5))), operands(wide, wide))),
    "lgamma": (lambda x: mp.re(mp.loggamma(x)), operands(any_of(
        positive_wide, even(0, 20), even(-12, 0), near(one_of(loggamma_roots)), near(integer(-30, 3)),
        even(-200, 0), signed(power(LEAST, 1))))),
    "digamma": (mp.digamma, operands(any_of(
        power(1e-300, 1e300), even(0, 20), even(-12, 0), near(one_of(digamma_roots)), near(integer(-30, 3)),
        lambda r: -power(1e-300, 1e12)(r)))),
    "polygamma": (polygamma, any_of(operands(integer(0, 20), power(1e-2, 1e4)), operands(integer(1, 40), even(-9, 0)),
                                    operands(integer(1, 120), power(1e-2, 1e10)), negative_polygamma)),
    "zeta": (zeta, any_of(operands(even(1.01, 60), power(1e-3, 1e4)), operands(integer(2, 13), even(-20, 0)),
                          operands(near(lambda r: 1), power(1e-3, 1e4)), negative_zeta,
                          operands(power(1.001, 1000), power(1e-5, 1e10)),
                          operands(integer(2, 12), lambda r: -power(1e-20, 1)(r)))),
    "igamma": (lambda a, x: incomplete_gamma(a, x)[0], any_of(orders, wide_orders)),
    "igammac": (lambda a, x: incomplete_gamma(a, x)[1], any_of(orders, wide_orders)),
    "igamma_grad_a": (by_order, orders),
    "betainc": (incomplete_beta, any_of(beta_operands, wide_beta, steep_beta)),
    "erfinv": (mp.erfinv, operands(any_of(even(-1, 1), small, signed(below_one)))),
    "ndtri": (quantile, operands(any_of(even(0, 1), power(LEAST, 1), below_one, near(lambda r: 0.5)))),
    "bessel_i0e": (lambda x: mp.exp(-abs(x)) * mp.besseli(0, x), operands(any_of(even(-30, 30), power(1e-5, 1e4)))),
    "bessel_i1e": (lambda x: mp.exp(-abs(x)) * mp.besseli(1, x), operands(any_of(even(-30, 30), power(1e-5, 1e4)))),
    "bessel_k0e": (lambda x: mp.exp(x) * mp.besselk(0, x), operands(any_of(even(0, 30), power(1e-300, 1e4)))),
    "bessel_k1e": (lambda x: mp.exp(x) * mp.besselk(1, x), operands(any_of(even(0, 30), power(1e-300, 1e4)))),
    "bessel_j0": (lambda x: mp.besselj(0, x), operands(any_of(bessel, zero_of(lambda k: mp.besseljzero(0, k))))),
    "bessel_j1": (lambda x: mp.besselj(1, x), operands(any_of(bessel, zero_of(lambda k: mp.besseljzero(1, k))))),
    "bessel_y0": (lambda x: mp.bessely(0, x), operands(any_of(positive, zero_of(lambda k: mp.besselyzero(0, k))))),
    "bessel_y1": (lambda x: mp.bessely(1, x), operands(any_of(positive, zero_of(lambda k: mp.besselyzero(1, k))))),
    "dawsn": (dawson, operands(any_of(even(-10, 10), signed(power(1e-300, 50))))),
    "expint": (mp.ei, operands(any_of(even(0, 100), power(1e-300, 700), near(lambda r: 0.3725074107813666)))),
    "fresnel_cos": (mp.fresnelc, operands(any_of(even(-5, 5), signed(power(1e-5, 1e4))))),
    "fresnel_sin": (mp.fresnels, operands(any_of(even(-5, 5), signed(power(1e-5, 1e4))))),
    "spence": (lambda x: mp.re(mp.polylog(2, 1 - x)), operands(any_of(even(0, 3), power(1e-300, 1e8),
                                                                      near(lambda r: 1)))),
}


def complex_number(low, high):
    def draw(r):
        size, angle = power(low, high)(r), r.choice((r.uniform(-math.pi, math.pi), r.choice((-1, 1)) * 1e-3 * r.random()))
        return size * math.cos(angle), size * math.sin(angle)
    return draw


def next_to(*points):
    """Around points of the plane, at distances on a logarithmic scale."""
    def draw(r):
        point = r.choice(points)
        distance, angle = power(1e-12, 0.3)(r), r.uniform(-math.pi, math.pi)
        return point.real + distance * math.cos(angle), point.imag + distance * math.sin(angle)
    return draw


def on_circle(r):
    size, angle = 1 + r.gauss(0, 1) * power(1e-12, 0.1)(r), r.uniform(-math.pi, math.pi)
    return size * math.cos(angle), size * math.sin(angle)


def pairs(*draws):
    return lambda r: tuple(v for draw in draws for v in draw(r))


plane = complex_number(1e-3, 1e3)
strip = any_of(complex_number(1e-3, 20), operands(even(-600, 600), even(-30, 30)), next_to(0))
upright = any_of(complex_number(1e-3, 20), operands(even(-30, 30), even(-600, 600)), next_to(0))
branches = any_of(complex_number(1e-3, 1e3), next_to(0, 1, -1, 1j, -1j), complex_number(1e-40, 1e100))
COMPLEX = {
    "abs": (abs, any_of(plane, complex_number(1e-300, 1e300))),
    "times": (lambda z, w: z * w, pairs(plane, plane)),
    "div": (lambda z, w: z / w, any_of(pairs(plane, plane), pairs(complex_number(1e-100, 1e100), plane))),
    "reciprocal": (lambda z: 1 / z, any_of(plane, complex_number(1e-300, 1e300))),
    "exp": (mp.exp, strip),
    "expm1": (mp.expm1, any_of(strip, next_to(0))),
    "log": (mp.log, any_of(plane, complex_number(1e-300, 1e300), on_circle)),
    "log1p": (lambda z: mp.log(1 + z), any_of(plane, next_to(0), next_to(-1, -2))),
    "sqrt": (mp.sqrt, any_of(plane, complex_number(1e-300, 1e300))),
    "rsqrt": (lambda z: 1 / mp.sqrt(z), any_of(plane, complex_number(1e-300, 1e300))),
    "sigmoid": (logistic, strip),
    "sin": (mp.sin, upright),
    "cos": (mp.cos, upright),
    "tan": (mp.tan, any_of(upright, next_to(math.pi))),
    "sinh": (mp.sinh, strip),
    "cosh": (mp.cosh, strip),
    "tanh": (mp.tanh, strip),
    "asin": (mp.asin, branches),
    "acos": (mp.acos, branches),
    "atan": (mp.atan, branches),
    "asinh": (mp.asinh, branches),
    "acosh": (mp.acosh, branches),
    "atanh": (mp.atanh, branches),
    "pow": (lambda z, w: mp.exp(w * mp.log(z)), pairs(complex_number(1e-2, 1e2), complex_number(1e-2, 5))),
}


def complex_samples(name):
    """As `samples`, of complex numbers: their parts, and those of the value, each the nearest float64."""
    function, draw = COMPLEX[name]
    r = random.Random(name)
    lines = [f"function {name}"]
    while len(lines) <= COUNT:
        parts = tuple(float(v) for v in draw(r))
        parts = tuple(map(single, parts)) if len(lines) % 3 == 0 else parts
        if 0 in parts or not all(map(math.isfinite, parts)):
            continue
        with mp.workdps(150):
            value = mp.mpmathify(function(*(mp.mpc(*parts[i:i + 2]) for i in range(0, len(parts), 2))))
        nearest = float(mp.re(value)), float(mp.im(value))
        if 1e-300 < math.hypot(*nearest) < 1e308:
            lines.append(" ".join(short(v) for v in (*parts, *nearest)))
    return lines


def short(value):
    text = float(value).hex()
    mantissa, exponent = text.split("p")
    return mantissa.rstrip("0").rstrip(".") + "p" + exponent if "." in mantissa else text


def single(value):
    try:
        return struct.unpack("f", struct.pack("f", value))[0]
    except OverflowError:
        return value


def samples(name):
    function, draw = FUNCTIONS[name]
    r = random.Random(name)
    lines = [f"function {name}"]
    while len(lines) <= COUNT:
        given = tuple(float(v) for v in draw(r))
        given = tuple(map(single, given)) if len(lines) % 3 == 0 else given
        if not all(map(math.isfinite, given)) or any(x == 0 and math.copysign(1, x) < 0 for x in given):
            continue
        try:
            value = function(*map(mp.mpf, given))
        except (ValueError, ZeroDivisionError, OverflowError, mp.libmp.NoConvergence):
            continue
        if mp.im(value) != 0 or not mp.isfinite(value):
            continue
        nearest = float(mp.re(value))
        if nearest == 0 or math.isinf(nearest):
            continue
        rest = float((mp.re(value) - mp.mpf(nearest)) / mp.mpf(math.ulp(nearest)))
        lines.append(" ".join([short(v) for v in given] + [short(nearest), f"{rest:.3f}"]))
    return lines


def parts(out):
    """The lines of each function that a file has."""
    found = {}
    for line in out.read_text().splitlines() if out.exists() else []:
        if line.startswith("function "):
            lines = found[line.split()[1]] = []
        lines.append(line)
    return found


def main():
    only = sys.argv[1:]
    with multiprocessing.Pool(2) as pool:
        for out, make, names in ((OUT, samples, FUNCTIONS), (COMPLEX_OUT, complex_samples, COMPLEX)):
            old = parts(out) if only else {}
            asked = [name for name in names if name not in old or name in only]
            new = old | dict(zip(asked, pool.map(make, asked, chunksize=1)))
            out.write_text("\n".join(line for name in names for line in new[name]) + "\n")


if __name__ == "__main__":
    main()
