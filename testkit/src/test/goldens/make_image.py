"""Writes the cases of the ops on images, as TensorFlow computes them; those of ONNX by its runtime.

    python make_image.py        # needs numpy, tensorflow, onnx and onnxruntime
"""

import itertools

import numpy as np
import onnx
import onnxruntime
import tensorflow as tf
from onnx import TensorProto, helper

from cases import Cases

cases = Cases("image")
random = np.random.default_rng(0)
METHODS = ["NEAREST_NEIGHBOR", "BILINEAR", "BICUBIC", "AREA", "LANCZOS3", "LANCZOS5", "GAUSSIAN", "MITCHELLCUBIC"]


def wide(values):
    return np.asarray(values, np.float64)


def pair(name, function, *operands, absolute=2e-6, smooth=True, fixed=False):
    """A case in float32, and one in float64, which TensorFlow computes in float32."""
    narrow = [v.astype(np.float32) if v.dtype == np.float64 else v for v in operands]
    result = tf.nest.flatten(function(*map(tf.constant, narrow)))
    result = [r.numpy() for r in result]
    cases.add(name + " f32", narrow, result, ulp=4, absolute=absolute, fixed=fixed)
    cases.add(name + " f64", operands, [wide(r) if r.dtype == np.float32 else r for r in result], ulp=4,
              absolute=max(absolute, 1e-7), smooth=smooth, fixed=fixed)


def exact_pair(name, function, exact, *operands, absolute, wide_absolute=1e-13):
    """A case in each dtype, of a function that is written out in float64, which TensorFlow confirms in float32."""
    narrow = [v.astype(np.float32) for v in operands]
    np.testing.assert_allclose(function(*map(tf.constant, narrow)).numpy(), exact(*operands), rtol=0, atol=absolute)
    cases.add(name + " f32", narrow, [exact(*map(wide, narrow)).astype(np.float32)], ulp=4, absolute=absolute)
    cases.add(name + " f64", operands, [exact(*operands)], ulp=4, absolute=wide_absolute, smooth=True)


def blurred(x, size, sigma):
    """The weighted means of all square windows of images [batch, h, w, channels]."""
    at = np.arange(size) - (size - 1) / 2
    line = np.exp(-at ** 2 / (2 * sigma ** 2))
    windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(1, 2))
    return np.einsum("bhwcij,i,j->bhwc", windows, line / line.sum(), line / line.sum())


def similarity(a, b, size=11, sigma=1.5, k1=0.01, k2=0.03):
    """The maps of SSIM and of its part that compares contrasts, for a range of 1 (Wang et al., 2004)."""
    means = blurred(a, size, sigma), blurred(b, size, sigma)
    product, squares = means[0] * means[1] * 2, means[0] ** 2 + means[1] ** 2
    contrast = ((blurred(a * b, size, sigma) * 2 - product + k2 ** 2)
                / (blurred(a * a + b * b, size, sigma) - squares + k2 ** 2))
    return (product + k1 ** 2) / (squares + k1 ** 2) * contrast, contrast


def halved(x):
    padded = np.pad(x, ((0, 0), (0, x.shape[1] % 2), (0, x.shape[2] % 2), (0, 0)), "symmetric")
    n, h, w, c = padded.shape
    return padded.reshape(n, h // 2, 2, w // 2, 2, c).mean((2, 4))


def multiscale(a, b, powers, size):
    result = 1
    for scale, power in enumerate(powers):
        a, b = (a, b) if scale == 0 else (halved(a), halved(b))
        whole, contrast = similarity(a, b, size)
        part = whole if scale == len(powers) - 1 else contrast
        result = result * np.maximum(part.mean((1, 2)), 0) ** power
    return result.mean(-1)


def one(name, function, *operands, ulp=4, absolute=None, fixed=False):
    result = [r.numpy() for r in tf.nest.flatten(function(*map(tf.constant, operands)))]
    cases.add(name, list(operands), result, ulp=ulp, absolute=absolute, fixed=fixed)


def image(*shape):
    return random.uniform(0, 1, size=shape).round(3)


# Sizes.
x = image(2, 7, 5, 1)
for method in METHODS:
    for h, w in ((4, 9), (14, 2), (1, 1)):
        for antialias in (False, True):
            if antialias and method in ("NEAREST_NEIGHBOR", "AREA"):
                continue
            name = f"resize/{method}/{h}x{w}/{'antialias' if antialias else 'plain'}"
            resize = lambda v: tf.image.resize(v, (h, w), method=getattr(tf.image.ResizeMethod, method),
                                               antialias=antialias)
            if (h, w) == (4, 9) and (method != "GAUSSIAN" or not antialias):
                pair(name, resize, x)
            else:
                one(name, resize, x.astype(np.float32), absolute=2e-6)
v1 = tf.compat.v1.image
for align, (h, w) in itertools.product((False, True), ((4, 9), (1, 3))):
    word = f"{'aligned' if align else 'asymmetric'}/{h}x{w}"
    narrow = x.astype(np.float32)
    one(f"legacy/NEAREST_NEIGHBOR/{word}", lambda v: v1.resize_nearest_neighbor(v, (h, w), align_corners=align), narrow)
    one(f"legacy/BILINEAR/{word}", lambda v: v1.resize_bilinear(v, (h, w), align_corners=align), narrow, absolute=2e-6)
    one(f"legacy/BICUBIC/{word}", lambda v: v1.resize_bicubic(v, (h, w), align_corners=align), narrow, absolute=2e-6)
    one(f"legacy/AREA/{word}", lambda v: v1.resize_area(v, (h, w), align_corners=align), narrow, absolute=2e-6)
large = image(1, 11, 17, 1).astype(np.float32)
for method in METHODS:
    one(f"resize/{method}/3x22/antialias" if method not in ("NEAREST_NEIGHBOR", "AREA") else f"resize/{method}/3x22/plain",
        lambda v: tf.image.resize(v, (3, 22), method=getattr(tf.image.ResizeMethod, method), antialias=True), large,
        absolute=3e-6)
one("resize/BILINEAR/4x9/plain int32", lambda v: tf.image.resize(v, (4, 9)), (x * 100).astype(np.int32), absolute=1e-4)
one("resize/NEAREST_NEIGHBOR/4x9/plain int32", lambda v: tf.image.resize(v, (4, 9), method="nearest"),
    (x * 100).astype(np.int32))
one("resize/BILINEAR/4x9/plain one", lambda v: tf.image.resize(v, (4, 9)), x[0].astype(np.float32), absolute=2e-6)
one("resize/BILINEAR/4x9/plain pixel", lambda v: tf.image.resize(v, (4, 9)), x[:, :1, :1].astype(np.float32))
one("resize/BICUBIC/4x9/plain none", lambda v: tf.image.resize(v, (4, 9), method="bicubic"),
    np.zeros((0, 3, 3, 1), np.float32))
one("aspect", lambda v: tf.image.resize(v, (4, 9), preserve_aspect_ratio=True), x.astype(np.float32), absolute=2e-6,
    fixed=True)
for h, w in ((9, 6), (3, 12)):
    one(f"with_pad/{h}x{w}", lambda v: tf.image.resize_with_pad(v, h, w), x.astype(np.float32), absolute=2e-6, fixed=True)
for h, w in ((9, 3), (4, 8), (7, 5)):
    pair(f"crop_or_pad/{h}x{w}", lambda v: tf.image.resize_with_crop_or_pad(v, h, w), x, absolute=0)
pair("crop", lambda v: tf.image.crop_to_bounding_box(v, 1, 2, 4, 3), x, absolute=0)
pair("pad", lambda v: tf.image.pad_to_bounding_box(v, 1, 2, 8, 9), x, absolute=0)
for fraction in (0.5, 0.34, 1):
    one(f"central/{fraction}", lambda v: tf.image.central_crop(v, fraction), x, fixed=True)


def onnx_resize(v, sizes, mode, **attributes):
    node = helper.make_node("Resize", ["x", "", "", "sizes"], ["y"], mode=mode, **attributes)
    graph = helper.make_graph([node], "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, v.shape)],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
                              [helper.make_tensor("sizes", TensorProto.INT64, [4], [v.shape[0], v.shape[1], *sizes])])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    return onnxruntime.InferenceSession(model.SerializeToString()).run(None, {"x": v})[0]


first = np.ascontiguousarray(x.transpose(0, 3, 1, 2)).astype(np.float32)
for coordinates, (h, w) in itertools.product(("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"),
                                             ((4, 9), (1, 3))):
    for mode, words in (("linear", {}), ("cubic", {"cubic_coeff_a": -0.75}), *(
            ("nearest", {"nearest_mode": n}) for n in ("floor", "ceil", "round_prefer_floor", "round_prefer_ceil"))):
        if mode != "linear" and (h, w) == (1, 3) and coordinates != "pytorch_half_pixel":
            continue
        result = onnx_resize(first, (h, w), mode, coordinate_transformation_mode=coordinates, **words)
        cases.add(f"onnx/{mode}/{words.get('nearest_mode', '-')}/{coordinates}/{h}x{w}", [first], [result], ulp=4,
                  absolute=3e-6)
boxes = wide([[0.1, 0.2, 0.83, 0.9], [0.9, 0.1, 0.2, 0.72], [-0.31, 0.2, 0.52, 1.41], [0.03, 0.02, 0.93, 0.98]])
index = np.array([1, 0, 1, 0], np.int32)
for method in ("bilinear", "nearest"):
    for h, w in ((3, 4), (1, 2)):
        pair(f"crop_and_resize/{method}/{h}x{w}", lambda v, b, i: tf.image.crop_and_resize(v, b, i, (h, w), method, 0.25),
             x, boxes, index, absolute=3e-6, smooth=method == "bilinear")
one("crop_and_resize/bilinear/3x4 whole", lambda v, b, i: tf.image.crop_and_resize(v, b, i, (3, 4), "bilinear", 0.25),
    x.astype(np.float32), np.array([[0, 0, 1, 1]], np.float32), np.array([1], np.int32), absolute=3e-6)
for word, function in (("flip_left_right", tf.image.flip_left_right), ("flip_up_down", tf.image.flip_up_down),
                       ("transpose", tf.image.transpose)):
    one(word, function, x)
    one(word + " one", function, x[0])
for k in (-1, 0, 1, 2, 3):
    one(f"rot90/{k}", lambda v: tf.image.rot90(v, k), x)
for padding in ("VALID", "SAME"):
    pair(f"patches/{padding}", lambda v: tf.image.extract_patches(v, (1, 3, 2, 1), (1, 2, 1, 1), (1, 1, 2, 1), padding),
         x, absolute=0)
offsets = wide([[0.3, -0.4], [-0.7, 0.6]])
for centered, normalized in itertools.product((False, True), (False, True)):
    scaled = offsets if normalized else offsets * 3
    one(f"glimpse/{centered}/{normalized}".lower(), lambda v, o: tf.raw_ops.ExtractGlimpseV2(
        input=v, size=(3, 4), offsets=o, centered=centered, normalized=normalized, uniform_noise=False, noise="zero"),
        x.astype(np.float32), scaled.astype(np.float32))

# Colours.
rgb = image(2, 3, 2, 3)
rgb[0, 0, 0] = 0.5
special = rgb.copy()
special[0, 0] = [[0, 0, 0], [1, 1, 1]]
special[0, 1] = [[0.5, 0.5, 0.2], [0.3, 0.7, 0.7]]
smooth = image(4, 3) + wide([0, 0.01, 0.02])
for word, function in (("rgb_to_hsv", tf.image.rgb_to_hsv), ("hsv_to_rgb", tf.image.hsv_to_rgb),
                       ("rgb_to_yiq", tf.image.rgb_to_yiq), ("yiq_to_rgb", tf.image.yiq_to_rgb),
                       ("rgb_to_yuv", tf.image.rgb_to_yuv), ("yuv_to_rgb", tf.image.yuv_to_rgb),
                       ("rgb_to_grayscale", tf.image.rgb_to_grayscale)):
    pair(word, function, smooth)
    one(word + " special", function, special.astype(np.float32), absolute=1e-6)
pair("grayscale_to_rgb", tf.image.grayscale_to_rgb, image(2, 3, 2, 1), absolute=0)
pair("adjust_brightness", lambda v: tf.image.adjust_brightness(v, -0.3), rgb)
pair("adjust_contrast", lambda v: tf.image.adjust_contrast(v, 1.7), rgb)
pair("adjust_hue", lambda v: tf.image.adjust_hue(v, 0.3), image(2, 2, 3) + wide([0, 0.01, 0.02]))
pair("adjust_saturation", lambda v: tf.image.adjust_saturation(v, 0.6), image(2, 2, 3) + wide([0, 0.01, 0.02]))
pair("adjust_gamma", lambda v: tf.image.adjust_gamma(v, 1.8, 0.7), rgb * 0.9 + 0.1)
pair("standardize", tf.image.per_image_standardization, rgb, absolute=4e-6)
one("standardize flat", tf.image.per_image_standardization, np.full((2, 2, 3), 0.5, np.float32))
for dtype in (np.uint8, np.uint16, np.int32, np.int64):
    limit = np.iinfo(dtype).max
    whole = (rgb * limit * 0.999).astype(dtype)
    word = np.dtype(dtype).name
    one(f"convert/float32 from {word}", lambda v: tf.image.convert_image_dtype(v, tf.float32), whole)
    one(f"convert/float64 from {word}", lambda v: tf.image.convert_image_dtype(v, tf.float64), whole)
for dtype in ("int32", "uint8", "int8"):
    one(f"convert/{dtype} from float64", lambda v: tf.image.convert_image_dtype(v, dtype, saturate=True), special * 1.2 - 0.1)
one("convert/int32 from int64", lambda v: tf.image.convert_image_dtype(v, tf.int32),
    np.array([[[0, -1, 2**62, -2**63, 2**63 - 1, 2**31]]], np.int64))
one("convert/uint8 from int16", lambda v: tf.image.convert_image_dtype(v, tf.uint8),
    np.array([[[0, 1, 32767, 12345, 255]]], np.int16))
one("convert/uint16 from uint8", lambda v: tf.image.convert_image_dtype(v, tf.uint16),
    np.array([[[0, 1, 127, 128, 255]]], np.uint8))
bytes_ = (special * 255).astype(np.uint8)
one("adjust_brightness uint8", lambda v: tf.image.adjust_brightness(v, -0.3), bytes_)
one("adjust_contrast uint8", lambda v: tf.image.adjust_contrast(v, 1.7), bytes_)
one("adjust_gamma uint8", lambda v: tf.image.adjust_gamma(v, 1.8, 0.7), bytes_)
one("adjust_saturation uint8", lambda v: tf.image.adjust_saturation(v, 0.6), bytes_)
one("rgb_to_grayscale uint8", tf.image.rgb_to_grayscale, bytes_)
one("standardize uint8", tf.image.per_image_standardization, bytes_, absolute=1e-5)
one("resize/BILINEAR/4x9/plain uint8", lambda v: tf.image.resize(v, (4, 9)), bytes_, absolute=1e-4)
one("ssim uint8", lambda u, v: tf.image.ssim(u, v, 1), np.tile(bytes_, (1, 4, 6, 1)), np.tile(bytes_ // 2 + 60, (1, 4, 6, 1)),
    absolute=1e-4)
one("convert/int64 from int32", lambda v: tf.image.convert_image_dtype(v, tf.int64),
    np.array([[[0, -1, 2**30, -2**31, 2**31 - 1]]], np.int32))

# Pairs and neighbours.
a, b = image(2, 13, 14, 2), image(2, 13, 14, 2)
b = (a + 0.2 * b).round(3)
u, v = image(2, 3, 2, 2), image(2, 3, 2, 2)
exact_pair("psnr", lambda u, v: tf.image.psnr(u, v, 1.0), lambda u, v: -10 * np.log10(((u - v) ** 2).mean((1, 2, 3))),
           u, v, absolute=1e-5)
exact_pair("ssim", lambda u, v: tf.image.ssim(u, v, 1.0), lambda u, v: similarity(u, v)[0].mean((1, 2, 3)), a, b,
           absolute=2e-5)
exact_pair("ssim_map", lambda u, v: tf.image.ssim(u, v, 1.0, filter_size=5, filter_sigma=0.9, k1=0.02, k2=0.05,
                                                  return_index_map=True),
           lambda u, v: similarity(u, v, 5, 0.9, 0.02, 0.05)[0].mean(-1), a, b, absolute=4e-5)
exact_pair("ssim_multiscale", lambda u, v: tf.image.ssim_multiscale(u, v, 1.0, power_factors=(0.3, 0.4, 0.3),
                                                                    filter_size=3),
           lambda u, v: multiscale(u, v, (0.3, 0.4, 0.3), 3), a, b, absolute=4e-5)
pair("total_variation", tf.image.total_variation, random.permutation(48).reshape(2, 4, 3, 2) / 48, absolute=1e-5)
one("total_variation one", tf.image.total_variation, image(4, 3, 2))
pair("image_gradients", tf.image.image_gradients, image(2, 4, 3, 2))
pair("sobel_edges", tf.image.sobel_edges, image(2, 4, 3, 2))
cases.write()
