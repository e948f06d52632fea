"""The work of moving_jax.py by PyTorch's own functions and optimizer. 
usage: moving_torch.py eager|compile and the words of moving_jax.py

With compile, Adam is PyTorch's fused one.
"""
import sys

import torch
from common import bench

mode, work, *sizes = sys.argv[1:]
torch.set_default_dtype(getattr(torch, sizes.pop() if work != "adam" else "float32"))
sizes = [int(size) for size in sizes]
torch.manual_seed(0)
functional = torch.nn.functional
compiled = torch.compile if mode == "compile" else lambda function: function
if work == "softmax":
    x = torch.randn(*sizes)
    softmax = compiled(lambda x: torch.softmax(x, -1))
    bench(f"torch-{mode} softmax", lambda: softmax(x))
elif work == "fused":
    x, scale, offset = torch.randn(*sizes), torch.randn(sizes[1]), torch.randn(sizes[1])
    fused = compiled(lambda x, scale, offset: functional.gelu(
        functional.layer_norm(x, sizes[1:], scale, offset), approximate="tanh") + x)
    bench(f"torch-{mode} fused", lambda: fused(x, scale, offset))
else:
    weights = torch.randn(*sizes)
    weights.grad = torch.randn(*sizes)
    update = torch.optim.Adam([weights], fused=True) if mode == "compile" else torch.optim.Adam([weights])
    bench(f"torch-{mode} adam", update.step)
