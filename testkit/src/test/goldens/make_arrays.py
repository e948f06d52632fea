"""Writes the cases of the ops that arrange elements, as TensorFlow and NumPy compute them.

    python make_arrays.py        # needs numpy and tensorflow
"""

import numpy as np
import tensorflow as tf

from cases import Cases

cases = Cases("arrays")
random = np.random.default_rng(1)


def floats(*sizes, dtype=np.float64):
    return random.normal(size=sizes).round(3).astype(dtype)


def integers(*sizes, low=-9, high=10, dtype=np.int32):
    return random.integers(low, high, size=sizes).astype(dtype)


def case(name, function, *operands, **options):
    result = function(*operands)
    result = [np.asarray(v) for v in result] if isinstance(result, (list, tuple)) else np.asarray(result)
    smooth = all(np.asarray(v).dtype == np.float64 for v in operands) and operands
    cases.add(name, operands, result, smooth=bool(smooth) and options.pop("smooth", True), **options)


x = floats(4, 5, 3)
case("slice_mixed", lambda v: v[1, 1:-1:2, ..., None], x)
case("slice_back", lambda v: v[::-1, 3:0:-2, -1], x)
case("slice_back i32", lambda v: v[::-1, 3:0:-2, -1], integers(3, 5, 2))
case("slice_outside", lambda v: v[-99:99, 4:1, 99::-3], x, smooth=False)
case("slice_ellipsis", lambda v: v[..., -2:, None], x)
case("slice_ellipsis bool", lambda v: v[..., -2:, None], integers(3, 4, low=0, high=2).astype(bool))
case("strided_slice_masks", lambda v: tf.strided_slice(v, [1, 0, 0, 2], [3, 0, 0, 9], [1, 1, 1, 1], begin_mask=1,
     end_mask=8, ellipsis_mask=2, new_axis_mask=4, shrink_axis_mask=0).numpy(), floats(4, 3, 5))
case("split_sizes", lambda v: tf.split(v, [2, -1, 1], axis=1), floats(2, 5))
case("split_sizes nothing", lambda v: tf.split(v, [2, -1, 1], axis=1), floats(2, 3, dtype=np.float32))
case("unstack", lambda v: tf.unstack(v, axis=1), floats(2, 3), fixed=True)
case("pad_reflect", lambda v: tf.pad(v, [[1, 2], [3, 0]], "REFLECT"), floats(3, 4))
case("pad_reflect f32", lambda v: tf.pad(v, [[1, 2], [3, 0]], "REFLECT"), floats(4, 7, dtype=np.float32))
case("pad_symmetric", lambda v: tf.pad(v, [[1, 2], [3, 0]], "SYMMETRIC"), floats(2, 3))
case("pad_symmetric i64", lambda v: tf.pad(v, [[1, 2], [3, 0]], "SYMMETRIC"), integers(5, 3, dtype=np.int64))
case("roll", lambda v: tf.roll(v, [2, -8], [1, 0]), floats(3, 5))
case("roll one", lambda v: tf.roll(v, [2, -8], [1, 0]), floats(1, 2, dtype=np.float32))
case("roll nothing", lambda v: np.zeros((0, 3), np.float32), np.zeros((0, 3), np.float32))
case("repeat", lambda v: np.repeat(v, 3, axis=1), floats(2, 3, 2))
case("repeat bool", lambda v: np.repeat(v, 3, axis=1), integers(2, 1, low=0, high=2).astype(bool))
case("repeat_counts", lambda v: np.repeat(v, [2, 0, 3], axis=1), floats(2, 3), fixed=True)
case("tile", lambda v: np.tile(v, (2, 3)), floats(2, 3))
case("meshgrid_xy", lambda a, b, c: np.meshgrid(a, b, c), floats(2), floats(3), floats(4))
case("meshgrid_ij", lambda a, b: np.meshgrid(a, b, indexing="ij"), integers(2), integers(3))
case("space_to_batch_nd", lambda v: tf.space_to_batch_nd(v, [2, 3], [[1, 0], [0, 2]]), floats(2, 3, 4, 2))
case("space_to_batch_nd f32", lambda v: tf.space_to_batch_nd(v, [2, 3], [[1, 0], [0, 2]]),
     floats(1, 5, 7, dtype=np.float32))
case("batch_to_space_nd", lambda v: tf.compat.v1.batch_to_space_nd(v, [2, 3], [[1, 0], [0, 2]]), floats(12, 2, 3, 2))
case("batch_to_space_nd i32", lambda v: tf.compat.v1.batch_to_space_nd(v, [2, 3], [[1, 0], [0, 2]]), integers(6, 2, 1))
case("space_to_depth", lambda v: tf.nn.space_to_depth(v, 2), floats(1, 4, 6, 2))
case("space_to_depth f32", lambda v: tf.nn.space_to_depth(v, 2), floats(2, 2, 2, 1, dtype=np.float32))
case("depth_to_space", lambda v: tf.nn.depth_to_space(v, 2), floats(1, 2, 3, 8))
case("depth_to_space i64", lambda v: tf.nn.depth_to_space(v, 2), integers(2, 1, 1, 4, dtype=np.int64))
lengths = np.array([0, 4, 1], np.int32)
case("reverse_sequence", lambda v, n: tf.reverse_sequence(v, n, seq_axis=1, batch_axis=2), floats(2, 4, 3), lengths)
case("reverse_sequence i32", lambda v, n: tf.reverse_sequence(v, n, seq_axis=1, batch_axis=2), integers(1, 6, 3),
     lengths.astype(np.int64))
case("one_hot_axis", lambda i, on, off: tf.one_hot(i, 3, on, off, axis=1), integers(2, 3, low=-1, high=4),
     np.float32(2.5), np.float32(-1))
case("one_hot_axis bool", lambda i, on, off: tf.one_hot(i, 3, on, off, axis=1), integers(4, low=-1, high=4),
     np.array(True), np.array(False))
case("linspace", lambda a, b: tf.linspace(a, b, 7), floats(), floats(), ulp=4)
case("linspace rows", lambda a, b: tf.linspace(a, b, 7), floats(3, dtype=np.float32), floats(3, dtype=np.float32), ulp=8,
     of_largest=True)
case("linspace_known", lambda _: np.linspace(-1, 2, 6, dtype=np.float32), np.float32(0), ulp=2, of_largest=True)
case("range_floats", lambda _: tf.range(-1.5, 2, 0.75, dtype=tf.float32), np.float32(0), ulp=2, of_largest=True)
case("range_integers", lambda _: tf.range(7, -4, -3, dtype=tf.int64), np.float32(0))
case("broadcast_to", lambda v: np.broadcast_to(v, (2, 3, 4)), floats(3, 1), fixed=True)
case("squeeze_expand", lambda v: v.reshape(2, 1, 3), floats(1, 2, 3), fixed=True)
for name, a, b in (("", [3, 1], [1, 4]), (" ranks", [5, 1, 2], [7, 1]), (" nothing", [], [2, 0]), (" zero", [0, 1], [1, 1])):
    a, b = np.array(a, np.int32), np.array(b, np.int32)
    case("broadcast_dynamic_shape" + name, tf.broadcast_dynamic_shape, a, b, fixed=True)
cases.write()
