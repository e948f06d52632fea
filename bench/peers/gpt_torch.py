"""The work of gpt_jax.py by PyTorch's own modules and optimizer. 
usage: gpt_torch.py eager|compile BATCH LENGTH WIDTH float32|float64 [memory]
"""
import sys

import torch
import training_torch
from torch import nn

TOKENS, HEADS, BLOCKS = 1000, 8, 4
functional = nn.functional


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.inputs, self.outputs = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.wide, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, h):
        batch, length, width = h.shape
        parts = self.inputs(self.norm1(h)).view(batch, length, 3, HEADS, width // HEADS)
        q, k, v = parts.permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        h = h + self.outputs(mixed.transpose(1, 2).reshape(batch, length, width))
        return h + self.narrow(functional.gelu(self.wide(self.norm2(h)), approximate="tanh"))


class Gpt(nn.Module):
    def __init__(self, length, width):
        super().__init__()
        self.tokens = nn.Embedding(TOKENS, width)
        self.positions = nn.Parameter(torch.randn(length, width) * .02)
        self.blocks = nn.Sequential(*[Block(width) for _ in range(BLOCKS)])
        self.norm, self.output = nn.LayerNorm(width), nn.Linear(width, TOKENS, bias=False)

    def forward(self, x):
        return self.output(self.norm(self.blocks(self.tokens(x) + self.positions)))


if __name__ == "__main__":
    batch, length, width = (int(size) for size in sys.argv[2:5])
    torch.set_default_dtype(getattr(torch, sys.argv[5]))
    torch.manual_seed(0)
    model = Gpt(length, width)
    x, y = (torch.randint(0, TOKENS, (batch, length)) for _ in range(2))
    training_torch.measure("gpt", sys.argv[1], model, x, y, *sys.argv[6:])
