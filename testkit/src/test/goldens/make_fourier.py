"""Writes the cases of the Fourier transforms, as NumPy computes them in float64 and TensorFlow their gradients.

    python make_fourier.py        # needs numpy and tensorflow
"""

import numpy as np
import tensorflow as tf

from cases import Cases

cases = Cases("fourier")
random = np.random.default_rng(7)


def tiny(dtype):
    """What counts as 0."""
    return 1e-14 if dtype == "float64" else 1e-6


def planes(shape, dtype):
    return [random.normal(size=shape).round(3).astype(dtype) for _ in range(2)]


def apart(z, dtype):
    return [np.real(z).astype(dtype), np.imag(z).astype(dtype)]


def complex_case(name, function, shape, dtype="float64", ulp=16, **options):
    re, im = planes(shape, dtype)
    wide = re.astype(np.float64) + 1j * im.astype(np.float64)
    result = function(wide)
    out = apart(result, dtype) if np.iscomplexobj(result) else [result.astype(dtype)]
    cases.add(name, [re, im], out, ulp=ulp, of_largest=True, absolute=tiny(dtype), **options)


def real_case(name, function, shape, dtype="float64", ulp=16, **options):
    x = random.normal(size=shape).round(3).astype(dtype)
    cases.add(name, [x], apart(function(x.astype(np.float64)), dtype), ulp=ulp, of_largest=True, absolute=tiny(dtype), **options)


for n in (1, 2, 3, 5, 8, 12, 20):
    complex_case(f"fft n={n}", np.fft.fft, (2, n), smooth=n in (3, 8), fixed=n in (2, 5, 12))
complex_case("fft f32", np.fft.fft, (3, 24), "float32")
complex_case("fft a_prime", np.fft.fft, (67,), "float32", fixed=True)
complex_case("fft several_stages", np.fft.fft, (128,), fixed=True)
complex_case("fft large_prime", np.fft.fft, (521,), fixed=True, ulp=64)


def of_repeated(z):
    """The frequencies that numbers have when they are repeated."""
    spectrum = np.fft.fft(np.tile(z, 2048))
    return spectrum[::2048] / 2048


complex_case("fft_of_repeated many_columns", of_repeated, (5,), "float32", ulp=64, fixed=True)
complex_case("fft no_rows", np.fft.fft, (0, 4))
complex_case("ifft", np.fft.ifft, (2, 6), smooth=True)
complex_case("ifft f32", np.fft.ifft, (5, 3), "float32", fixed=True)
complex_case("fft long", np.fft.fft, (200,), ulp=64)
complex_case("ifft long", np.fft.ifft, (2, 600), "float32", ulp=64)
complex_case("ifft large_prime", np.fft.ifft, (521,), fixed=True, ulp=64)
complex_case("fft2d", np.fft.fft2, (2, 3, 4), smooth=True)
complex_case("fft2d f32", np.fft.fft2, (5, 6), "float32", fixed=True)
complex_case("ifft2d", np.fft.ifft2, (3, 2, 5), fixed=True)
complex_case("fft3d", lambda z: np.fft.fftn(z, axes=(-3, -2, -1)), (2, 3, 2, 4), fixed=True)
complex_case("ifft3d", lambda z: np.fft.ifftn(z, axes=(-3, -2, -1)), (3, 4, 5), fixed=True)
complex_case("fftnd", lambda z: np.fft.fftn(z, axes=(2, 0)), (3, 2, 4), fixed=True)
complex_case("fftnd_length", lambda z: np.fft.fftn(z, s=(2, 5), axes=(0, 1)), (3, 4, 2))
complex_case("ifftnd", lambda z: np.fft.ifftn(z, axes=(0, 1)), (3, 4, 2), fixed=True)
for n in (1, 2, 3, 8, 9):
    real_case(f"rfft n={n}", np.fft.rfft, (2, n), smooth=n in (3, 8), fixed=n in (2, 3))
real_case("rfft f32", np.fft.rfft, (3, 20), "float32")
real_case("rfft long", np.fft.rfft, (300,), ulp=64)
real_case("rfft several_stages", np.fft.rfft, (150,), fixed=True)
real_case("rfft large_prime", np.fft.rfft, (521,), fixed=True, ulp=64)
real_case("rfft_8 longer", lambda x: np.fft.rfft(x, 8), (2, 5), smooth=True)
real_case("rfft_8 shorter", lambda x: np.fft.rfft(x, 8), (2, 11))
real_case("rfft2d", np.fft.rfft2, (2, 3, 4), smooth=True)
real_case("rfft3d", np.fft.rfftn, (3, 2, 5), fixed=True)
real_case("rfftnd", lambda x: np.fft.rfftn(x, s=(4, 6), axes=(2, 0)), (5, 2, 3))
for n in (2, 3, 5):
    complex_case(f"irfft n={n}", lambda z: np.fft.irfft(z, 2 * (n - 1)), (2, n), smooth=n == 3, fixed=n == 5)
complex_case("irfft f32", np.fft.irfft, (3, 11), "float32")
complex_case("irfft_7 odd", lambda z: np.fft.irfft(z, 7), (2, 4), smooth=True)
complex_case("irfft_7 shorter", lambda z: np.fft.irfft(z, 7), (2, 6))
complex_case("irfft_7 longer", lambda z: np.fft.irfft(z, 7), (2, 2))
complex_case("irfft_1", lambda z: np.real(z[..., :1]), (2, 3))
complex_case("irfft large_prime", lambda z: np.fft.irfft(z, 1042), (522,), fixed=True, ulp=64)
complex_case("irfft2d", np.fft.irfft2, (2, 3, 4), smooth=True, fixed=True)
complex_case("irfft long", np.fft.irfft, (151,), ulp=64)
complex_case("irfft3d", lambda z: np.fft.irfftn(z, s=(2, 3, 4), axes=(0, 1, 2)), (2, 3, 3), fixed=True)
complex_case("irfftnd", lambda z: np.fft.irfftn(z, s=(5, 4), axes=(0, 2)), (4, 2, 3))
x = np.arange(15.0).reshape(3, 5)
cases.add("fftshift all", [x], np.fft.fftshift(x))
cases.add("fftshift_last", [x], np.fft.fftshift(x, axes=-1))
cases.add("ifftshift", [x], np.fft.ifftshift(x))
cases.add("fftshift_planes", [x, -x], [np.fft.fftshift(x), -np.fft.fftshift(x)])


def gradient_case(name, function, shape, fixed=True):
    re, im = planes(shape, np.float64)
    z = tf.Variable(tf.complex(re, im))
    with tf.GradientTape() as tape:
        y = function(z)
        loss = tf.reduce_sum(tf.math.sin(tf.math.real(y)))
        if y.dtype.is_complex:
            loss += tf.reduce_sum(tf.math.real(y) * tf.math.imag(y) ** 2)
    gradient = tape.gradient(loss, z).numpy()
    cases.add(name, [re, im], apart(gradient, np.float64), ulp=64, of_largest=True, fixed=fixed)


gradient_case("fft_gradient", tf.signal.fft, (2, 6), fixed=False)
gradient_case("ifft_gradient", tf.signal.ifft, (2, 5))
gradient_case("irfft_gradient", tf.signal.irfft, (2, 5))
gradient_case("irfft_7_gradient", lambda z: tf.signal.irfft(z, [7]), (2, 4))
gradient_case("rfft_gradient", lambda z: tf.signal.rfft(tf.math.real(z) * tf.math.imag(z)), (2, 8))
gradient_case("rfft_odd_gradient", lambda z: tf.signal.rfft(tf.math.abs(z)), (2, 7))
cases.write()
