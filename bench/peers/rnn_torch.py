"""The training step of rnn_jax.py by PyTorch's own layers. usage: rnn_torch.py eager|compile lstm|gru STEPS BATCH HIDDEN

torch.nn.LSTM and GRU have two biases of all gates, torch.nn.Linear one of the classes.
"""
import sys

import torch
from common import bench

INPUTS, CLASSES, LEARNING_RATE = 128, 10, 0.1


class Net(torch.nn.Module):
    def __init__(self, cell, hidden):
        super().__init__()
        self.layer = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[cell](INPUTS, hidden)
        self.output = torch.nn.Linear(hidden, CLASSES)

    def forward(self, x):
        return self.output(self.layer(x)[0][-1])


def measure(mode, cell, steps, batch, hidden):
    net = Net(cell, hidden)
    x, y = torch.randn(steps, batch, INPUTS), torch.randint(0, CLASSES, (batch,))
    forward = torch.compile(net) if mode == "compile" else net
    descent = torch.optim.SGD(net.parameters(), LEARNING_RATE)

    def step():
        descent.zero_grad(set_to_none=True)
        loss = torch.nn.functional.cross_entropy(forward(x), y)
        loss.backward()
        descent.step()
        return loss.item()

    bench(f"torch-{mode} {cell} T{steps} b{batch} i{INPUTS} h{hidden} sgd train", step)


if __name__ == "__main__":
    torch.manual_seed(0)
    measure(*sys.argv[1:3], *map(int, sys.argv[3:6]))
