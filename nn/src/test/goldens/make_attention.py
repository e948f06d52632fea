"""Writes what PyTorch's attention of several heads computes, with its gradients.

    python make_attention.py        # needs numpy and torch
"""

import pathlib

import numpy as np
import torch

OUT = pathlib.Path(__file__).resolve().parent.parent / "resources" / "goldens"
random = np.random.default_rng(6)
torch.set_default_dtype(torch.float64)


def normal(*shape):
    return random.normal(size=shape).round(3)


queries, memory = normal(2, 3, 6), normal(2, 5, 6)
weights = {name: normal(6, 6) for name in ("query", "key", "value", "output")}
biases = {name: normal(6) for name in ("query_bias", "key_bias", "value_bias", "output_bias")}
layer = torch.nn.MultiheadAttention(6, 2, batch_first=True)
with torch.no_grad():
    layer.in_proj_weight.copy_(torch.tensor(np.concatenate([weights[n].T for n in ("query", "key", "value")])))
    layer.in_proj_bias.copy_(torch.tensor(np.concatenate([biases[n] for n in ("query_bias", "key_bias",
                                                                              "value_bias")])))
    layer.out_proj.weight.copy_(torch.tensor(weights["output"].T))
    layer.out_proj.bias.copy_(torch.tensor(biases["output_bias"]))
q, m = torch.tensor(queries, requires_grad=True), torch.tensor(memory, requires_grad=True)
y, _ = layer(q, m, m)
(y ** 2).sum().backward()
causal, _ = layer(q, q, q, attn_mask=torch.triu(torch.ones(3, 3, dtype=torch.bool), 1))
arrays = {"queries": queries, "memory": memory, **weights, **biases, "y": y, "d_queries": q.grad, "d_memory": m.grad,
          "d_output": layer.out_proj.weight.grad.T, "causal": causal}
lines = []
for key, value in arrays.items():
    value = value.detach().numpy() if isinstance(value, torch.Tensor) else value
    lines.append(" ".join([key, "x".join(map(str, value.shape))] + [repr(float(v)) for v in value.ravel()]))
(OUT / "multi_head_attention.txt").write_text("\n".join(lines) + "\n")
