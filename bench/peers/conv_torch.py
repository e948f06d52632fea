"""The work of conv_jax.py by PyTorch, whose arrays have channels as the second axis, in memory too or only in name.
usage: conv_torch.py eager|channels-last forward|grad INPUT FILTER STRIDE DILATION GROUPS float32|float64
"""
import sys

import torch
from common import bench

mode, variant = sys.argv[1:3]
input_sizes, filter_sizes = ([int(size) for size in text.split("x")] for text in sys.argv[3:5])
stride, dilation, groups = map(int, sys.argv[5:8])
dtype = getattr(torch, sys.argv[8])
axes = len(input_sizes) - 2
padding = [dilation * (size - 1) // 2 for size in filter_sizes[:axes]]
convolution = getattr(torch.nn.functional, f"conv{axes}d")
torch.manual_seed(0)


def normal(*sizes):
    values = torch.randn(*sizes, dtype=dtype)
    if mode == "channels-last" and axes > 1:
        values = values.to(memory_format=torch.channels_last if axes == 2 else torch.channels_last_3d)
    return values


x = normal(input_sizes[0], input_sizes[-1], *input_sizes[1:-1])
weights = normal(filter_sizes[-1], filter_sizes[-2], *filter_sizes[:-2])
result = convolution(x, weights, None, stride, padding, dilation, groups)
given = normal(*result.shape)


def run():
    if variant == "forward":
        return convolution(x, weights, None, stride, padding, dilation, groups)
    return torch.ops.aten.convolution_backward(given, x, weights, None, [stride] * axes, padding, [dilation] * axes,
                                               False, [0] * axes, groups, [True, True, False])


with torch.no_grad():
    bench(f"torch-{mode} conv", run)
