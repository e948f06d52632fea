"""Writes cases of facade methods: operands, and the results that another framework computes.

A script of a family makes one `Cases("name")`, adds to it, and calls `write()`; the file is read by a test of the
family, a `FacadeTest` whose rows are called as the first words of the cases are.
"""

import pathlib

import numpy as np

OUT = pathlib.Path(__file__).resolve().parent.parent / "resources" / "goldens"


def text(value, dtype):
    if dtype == "bool":
        return str(int(value))
    if np.issubdtype(np.dtype(dtype), np.integer):
        return str(int(value))
    value = np.float32(value) if dtype == "float32" else float(value)
    return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}.get(str(value), str(value))


class Cases:
    def __init__(self, name):
        self.name, self.lines = name, []

    def add(self, name, inputs, outputs, ulp=0, of_largest=False, absolute=None, smooth=False, fixed=False):
        """One case. Arrays keep their dtypes; `smooth` needs every float operand to be float64."""
        options = [f"ulp={ulp}"] + ["ofLargest"] * of_largest + [f"abs={absolute}"] * (absolute is not None)
        options += ["smooth"] * smooth + ["fixed"] * fixed
        self.lines.append(f"case {name} {' '.join(options)}")
        outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
        for role, arrays in (("in", inputs), ("out", outputs)):
            for array in arrays:
                array = np.asarray(array)
                sizes = "x".join(map(str, array.shape)) or "scalar"
                values = [text(v, str(array.dtype)) for v in array.ravel().tolist()]
                self.lines.append(" ".join([role, str(array.dtype), sizes] + values))

    def write(self):
        OUT.mkdir(parents=True, exist_ok=True)
        (OUT / f"{self.name}.txt").write_text("\n".join(self.lines) + "\n")
