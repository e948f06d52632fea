"""Writes the losses of 50 training steps by PyTorch, in float32 and in float64: those that TrainingLossesTest compares.

The nets are those of the benchmark's scripts; weights, inputs and labels come from the formula of dev.sinter.bench's
HashedNumbers, and are float32 in both runs. A line is "name.dtype count losses". What Sinter's LSTM does not have stays
0: the second of PyTorch's biases, and that of the classes. Adam is given TensorFlow's epsilon.

    python make_losses.py         # needs numpy and torch; writes ../resources/goldens/training_losses.txt
"""
import math
import pathlib
import sys

import numpy as np
import torch
from torch import nn

TEST = pathlib.Path(__file__).resolve().parent.parent
sys.path.append(str(TEST.parent.parent / "peers"))

import cnn_torch
import gpt_torch
import rnn_torch

STEPS = 50


def mixed(words):
    words = np.asarray(words, np.uint32)
    words = (words ^ words >> 16) * np.uint32(0x7FEB352D)
    words = (words ^ words >> 15) * np.uint32(0x846CA68B)
    return words ^ words >> 16


class Numbers:
    """Arrays in their order: the inputs, the labels, the weights."""

    def __init__(self, bound):
        self.bound, self.arrays = bound, 0

    def words(self, count):
        first = mixed(np.array([self.arrays]))
        self.arrays += 1
        return mixed(np.arange(count, dtype=np.uint32) + first) >> 8

    def around(self, centre, bound, *sizes):
        units = self.words(math.prod(sizes)) * 2.0 ** -23 - 1
        return torch.tensor((centre + bound * units).astype(np.float32).reshape(sizes))

    def weights(self, *sizes):
        return self.around(0, self.bound, *sizes)

    def scales(self, count):
        return self.around(1, 0.25, count)

    def integers(self, limit, *sizes):
        return torch.tensor((self.words(math.prod(sizes)) % limit).astype(np.int64).reshape(sizes))


def put(module, weight, bias=None):
    """Gives a layer its weights; a bias that is not given is 0 and stays so."""
    module.weight.data = weight.contiguous()
    if bias is not None:
        module.bias.data = bias
    elif module.bias is not None:
        module.bias = nn.Parameter(torch.zeros_like(module.bias), requires_grad=False)


def cross_entropy(scores, y):
    return nn.functional.cross_entropy(scores.flatten(0, -2), y.flatten())


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(1000, 100, bias=False), nn.Linear(100, 10, bias=False)

    def forward(self, x):
        return self.second(nn.functional.relu(self.first(x)))


def mlp():
    numbers, net = Numbers(1.5), Mlp()
    x, y = numbers.around(0, 1.5, 64, 1000), numbers.around(0, 1.5, 64, 10)
    put(net.first, numbers.weights(1000, 100).T)
    put(net.second, numbers.weights(100, 10).T)
    return net, x, y, nn.MSELoss(reduction="sum"), lambda p: torch.optim.SGD(p, 1e-6)


def cnn():
    numbers, net = Numbers(1 / 16), cnn_torch.Net()
    x, y = numbers.around(0, 1.5, 4, 28, 28, 1).repeat(16, 1, 1, 1), numbers.integers(10, 64)
    for layer, channels in (net.first, (1, 32)), (net.second, (32, 64)):
        put(layer, numbers.weights(5, 5, *channels).permute(3, 2, 0, 1), numbers.weights(channels[1]))
    hidden = numbers.weights(3136, 1024).reshape(7, 7, 64, 1024).permute(3, 2, 0, 1)
    put(net.hidden, hidden.reshape(1024, 3136), numbers.weights(1024))
    put(net.output, numbers.weights(1024, 10).T, numbers.weights(10))
    return net, x.permute(0, 3, 1, 2), y, cross_entropy, torch.optim.Adam


def lstm():
    numbers, net = Numbers(1 / 8), rnn_torch.Net("lstm", 256)
    x, y = numbers.around(0, 1.5, 100, 32, 128), numbers.integers(10, 32)
    layer = net.layer
    layer.weight_ih_l0.data = numbers.weights(128, 1024).T.contiguous()
    layer.weight_hh_l0.data = numbers.weights(256, 1024).T.contiguous()
    layer.bias_ih_l0.data = numbers.weights(1024)
    layer.bias_hh_l0 = nn.Parameter(torch.zeros(1024), requires_grad=False)
    put(net.output, numbers.weights(256, 10).T)
    return net, x, y, cross_entropy, lambda p: torch.optim.SGD(p, rnn_torch.LEARNING_RATE)


def gpt(batch=8, length=128, width=256):
    numbers, net, tokens = Numbers(1 / 32), gpt_torch.Gpt(length, width), gpt_torch.TOKENS
    x, y = (numbers.integers(tokens, batch, length) for _ in range(2))

    def normal(layer):
        put(layer, numbers.scales(width), numbers.weights(width))

    def dense(layer):
        put(layer, numbers.weights(layer.in_features, layer.out_features).T, numbers.weights(layer.out_features))

    net.tokens.weight.data = numbers.weights(tokens, width)
    net.positions.data = numbers.weights(length, width)
    for block in net.blocks:
        normal(block.norm1)
        dense(block.inputs)
        dense(block.outputs)
        normal(block.norm2)
        dense(block.wide)
        dense(block.narrow)
    normal(net.norm)
    put(net.output, numbers.weights(width, tokens).T)
    return net, x, y, cross_entropy, torch.optim.Adam


def odd_gpt():
    return gpt(3, 77, 200)


def losses(workload, dtype):
    net, x, y, loss_of, optimizer_of = workload()
    x, y = (array.to(dtype) if array.is_floating_point() else array for array in (x, y))
    net.to(dtype)
    optimizer = optimizer_of([p for p in net.parameters() if p.requires_grad])
    result = []
    for step in range(STEPS):
        if isinstance(optimizer, torch.optim.Adam):
            optimizer.param_groups[0]["eps"] = 1e-8 / math.sqrt(1 - 0.999 ** (step + 1))
        optimizer.zero_grad()
        loss = loss_of(net(x), y)
        loss.backward()
        optimizer.step()
        result.append(loss.item())
    return result


lines = []
for name, workload in ("mlp", mlp), ("cnn", cnn), ("lstm", lstm), ("gpt", gpt), ("gpt-3x77x200", odd_gpt):
    for dtype in torch.float32, torch.float64:
        values = losses(workload, dtype)
        row = f"{name}.{str(dtype).removeprefix('torch.')}"
        lines.append(f"{row} {STEPS} {' '.join(map(repr, values))}")
        print(row, values[0], values[-1])
(TEST / "resources" / "goldens" / "training_losses.txt").write_text("\n".join(lines) + "\n")
