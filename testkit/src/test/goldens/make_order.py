"""Writes the cases of the ops that index, sort, search and fold, as TensorFlow and NumPy compute them.

    python make_order.py        # needs numpy and tensorflow
"""

import numpy as np
import tensorflow as tf

from cases import Cases

cases = Cases("order")
random = np.random.default_rng(2)
math = tf.math


def floats(*sizes, dtype=np.float64):
    return random.normal(size=sizes).round(3).astype(dtype)


def integers(*sizes, low=-9, high=10, dtype=np.int32):
    return random.integers(low, high, size=sizes).astype(dtype)


def places(*sizes, high, dtype=np.int32):
    return random.integers(0, high, size=sizes).astype(dtype)


def distinct(*sizes, dtype=np.float64):
    """No two elements are near, so that no order changes nearby."""
    return (random.permutation(int(np.prod(sizes))).reshape(sizes) * 0.37 - 2.1).astype(dtype)


def case(name, function, *operands, **options):
    result = function(*operands)
    result = [np.asarray(v) for v in result] if isinstance(result, (list, tuple)) else [np.asarray(result)]
    inputs = [np.asarray(v) for v in operands]
    reals = [v for v in inputs if np.issubdtype(v.dtype, np.floating)]
    smooth = options.pop("smooth", True) and bool(reals) and all(v.dtype == np.float64 for v in reals)
    cases.add(name, inputs, result, smooth=smooth, **options)


# Indexing.
x = floats(3, 4, 2)
case("gather", lambda v, i: tf.gather(v, i, axis=1), x, places(2, 2, high=4))
case("gather bool", lambda v, i: tf.gather(v, i, axis=1), integers(2, 3, low=0, high=2).astype(bool), places(5, high=3))
case("gather_batch", lambda v, i: tf.gather(v, i, axis=2, batch_dims=1), floats(2, 2, 3), places(2, 4, high=3))
case("gather_nd", lambda v, i: tf.gather_nd(v, i, batch_dims=1), x, places(3, 2, 1, high=4, dtype=np.int64))
numbers = np.arange(6, dtype=np.int32).reshape(2, 3)
for words, v, shape in (("", x, (5, 0)), (" one", x, (0,)), (" none", x, (0, 0)), (" i32", numbers, (2, 1, 0))):
    case(f"gather_nd_whole{words}", tf.gather_nd, v, np.zeros(shape, np.int32))
case("gather_nd_rows", lambda v, i: tf.gather_nd(v, i, batch_dims=1), x, np.zeros((3, 2, 0), np.int64))
case("take_along_axis", lambda v, i: np.take_along_axis(v, i, 1), x, places(3, 5, 2, high=4))
table, at = floats(5, 3), np.array([[1], [4], [1]], np.int32)
case("tensor_scatter_add", tf.tensor_scatter_nd_add, table, at, floats(3, 3))
case("tensor_scatter_add i64", tf.tensor_scatter_nd_add, integers(5, dtype=np.int64), at, integers(3, dtype=np.int64))
case("tensor_scatter_sub", tf.tensor_scatter_nd_sub, table, at, floats(3, 3))
unique = np.array([[1, 2], [4, 0]], np.int64)
case("tensor_scatter_update", tf.tensor_scatter_nd_update, floats(5, 3), unique, floats(2))
case("tensor_scatter_update bool", tf.tensor_scatter_nd_update, np.zeros((5, 3), bool), unique, np.array([True, True]))
case("tensor_scatter_min", tf.tensor_scatter_nd_min, distinct(4, 3), at - 1, distinct(3, 3) + 0.1)
case("tensor_scatter_max", tf.tensor_scatter_nd_max, distinct(4, 3), at - 1, distinct(3, 3) + 0.1)
case("tensor_scatter_max i32", tf.tensor_scatter_nd_max, integers(6), at, integers(3))
case("scatter_nd", lambda i, u: tf.scatter_nd(i, u, [4, 2]), np.array([[1], [3], [1]], np.int32), floats(3, 2))

# Sorting and searching.
case("sort", lambda v: np.sort(v, axis=1), distinct(3, 7))
special = np.array([[np.nan, 1, -np.inf, -0.0, 0.0, np.inf, -1, np.nan]], np.float32)
case("sort special", lambda v: np.sort(v, axis=1), special)
case("sort none", lambda v: np.sort(v, axis=1), np.zeros((2, 0), np.float32))
case("sort f16", lambda v: np.sort(v, axis=1), floats(2, 9, dtype=np.float16))
case("sort_down", lambda v: -np.sort(-v, axis=0), distinct(5, 2))
case("sort_down i64", lambda v: -np.sort(-v, axis=0), integers(9, 2, dtype=np.int64))
case("argsort", lambda v: np.argsort(v, axis=1, kind="stable").astype(np.int32), integers(2, 40))
case("argsort special", lambda v: np.argsort(v, axis=1, kind="stable").astype(np.int32), special)
case("sort_down u8", lambda v: np.sort(v, axis=0)[::-1], places(9, 2, high=256, dtype=np.uint8))
case("argsort u64", lambda v: np.argsort(v, axis=1, kind="stable").astype(np.int32),
     np.array([[2**64 - 1, 0, 2**63, 5]], np.uint64))
case("argsort_down", lambda v: np.argsort(-v, axis=0, kind="stable").astype(np.int32), integers(30, 2))
case("top_k", lambda v: list(tf.math.top_k(v, 3)), distinct(2, 40))
case("top_k i32", lambda v: list(tf.math.top_k(v, 3)), integers(2, 5))
case("invert_permutation", tf.math.invert_permutation, random.permutation(7).astype(np.int32))
rows = np.sort(floats(2, 9, dtype=np.float32), axis=1)
case("searchsorted", lambda s, v: tf.searchsorted(s, v, side="left"), rows, np.concatenate([rows[:, 3:5], rows[:, :1] - 1,
     rows[:, -1:] + 1], 1))
case("searchsorted_right", lambda s, v: tf.searchsorted(s, v, side="right"), np.sort(integers(1, 100), axis=1),
     integers(1, 20))
case("searchsorted nothing", lambda s, v: tf.searchsorted(s, v, side="left"), np.zeros((2, 0)), np.zeros((2, 3)), smooth=False)
case("searchsorted_right one", lambda s, v: tf.searchsorted(s, v, side="right"), np.array([[2.5]]),
     np.array([[2.5, 0, 3]]), smooth=False)
case("bucketize", lambda v: tf.raw_ops.Bucketize(input=v, boundaries=[-1, 0, 2.5]),
     np.array([[-1, -2, 0], [2.5, 9, -0.5]], np.float32))
case("bucketize i64", lambda v: tf.raw_ops.Bucketize(input=v, boundaries=[-1, 0, 2.5]), integers(6, dtype=np.int64))

# Folds along an axis.
for name, function in (("cumsum", math.cumsum), ("cumprod", math.cumprod),
                       ("cumulative_logsumexp", math.cumulative_logsumexp)):
    ulp = 0 if name == "cumsum" else 8
    for suffix, options in (("", {}), ("_exclusive_reverse", dict(exclusive=True, reverse=True))):
        smooth = not (suffix and name == "cumulative_logsumexp")
        case(name + suffix, lambda v: function(v, axis=1, **options), floats(2, 5, 3), ulp=max(ulp, 4), of_largest=True,
             smooth=smooth)
        case(name + suffix + " f32", lambda v: function(v, axis=1, **options), floats(2, 33, dtype=np.float32), ulp=32,
             of_largest=True)
case("cumsum i32", lambda v: math.cumsum(v, axis=1), integers(2, 1, 4))
case("cumsum f16", lambda v: math.cumsum(v.astype(np.float32), axis=1).numpy().astype(np.float16),
     floats(2, 40, dtype=np.float16), ulp=1)
case("cumsum none", lambda v: math.cumsum(v, axis=1), np.zeros((2, 0), np.float32))
case("cumprod zeros", lambda v: math.cumprod(v, axis=1), np.array([[1.5, 0, 2, 0, 3]]))
case("cumulative_logsumexp large", lambda v: math.cumulative_logsumexp(v, axis=1),
     np.array([[-1e3, 1e3, 0, -np.inf, 1e3]]), ulp=4, smooth=False)
case("cummax", lambda v: np.maximum.accumulate(v, axis=0), distinct(6, 2))
case("cummax i64", lambda v: np.maximum.accumulate(v, axis=0), integers(5, dtype=np.int64))
case("cummin", lambda v: np.minimum.accumulate(v, axis=1), distinct(2, 6))
case("cummin u16", lambda v: np.minimum.accumulate(v, axis=1), places(2, 6, high=65536, dtype=np.uint16))
case("cummin special", lambda v: np.minimum.accumulate(v, axis=1), np.array([[2, np.inf, -0.0, np.nan, 1]], np.float32))

# Segments, counts.
ids = np.array([2, 0, -1, 2, 0], np.int32)
for name in ("sum", "mean", "sqrt_n", "prod", "max", "min"):
    function = getattr(math, "unsorted_segment_" + name)
    make = distinct if name in ("max", "min") else floats
    case("unsorted_segment_" + name, lambda d, i: function(d, i, 3)[::2], make(5, 2), ids, ulp=4)
    case("unsorted_segment_" + name + " f32", lambda d, i: function(d, i, 3)[::2], floats(5, dtype=np.float32), ids, ulp=4)
case("unsorted_segment_max i32", lambda d, i: math.unsorted_segment_max(d, i, 3)[::2], integers(5, 2), ids)
case("unsorted_segment_max i8", lambda d, i: math.unsorted_segment_max(d, i, 3)[::2], integers(5, 2, dtype=np.int8), ids)
case("unsorted_segment_empty", lambda d, i: [math.unsorted_segment_prod(d, i, 2), math.unsorted_segment_max(d, i, 2),
     math.unsorted_segment_min(d, i, 2)], np.zeros(0, np.float32), np.zeros(0, np.int32))
case("bincount", lambda v: math.bincount(v, minlength=5, maxlength=5), places(9, high=7))
case("bincount_weights", lambda v, w: math.bincount(v, w, minlength=5, maxlength=5), places(9, high=7), floats(9))
case("histogram_fixed_width", lambda v: tf.histogram_fixed_width(v, [-1.0, 1.0], 4), floats(20, dtype=np.float32))
case("histogram_fixed_width_bins", lambda v: tf.histogram_fixed_width_bins(v, [-1.0, 1.0], 4),
     floats(3, 4, dtype=np.float32))
case("confusion_matrix", lambda a, b: math.confusion_matrix(a, b, 3), places(8, high=3), places(8, high=3))
case("confusion_matrix_weights", lambda a, b, w: math.confusion_matrix(a, b, 3, weights=w, dtype=tf.float64),
     places(8, high=3), places(8, high=3), floats(8))
case("unravel_index", lambda i: tf.unravel_index(i, [3, 4, 2]), places(5, high=24))
cases.write()

# Sizes that the run finds.
cases = Cases("found")
mask = np.array([[True, False, True], [False, False, True]])
case("boolean_mask", tf.boolean_mask, floats(2, 3, 2), mask)
case("boolean_mask i32", tf.boolean_mask, integers(2, 3), mask)
case("boolean_mask none", tf.boolean_mask, floats(2, 3, dtype=np.float32), np.zeros((2, 3), bool))
case("boolean_mask_axis", lambda v, m: tf.boolean_mask(v, m, axis=1), floats(2, 2, 3, 2), mask)
case("where", tf.where, mask)
case("where f32", tf.where, np.array([[0, 1.5], [np.nan, -0.0]], np.float32))
for suffix, v in (("i32", integers(12, low=0, high=5)), ("f64", np.array([2.5, -1, 2.5, 0, -0.0, -1])),
                  ("none", np.zeros(0, np.int64)), ("one", np.array([7], np.int64))):
    case("unique " + suffix, lambda v: list(tf.unique_with_counts(v)), v, smooth=False)
case("setdiff1d", lambda a, b: list(tf.compat.v1.setdiff1d(a, b)), integers(9, low=0, high=6), integers(3, low=0, high=6))
case("setdiff1d none", lambda a, b: list(tf.compat.v1.setdiff1d(a, b)), integers(4), np.zeros(0, np.int32))
case("dynamic_partition", lambda v, p: tf.dynamic_partition(v, p, 3), floats(5, 2), np.array([2, 0, 0, 2, 0], np.int32))
case("dynamic_stitch", lambda a, b, u, v: tf.dynamic_stitch([a, b], [u, v]), np.array([3, 0], np.int32),
     np.array([[1, 2]], np.int32), floats(2, 2), floats(1, 2, 2))
segments = np.array([0, 0, 1, 3], np.int32)
for name in ("sum", "mean", "prod", "max", "min"):
    function = getattr(math, "segment_" + name)
    make = distinct if name in ("max", "min") else floats
    case("segment_" + name, function, make(4, 2), segments, ulp=4)
for name in ("sum", "mean", "sqrt_n"):
    case("sparse_segment_" + name, getattr(tf.sparse, "segment_" + name), floats(6, 2), np.array([5, 0, 5, 2], np.int32),
         np.array([0, 0, 0, 1], np.int32), ulp=4)
case("segment_sum i64", math.segment_sum, integers(4, dtype=np.int64), segments)
for name, data in (("zeros", [[2, 0], [0, 3], [-1.5, 4], [0, 5]]), ("zero pairs", [[0, 1], [0, 2], [0, 3], [2, 0]])):
    case("segment_prod " + name, math.segment_prod, np.array(data, np.float64), np.array([0, 0, 0, 1], np.int32), ulp=4)
case("segment_prod zeros f32", math.segment_prod, np.array([0, 2, 0, 0, 3, 5], np.float32), np.array([0, 0, 1, 1, 1, 3]))
counts = np.array([2, 0, 3], np.int32)
case("repeat_by", lambda v, n: np.repeat(v, n, axis=1), floats(2, 3), counts)
case("repeat_by i32", lambda v, n: np.repeat(v, n, axis=1), integers(2, 3, dtype=np.int32), counts.astype(np.int64))
case("repeat_by one", lambda v, n: np.repeat(v, n, axis=1), floats(2, 3), np.int32(2))
case("repeat_by none", lambda v, n: np.repeat(v, n, axis=1), floats(2, 3), np.zeros(3, np.int32))
case("repeat_by nothing", lambda v, n: np.repeat(v, n, axis=1), floats(2, 0), np.zeros(0, np.int32), smooth=False)
for name, lengths in (("", [1, 3, 0, 2]), (" rows", [[2, 1], [0, 4]]), (" none", [0, 0]), (" nothing", [])):
    case("sequence_mask_of_longest" + name, tf.sequence_mask, np.array(lengths, np.int32))


def with_room(sets, like, room):
    """The rows of a sparse tensor at the beginning of dense ones, and their sizes."""
    rows = np.zeros((*like.shape[:-1], room), like.dtype)
    for place, value in zip(sets.indices.numpy(), sets.values.numpy()):
        rows[tuple(place)] = value
    sizes = np.zeros(like.shape[:-1], np.int32)
    np.add.at(sizes, tuple(sets.indices.numpy()[:, :-1].T), 1)
    return [rows, sizes]


low, high = -2**63, 2**63 - 1
pairs = {"i32": (np.array([[3, 1, 3], [5, 3, 3]], np.int32), np.array([[2, 9], [3, 5]], np.int32)),
         "i64": (np.array([[[high, low, 0], [0, 0, 0]], [[high, 1, 2], [high, 7, high]]]),
                 np.array([[[low, high, high, 4], [-1, -2, -3, 0]], [[5, 4, 3, 2], [high, high, 7, 1]]])),
         "u8": (np.array([[255, 0, 255, 254]], np.uint8), np.array([[255, 3, 0]], np.uint8)),
         "i8 apart": (np.array([[-128, 127]], np.int8), np.array([[0, 1]], np.int8)),
         "i16 without elements": (np.zeros((2, 0), np.int16), np.array([[2], [0]], np.int16)),
         "i16 with none": (np.array([[2, 2], [0, 1]], np.int16), np.zeros((2, 0), np.int16))}
for words, (v, w) in pairs.items():
    size, other = v.shape[-1], w.shape[-1]
    case("sets " + words, lambda a, b: with_room(tf.sets.union(a, a), a, size), v, w)
    case("set_intersection " + words, lambda a, b: with_room(tf.sets.intersection(a, b), a, size), v, w)
    case("set_difference " + words, lambda a, b: with_room(tf.sets.difference(a, b), a, size), v, w)
    case("set_union " + words, lambda a, b: with_room(tf.sets.union(a, b), a, size + other), v, w)
cases.write()
