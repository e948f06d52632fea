"""Writes src/test/resources/arrays: files of NumPy that Sinter reads, and writes with the same bytes.

Element i of an array of n elements is i * 3 - n // 2, converted to the dtype; a bool is true where that is odd.
Run in the folder of the module: python src/test/goldens/make_npy.py
"""
import io
import pathlib

import numpy

FOLDER = pathlib.Path("src/test/resources/arrays")
DTYPES = "float16 float32 float64 int8 int16 int32 int64 uint8 uint16 uint32 uint64 bool".split()
SHAPES = [(), (0,), (5,), (2, 3), (3, 0, 2), (2, 1, 4, 3)]


def array(dtype, shape):
    n = int(numpy.prod(shape))
    values = numpy.arange(n, dtype=numpy.int64) * 3 - n // 2
    if dtype == "bool":
        values = values % 2 == 1
    return values.astype(dtype).reshape(shape)


def name(dtype, shape, suffix=""):
    return f"{dtype}-{'x'.join(map(str, shape)) or 'scalar'}{suffix}.npy"


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    for dtype in DTYPES:
        for shape in SHAPES if dtype in ("float32", "bool") else SHAPES[3:4]:
            numpy.save(FOLDER / name(dtype, shape), array(dtype, shape))
        swapped = array(dtype, (2, 3)).astype(numpy.dtype(dtype).newbyteorder(">"))
        if numpy.dtype(dtype).itemsize > 1:
            numpy.save(FOLDER / name(dtype, (2, 3), "-big"), swapped)
    for dtype, shape in [("int8", (2, 3)), ("float16", (3, 4, 5)), ("float32", (2, 3, 4, 5)), ("float64", (70, 33))]:
        numpy.save(FOLDER / name(dtype, shape, "-fortran"), numpy.asfortranarray(array(dtype, shape)))
    for version in [(2, 0), (3, 0)]:
        with open(FOLDER / name("float32", (2, 3), f"-v{version[0]}"), "wb") as file:
            numpy.lib.format.write_array(file, array("float32", (2, 3)), version)
    for shape in [(123456789, 0)]:
        numpy.save(FOLDER / name("int32", shape, "-empty"), numpy.zeros(shape, "int32"))
    refused = {
        "complex": numpy.zeros(2, "complex64"),
        "object": numpy.array([{}], dtype=object),
        "record": numpy.zeros(2, [("a", "<f4"), ("b", "<i4")]),
        "text": numpy.array(["a"]),
        "bytes": numpy.array([b"a"]),
        "raw2": numpy.zeros(2, "V2"),
        "time": numpy.zeros(2, "datetime64[s]"),
        "extended": numpy.zeros(2, "longdouble"),
    }
    for word, value in refused.items():
        numpy.save(FOLDER / f"refused-{word}.npy", value, allow_pickle=True)
    with open(FOLDER / "two.npy", "wb") as file:
        numpy.save(file, array("float32", (5,)))
        numpy.save(file, array("int32", (2, 3)))
    arrays = {"w": array("float32", (2, 3)), "layer/b": array("int64", (5,)), "größe ∑": array("bool", ()),
              "../up": array("uint8", (0,))}
    numpy.savez(FOLDER / "stored.npz", **arrays)
    numpy.savez_compressed(FOLDER / "deflated.npz", **arrays, zeros=numpy.zeros(3000, "float64"))


main()
