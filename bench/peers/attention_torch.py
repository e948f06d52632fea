"""The work of attention_jax.py by PyTorch's own scaled_dot_product_attention.
usage: attention_torch.py eager|compile LENGTH all|causal|grad
"""
import sys

import torch
from common import bench

HEADS, DEPTH = 8, 64
mode, length, variant = sys.argv[1], int(sys.argv[2]), sys.argv[3]
torch.manual_seed(0)
inputs = [torch.randn(1, HEADS, length, DEPTH, requires_grad=variant == "grad") for _ in range(3)]


def attention(queries, keys, values):
    return torch.nn.functional.scaled_dot_product_attention(queries, keys, values, is_causal=variant == "causal")


compiled = torch.compile(attention) if mode == "compile" else attention


def run():
    if variant == "grad":
        mixed = compiled(*inputs)
        return torch.autograd.grad((mixed * mixed).sum(), inputs)
    with torch.no_grad():
        return compiled(*inputs)


bench(f"torch-{mode} attention {variant}", run)
