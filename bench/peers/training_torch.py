"""Steps of PyTorch's Adam on the mean cross entropy of classes."""
import torch
from common import MEASURES


def measure(name, mode, model, x, y, what="steady"):
    """Measures the training of a model, whose results are the classes' logits, towards the classes y."""
    forward = torch.compile(model) if mode == "compile" else model
    optimizer = torch.optim.Adam(model.parameters())
    for weight in model.parameters():
        optimizer.state[weight] = dict(step=torch.tensor(0.), exp_avg=torch.full_like(weight, 0),
                                       exp_avg_sq=torch.full_like(weight, 0))

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = torch.nn.functional.cross_entropy(forward(x).flatten(0, -2), y.flatten())
        loss.backward()
        optimizer.step()
        return loss.item()

    MEASURES[what](f"torch-{mode} {name}", step)
