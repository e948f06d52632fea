"""Writes src/test/resources/tensors: safetensors files that Sinter reads, and writes with the same bytes.

Element i of a tensor of n elements is i * 3 - n // 2, converted to the dtype; a bool is true where that is odd.
Run in the folder of the module: python src/test/goldens/make_safetensors.py
"""
import pathlib

import torch
from safetensors.torch import save_file

FOLDER = pathlib.Path("src/test/resources/tensors")
DTYPES = "float16 bfloat16 float32 float64 int8 int16 int32 int64 uint8 uint16 uint32 uint64 bool".split()


def tensor(dtype, *shape):
    n = 1
    for size in shape:
        n *= size
    values = torch.arange(n, dtype=torch.int64) * 3 - n // 2
    if dtype == "bool":
        values = values % 2 == 1
    return values.to(getattr(torch, dtype)).reshape(shape)


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    everything = {dtype: tensor(dtype, 2, 3) for dtype in DTYPES}
    everything |= {f"{dtype}.scalar": tensor(dtype) for dtype in ("bool", "float32", "bfloat16")}
    everything |= {f"{dtype}.empty": tensor(dtype, 3, 0, 2) for dtype in ("uint8", "float32", "int64")}
    everything["float32.long"] = tensor("float32", 7, 1, 5, 3)
    save_file(everything, FOLDER / "everything.safetensors")
    letters = ["", "a", "A", "a.b/c", "größe ∑", 'quote " back \\ slash /', "\b\f\n\r\t\x00\x1f\x7f", "\U0001f600",
               "\uffee", "zz" * 70]
    save_file({name: tensor("float32", 2) for name in letters}, FOLDER / "names.safetensors",
              {"format": 'pt "\u2028é\x1b'})
    save_file({}, FOLDER / "none.safetensors")
    save_file({"f": tensor("float32", 3), "e4m3": tensor("float8_e4m3fn", 2, 3), "e5m2": tensor("float8_e5m2", 2),
               "complex": tensor("complex64", 2)}, FOLDER / "lacking.safetensors")
    torch.manual_seed(7)
    net = torch.nn.Sequential(torch.nn.Linear(4, 5), torch.nn.ReLU(), torch.nn.Linear(5, 2))
    x = torch.randn(3, 4)
    save_file({**net.state_dict(), "x": x, "y": net(x).detach()}, FOLDER / "net.safetensors")


main()
