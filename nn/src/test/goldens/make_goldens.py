"""Writes the goldens of recurrent nets, activations, convolutions, pooling, optimizers and losses: what PyTorch computes in float64.

Each line of a golden is "name sizes values": sizes joined by "x", values by blanks. A GRU whose reset comes before
the product, which PyTorch does not have, is written out here on its tensors; its Adam is given TensorFlow's epsilon.

    python make_goldens.py        # needs numpy and torch; writes ../resources/goldens
"""

import pathlib

import numpy as np
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

OUT = pathlib.Path(__file__).resolve().parent.parent / "resources" / "goldens"
T, B, D, H = 5, 3, 4, 2
LENGTHS = [5, 2, 3]
torch.set_default_dtype(torch.float64)


class Golden:
    def __init__(self, name):
        self.name, self.lines = name, []

    def add(self, name, array):
        array = np.asarray(array.detach() if torch.is_tensor(array) else array, dtype=np.float64)
        sizes = "x".join(map(str, array.shape)) or "scalar"
        self.lines.append(f"{name} {sizes} {' '.join(repr(float(v)) for v in array.ravel())}")

    def write(self):
        OUT.mkdir(parents=True, exist_ok=True)
        (OUT / f"{self.name}.txt").write_text("\n".join(self.lines) + "\n")


def numbers(*sizes, seed):
    return torch.tensor(np.random.default_rng(seed).normal(0, 0.7, sizes).round(3))


def weights(gates, inputs, seed, units=H):
    """Kernel, recurrent kernel and bias, as Sinter lays them out."""
    return [numbers(inputs, gates * units, seed=seed).requires_grad_(),
            numbers(units, gates * units, seed=seed + 1).requires_grad_(),
            numbers(gates * units, seed=seed + 2).requires_grad_()]


def load(module, suffix, kernel, recurrent, bias, candidate=None):
    """The parameters of one direction of a PyTorch module, as functions of Sinter's weights."""
    second = torch.zeros_like(bias)
    if candidate is not None:
        second = torch.cat([torch.zeros(2 * H), candidate])
    return {f"weight_ih_{suffix}": kernel.T, f"weight_hh_{suffix}": recurrent.T, f"bias_ih_{suffix}": bias,
            f"bias_hh_{suffix}": second}


def run(module, parameters, x, state, lengths=None):
    if lengths is None:
        return torch.func.functional_call(module, parameters, (x, state))
    packed = pack_padded_sequence(x, lengths, enforce_sorted=False)
    outputs, last = torch.func.functional_call(module, parameters, (packed, state))
    return pad_packed_sequence(outputs, total_length=T)[0], last


def parts(state):
    return list(state) if isinstance(state, tuple) else [state]


def record(name, x, initial, tensors, outputs, last):
    """Inputs, outputs and the gradients of a weighted sum of all outputs."""
    golden = Golden(name)
    golden.add("x", x)
    named = dict(tensors) | {f"initial{i}": part for i, part in enumerate(initial)}
    for key, tensor in named.items():
        golden.add(key, tensor)
    golden.add("outputs", outputs)
    for i, part in enumerate(last):
        golden.add(f"state{i}", part)
    total = sum((part * numbers(*part.shape, seed=90 + i)).sum() for i, part in enumerate([outputs, *last]))
    for i, part in enumerate([outputs, *last]):
        golden.add(f"seed{i}", numbers(*part.shape, seed=90 + i))
    for key, gradient in zip(["x", *named], torch.autograd.grad(total, [x, *named.values()])):
        golden.add(f"d_{key}", gradient)
    golden.write()


def layer(name, kind, gates, state_parts, lengths=None, candidate=False, **options):
    x = numbers(T, B, D, seed=1).requires_grad_()
    tensors = dict(zip(["kernel", "recurrent", "bias"], weights(gates, D, 10)))
    extra = {}
    if candidate:
        extra["candidate"] = numbers(H, seed=20).requires_grad_()
    initial = [numbers(B, H, seed=30 + i).requires_grad_() for i in range(state_parts)]
    module = kind(D, H, **options)
    state = tuple(part[None] for part in initial) if state_parts > 1 else initial[0][None]
    outputs, last = run(module, load(module, "l0", *tensors.values(), *extra.values()), x, state, lengths)
    record(name, x, initial, tensors | extra, outputs, [part[0] for part in parts(last)])


def bidirectional():
    x = numbers(T, B, D, seed=1).requires_grad_()
    forwards = dict(zip(["kernel", "recurrent", "bias"], weights(4, D, 10)))
    backwards = dict(zip(["kernel2", "recurrent2", "bias2"], weights(4, D, 40)))
    initial = [numbers(B, H, seed=30 + i).requires_grad_() for i in range(4)]
    module = torch.nn.LSTM(D, H, bidirectional=True)
    parameters = load(module, "l0", *forwards.values()) | load(module, "l0_reverse", *backwards.values())
    outputs, (h, c) = run(module, parameters, x, (torch.stack([initial[0], initial[2]]),
                                                  torch.stack([initial[1], initial[3]])), LENGTHS)
    record("bidirectional_ragged", x, initial, forwards | backwards, outputs, [h[0], c[0], h[1], c[1]])


def stacked():
    x = numbers(T, B, D, seed=1).requires_grad_()
    first = dict(zip(["kernel", "recurrent", "bias"], weights(4, D, 10)))
    second = dict(zip(["kernel2", "recurrent2", "bias2"], weights(4, H, 40)))
    initial = [numbers(B, H, seed=30 + i).requires_grad_() for i in range(4)]
    module = torch.nn.LSTM(D, H, num_layers=2)
    parameters = load(module, "l0", *first.values()) | load(module, "l1", *second.values())
    outputs, (h, c) = run(module, parameters, x, (torch.stack([initial[0], initial[2]]),
                                                  torch.stack([initial[1], initial[3]])), LENGTHS)
    record("stacked_ragged", x, initial, first | second, outputs, [h[0], c[0], h[1], c[1]])


def gru_reset_before():
    x = numbers(T, B, D, seed=1).requires_grad_()
    tensors = dict(zip(["kernel", "recurrent", "bias"], weights(3, D, 10)))
    initial = numbers(B, H, seed=30).requires_grad_()
    h, outputs = initial, []
    ur, uz, un = tensors["recurrent"].split(H, 1)
    for xt in x:
        r, z, n = (xt @ tensors["kernel"] + tensors["bias"]).split(H, 1)
        r, z = torch.sigmoid(r + h @ ur), torch.sigmoid(z + h @ uz)
        h = z * h + (1 - z) * torch.tanh(n + (r * h) @ un)
        outputs.append(h)
    record("gru_reset_before", x, [initial], tensors, torch.stack(outputs), [h])


def gelu():
    golden = Golden("gelu")
    x = torch.cat([torch.linspace(-9, 9, 61), torch.tensor([0.0, -1e-20, 1e-20, -40, 40])]).requires_grad_()
    golden.add("x", x)
    for name in ["none", "tanh"]:
        y = torch.nn.functional.gelu(x, approximate=name)
        golden.add(name, y)
        golden.add("g" + name, torch.autograd.grad(y.sum(), x)[0])
    golden.write()


def optimizer(name, steps=6):
    """A weight after each step down the gradient of sum(sin(w) * a)."""
    golden = Golden(name)
    w = numbers(4, seed=50).requires_grad_()
    a = numbers(4, seed=51)
    golden.add("w", w)
    golden.add("a", a)
    sgd = {"momentum": dict(momentum=0.9), "nesterov": dict(momentum=0.9, nesterov=True), "descent": {}}
    torchs = torch.optim.Adam([w], 0.1) if name == "adam" else torch.optim.SGD([w], 0.1, **sgd[name])
    for t in range(1, steps + 1):
        w.grad, = torch.autograd.grad((torch.sin(w) * a).sum(), [w])
        if name == "adam":
            # TensorFlow's Adam adds epsilon where v is not yet corrected.
            torchs.param_groups[0]["eps"] = 1e-8 / (1 - 0.999 ** t) ** 0.5
        torchs.step()
        golden.add(f"w{t}", w)
    golden.write()


def loss():
    golden = Golden("masked_cross_entropy")
    logits = numbers(B, T, 6, seed=60).requires_grad_()
    labels = torch.tensor(np.random.default_rng(61).integers(0, 6, (B, T)))
    ignored = labels.clone()
    for row, length in enumerate(LENGTHS):
        ignored[row, length:] = -100
    value = torch.nn.functional.cross_entropy(logits.reshape(-1, 6), ignored.reshape(-1))
    golden.add("logits", logits)
    golden.add("labels", labels)
    golden.add("loss", value)
    golden.add("d_logits", torch.autograd.grad(value, [logits])[0])
    golden.write()


def clip():
    golden = Golden("clip")
    for name, bound in [("within", 10.0), ("beyond", 1.0)]:
        given = [numbers(3, seed=70), numbers(2, 2, seed=71)]
        tensors = [g.clone().requires_grad_() for g in given]
        for tensor, g in zip(tensors, given):
            tensor.grad = g.clone()
        norm = torch.nn.utils.clip_grad_norm_(tensors, bound)
        for i, (g, tensor) in enumerate(zip(given, tensors)):
            golden.add(f"{name}_g{i}", g)
            golden.add(f"{name}_clipped{i}", tensor.grad)
        golden.add(f"{name}_norm", norm)
    golden.write()


def same(size, kernel, stride, dilation):
    """What TensorFlow adds before and after an axis."""
    total = max((-(-size // stride) - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)
    return total // 2, total - total // 2


def padded(x, padding, kernel, strides, dilations, value=0.0):
    if padding == "valid":
        return x
    amounts = []
    for axis, size in enumerate(x.shape[2:]):
        amounts.insert(0, same(size, kernel[axis], strides[axis], dilations[axis]) if padding == "same"
                       else (padding[axis], padding[axis]))
    return torch.nn.functional.pad(x, [n for pair in amounts for n in pair], value=value)


def convolution(name, sizes, kernel, inner, outer, strides, dilations, padding, groups):
    """A convolution with channels first, its filter as Sinter's: spatial sizes, inner and outer channels."""
    golden = Golden(name)
    x = numbers(*sizes, seed=1).requires_grad_()
    w = numbers(*kernel, inner, outer, seed=2).requires_grad_()
    axes = len(kernel)
    there = padded(x, padding, kernel, strides, dilations)
    filters = w.permute(axes + 1, axes, *range(axes))
    f = [torch.nn.functional.conv1d, torch.nn.functional.conv2d, torch.nn.functional.conv3d][axes - 1]
    y = f(there, filters, stride=strides, dilation=dilations, groups=groups)
    weight = numbers(*y.shape, seed=3)
    gx, gw = torch.autograd.grad((y * weight).sum(), [x, w])
    for key, value in {"x": x, "w": w, "y": y, "weight": weight, "gx": gx, "gw": gw}.items():
        golden.add(key, value)
    golden.write()


def transposed(name, sizes, kernel, inner, outer, strides, dilations, padding, more, groups):
    """A transposed convolution with channels first: inner channels of x, outer of each group; more at the end."""
    golden = Golden(name)
    x = numbers(*sizes, seed=1).requires_grad_()
    w = numbers(*kernel, outer, inner, seed=2).requires_grad_()
    axes = len(kernel)
    f = [torch.nn.functional.conv_transpose1d, torch.nn.functional.conv_transpose2d,
         torch.nn.functional.conv_transpose3d][axes - 1]
    y = f(x, w.permute(axes + 1, axes, *range(axes)), stride=strides, padding=padding, output_padding=more,
          groups=groups, dilation=dilations)
    weight = numbers(*y.shape, seed=3)
    gx, gw = torch.autograd.grad((y * weight).sum(), [x, w])
    for key, value in {"x": x, "w": w, "y": y, "weight": weight, "gx": gx, "gw": gw}.items():
        golden.add(key, value)
    golden.write()


def pooling(name, sizes, kernel, strides, dilations, padding, tied):
    golden = Golden(name)
    x = (numbers(*sizes, seed=4) * (2 if tied else 1)).round(decimals=0 if tied else 3).requires_grad_()
    greatest = torch.nn.functional.max_pool2d(
        padded(x, padding, kernel, strides, dilations, -np.inf), kernel, strides, 0, dilations)
    weight = numbers(*greatest.shape, seed=5)
    golden.add("x", x)
    golden.add("weight", weight)
    golden.add("max", greatest)
    golden.add("gmax", torch.autograd.grad((greatest * weight).sum(), [x])[0])
    if dilations == (1, 1):
        sums = torch.nn.functional.avg_pool2d(padded(x, padding, kernel, strides, dilations), kernel, strides)
        shares = torch.nn.functional.avg_pool2d(padded(torch.ones_like(x), padding, kernel, strides, dilations), kernel,
                                                strides)
        mean = sums / shares
        golden.add("mean", mean)
        golden.add("gmean", torch.autograd.grad((mean * weight).sum(), [x])[0])
    golden.write()


def convolutional_net():
    """The losses of 50 steps of gradient descent on two convolutions with pooling and a dense layer."""
    golden = Golden("conv_net")
    x, labels = numbers(8, 1, 12, 12, seed=80), torch.arange(8) % 3
    weights = [numbers(3, 3, 1, 4, seed=81), numbers(3, 3, 4, 6, seed=82) / 3, numbers(54, 3, seed=83) / 4]
    for key, value in {"x": x, "labels": labels, "w0": weights[0], "w1": weights[1], "w2": weights[2]}.items():
        golden.add(key, value)
    weights = [weight.clone().requires_grad_() for weight in weights]
    losses = []
    for _ in range(50):
        h = x
        for filters in weights[:2]:
            h = torch.relu(torch.nn.functional.conv2d(h, filters.permute(3, 2, 0, 1), padding=1))
            h = torch.nn.functional.max_pool2d(h, 2)
        scores = h.permute(0, 2, 3, 1).flatten(1) @ weights[2]
        loss = torch.nn.functional.cross_entropy(scores, labels)
        losses.append(loss.item())
        for weight, slope in zip(weights, torch.autograd.grad(loss, weights)):
            weight.data -= 0.1 * slope
    golden.add("losses", losses)
    golden.write()


if __name__ == "__main__":
    layer("simple_rnn", torch.nn.RNN, 1, 1)
    layer("simple_rnn_relu", torch.nn.RNN, 1, 1, nonlinearity="relu")
    layer("lstm", torch.nn.LSTM, 4, 2)
    layer("lstm_ragged", torch.nn.LSTM, 4, 2, LENGTHS)
    layer("gru", torch.nn.GRU, 3, 1, candidate=True)
    layer("gru_ragged", torch.nn.GRU, 3, 1, LENGTHS, candidate=True)
    gru_reset_before()
    bidirectional()
    stacked()
    for each in ["descent", "momentum", "nesterov", "adam"]:
        optimizer(each)
    loss()
    clip()
    gelu()
    convolution("conv_valid", (2, 3, 7, 6), (3, 2), 3, 4, (1, 1), (1, 1), "valid", 1)
    convolution("conv_same", (2, 3, 6, 5), (5, 2), 3, 2, (1, 1), (1, 1), "same", 1)
    convolution("conv_strided", (2, 2, 8, 7), (3, 3), 2, 3, (2, 2), (1, 1), "same", 1)
    convolution("conv_apart", (1, 2, 9, 8), (2, 1), 2, 3, (3, 2), (1, 1), "valid", 1)
    convolution("conv_dilated", (1, 2, 9, 8), (3, 2), 2, 3, (2, 1), (2, 3), (1, 2), 1)
    convolution("conv_grouped", (2, 4, 5, 5), (3, 3), 2, 6, (1, 2), (1, 1), (1, 1), 2)
    convolution("conv_depthwise", (2, 3, 6, 6), (3, 3), 1, 6, (2, 1), (1, 1), (1, 1), 3)
    convolution("conv_line", (2, 3, 11), (4,), 3, 2, (2,), (1,), "same", 1)
    convolution("conv_volume", (1, 2, 4, 5, 4), (2, 3, 2), 2, 2, (1, 2, 1), (1, 1, 1), (0, 1, 1), 1)
    convolution("conv_long", (1, 1, 90), (40,), 1, 2, (3,), (2,), "same", 1)
    transposed("transposed_valid", (2, 3, 4, 5), (3, 2), 3, 4, (1, 1), (1, 1), (0, 0), (0, 0), 1)
    transposed("transposed_strided", (2, 3, 4, 5), (4, 5), 3, 2, (2, 3), (1, 1), (1, 1), (0, 0), 1)
    transposed("transposed_same", (2, 2, 4, 3), (4, 3), 2, 3, (2, 1), (1, 1), (1, 1), (0, 0), 1)
    transposed("transposed_given", (1, 2, 4, 3), (3, 3), 2, 3, (2, 2), (1, 1), (1, 1), (1, 0), 1)
    transposed("transposed_dilated", (1, 2, 5, 4), (3, 2), 2, 3, (2, 1), (2, 3), (1, 0), (0, 0), 1)
    transposed("transposed_grouped", (2, 4, 3, 4), (3, 3), 4, 3, (2, 1), (1, 1), (1, 1), (0, 0), 2)
    transposed("transposed_apart", (1, 2, 4, 3), (2, 1), 2, 3, (3, 2), (1, 1), (0, 0), (1, 1), 1)
    transposed("transposed_line", (2, 3, 6), (4,), 3, 2, (2,), (1,), (0,), (0,), 1)
    transposed("transposed_volume", (1, 2, 3, 2, 3), (2, 3, 2), 2, 2, (1, 2, 1), (1, 1, 1), (0, 1, 1), (0, 0, 0), 1)
    pooling("pool_halves", (2, 3, 6, 4), (2, 2), (2, 2), (1, 1), "valid", True)
    pooling("pool_rest", (2, 3, 7, 5), (2, 2), (2, 2), (1, 1), "valid", False)
    pooling("pool_overlapping", (2, 2, 9, 8), (3, 3), (2, 2), (1, 1), "same", True)
    pooling("pool_apart", (1, 2, 9, 8), (2, 1), (3, 2), (1, 1), "valid", False)
    pooling("pool_dilated", (1, 2, 9, 8), (2, 3), (2, 1), (3, 2), "valid", True)
    convolutional_net()
