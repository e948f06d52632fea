"""Writes the cases of signal processing, as TensorFlow computes them.

    python make_signal.py        # needs numpy, scipy and tensorflow
"""

import numpy as np
import scipy.fft
import tensorflow as tf

from cases import Cases

cases = Cases("signal")
random = np.random.default_rng(11)


def numbers(*shape, dtype="float64"):
    return random.normal(size=shape).round(3).astype(dtype)


def tiny(dtype):
    """What counts as 0."""
    return 1e-14 if dtype == "float64" else 1e-6


def case(name, function, *operands, ulp=32, **options):
    result = function(*operands)
    results = [np.asarray(r) for r in (result if isinstance(result, list) else [result])]
    parts = []
    for r in results:
        parts += [r.real, r.imag] if np.iscomplexobj(r) else [r]
    cases.add(name, operands, parts, ulp=ulp, of_largest=True, absolute=tiny(str(operands[0].dtype)), **options)


x = numbers(2, 11)
case("frame", lambda v: tf.signal.frame(v, 4, 3), x, smooth=True)
case("frame short", lambda v: tf.signal.frame(v, 4, 3), numbers(2, 3))
case("frame f32", lambda v: tf.signal.frame(v, 4, 3), numbers(10, dtype="float32"))
case("frame_pad", lambda v: tf.signal.frame(v, 5, 3, pad_end=True, pad_value=2.0), x)
case("frame_pad_short", lambda v: tf.signal.frame(v, 2, 3, pad_end=True), x)
case("frame_axis", lambda v: tf.signal.frame(v, 3, 2, axis=0), numbers(7, 3), smooth=True)
case("overlap_and_add", lambda v: tf.signal.overlap_and_add(v, 2), numbers(2, 4, 6), smooth=True)
case("overlap_and_add odd", lambda v: tf.signal.overlap_and_add(v, 2), numbers(3, 5))
case("overlap_and_add one", lambda v: tf.signal.overlap_and_add(v, 2), numbers(1, 5))
case("overlap_and_add apart", lambda v: tf.signal.overlap_and_add(v, 2), numbers(4, 1))
case("overlap_and_add f32", lambda v: tf.signal.overlap_and_add(v, 2), numbers(4, 8, dtype="float32"))
case("stft", lambda v: tf.signal.stft(v, 6, 2), numbers(2, 15), smooth=True)
case("stft f32", lambda v: tf.signal.stft(v, 6, 2), numbers(20, dtype="float32"))
case("stft_options", lambda v: tf.signal.stft(v, 4, 3, fft_length=7, window_fn=tf.signal.hamming_window, pad_end=True),
     numbers(2, 8))
case("stft_plain", lambda v: tf.signal.stft(v, 5, 5, window_fn=None), numbers(12))
spectra = [numbers(2, 4, 5), numbers(2, 4, 5)]
case("inverse_stft", lambda r, i: tf.signal.inverse_stft(tf.complex(r, i), 6, 2), *spectra, smooth=True)
case("inverse_stft_options", lambda r, i: tf.signal.inverse_stft(tf.complex(r, i), 7, 3, fft_length=6,
     window_fn=tf.signal.inverse_stft_window_fn(3, tf.signal.hamming_window)), numbers(4, 4), numbers(4, 4))


def there_and_back(v):
    stft = tf.signal.stft(v, 8, 4)
    return tf.signal.inverse_stft(stft, 8, 4, window_fn=tf.signal.inverse_stft_window_fn(4))


case("stft_and_back", there_and_back, numbers(2, 24))
for n in (4, 5, 1):
    y = numbers(2, n)
    for type in (1, 2, 3, 4):
        if n > 1 or type > 1:
            case(f"dct_{type} n={n}", lambda v: scipy.fft.dct(v, type), y, smooth=n == 5, fixed=n == 4)
            case(f"idct_{type} n={n}", lambda v: tf.signal.idct(v, type), y, fixed=n != 5 or type > 2)
for type in (2, 3, 4):
    for n in (4, 5):
        case(f"dct_{type}_ortho n={n}", lambda v: tf.signal.dct(v, type, norm="ortho"), numbers(2, n), fixed=n == 4)
case("dct_2 f32", lambda v: tf.signal.dct(v), numbers(3, 40, dtype="float32"), fixed=True)
case("dct_3 f32", lambda v: tf.signal.dct(v, 3), numbers(3, 40, dtype="float32"), fixed=True)
case("dct_4 f32", lambda v: tf.signal.dct(v, 4), numbers(3, 40, dtype="float32"), fixed=True)
case("dct_7 longer", lambda v: tf.signal.dct(v, n=7), numbers(2, 4))
case("dct_7 shorter", lambda v: tf.signal.dct(v, n=7), numbers(2, 9))
case("mdct", lambda v: tf.signal.mdct(v, 8), numbers(2, 20), smooth=True)
case("mdct f32", lambda v: tf.signal.mdct(v, 8), numbers(32, dtype="float32"))
case("mdct_options", lambda v: tf.signal.mdct(v, 8, window_fn=None, pad_end=True, norm="ortho"), numbers(18))
case("inverse_mdct", tf.signal.inverse_mdct, numbers(2, 3, 4), fixed=True, smooth=True)
case("inverse_mdct_options", lambda v: tf.signal.inverse_mdct(v, norm="ortho",
     window_fn=lambda n, dtype: tf.signal.kaiser_bessel_derived_window(n, 4.0, dtype=dtype)), numbers(3, 6), fixed=True)
case("mfccs", tf.signal.mfccs_from_log_mel_spectrograms, numbers(2, 3, 6), smooth=True)
case("mel", lambda v: v * tf.signal.linear_to_mel_weight_matrix(5, 9, 8000, 125.0, 3800.0, dtype=tf.float64),
     np.ones((9, 5)), fixed=True, ulp=64)
case("windows", lambda v: [v * w for w in (
    tf.signal.hann_window(8, dtype=tf.float64), tf.signal.hann_window(8, periodic=False, dtype=tf.float64),
    tf.signal.hamming_window(8, dtype=tf.float64), tf.signal.kaiser_window(8, 12.0, dtype=tf.float64),
    tf.signal.kaiser_window(8, 2.5, dtype=tf.float64), tf.signal.vorbis_window(8, dtype=tf.float64),
    tf.signal.kaiser_bessel_derived_window(8, 12.0, dtype=tf.float64))], np.ones(8), fixed=True, ulp=256)
case("windows_odd", lambda v: [v * w for w in (
    tf.signal.hann_window(7, dtype=tf.float64), tf.signal.hamming_window(7, periodic=False, dtype=tf.float64),
    tf.signal.kaiser_window(7, 12.0, dtype=tf.float64))], np.ones(7), fixed=True, ulp=256)
cases.write()
