"""The work of moving_jax.py by PyTorch's own functions and optimizer. usage: moving_torch.py eager|compile WORK

With compile, Adam is PyTorch's fused one.
"""
import sys

import torch
from common import bench

ROWS, COLUMNS, WEIGHTS = 4096, 1024, 10_000_000
mode, work = sys.argv[1:3]
torch.manual_seed(0)
functional = torch.nn.functional
compiled = torch.compile if mode == "compile" else lambda function: function
if work == "softmax":
    x = torch.randn(ROWS, COLUMNS)
    softmax = compiled(lambda x: torch.softmax(x, -1))
    bench(f"torch-{mode} softmax", lambda: softmax(x))
elif work == "fused":
    x, scale, offset = torch.randn(ROWS, COLUMNS), torch.randn(COLUMNS), torch.randn(COLUMNS)
    fused = compiled(lambda x, scale, offset: functional.gelu(
        functional.layer_norm(x, (COLUMNS,), scale, offset), approximate="tanh") + x)
    bench(f"torch-{mode} fused", lambda: fused(x, scale, offset))
else:
    weights = torch.randn(WEIGHTS)
    weights.grad = torch.randn(WEIGHTS)
    update = torch.optim.Adam([weights], fused=True) if mode == "compile" else torch.optim.Adam([weights])
    bench(f"torch-{mode} adam", update.step)
