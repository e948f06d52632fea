"""Writes dev/sinter/unit/reference-rounding.txt: what NumPy 2.4 and ml_dtypes 0.6 make of numbers that a formula gives.

Each line: what is computed, its size or dtype and axis, and the bits of the results in hexadecimal.

    python make_rounding.py        # needs numpy and ml_dtypes
"""

import pathlib

import ml_dtypes
import numpy as np

SIZES = [1, 2, 3, 4, 5, 7, 8, 11, 10, 12, 16, 36, 40, 77]


def numbers(count, step, modulus):
    return ((np.arange(count) * step) % modulus - modulus // 2).astype(np.float32) / np.float32(8)


def bits(values, of):
    return " ".join(f"{one:x}" for one in np.ascontiguousarray(values).reshape(-1).view(of))


def lines():
    for size in SIZES:
        x = numbers(size, 37, 101) + 1j * numbers(size, 53, 89)
        assert x.dtype == np.complex64
        yield f"inverse {size} " + bits(np.fft.ifft(x), np.uint32)
    for name, dtype in ("float16", np.float16), ("bfloat16", ml_dtypes.bfloat16):
        for axis, shape in (1, (2, 150, 2)), (2, (2, 2, 150)):
            x = (numbers(600, 37, 101) / 4).astype(dtype).reshape(shape)
            powers = np.exp(x - np.max(x, axis=axis, keepdims=True))
            yield f"softmax {name} {axis} " + bits(powers / np.sum(powers, axis=axis, keepdims=True), np.uint16)


target = pathlib.Path(__file__).parent.parent / "resources/dev/sinter/unit/reference-rounding.txt"
target.write_text("\n".join(lines()) + "\n")
