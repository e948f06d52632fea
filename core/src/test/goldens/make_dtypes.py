"""Writes the goldens of float16, bfloat16, int8, int16 and the unsigned integers, and those of all conversions.

Integers are NumPy's. Half floats are NumPy's values in float64, rounded once; JAX must agree where it rounds once too.
Conversions follow docs/dtypes.md, in exact arithmetic. See golden.py for what a golden is.

    python make_dtypes.py        # needs numpy, ml_dtypes and jax; writes ../resources/goldens
"""

import math
from fractions import Fraction

import jax.numpy as jnp
import ml_dtypes
import numpy as np

from golden import NAMES, Golden, type_of, write

HALVES = [np.dtype(np.float16), np.dtype(ml_dtypes.bfloat16)]
FLOATS = HALVES + [np.dtype(np.float32), np.dtype(np.float64)]
FORMAT = {"f16": (11, 15), "bf16": (8, 127), "f32": (24, 127), "f64": (53, 1023)}
SHORT = [np.dtype(t) for t in (np.int8, np.int16, np.uint8, np.uint16, np.uint32, np.uint64)]
INTEGERS = SHORT + [np.dtype(np.int32), np.dtype(np.int64)]
RANDOM = np.random.default_rng(7)


def nearest(dtype, value):
    """An exact number as the nearest float of a dtype, halves to even, as a float64."""
    precision, most = FORMAT[NAMES[dtype]]
    size = abs(value)
    if size == 0:
        return 0.0
    exponent = size.numerator.bit_length() - size.denominator.bit_length()
    if Fraction(2) ** exponent > size:
        exponent -= 1
    elif Fraction(2) ** (exponent + 1) <= size:
        exponent += 1
    unit = Fraction(2) ** (max(exponent, 1 - most) + 1 - precision)
    rounded = round(Fraction(size) / unit) * unit
    result = math.inf if rounded >= Fraction(2) ** (most + 1) else float(rounded)
    return math.copysign(result, -1 if value < 0 else 1)


def rounded(dtype, values):
    """Float64 values rounded once to a float dtype."""
    flat = [v if not np.isfinite(v) or v == 0 else nearest(dtype, Fraction(float(v))) for v in values.ravel()]
    return np.array(flat, np.float64).reshape(values.shape).astype(dtype)


def special(dtype):
    precision, most = FORMAT[NAMES[dtype]]
    least = 2.0 ** (1 - most)
    return [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.5, 0.1, least, -least * 2.0 ** (1 - precision), least * 0.75,
            (2 - 2.0 ** (1 - precision)) * 2.0 ** most, np.inf, -np.inf, np.nan]


UNARY = {
    "neg": (np.negative, 0), "abs": (np.abs, 0), "sign": (np.sign, 0), "sqrt": (np.sqrt, 0),
    "rsqrt": (lambda x: 1 / np.sqrt(x), 0), "exp": (np.exp, 0), "expm1": (np.expm1, 0), "log": (np.log, 0),
    "log1p": (np.log1p, 0), "tanh": (np.tanh, 0), "logistic": (lambda x: 1 / (1 + np.exp(-x)), 0),
    "sin": (np.sin, 0), "cos": (np.cos, 0), "floor": (np.floor, 0), "ceil": (np.ceil, 0), "round": (np.rint, 0),
    "is_nan": (np.isnan, 0), "is_finite": (np.isfinite, 0),
}
BINARY = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "rem": np.fmod, "pow": np.power,
    "max": np.maximum, "min": np.minimum, "eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal,
    "gt": np.greater, "ge": np.greater_equal,
}
JAX = {"add": jnp.add, "sub": jnp.subtract, "mul": jnp.multiply, "div": jnp.divide, "sqrt": jnp.sqrt,
       "max": jnp.maximum, "min": jnp.minimum, "floor": jnp.floor}


def half_floats(dtype):
    goldens = []
    x = np.concatenate([special(dtype), RANDOM.normal(size=48) * 3, RANDOM.normal(size=16) * 40])
    pairs = [np.concatenate([v.ravel(), RANDOM.normal(size=48) * 3])
             for v in np.meshgrid(special(dtype), special(dtype))]
    for name, function in list(UNARY.items()) + list(BINARY.items()):
        ulp = 0
        operands = pairs
        if isinstance(function, tuple):
            function, ulp = function
            operands = [x]
        operands = [rounded(dtype, v) for v in operands]
        exact = function(*[v.astype(np.float64) for v in operands])
        expected = exact if exact.dtype == np.bool_ else rounded(dtype, exact)
        if name in JAX:
            jax_value = np.asarray(JAX[name](*[jnp.asarray(v) for v in operands])).astype(np.float64)
            # JAX flushes denormals.
            tiny = 2.0 ** (1 - FORMAT[NAMES[dtype]][1]) if dtype == HALVES[1] else 0
            small = np.any([np.abs(v.astype(np.float64)) < tiny for v in operands + [expected]], axis=0)
            np.testing.assert_array_equal(jax_value[~small], expected.astype(np.float64)[~small])
        golden = Golden(name, ulp)
        golden.expect(golden.add(name, [golden.constant(v) for v in operands], type_of(expected)), expected)
        goldens.append(golden)
    return goldens


def integers(dtype):
    goldens = []
    info = np.iinfo(dtype)
    edge = np.array([0, 1, 2, 7, info.max, info.max - 1, info.max // 2, info.max // 2 + 1, info.min,
                     *([-1, -8] if info.min else [100, 200])], dtype)
    x, y = [v.ravel() for v in np.meshgrid(edge, edge)]
    unsigned = np.dtype(f"uint{info.bits}")
    count = y & dtype.type(info.bits - 1)
    functions = {
        "add": np.add, "sub": np.subtract, "mul": np.multiply, "max": np.maximum, "min": np.minimum,
        "and": np.bitwise_and, "or": np.bitwise_or, "xor": np.bitwise_xor, "eq": np.equal, "ne": np.not_equal,
        "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
        "shift_left": lambda a, b: a << count,
        "shift_right_logical": lambda a, b: (a.view(unsigned) >> count.view(unsigned)).view(dtype),
        "shift_right_arithmetic": lambda a, b: a >> count,
    }
    for name, function in functions.items():
        golden = Golden(name, 0)
        expected = function(x, y)
        golden.expect(golden.add(name, [golden.constant(x), golden.constant(y)], type_of(expected)), expected)
        goldens.append(golden)
    for name, function in {"neg": np.negative, "abs": np.abs, "sign": np.sign, "not": np.invert}.items():
        golden = Golden(name, 0)
        golden.expect(golden.add(name, [golden.constant(edge)], type_of(edge)), function(edge))
        goldens.append(golden)
    safe = x[y != 0], y[y != 0]
    pairs = [(int(a), int(b)) for a, b in zip(*safe)]
    quotients = [abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1) for a, b in pairs]
    for name, values in {"div": quotients, "rem": [a - q * b for q, (a, b) in zip(quotients, pairs)]}.items():
        expected = np.array([wrap(dtype, v) for v in values], dtype)
        golden = Golden(name, 0)
        golden.expect(golden.add(name, [golden.constant(v) for v in safe], type_of(expected)), expected)
        goldens.append(golden)
    return goldens


def wrap(dtype, value):
    info = np.iinfo(dtype)
    return (value - info.min) % 2 ** info.bits + info.min


def converted(source, target, value):
    if target == np.bool_:
        return value != 0
    if target in FLOATS:
        if source in FLOATS and (not np.isfinite(value) or value == 0):
            return float(value)
        return nearest(target, Fraction(float(value)) if source in FLOATS else Fraction(int(value)))
    if source not in FLOATS:
        return wrap(target, int(value))
    info = np.iinfo(target)
    if np.isnan(value):
        return 0
    return min(max(int(float(value)), info.min), info.max) if np.isfinite(value) else info.max if value > 0 else info.min


def conversions():
    goldens = []
    values = {dtype: np.array(special(dtype) + [1.5, 127.9, 128, -128.5, 255.9, 256, 32768, 65504, 65520, 2.0 ** 31,
              2.0 ** 32, 2.0 ** 63, 2.0 ** 64, 1 + 2.0 ** -8, 1 + 2.0 ** -11 + 2.0 ** -40,
              1 + 2.0 ** -8 + 2.0 ** -40]).astype(dtype)
              for dtype in FLOATS}
    for dtype in INTEGERS:
        info = np.iinfo(dtype)
        numbers = [0, 1, 2, 100, 200, -1, -100, 257, 513, 2049, 65519, 65520, 16777217, 2 ** 31, 2 ** 32 - 1,
                   2 ** 40 + 1, (257 << 40) + 1, (257 << 40), 2 ** 53 + 1, info.max, info.min, info.max - 1,
                   info.max // 3]
        values[dtype] = np.array([wrap(dtype, v) for v in numbers], dtype)
    values[np.dtype(np.bool_)] = np.array([0, 1], np.bool_)
    for source, data in values.items():
        for target in values:
            if source != target:
                expected = np.array([converted(source, target, v) for v in data],
                                    np.float64 if target in FLOATS else target).astype(target)
                golden = Golden(f"{NAMES[source]} to {NAMES[target]}", 0)
                golden.expect(golden.add("convert", [golden.constant(data)], type_of(expected)), expected)
                goldens.append(golden)
    return goldens


def sums(dtype):
    goldens = []
    half = dtype in HALVES
    tag = NAMES[dtype]

    def data(*sizes):
        return (RANDOM.normal(size=sizes) * 9 if half else RANDOM.integers(0, 200, size=sizes)).astype(dtype)

    def add(name, op, function, *arrays):
        expected = np.asarray(function(*[a.astype(np.float64) if half else a for a in arrays]))
        expected = rounded(dtype, expected) if half else expected.astype(dtype)
        golden = Golden(f"{name} {tag}", 1 if half else 0)
        golden.expect(golden.add(op, [golden.constant(a) for a in arrays], type_of(expected)), expected)
        goldens.append(golden)

    x = data(2, 3, 4)
    for name, function in [("sum", np.sum), ("prod", np.prod), ("max", np.max), ("min", np.min)]:
        for axes in [(0,), (2,), (0, 2)]:
            keep = {} if half or name in ("max", "min") else {"dtype": dtype}
            add(f"reduce {name} {axes}", f"reduce{{{name}, axes={list(axes)}}}",
                lambda a, f=function, axes=axes, keep=keep: f(a, axis=axes, **keep), x)
    for equation, left, right in [("mk,kn->mn", (3, 5), (5, 4)), ("bmk,bkn->bmn", (2, 3, 5), (2, 5, 4)),
                                  ("k,k->", (7,), (7,))]:
        add("contract " + equation, f"contract{{{equation}}}", lambda a, b, e=equation: np.einsum(e, a, b),
            data(*left), data(*right))
    golden = Golden(f"sum of many {tag}", 0)
    many = golden.add("broadcast{axes=[]}", [golden.scalar(3, dtype)], f"{tag}[5000]")
    golden.expect(golden.add("reduce{sum, axes=[0]}", [many], f"{tag}[]"),
                  rounded(dtype, np.array(15000.0)) if half else np.array(wrap(dtype, 15000), dtype))
    return goldens + [golden]


PRINTED = [
    np.array([0.1, 1, 65504], np.float16), np.float16(0.1), np.array([1 / 3, 2e-7, 6e-8], np.float16),
    np.array([[1.5, np.nan], [-np.inf, 1000]], np.float16), np.array([-128, 127, 0], np.int8),
    np.arange(30, dtype=np.uint8).reshape(2, 15) * 9, np.array([0, 2 ** 64 - 1], np.uint64), np.uint32(2 ** 32 - 1),
    np.array([[-32768], [7]], np.int16), np.uint64(2 ** 63), np.array([60000, 1], np.uint16),
]


def printing():
    goldens = []
    for i, array in enumerate(PRINTED):
        array = np.asarray(array)
        golden = Golden(f"short {i}", 0)
        golden.results = [golden.constant(array),
                          golden.constant(np.frombuffer(str(array).encode(), np.uint8).astype(np.int32))]
        goldens.append(golden)
    return goldens


with np.errstate(all="ignore"):
    np.set_printoptions(legacy="2.2")
    for dtype in HALVES:
        write("scalar_" + NAMES[dtype], half_floats(dtype))
    for dtype in SHORT:
        write("scalar_" + NAMES[dtype], integers(dtype))
    write("structure_short", [golden for dtype in HALVES + SHORT for golden in sums(dtype)])
    write("conversions", conversions())
    write("printing_short", printing())
