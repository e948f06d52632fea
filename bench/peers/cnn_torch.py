"""The work of cnn_jax.py by PyTorch's own modules and optimizer. usage: cnn_torch.py eager|compile BATCH"""
import sys

import torch
import training_torch
from torch import nn

functional = nn.functional


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Conv2d(1, 32, 5, padding=2), nn.Conv2d(32, 64, 5, padding=2)
        self.hidden, self.output = nn.Linear(3136, 1024), nn.Linear(1024, 10)

    def forward(self, x):
        x = functional.max_pool2d(functional.relu(self.first(x)), 2)
        x = functional.max_pool2d(functional.relu(self.second(x)), 2)
        return self.output(functional.relu(self.hidden(x.flatten(1))))


if __name__ == "__main__":
    torch.manual_seed(0)
    model = Net()
    batch = int(sys.argv[2])
    x, y = torch.randn(batch, 1, 28, 28), torch.randint(0, 10, (batch,))
    training_torch.measure("cnn", sys.argv[1], model, x, y)
