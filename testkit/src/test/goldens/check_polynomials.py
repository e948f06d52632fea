"""Compares the polynomials of special functions with what their comments say they are, to 40 digits.

    python check_polynomials.py        # needs mpmath; takes a minute

Each is the Chebyshev series of its function on its interval, without the terms that float64 does not see. Prints the
largest error relative to the function, or for one with a zero to its largest value, in units of 2^-53, and fails where
it is more than 2.
"""

import pathlib
import re
import sys

import mpmath as mp

mp.mp.dps = 60
SOURCES = pathlib.Path(__file__).resolve().parents[4] / "core" / "src" / "main" / "java" / "dev" / "sinter" / "op"


def digamma_zero():
    return mp.findroot(mp.digamma, mp.mpf("1.4616321449683623"))


def sqrt_of(function):
    """A function of the square, of the root."""
    return lambda z: function(mp.sqrt(z))


def stirling(x):
    return mp.loggamma(x) - (x - mp.mpf(1) / 2) * mp.log(x) + x - mp.log(2 * mp.pi) / 2


def by_inverse_square(function):
    return lambda u: function(1 / mp.sqrt(u))


FUNCTIONS = {
    ("Gammas", "NEAR_TWO"): lambda t: mp.loggamma(2 + t) / t,
    ("Gammas", "STIRLING"): by_inverse_square(lambda x: x * stirling(x)),
    ("Gammas", "NEAR_ZERO"): lambda x: mp.digamma(x) / (x - digamma_zero()),
    ("Gammas", "DIGAMMA_FAR"): by_inverse_square(lambda x: (mp.log(x) - 1 / (2 * x) - mp.digamma(x)) * x * x),
    ("Gammas", "COTANGENT"): sqrt_of(lambda r: (1 / r - mp.pi * mp.cot(mp.pi * r)) / r - 2 / (1 - r * r)),
    ("ModifiedBessel", "I0_NEAR"): lambda x: mp.exp(-x) * mp.besseli(0, x),
    ("ModifiedBessel", "I1_NEAR"): lambda x: mp.exp(-x) * mp.besseli(1, x) / x,
    ("ModifiedBessel", "I0_SERIES"): sqrt_of(lambda x: mp.besseli(0, x)),
    ("ModifiedBessel", "I1_SERIES"): sqrt_of(lambda x: mp.besseli(1, x) / x),
    ("ModifiedBessel", "K0_NEAR"): sqrt_of(lambda x: mp.besselk(0, x) + mp.log(x / 2) * mp.besseli(0, x)),
    ("ModifiedBessel", "K1_NEAR"): sqrt_of(lambda x: x * (mp.besselk(1, x) - mp.log(x / 2) * mp.besseli(1, x))),
    ("Integrals", "DAWSON_NEAR"): sqrt_of(lambda x: mp.sqrt(mp.pi) / 2 * mp.exp(-x * x) * mp.erfi(x) / x),
    ("Integrals", "EI_NEAR"): lambda x: (mp.ei(x) - mp.euler - mp.log(x)) / x,
    ("Integrals", "EI_2"): lambda x: x * mp.exp(-x) * mp.ei(x),
    ("Integrals", "EI_4"): lambda x: x * mp.exp(-x) * mp.ei(x),
    ("Integrals", "EI_8"): lambda x: x * mp.exp(-x) * mp.ei(x),
    ("Integrals", "EI_16"): lambda x: x * mp.exp(-x) * mp.ei(x),
    ("Integrals", "EI_32"): lambda x: x * mp.exp(-x) * mp.ei(x),
}


def polynomial(source, name):
    """The middle, the half width and the coefficients."""
    text = (SOURCES / f"{source}.java").read_text()
    numbers = re.search(name + r" = new Polynomial\((.*?)\);", text, re.S)[1]
    middle, half, *rest = (word.strip() for word in numbers.split(","))
    number = lambda word: mp.mpf(float.fromhex(word) if "0x" in word else float(word))
    return number(middle), number(half), [number(word) for word in rest]


def main():
    worst = 0
    for (source, name), function in FUNCTIONS.items():
        middle, half, coefficients = polynomial(source, name)
        points = [mp.cos(mp.pi * i / 101) for i in range(1, 101)]
        right = [mp.re(function(middle + half * u)) for u in points]
        most = max(map(abs, right)) if min(right) < 0 < max(right) else 0
        error = max(abs(mp.polyval(coefficients[::-1], u) - v) / max(most, abs(v)) for u, v in zip(points, right))
        error *= 2 ** 53
        print(f"{source}.{name}: degree {len(coefficients) - 1}, {mp.nstr(error, 3)}")
        worst = max(worst, error)
    sys.exit(worst > 2)


if __name__ == "__main__":
    main()
