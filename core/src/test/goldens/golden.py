"""What the scripts of goldens share: functions of the tensor IR as text.

A golden is a function of the tensor IR without parameters, whose name ends in the tolerance in units in the last place.
"""

import base64
import pathlib

import ml_dtypes
import numpy as np

OUT = pathlib.Path(__file__).resolve().parent.parent / "resources" / "goldens"
NAMES = {np.dtype(t): n for t, n in
         [(np.float32, "f32"), (np.float64, "f64"), (np.int32, "i32"), (np.int64, "i64"), (np.bool_, "bool"),
          (np.float16, "f16"), (ml_dtypes.bfloat16, "bf16"), (np.int8, "i8"), (np.int16, "i16"), (np.uint8, "u8"),
          (np.uint16, "u16"), (np.uint32, "u32"), (np.uint64, "u64")]}


def type_of(array):
    return NAMES[array.dtype] + "[" + ",".join(map(str, array.shape)) + "]"


class Golden:
    def __init__(self, name, ulp):
        self.name, self.ulp, self.lines, self.results = name, ulp, [], []

    def add(self, op, operands, type_text):
        value = "%" + str(len(self.lines))
        self.lines.append(f"  {value} = {op}({', '.join(operands)}) : {type_text}")
        return value

    def constant(self, array):
        array = np.asarray(array)
        data = array.astype(array.dtype.newbyteorder("<")).tobytes()
        return self.add("constant{base64 " + base64.b64encode(data).decode() + "}", [], type_of(array))

    def scalar(self, value, dtype):
        return self.constant(np.asarray(value, dtype))

    def expect(self, value, array):
        self.results += [value, self.constant(array)]

    def text(self):
        body = "\n".join(self.lines)
        results = ", ".join(self.results)
        return f'sinter-tensor 1\nfunc @"{self.name} ulp={self.ulp}"() {{\n{body}\n  return {results}\n}}\n'


def write(name, goldens):
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / f"{name}.txt").write_text("\n".join(g.text() for g in goldens))
