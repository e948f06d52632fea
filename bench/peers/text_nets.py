"""The encoder of BERT-base and GPT-2 small of PyTorch's modules, and what they are applied to."""
import torch
from torch import nn

WIDTH, HEADS, BLOCKS, LENGTH, PAST, POSITIONS = 768, 12, 12, 128, 256, 1024
BERT_TOKENS, GPT2_TOKENS = 30522, 50257


class Block(nn.Module):
    """Attention and a layer of four times the width."""
    def __init__(self):
        super().__init__()
        self.inputs, self.outputs = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.wide, self.narrow = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)

    def projected(self, h):
        batch, length, _ = h.shape
        return self.inputs(h).view(batch, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)

    def mixed(self, q, k, v):
        batch, _, length, width = q.shape
        shares = ((q @ k.transpose(-1, -2)) * width ** -.5).softmax(-1)
        return self.outputs((shares @ v).transpose(1, 2).reshape(batch, length, WIDTH))


class BertBlock(Block):
    def forward(self, h):
        h = self.norm1(h + self.mixed(*self.projected(h)))
        return self.norm2(h + self.narrow(nn.functional.gelu(self.wide(h))))


class Bert(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(BERT_TOKENS, WIDTH)
        self.positions = nn.Parameter(torch.randn(LENGTH, WIDTH) * .02)
        self.norm, self.blocks = nn.LayerNorm(WIDTH), nn.Sequential(*[BertBlock() for _ in range(BLOCKS)])

    def forward(self, x):
        return self.blocks(self.norm(self.tokens(x) + self.positions))


class Gpt2Block(Block):
    def forward(self, h, past_k, past_v):
        q, k, v = self.projected(self.norm1(h))
        k, v = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
        h = h + self.mixed(q, k, v)
        wide = nn.functional.gelu(self.wide(self.norm2(h)), approximate="tanh")
        return h + self.narrow(wide), torch.stack([k, v])


class Gpt2(nn.Module):
    """One more token: its logits and the keys and values of all tokens, of which those before are given."""
    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(GPT2_TOKENS, WIDTH)
        self.positions = nn.Parameter(torch.randn(POSITIONS, WIDTH) * .02)
        self.blocks, self.norm = nn.ModuleList([Gpt2Block() for _ in range(BLOCKS)]), nn.LayerNorm(WIDTH)

    def forward(self, x, past):
        h = self.tokens(x) + self.positions[past.shape[4]:past.shape[4] + 1]
        extended = []
        for number, block in enumerate(self.blocks):
            h, both = block(h, past[number, 0], past[number, 1])
            extended.append(both)
        return self.norm(h) @ self.tokens.weight.t(), torch.stack(extended)


def sequences(batch):
    return (torch.randint(0, BERT_TOKENS, (batch, LENGTH)),)


def token_and_past(batch):
    return (torch.randint(0, GPT2_TOKENS, (batch, 1)), torch.randn(BLOCKS, 2, batch, HEADS, PAST, WIDTH // HEADS))
