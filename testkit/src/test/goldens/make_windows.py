"""Writes the cases of convolutions and pooling, as TensorFlow computes them, or PyTorch where channels come first.

    python make_windows.py        # needs numpy, tensorflow and torch
"""

import numpy as np
import tensorflow as tf
import torch

from cases import Cases

cases = Cases("windows")
random = np.random.default_rng(2)
nn, v1 = tf.nn, tf.compat.v1
torched = torch.nn.functional


def normal(*shape):
    return random.normal(size=shape).round(3)


def results(value):
    value = value if isinstance(value, (list, tuple)) else [value]
    return [v.numpy() for v in value]


def both(name, function, *operands, ulp=64, smooth=True, **options):
    """A case in float64, then one in float32."""
    cases.add(f"{name} f64", operands, results(function(*map(tf.constant, operands))), ulp=ulp, of_largest=True, smooth=smooth,
              **options)
    narrow = [v.astype(np.float32) for v in operands]
    cases.add(f"{name} f32", narrow, results(function(*map(tf.constant, narrow))), ulp=ulp, of_largest=True, **options)


def tensors(function):
    return lambda *xs: function(*[torch.tensor(np.asarray(v)) for v in xs])


x, w = normal(2, 5, 4, 3), normal(3, 2, 3, 2)
both("conv2d_same", lambda a, f: nn.conv2d(a, f, [1, 2, 1, 1], "SAME"), x, w)
both("conv2d_dilated", lambda a, f: nn.conv2d(a, f, 1, "VALID", dilations=[2, 1]), x, w)
first = np.moveaxis(x, -1, 1).copy()
both("conv2d_first", tensors(lambda a, f: torched.conv2d(a, f.permute(3, 2, 0, 1), stride=(1, 2), padding=1)), first, w)
grouped = normal(1, 4, 4, 4)
both("conv2d_grouped", lambda a, f: tensors(lambda p, q: torched.conv2d(
    p.movedim(-1, 1), q.permute(3, 2, 0, 1), groups=2).movedim(1, -1))(a, f), grouped, normal(2, 2, 2, 6))
both("conv1d", lambda a, f: nn.conv1d(a, f, 2, "SAME"), normal(2, 7, 2), normal(3, 2, 3))
both("conv3d", lambda a, f: nn.conv3d(a, f, [1] * 5, "SAME"), normal(1, 3, 2, 4, 2), normal(2, 1, 3, 2, 2))
both("atrous_conv2d", lambda a, f: nn.atrous_conv2d(a, f, 2, "SAME"), x, w)
both("atrous_conv2d_transpose", lambda a, f: nn.atrous_conv2d_transpose(a, f, [2, 7, 5, 4], 2, "SAME"),
     normal(2, 7, 5, 3), normal(2, 3, 4, 3))
both("conv2d_transpose", lambda a, f: nn.conv2d_transpose(a, f, [2, 9, 8, 4], 2, "SAME"), normal(2, 5, 4, 3),
     normal(3, 3, 4, 3))
both("depthwise", lambda a, f: nn.depthwise_conv2d(a, f, [1, 1, 1, 1], "SAME"), x, normal(3, 2, 3, 2))
both("depthwise_dilated", lambda a, f: nn.depthwise_conv2d(a, f, [1, 1, 1, 1], "VALID", dilations=[2, 2]), x,
     normal(2, 2, 3, 1))
both("separable", lambda a, d, p: nn.separable_conv2d(a, d, p, [1, 2, 2, 1], "SAME"), x, normal(3, 2, 3, 2),
     normal(1, 1, 6, 4))
flowing = normal(2, 3, 4, 2)
both("backprop_input", lambda f, g: v1.nn.conv2d_backprop_input([2, 5, 4, 3], f, g, [1, 2, 1, 1], "SAME"), w, flowing)
both("backprop_filter", lambda a, g: v1.nn.conv2d_backprop_filter(a, [3, 2, 3, 2], g, [1, 2, 1, 1], "SAME"), x,
     flowing)
both("backprop_filter_grouped", lambda a, g: tensors(lambda p, q: torch.nn.grad.conv2d_weight(
    p.movedim(-1, 1), (6, 2, 2, 2), q.movedim(-1, 1), groups=2).permute(2, 3, 1, 0))(a, g), grouped, normal(1, 3, 3, 6))
deep = normal(2, 3, 2, 6)
both("depthwise_backprop_input", lambda f, g: nn.depthwise_conv2d_backprop_input([2, 5, 4, 3], f, g, [1, 2, 2, 1],
                                                                                 "SAME"), normal(3, 2, 3, 2), deep)
both("depthwise_backprop_filter", lambda a, g: nn.depthwise_conv2d_backprop_filter(a, [3, 2, 3, 2], g, [1, 2, 2, 1],
                                                                                   "SAME"), x, deep)
volume = normal(1, 3, 3, 4, 2)
both("backprop_filter_volume", lambda a, g: v1.nn.conv3d_backprop_filter(a, [2, 1, 3, 2, 2], g, [1] * 5, "SAME"),
     volume, normal(1, 3, 3, 4, 2))

# Pooling.
both("max_pool1d", lambda a: nn.max_pool1d(a, 3, 2, "SAME"), normal(2, 7, 2))
both("max_pool2d", lambda a: nn.max_pool2d(a, [3, 2], [2, 1], "SAME"), x)
both("max_pool3d", tensors(lambda a: torched.max_pool3d(a.movedim(-1, 1), 2, 1).movedim(1, -1)), volume)
both("avg_pool1d", lambda a: nn.avg_pool1d(a, 3, 2, "SAME"), normal(2, 7, 2))
both("avg_pool2d", lambda a: nn.avg_pool2d(a, [3, 2], [2, 1], "SAME"), x)
both("avg_pool3d", tensors(lambda a: torched.avg_pool3d(a.movedim(-1, 1), 2, 1).movedim(1, -1)), volume)
both("pool_dilated", lambda a: v1.nn.pool(a, [2, 2], "MAX", "VALID", dilation_rate=[2, 1]), x)
both("pool_average", lambda a: v1.nn.pool(a, [2, 2], "AVG", "VALID", dilation_rate=[2, 1]), x)
ties = np.round(normal(2, 4, 5, 2))
for name, batch in (("max_argmax", False), ("max_argmax_batch", True)):
    both(name, lambda a: nn.max_pool_with_argmax(a, [2, 2], [2, 1], "SAME", include_batch_in_index=batch), ties,
         smooth=False)
both("dilation2d", lambda a, f: nn.dilation2d(a, f, [1, 1, 2, 1], "SAME", "NHWC", [1, 2, 1, 1]), x, normal(2, 3, 3))
both("erosion2d", lambda a, f: nn.erosion2d(a, f, [1, 1, 1, 1], "VALID", "NHWC", [1, 1, 1, 1]), x, normal(2, 3, 3))
for name, padding in (("extract_volume_patches", "SAME"), ("extract_volume_patches_valid", "VALID")):
    both(name, lambda a: tf.extract_volume_patches(a, [1, 2, 1, 3, 1], [1, 1, 2, 1, 1], padding), normal(2, 3, 4, 5, 2))


def apart(padding, sizes, function):
    return lambda a, *b: nn.with_space_to_batch(a, [2, 3], padding, lambda v, _, around: function(v, *b),
                                                filter_shape=sizes)


def neighbours(v, w):
    return nn.conv2d(v, w, 1, "VALID")


spread, w = normal(2, 9, 10, 2), normal(3, 2, 2, 3)
both("apart_conv", apart("VALID", None, neighbours), spread, w, fixed=True)
both("apart_conv_same", apart("SAME", [3, 2], neighbours), spread, w, fixed=True)
both("apart_square", lambda a: nn.with_space_to_batch(a, [2, 2], "VALID", lambda v, _, around: v * v), normal(1, 3, 5, 1),
     fixed=True)
cases.write()
