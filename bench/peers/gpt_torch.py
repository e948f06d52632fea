"""The work of gpt_jax.py by PyTorch's own modules and optimizer. usage: gpt_torch.py eager|compile"""
import sys

import torch
import training_torch
from torch import nn

TOKENS, WIDTH, HEADS, BLOCKS, LENGTH, BATCH = 1000, 256, 8, 4, 128, 8
functional = nn.functional


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.inputs, self.outputs = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.wide, self.narrow = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, h):
        parts = self.inputs(self.norm1(h)).view(BATCH, LENGTH, 3, HEADS, WIDTH // HEADS)
        q, k, v = parts.permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        h = h + self.outputs(mixed.transpose(1, 2).reshape(BATCH, LENGTH, WIDTH))
        return h + self.narrow(functional.gelu(self.wide(self.norm2(h)), approximate="tanh"))


class Gpt(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(TOKENS, WIDTH)
        self.positions = nn.Parameter(torch.randn(LENGTH, WIDTH) * .02)
        self.blocks = nn.Sequential(*[Block() for _ in range(BLOCKS)])
        self.norm, self.output = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, TOKENS, bias=False)

    def forward(self, x):
        return self.output(self.norm(self.blocks(self.tokens(x) + self.positions)))


if __name__ == "__main__":
    torch.manual_seed(0)
    model = Gpt()
    x, y = (torch.randint(0, TOKENS, (BATCH, LENGTH)) for _ in range(2))
    training_torch.measure("gpt", sys.argv[1], model, x, y)
