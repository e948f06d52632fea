"""Writes the cases of complex numbers: values of NumPy in double precision, or of mpmath, gradients of TensorFlow.

    python make_complex.py        # needs numpy, mpmath and tensorflow
"""

import mpmath
import numpy as np
import tensorflow as tf

from cases import Cases

mpmath.mp.dps = 40
cases = Cases("complex")
random = np.random.default_rng(5)
nan = np.nan


def numbers(*shape, dtype=np.complex128):
    return (random.normal(size=shape).round(3) + 1j * random.normal(size=shape).round(3)).astype(dtype)


def parts(arrays):
    out = []
    for array in arrays:
        array = np.asarray(array)
        out += [array.real, array.imag] if np.iscomplexobj(array) else [array]
    return out


def case(name, function, *operands, ulp=8, of_largest=True, tiny=1e-15, **options):
    result = function(*operands)
    results = result if isinstance(result, list) else [result]
    cases.add(name, parts(operands), parts(results), ulp=ulp, of_largest=of_largest, absolute=tiny, **options)


x, y = numbers(2, 5), numbers(2, 5)


def both(name, function, *operands, **options):
    case(name, function, *operands, smooth=True, **options)
    single = [o.astype(np.complex64) for o in operands]
    wide = [o.astype(np.complex128) for o in single]
    result = np.asarray(function(*wide))
    result = result.astype(np.complex64 if np.iscomplexobj(result) else np.float32)
    cases.add(f"{name} f32", parts(single), parts([result]), ulp=options.get("ulp", 8), of_largest=True, absolute=1e-6)


both("plus", np.add, x, y[0])
both("minus", np.subtract, x, y[0])
both("times", np.multiply, x, y[0])
both("div", np.divide, x, y[0] + 2)
both("abs", np.abs, x)
both("reciprocal", lambda z: 1 / z, x)
both("square", np.square, x)
case("squared_abs", lambda z: np.abs(z) ** 2, x, smooth=True)
case("conj", np.conj, x)
case("negative", np.negative, x)
case("with_real", lambda z: (z + 2) * 3 / 4 - 1, x)
case("interleaved", lambda z: np.stack([z.real, z.imag], -1), x)
case("of_interleaved", lambda v: v[..., 0] + 1j * v[..., 1], random.normal(size=(3, 2)).round(3), fixed=True)
case("of", lambda re, im: re + 1j * im, random.normal(size=(2, 3)).round(3), random.normal(size=3).round(3))
case("polar", lambda r, t: r * np.exp(1j * t), np.array([1.0, 2, 0]), np.array([0.5, -2, 1]), smooth=True)
case("reduce_sum", lambda z: z.sum(1), x)
case("reduce_mean", lambda z: z.mean(0), x)
case("reduce_prod", lambda z: z.prod(1), x, fixed=True, smooth=True)
case("reduce_prod zero", lambda z: z.prod(1), np.array([[0, 1 + 1j, 2], [0, 0, 3j]]), fixed=True, smooth=True)
case("reduce_prod_all", lambda z: z.prod(), x, fixed=True)
case("reduce_prod none", lambda z: z.prod(1), numbers(2, 0), fixed=True)
both("matmul", np.matmul, numbers(2, 3), numbers(3, 4), ulp=16)
case("einsum", lambda a, b, c: np.einsum("ij,jk,k->i", a, b, c), numbers(2, 3), numbers(3, 4), numbers(4), ulp=32,
     smooth=True)
case("adjoint", lambda z: np.conj(np.swapaxes(z, -1, -2)), numbers(2, 2, 3))
case("transpose", np.transpose, x)
case("slice", lambda z: z[1:2, 1:4], x)
case("concat", lambda a, b: np.concatenate([a, b], 1), numbers(2, 3), numbers(2, 1))
case("where", lambda a, b: np.where(a.real > 0, a, b), x, y)
equals = np.array([1 + 2j, 1 + 2j, nan, 0]), np.array([1 + 2j, 1 - 2j, nan, -0.0])
case("equal", lambda a, b: [a == b, a != b], *equals)


wide = np.array([0.3 + 0.4j, -1.2 + 0.7j, 2.5 - 1.5j, -0.6 - 2.1j, 1e-9 + 1e-8j, 5 + 0.1j, 0.9 + 1e-4j, -3 + 1e-3j])
functions = dict(exp=mpmath.exp, expm1=mpmath.expm1, log=mpmath.log, log1p=lambda z: mpmath.log(1 + z),
                 sqrt=mpmath.sqrt, rsqrt=lambda z: 1 / mpmath.sqrt(z), sigmoid=lambda z: 1 / (1 + mpmath.exp(-z)),
                 sin=mpmath.sin, cos=mpmath.cos, tan=mpmath.tan, sinh=mpmath.sinh, cosh=mpmath.cosh, tanh=mpmath.tanh,
                 asin=mpmath.asin, acos=mpmath.acos, atan=mpmath.atan, asinh=mpmath.asinh, acosh=mpmath.acosh,
                 atanh=mpmath.atanh, sign=mpmath.sign, pow_3=lambda z: z ** 3, pow_minus_2=lambda z: z ** -2)


def whole(fn, values, dtype):
    return np.array([complex(fn(mpmath.mpc(complex(z)))) for z in values]).astype(dtype)


for name, fn in functions.items():
    cases.add(f"{name} f64", parts([wide]), parts([whole(fn, wide, np.complex128)]), ulp=16, of_largest=True,
              absolute=1e-15)
    smooth = wide[:4]
    cases.add(f"{name} smooth", parts([smooth]), parts([whole(fn, smooth, np.complex128)]), ulp=16, of_largest=True,
              absolute=1e-15, smooth=True)
    single = wide.astype(np.complex64)
    cases.add(f"{name} f32", parts([single]), parts([whole(fn, single, np.complex64)]), ulp=16, of_largest=True,
              absolute=1e-6)
case("angle", np.angle, np.array([1 + 1j, -1 + 1e-3j, -1 - 1e-3j, 1j, 0, -2, 3]))
both("angle", np.angle, x)
both("pow", np.power, x, y, ulp=64)
case("pow zero", lambda a, b: np.array([0, 1, 0, 1 + 0j]), np.zeros(4, complex), np.array([2, 0, 0.5 + 1j, 0]))
# cuts: both sides of each, by the sign of a zero
sides = np.array([complex(-2, 0.0), complex(-2, -0.0), complex(2, 0.0), complex(2, -0.0)])
upright = np.array([complex(0.0, 2), complex(-0.0, 2), complex(0.0, -2), complex(-0.0, -2)])
for name, fn, values in (("sqrt", np.sqrt, sides), ("log", np.log, sides), ("asin", np.arcsin, sides),
                         ("acos", np.arccos, sides), ("acosh", np.arccosh, sides), ("atanh", np.arctanh, sides),
                         ("atan", np.arctan, upright), ("asinh", np.arcsinh, upright)):
    case(f"{name} cut", fn, values, ulp=16)
# far from 1: nothing overflows or vanishes on the way
far = np.array([3e300 + 4e300j, 3e-300 - 4e-300j, 1e308 + 1e308j, -5e-324 + 5e-324j, 1e200 + 1e-200j])
cases.add("abs far", parts([far]), [np.array([5e300, 5e-300, float(abs(mpmath.mpc(1e308, 1e308))),
          float(abs(mpmath.mpc(5e-324, 5e-324))), 1e200])], ulp=4)
cases.add("log far", parts([far]), parts([whole(mpmath.log, far, np.complex128)]), ulp=4)
cases.add("sqrt far", parts([far[:3]]), parts([whole(mpmath.sqrt, far[:3], np.complex128)]), ulp=4)
for axis in (0, 1):
    single = np.array([3e37 + 4e37j, 3e-38 - 4e-38j, 1e30 + 1e-30j], np.complex64)
    name, fn = (("abs far_f32", lambda z: abs(z)), ("sqrt far_f32", mpmath.sqrt))[axis]
    result = whole(fn, single, np.complex64)
    cases.add(name, parts([single]), parts([result]) if axis else [result.real], ulp=4)
near = np.array([0.6 + 0.8j, 0.8 - 0.6j, 1 + 1e-9j, 1j, -1 + 1e-12j])
cases.add("log circle", parts([near]), parts([whole(mpmath.log, near, np.complex128)]), ulp=8, absolute=2.3e-16)
cases.add("exp far", parts([np.array([709.9 + 1.5707j, 0, -800 + 1j])]),
          parts([whole(mpmath.exp, [709.9 + 1.5707j, 0, -800 + 1j], np.complex128)]), ulp=64)
cases.add("tanh far", parts([np.array([500 + 1j, -500 - 1j, 25 + 2j])]),
          parts([whole(mpmath.tanh, [500 + 1j, -500 - 1j, 25 + 2j], np.complex128)]), ulp=64)
cases.add("sigmoid far", parts([np.array([-400 + 1j, 400 + 1j])]),
          parts([whole(functions["sigmoid"], [-400 + 1j, 400 + 1j], np.complex128)]), ulp=64, absolute=1e-170)
case("div far", lambda a, b: a / b, np.array([1e300 + 1e300j, 1e-300 + 0j]), np.array([1e300 + 1e299j, 1e-300 + 1e-300j]))
# next to the poles of both signs
poles = np.array([-1 + 1e-9 + 0j, 1 - 1e-9 + 0j, -0.999 + 1e-7j, 0.999 - 1e-7j])
cases.add("atanh poles", parts([poles]), parts([whole(mpmath.atanh, poles, np.complex128)]), ulp=8)
cases.add("atan poles", parts([poles * 1j]), parts([whole(mpmath.atan, poles * 1j, np.complex128)]), ulp=8)
# real and imaginary numbers whose functions are too large: the other part stays 0
for name, fn, value in (("sinh", np.sinh, 800), ("cosh", np.cosh, -800), ("sin", np.sin, 800j), ("cos", np.cos, -800j)):
    with np.errstate(over="ignore"):
        case(f"{name} beyond", fn, np.array([value, 1], complex), of_largest=False, tiny=None)
zeros = np.array([0, 0.0], complex)


def gradient_case(name, function, *operands):
    variables = [tf.Variable(o) for o in operands]
    with tf.GradientTape() as tape:
        y = function(*variables)
    gradients = tape.gradient(y, variables)
    cases.add(name, parts(operands), parts([g.numpy() for g in gradients]), ulp=64, of_largest=True, absolute=1e-13)


# the gradient of a sum of complex numbers is TensorFlow's, of the real parts
gradient_case("gradient_times", lambda a, b: tf.reduce_sum(a * b / (a + 3.0)), x, y)
gradient_case("gradient_exp", lambda a: tf.exp(a * a), x)
gradient_case("gradient_log", tf.math.log, x)
gradient_case("gradient_sqrt", tf.sqrt, x)
gradient_case("gradient_tanh", tf.tanh, x)
gradient_case("gradient_pow", tf.pow, x, y)
gradient_case("gradient_abs", lambda a: tf.reduce_sum(tf.abs(a) ** 3), x)
gradient_case("gradient_abs_zero", tf.abs, zeros)
gradient_case("gradient_angle", tf.math.angle, x)
gradient_case("gradient_conj", lambda a: tf.math.conj(a) * a * a, x)
gradient_case("gradient_matmul", tf.matmul, numbers(2, 3), numbers(3, 2))
gradient_case("gradient_prod", lambda a: tf.reduce_prod(a, 1), x)
cases.write()
