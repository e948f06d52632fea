"""Writes the numeric goldens of the interpreter: what NumPy computes forward (mpmath the error function), JAX backward.

A golden is a function of the tensor IR without parameters. Forward, its results are pairs: what the interpreter
has to compute, then the expected constant. Backward, they are the value to differentiate, its seed, then pairs of
an input and the expected gradient; where JAX has NaN, at 0 to the power 0, 0 is expected. The function's name ends in the tolerance in units in the last place.

    python make_goldens.py        # needs numpy, jax and mpmath; writes ../resources/goldens
"""

import jax
import jax.numpy as jnp
import mpmath
import numpy as np

from golden import NAMES, Golden, type_of, write

jax.config.update("jax_enable_x64", True)
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.5, 1e-3, -1e-3, 1e30, -1e30, 2.0 ** -149, 2.0 ** -126,
           np.inf, -np.inf, np.nan]
RANDOM = np.random.default_rng(0)


def unary_inputs(dtype):
    return np.concatenate([SPECIAL, RANDOM.normal(size=48) * 3, RANDOM.normal(size=16) * 40]).astype(dtype)


def error_function_inputs():
    """Both signs of magnitudes on all the intervals of the definition, and where the functions end."""
    random = np.random.default_rng(1)
    inside = np.concatenate([random.uniform(low, high, size=12) for low, high in
                             [(0, 0.25), (0.25, 0.84), (0.84, 1.25), (1.25, 2.85), (2.85, 6), (6, 10), (10, 27)]])
    edges = [2.0 ** -30, 0.25, 0.84375, 1.25, 1 / 0.35, 6, 26.5, 27.2, 28, 30]
    return np.concatenate([SPECIAL, inside, -inside, edges])


def binary_inputs(dtype):
    x, y = np.meshgrid(SPECIAL, SPECIAL)
    return [np.concatenate([v.ravel(), RANDOM.normal(size=48) * 3]).astype(dtype) for v in (x, y)]


UNARY = {
    "neg": (np.negative, 0), "abs": (np.abs, 0), "sign": (np.sign, 0), "sqrt": (np.sqrt, 0),
    "rsqrt": (lambda x: 1 / np.sqrt(x), 0), "exp": (np.exp, 4), "expm1": (np.expm1, 4), "log": (np.log, 4),
    "log1p": (np.log1p, 4), "tanh": (np.tanh, 4), "logistic": (lambda x: 1 / (1 + np.exp(-x)), 4),
    "floor": (np.floor, 0), "ceil": (np.ceil, 0), "round": (np.rint, 0), "is_nan": (np.isnan, 0),
    "is_finite": (np.isfinite, 0),
}
BINARY = {
    "add": (np.add, 0), "sub": (np.subtract, 0), "mul": (np.multiply, 0), "div": (np.divide, 0),
    "rem": (np.fmod, 0), "pow": (np.power, 4), "max": (np.maximum, 0), "min": (np.minimum, 0),
    "eq": (np.equal, 0), "ne": (np.not_equal, 0), "lt": (np.less, 0), "le": (np.less_equal, 0),
    "gt": (np.greater, 0), "ge": (np.greater_equal, 0),
}


def rounded(function, dtype, *operands):
    """The value in float64, rounded once to the dtype; truths stay."""
    result = function(*[v.astype(np.float64) for v in operands])
    return result if result.dtype == np.bool_ else result.astype(dtype)


def scalar_floats(dtype):
    goldens = []
    for table, inputs in [(UNARY, lambda: [unary_inputs(dtype)]), (BINARY, lambda: binary_inputs(dtype))]:
        for name, (function, ulp) in table.items():
            operands = inputs()
            golden = Golden(name, min(ulp, 1) if dtype == np.float32 else ulp)
            expected = rounded(function, dtype, *operands)
            value = golden.add(name, [golden.constant(v) for v in operands], type_of(expected))
            golden.expect(value, expected)
            goldens.append(golden)
    for name, function in [("sin", np.sin), ("cos", np.cos)]:
        x = np.concatenate([[0.0, -0.0, np.inf, np.nan], RANDOM.normal(size=60) * 50]).astype(dtype)
        golden = Golden(name, 1 if dtype == np.float32 else 4)
        golden.expect(golden.add(name, [golden.constant(x)], type_of(x)), rounded(function, dtype, x))
        goldens.append(golden)
    with mpmath.workprec(200):
        for name, function in [("erf", mpmath.erf), ("erfc", mpmath.erfc)]:
            x = error_function_inputs().astype(dtype)
            golden = Golden(name, 1)
            expected = np.array([float(function(mpmath.mpf(float(v)))) for v in x])
            expected[x == 0] = x[x == 0] if name == "erf" else 1
            golden.expect(golden.add(name, [golden.constant(x)], type_of(x)), expected.astype(dtype))
            goldens.append(golden)
    return goldens


def c_division(x, y):
    return (np.sign(x) * np.sign(y) * (np.abs(x) // np.abs(y))).astype(x.dtype)


def scalar_integers(dtype):
    goldens = []
    info = np.iinfo(dtype)
    edge = np.array([0, 1, -1, 7, -8, info.max, info.min, info.max - 1], dtype)
    x, y = [v.ravel() for v in np.meshgrid(edge, edge)]
    bits = info.bits
    unsigned = np.uint32 if bits == 32 else np.uint64

    def logical(a, b):
        return (a.astype(unsigned) >> (b & (bits - 1)).astype(unsigned)).astype(dtype)

    functions = {
        "add": np.add, "sub": np.subtract, "mul": np.multiply, "max": np.maximum, "min": np.minimum,
        "and": np.bitwise_and, "or": np.bitwise_or, "xor": np.bitwise_xor, "eq": np.equal, "ne": np.not_equal,
        "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
        "shift_left": lambda a, b: a << (b & (bits - 1)), "shift_right_logical": logical,
        "shift_right_arithmetic": lambda a, b: a >> (b & (bits - 1)),
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
    safe = np.array([7, -7, 7, -7, 0, 1, info.max], dtype), np.array([2, 2, -2, -2, 3, info.max, 2], dtype)
    for name, function in {"div": c_division, "rem": np.fmod}.items():
        golden = Golden(name, 0)
        golden.expect(golden.add(name, [golden.constant(v) for v in safe], type_of(safe[0])), function(*safe))
        goldens.append(golden)
    return goldens


def scalar_bools():
    x, y = np.array([0, 0, 1, 1], np.bool_), np.array([0, 1, 0, 1], np.bool_)
    goldens = []
    for name, function in {"and": np.logical_and, "or": np.logical_or, "xor": np.logical_xor, "eq": np.equal,
                           "ne": np.not_equal, "lt": np.less, "ge": np.greater_equal}.items():
        golden = Golden(name, 0)
        golden.expect(golden.add(name, [golden.constant(x), golden.constant(y)], "bool[4]"), function(x, y))
        goldens.append(golden)
    golden = Golden("not", 0)
    golden.expect(golden.add("not", [golden.constant(x)], "bool[4]"), ~x)
    return goldens + [golden]


def structure():
    goldens = []

    def golden(name, op, expected, *operands, ulp=0):
        made = Golden(name, ulp)
        values = [made.constant(v) for v in operands]
        expected = np.asarray(expected)
        made.expect(made.add(op, values, type_of(expected)), expected)
        goldens.append(made)

    for dtype in (np.float32, np.float64, np.int32, np.int64):
        tag = NAMES[np.dtype(dtype)]
        ulp = 1 if dtype == np.float32 else 16

        def data(*sizes):
            return (RANDOM.normal(size=sizes) * 9).astype(dtype)

        def wide(function, *arrays):
            as_wide = [a.astype(np.float64) if a.dtype == np.float32 else a for a in arrays]
            return np.asarray(function(*as_wide)).astype(dtype)

        x = data(2, 3, 4)
        golden("broadcast " + tag, "broadcast{axes=[1,2]}", np.broadcast_to(data_ := data(3, 1), (2, 3, 4)), data_)
        golden("reshape " + tag, "reshape", x.reshape(4, 6), x)
        golden("transpose " + tag, "transpose{axes=[2,0,1]}", x.transpose(2, 0, 1), x)
        golden("reverse " + tag, "reverse{axes=[0,2]}", x[::-1, :, ::-1], x)
        golden("slice " + tag, "slice{from=[0,1,0], to=[2,3,4], step=[1,1,3]}", x[0:2, 1:3, 0:4:3], x)
        start = [np.int64(-5), np.int64(1), np.int64(9)]
        golden("dynamic_slice " + tag, "dynamic_slice", x[0:1, 1:3, 2:4], x, *start)
        box = data(1, 2, 2)
        updated = x.copy()
        updated[0:1, 1:3, 2:4] = box
        golden("dynamic_update_slice " + tag, "dynamic_update_slice", updated, x, box, *start)
        matrix = data(2, 3)
        padded = np.full((5, 6), dtype(7))
        padded[1:4:2, 0:5:2] = matrix
        golden("pad " + tag, "pad{low=[1,0], high=[1,1], interior=[1,1]}", padded, matrix, dtype(7))
        parts = [data(2, n, 3) for n in (1, 0, 4)]
        golden("concat " + tag, "concat{axis=1}", np.concatenate(parts, 1), *parts)
        golden("iota " + tag, "iota{axis=1}", np.broadcast_to(np.arange(5, dtype=dtype), (2, 5)))
        for name, function in [("sum", np.sum), ("prod", np.prod), ("max", np.max), ("min", np.min)]:
            for axes in [(0,), (1,), (2,), (0, 2), (0, 1, 2)]:
                golden(f"reduce {name} {axes} {tag}", f"reduce{{{name}, axes={list(axes)}}}",
                       wide(lambda a: function(a, axis=axes), x), x, ulp=ulp if name in ("sum", "prod") else 0)
        for equation in ["mk,kn->mn", "km,kn->mn", "mk,nk->nm", "bmk,bkn->bmn", "k,k->", "i,j->ij",
                         "abk,kcb->bca", "abkl,lkc->acb", "ab,ab->ab"]:
            sizes = dict(m=3, k=5, n=4, b=2, i=3, j=2, a=3, c=2, l=2)
            left, right = [data(*[sizes[c] for c in side]) for side in equation.split("->")[0].split(",")]
            golden(f"contract {equation} {tag}", f"contract{{{equation}}}",
                   wide(lambda a, b: np.einsum(equation, a, b), left, right), left, right, ulp=4 * ulp)
        empty = np.zeros((2, 0), dtype)
        golden("sum of nothing " + tag, "reduce{sum, axes=[1]}", np.zeros(2, dtype), empty)
        golden("product of nothing " + tag, "reduce{prod, axes=[1]}", np.ones(2, dtype), empty)
        golden("contraction of nothing " + tag, "contract{mk,kn->mn}", np.zeros((2, 3), dtype), empty,
               np.zeros((0, 3), dtype))
    truth = np.array([[1, 0, 1], [1, 1, 1]], np.bool_)
    golden("all", "reduce{all, axes=[1]}", truth.all(1), truth)
    golden("any", "reduce{any, axes=[0]}", truth.any(0), truth)
    choice = [truth, RANDOM.normal(size=(2, 3)), RANDOM.normal(size=(2, 3))]
    golden("select", "select", np.where(*choice), *choice)
    floats = np.array([0.0, -0.9, 1.9, -1.9, 1e10, -1e10, 1e30, -np.inf, np.nan])
    golden("f64 to i32", "convert", np.array([0, 0, 1, -1, 2**31 - 1, -2**31, 2**31 - 1, -2**31, 0], np.int32),
           floats)
    golden("f64 to i64", "convert",
           np.array([0, 0, 1, -1, 10**10, -10**10, 2**63 - 1, -2**63, 0], np.int64), floats)
    golden("f64 to f32", "convert", floats.astype(np.float32), floats)
    golden("f64 to bool", "convert", floats != 0, floats)
    integers = np.array([0, 1, -1, 2**31, -2**31 - 1, 2**53 + 1, 2**63 - 1], np.int64)
    for dtype in (np.int32, np.float32, np.float64, np.bool_):
        golden("i64 to " + NAMES[np.dtype(dtype)], "convert", integers.astype(dtype), integers)
    golden("bool to f32", "convert", truth.astype(np.float32), truth)
    return goldens


def gradients():
    goldens = []

    def golden(name, function, build, *operands, ulp=64):
        operands = [np.asarray(v, np.float64) for v in operands]
        out, pull = jax.vjp(function, *operands)
        seed = RANDOM.normal(size=out.shape)
        made = Golden(name, ulp)
        values = [made.constant(v) for v in operands]
        made.results = [build(made, values, type_of(np.asarray(out))), made.constant(seed)]
        for value, expected in zip(values, pull(jnp.asarray(seed))):
            made.expect(value, np.nan_to_num(np.asarray(expected)))
        goldens.append(made)

    def op(text):
        return lambda made, values, result: made.add(text, values, result)

    positive = RANDOM.uniform(0.2, 3, size=(3, 4))
    x, y = RANDOM.normal(size=(3, 4)), RANDOM.normal(size=(3, 4))
    for name, function in {
        "neg": jnp.negative, "abs": jnp.abs, "exp": jnp.exp, "expm1": jnp.expm1, "tanh": jnp.tanh,
        "logistic": jax.nn.sigmoid, "sin": jnp.sin, "cos": jnp.cos,
    }.items():
        golden(name, function, op(name), x)
    for name, function in {"sqrt": jnp.sqrt, "rsqrt": jax.lax.rsqrt, "log": jnp.log, "log1p": jnp.log1p}.items():
        golden(name, function, op(name), positive)
    for name, function in {"add": jnp.add, "sub": jnp.subtract, "mul": jnp.multiply, "div": jnp.divide,
                           "rem": jnp.fmod, "max": jnp.maximum, "min": jnp.minimum}.items():
        golden(name, function, op(name), x, y)
    golden("pow", jnp.power, op("pow"), positive, y)
    golden("pow at 0", jnp.power, op("pow"), np.array([0.0, 0, 0, 2]), np.array([0.0, 1, 2, 0]))
    golden("broadcast", lambda a: jnp.broadcast_to(a, (2, 3, 4)), op("broadcast{axes=[1,2]}"),
           RANDOM.normal(size=(3, 1)))
    golden("reshape", lambda a: a.reshape(2, 6), op("reshape"), x)
    golden("transpose", lambda a: a.transpose(2, 0, 1), op("transpose{axes=[2,0,1]}"),
           RANDOM.normal(size=(2, 3, 4)))
    golden("reverse", lambda a: a[:, ::-1], op("reverse{axes=[1]}"), x)
    golden("slice", lambda a: a[1:3, 0:4:3], op("slice{from=[1,0], to=[3,4], step=[1,3]}"), x)
    golden("pad", lambda a, v: jax.lax.pad(a, v, [(1, 0, 1), (2, 1, 0)]),
           op("pad{low=[1,2], high=[0,1], interior=[1,0]}"), x, 0.5)
    golden("concat", lambda a, b: jnp.concatenate([a, b]), op("concat{axis=0}"), x, y)
    for name, function in {"sum": jnp.sum, "prod": jnp.prod, "max": jnp.max, "min": jnp.min}.items():
        golden("reduce " + name, lambda a: function(a, axis=(0, 2)), op(f"reduce{{{name}, axes=[0,2]}}"),
               RANDOM.normal(size=(2, 3, 4)))
    zeros = np.array([[1.0, 0, 3, 4], [0, 2, 0, 5], [6, 7, 8, 9], [0, 0, 0, 0]])
    golden("product with zeros", lambda a: jnp.prod(a, axis=1), op("reduce{prod, axes=[1]}"), zeros)
    golden("maximum with ties", lambda a: jnp.max(a, axis=1), op("reduce{max, axes=[1]}"),
           np.array([[1.0, 2, 2, 0], [3, 3, 3, 3]]))
    for equation in ["mk,kn->mn", "bmk,bkn->bmn", "abk,kcb->bca", "i,j->ij", "k,k->"]:
        sizes = dict(m=3, k=5, n=4, b=2, i=3, j=2, a=3, c=2)
        sides = [RANDOM.normal(size=[sizes[c] for c in side]) for side in equation.split("->")[0].split(",")]
        golden("contract " + equation, lambda a, b: jnp.einsum(equation, a, b), op(f"contract{{{equation}}}"),
               *sides)

    def second_order(made, values, result):
        shape = result[3:]
        square = made.add("mul", [values[0], values[0]], "f64" + shape)
        return made.add("exp", [made.add("neg", [square], "f64" + shape)], result)

    golden("chain", lambda a: jnp.exp(-(a * a)), second_order, x)
    for name, function in {"erf": jax.scipy.special.erf, "erfc": jax.scipy.special.erfc}.items():
        golden(name, function, op(name), np.linspace(-2.5, 2.5, 12).reshape(3, 4))
    return goldens


PRINTED = [
    np.array(0.1), np.float32(40589096), np.array([1.0, 2.5, -3.0]), np.array([1, 1e-5, 3.25]),
    np.array([[1, 2.5], [1e7, 3]], np.float32), np.array([1 / 3, 2 / 3]), np.array([np.nan, 1, -np.inf], np.float32),
    np.array([np.nan, np.inf]), np.linspace(0, 1, 30, dtype=np.float32), np.zeros((0, 3)), np.zeros((2, 2, 2)),
    np.arange(12, dtype=np.int32).reshape(3, 4) - 5, np.arange(1200, dtype=np.int32).reshape(2, 600), np.array([True, False]),
    np.array(True), np.arange(1001, dtype=np.float32), np.arange(1400, dtype=np.int32).reshape(7, 20, 10) * 7,
    RANDOM.normal(size=(3, 5)), (RANDOM.normal(size=(3, 5)) * 1e6).astype(np.float32), np.array([1e-300, 5e-324]),
    np.array([1e300, -2.5e-7]), np.array([0.0, -0.0]), np.array([123456.789, 0.5]), np.array([1e8, 1.0]),
    np.array([99999999.0, 12345678.0]), np.arange(40, dtype=np.int64) * -123456789, np.ones((1, 1, 1), np.float32),
    RANDOM.integers(0, 2, size=(4, 20)).astype(np.bool_), np.array([[1.5]]), np.float64(1e16), np.float64(1.5e-5),
    np.array([1e-4, 0.05]), np.array([0.1, 0.2, 0.30000000000000004]), np.array([16777216, 0.1], np.float32),
    np.array([[1e10, 1], [np.nan, -1]]), np.float32(3.4028235e38), np.array([4.9e-324, 1.0]),
]


def printing():
    goldens = []
    for i, array in enumerate(PRINTED):
        array = np.asarray(array)
        text = np.frombuffer(str(array).encode(), np.uint8).astype(np.int32)
        golden = Golden(f"{i}", 0)
        golden.results = [golden.constant(array), golden.constant(text)]
        goldens.append(golden)
    return goldens


with np.errstate(all="ignore"):
    np.set_printoptions(legacy="2.2")
    write("scalar_f32", scalar_floats(np.float32))
    write("scalar_f64", scalar_floats(np.float64))
    write("scalar_i32", scalar_integers(np.int32))
    write("scalar_i64", scalar_integers(np.int64))
    write("scalar_bool", scalar_bools())
    pieces = structure()
    for tag in ("f32", "f64", "i32", "i64"):
        write("structure_" + tag, [g for g in pieces if g.name.endswith(" " + tag) and " to " not in g.name])
    write("structure_others", [g for g in pieces if " to " in g.name or g.name in ("all", "any", "select")])
    write("gradients", gradients())
    write("printing", printing())
