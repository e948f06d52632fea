"""Writes the table of direction numbers of Sobol sequences, new-joe-kuo-6.21201, as SciPy carries it.

    python make_sobol.py        # needs scipy; writes ../../main/resources/dev/sinter/graph/sobol.txt below its notice
"""

import importlib.util
import pathlib

import numpy as np

OUT = pathlib.Path(__file__).resolve().parent.parent.parent / "main/resources/dev/sinter/graph/sobol.txt"

package = pathlib.Path(importlib.util.find_spec("scipy").origin).parent
table = np.load(package / "stats" / "_sobol_direction_numbers.npz")
notice = [line for line in OUT.read_text().splitlines() if line.startswith("#")]
rows = []
# The first dimension has no polynomial. One of degree n comes with n numbers.
for polynomial, numbers in zip(table["poly"][1:], table["vinit"][1:]):
    degree = int(polynomial).bit_length() - 1
    rows.append(" ".join(map(str, [polynomial, *numbers[:degree]])))
OUT.write_text("\n".join(notice + rows) + "\n")
