"""Steps of PyTorch's Adam on the mean cross entropy of classes."""
import torch
from common import bench


def measure(name, mode, model, x, y):
    """Measures the training of a model, whose results are the classes' logits, towards the classes y."""
    forward = torch.compile(model) if mode == "compile" else model
    optimizer = torch.optim.Adam(model.parameters())

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = torch.nn.functional.cross_entropy(forward(x).flatten(0, -2), y.flatten())
        loss.backward()
        optimizer.step()
        return loss.item()

    bench(f"torch-{mode} {name}", step)
