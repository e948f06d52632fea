"""Writes the cases of activations, cross entropies, normalizations, embeddings, attention and CTC, as TensorFlow
computes them, or PyTorch where it says so.

    python make_nn.py        # needs numpy, tensorflow and torch
"""

import numpy as np
import tensorflow as tf
import torch

from cases import Cases

cases = Cases("nn")
random = np.random.default_rng(1)


def normal(*shape, scale=1.0):
    return (random.normal(size=shape) * scale).round(3)


def floats(arrays, dtype):
    return [np.asarray(v).astype(dtype) if np.asarray(v).dtype == np.float64 else np.asarray(v) for v in arrays]


def results(value):
    value = value if isinstance(value, (list, tuple)) else [value]
    return [v.numpy() for v in value]


def both(name, function, *operands, ulp=8, smooth=True, words="", **options):
    """A case in float64, then one in float32; operands are in float64 where they are floats."""
    words = " " + words if words else ""
    wide = floats(operands, np.float64)
    cases.add(f"{name}{words} f64", wide, results(function(*wide)), ulp=ulp, smooth=smooth, **options)
    narrow = floats(operands, np.float32)
    cases.add(f"{name}{words} f32", narrow, results(function(*narrow)), ulp=ulp, **options)


def torched(function):
    return lambda *xs: function(*[torch.tensor(v) for v in xs])


nn, v1 = tf.nn, tf.compat.v1
x = normal(3, 5, scale=2)
special = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e30, -1e30, 1e-30, 3.0, -3.0, 6.0])
activations = {
    "relu": nn.relu, "relu6": nn.relu6, "crelu": nn.crelu, "elu": nn.elu,
    "leaky_relu": torched(lambda v: torch.nn.functional.leaky_relu(v, 0.2)),
    "selu": nn.selu, "softplus": nn.softplus, "log_sigmoid": tf.math.log_sigmoid, "softsign": nn.softsign,
    "silu": nn.silu, "hard_sigmoid": torched(torch.nn.functional.hardsigmoid),
    "hard_swish": torched(torch.nn.functional.hardswish), "mish": torched(torch.nn.functional.mish),
    "gelu": torched(torch.nn.functional.gelu),
}
for name, function in activations.items():
    both(name, function, x, ulp=16, of_largest=True, absolute=1e-6 if name == "hard_sigmoid" else None)
    cases.add(f"{name} empty", [np.zeros((0, 3))], results(function(np.zeros((0, 3)))))
    if name not in ("selu", "gelu", "hard_swish", "mish", "silu", "softsign", "elu"):
        cases.add(f"{name} special", [special], results(function(special)), ulp=16, absolute=1e-6)


def half(name, function, *operands, ulp=4, **options):
    """A case in float16: the results of float64, rounded."""
    narrow = [v.astype(np.float16) for v in operands]
    wide = results(function(*[v.astype(np.float64) for v in narrow]))
    cases.add(f"{name} f16", narrow, [v.astype(np.float16) for v in wide], ulp=ulp, of_largest=True,
              **options)


for name in ("relu6", "selu", "softplus", "hard_swish", "gelu"):
    half(name, activations[name], x)
half("softmax_axis", lambda v: nn.softmax(v, axis=0), x)
half("log_softmax_axis", lambda v: nn.log_softmax(v, axis=0), x)
both("silu_beta", lambda v: nn.silu(v, 1.5), x, ulp=16)
both("gelu_approximate", torched(lambda v: torch.nn.functional.gelu(v, approximate="tanh")), x, ulp=16, of_largest=True)
both("crelu_axis", lambda v: nn.crelu(v, axis=0), x)
both("prelu", lambda v, a: torch.nn.functional.prelu(torch.tensor(v), torch.tensor(a)), normal(2, 4, 3)[:, :, 0],
     np.array([0.25, -0.5, 1.5, 0.0]))
both("xw_plus_b", v1.nn.xw_plus_b, normal(4, 3), normal(3, 2), normal(2), ulp=16, of_largest=True)
both("relu_layer", v1.nn.relu_layer, normal(4, 3), normal(3, 2), normal(2), ulp=16, of_largest=True)
both("bias_add", nn.bias_add, normal(2, 3, 4), normal(4))
both("bias_add_first", lambda v, b: nn.bias_add(v, b, "NC.."), normal(2, 3, 4), normal(3))
both("softmax_axis", lambda v: nn.softmax(v, axis=0), x, ulp=8)
both("log_softmax_axis", lambda v: nn.log_softmax(v, axis=0), x, ulp=32, of_largest=True)
cases.add("softmax_axis infinite", [np.array([[-np.inf, 1.0], [2.0, 1e300]])],
          results(nn.softmax(np.array([[-np.inf, 1.0], [2.0, 1e300]]), axis=0)), ulp=8)
cases.add("zero_fraction some", [np.array([[0.0, 1.0, -0.0], [2.0, 0.0, 3.0]])],
          results(nn.zero_fraction(np.array([[0.0, 1.0, -0.0], [2.0, 0.0, 3.0]]))), ulp=1)

labels = random.uniform(size=(3, 5)).round(3)
labels /= labels.sum(1, keepdims=True)
both("softmax_cross_entropy", nn.softmax_cross_entropy_with_logits, labels, x, ulp=16)
both("softmax_cross_entropy_axis", lambda a, b: nn.softmax_cross_entropy_with_logits(a, b, axis=0), labels, x, ulp=16)
both("sparse_softmax_cross_entropy", nn.sparse_softmax_cross_entropy_with_logits,
     np.array([1, 0, 4], np.int32), x, ulp=16)
both("sigmoid_cross_entropy", nn.sigmoid_cross_entropy_with_logits, labels, x, ulp=16, of_largest=True)
cases.add("sigmoid_cross_entropy zeros", [np.array([0.0, 1.0, 0.25]), np.zeros(3)],
          results(nn.sigmoid_cross_entropy_with_logits(np.array([0.0, 1.0, 0.25]), np.zeros(3))), ulp=4, smooth=True)
both("weighted_cross_entropy", lambda a, b: nn.weighted_cross_entropy_with_logits(a, b, 2.5), labels, x, ulp=16,
     of_largest=True)
both("log_poisson_loss", nn.log_poisson_loss, labels * 5, x, ulp=16, of_largest=True)
both("log_poisson_loss_full", lambda a, b: nn.log_poisson_loss(a, b, compute_full_loss=True),
     np.array([[0.25, 1.5, 3, 0.5, 7.25]]), x[:1], ulp=16, of_largest=True)
scores = np.array([[0.1, 0.5, 0.4, 0.5], [1, 2, 3, np.inf], [np.nan, 1, 2, 3], [4, 3, 2, 1]], np.float32)
cases.add("in_top_k some", [scores, np.array([2, 3, 1, 1], np.int64)],
          results(nn.in_top_k(np.array([2, 3, 1, 1], np.int64), scores, 2)))
cases.add("in_top_k outside", [scores, np.array([-1, 4, 1, 0], np.int32)],
          results(nn.in_top_k(np.array([-1, 4, 1, 0], np.int32), scores, 2)))

# Moments and normalizations.
a = normal(2, 3, 4)
both("moments", lambda v: nn.moments(v, [0, 2]), a, ulp=16)
both("moments_kept", lambda v: nn.moments(v, [1], keepdims=True), a, ulp=16)
both("weighted_moments", lambda v, w: nn.weighted_moments(v, [0, 2], w), a, random.uniform(size=(3, 1)).round(3) + 0.1,
     ulp=16, fixed=True)
both("sufficient_statistics", lambda v, s: nn.sufficient_statistics(v, [0, 1], shift=s)[:3], a, normal(4), ulp=16,
     of_largest=True)
both("normalize_moments", lambda c, s, q, d: nn.normalize_moments(c, s, q, d), np.array(6.0), normal(3),
     normal(3) ** 2 * 6 + 9, normal(3), ulp=16, of_largest=True)
both("batch_normalization", lambda v, m, s, o, g: nn.batch_normalization(v, m, s, o, g, 1e-3), a, normal(4),
     normal(4) ** 2 + 0.5, normal(4), normal(4), ulp=32, of_largest=True)
both("batch_norm_global", lambda v, m, s, b, g: v1.nn.batch_norm_with_global_normalization(v, m, s, b, g, 1e-3, False),
     a[None], normal(4), normal(4) ** 2 + 0.5, normal(4), normal(4), ulp=32, of_largest=True)
half("moments", lambda v: nn.moments(v, [0, 2]), a)
image = normal(2, 3, 2, 4)
vectors = [normal(4), normal(4)]


def torch_batch_norm(v, g, o, first=False):
    v, g, o = torch.tensor(v), torch.tensor(g), torch.tensor(o)
    w = v if first else v.movedim(-1, 1)
    y = torch.nn.functional.batch_norm(w, None, None, g, o, True, 0, 1e-3)
    axes = [0] + list(range(2, w.dim()))
    return [y if first else y.movedim(1, -1), w.mean(axes), w.var(axes, unbiased=True)]


both("fused_batch_norm", torch_batch_norm, image, *vectors, ulp=64, of_largest=True)
both("fused_batch_norm_first", lambda v, g, o: torch_batch_norm(v, g, o, True), np.moveaxis(image, -1, 1).copy(),
     *vectors, ulp=64, of_largest=True)
narrow = floats([image, *vectors], np.float32)
y, mean, variance = v1.nn.fused_batch_norm(*narrow, epsilon=1e-3)
cases.add("fused_batch_norm tensorflow", narrow, results([y, mean, variance]), ulp=64, of_largest=True)
both("fused_batch_norm_inference", lambda v, g, o, m, s: torch.nn.functional.batch_norm(
    torch.tensor(v).movedim(-1, 1), torch.tensor(m), torch.tensor(s), torch.tensor(g), torch.tensor(o), False, 0,
    1e-3).movedim(1, -1), image, *vectors, normal(4), normal(4) ** 2 + 0.5, ulp=64, of_largest=True)
both("layer_norm", lambda v, g, o: torch.nn.functional.layer_norm(torch.tensor(v), [4], torch.tensor(g),
                                                                  torch.tensor(o), 1e-5), a * 4, *vectors, ulp=64,
     of_largest=True)
half("rms_norm", lambda v, g: torch.nn.functional.rms_norm(torch.tensor(v), [4], torch.tensor(g), 1e-5), a, vectors[0],
     ulp=8)
both("rms_norm", lambda v, g: torch.nn.functional.rms_norm(torch.tensor(v), [4], torch.tensor(g), 1e-5), a * 4,
     vectors[0],
     ulp=64, of_largest=True)
channels = np.moveaxis(image, -1, 1).copy()
both("group_norm_first", lambda v, g, o: torch.nn.functional.group_norm(torch.tensor(v), 2, torch.tensor(g),
                                                                        torch.tensor(o), 1e-5), channels, *vectors,
     ulp=64, of_largest=True, fixed=True)
both("group_norm", lambda v, g, o: torch.nn.functional.group_norm(
    torch.tensor(v).movedim(-1, 1), 2, torch.tensor(g), torch.tensor(o), 1e-5).movedim(1, -1), image, *vectors, ulp=64,
    of_largest=True, fixed=True)
both("instance_norm", lambda v, g, o: torch.nn.functional.instance_norm(
    torch.tensor(v).movedim(-1, 1), weight=torch.tensor(g), bias=torch.tensor(o), eps=1e-5).movedim(1, -1), image,
    *vectors, ulp=64, of_largest=True, fixed=True)
both("l2_normalize", lambda v: nn.l2_normalize(v, [1, 2]), a, ulp=16)
cases.add("l2_normalize zeros", [np.zeros((2, 3, 1))], results(nn.l2_normalize(np.zeros((2, 3, 1)), [1, 2])))


def lrn(v, radius, bias, alpha, beta):
    padded = np.pad(v * v, [(0, 0)] * (v.ndim - 1) + [(radius, radius)])
    total = sum(padded[..., k:k + v.shape[-1]] for k in range(2 * radius + 1))
    return v / (bias + alpha * total) ** beta


wide = normal(1, 2, 2, 7)
cases.add("local_response f64", [wide], lrn(wide, 2, 1.5, 0.7, 0.75), ulp=32, smooth=True)
cases.add("local_response f32", [wide.astype(np.float32)],
          results(nn.local_response_normalization(wide.astype(np.float32), 2, 1.5, 0.7, 0.75)), ulp=64)
cases.add("local_response_default f32", [wide.astype(np.float32)],
          results(nn.local_response_normalization(wide.astype(np.float32))), ulp=64)

# Attention.
q, k, v = normal(2, 3, 4), normal(2, 5, 4), normal(2, 5, 6)
both("attention", torched(torch.nn.functional.scaled_dot_product_attention), q, k, v, ulp=64, of_largest=True)
half("attention", torched(torch.nn.functional.scaled_dot_product_attention), q, k, v, ulp=8)
mask = random.uniform(size=(3, 5)) < 0.6
mask[:, 0] = True
both("attention_masked", torched(torch.nn.functional.scaled_dot_product_attention), q, k, v, mask, ulp=64,
     of_largest=True, fixed=True)
both("attention_causal", lambda *xs: torch.nn.functional.scaled_dot_product_attention(
    *map(torch.tensor, xs), is_causal=True, scale=0.3), q, k, v, ulp=64, of_largest=True)

# Embeddings.
table = normal(6, 3, scale=2)
ids = np.array([[0, 5], [2, 2]], np.int32)
both("embedding_lookup", lambda t, i: nn.embedding_lookup(t, i), table, ids)
both("embedding_lookup_norm", lambda t, i: nn.embedding_lookup(t, i, max_norm=1.5), table, ids, ulp=8)
parts = [table[0::3], table[1::3], table[2::3]]
both("embedding_lookup_mod", lambda *xs: v1.nn.embedding_lookup(list(xs[:3]), xs[3], "mod"), *parts,
     np.array([0, 1, 5, 4, 3], np.int64))
both("embedding_lookup_div", lambda *xs: v1.nn.embedding_lookup(list(xs[:3]), xs[3], "div"), table[:2], table[2:4],
     table[4:], np.array([0, 1, 5, 4, 3], np.int64), fixed=True)
rows = np.array([0, 0, 2, 2, 2], np.int64)
columns = np.array([0, 1, 0, 1, 2], np.int64)
bag = np.array([1, 3, 0, 1, 5], np.int64)
weights = np.array([0.5, 2.0, 1.0, 1.5, 0.25])


def sparse(combiner, safe, default=None):
    def call(t, r, i, w):
        places = np.stack([r, columns], 1)
        indices = tf.SparseTensor(places, i, [4, 3])
        weighted = tf.SparseTensor(places, w, [4, 3])
        if safe:
            return v1.nn.safe_embedding_lookup_sparse([t], indices, weighted, combiner=combiner, default_id=default)
        return tf.concat([v1.nn.embedding_lookup_sparse([t], indices, weighted, combiner=combiner),
                          np.zeros((1, 3), t.dtype)], 0)
    return call


for combiner in ("sum", "mean", "sqrtn"):
    both(f"embedding_sparse_{combiner}", sparse(combiner, False), table, rows, bag, weights, ulp=16)
pruned = np.array([1, -1, 0, 1, 5], np.int64)
some = np.array([0.5, 2.0, 1.0, -1.5, 0.25])
both("embedding_safe_mean", sparse("mean", True), table, rows, pruned, some, ulp=16, smooth=False)
both("embedding_safe_default", sparse("sqrtn", True, 4), table, rows, pruned, some, ulp=16, smooth=False)

# CTC.
logits = normal(6, 3, 4)
targets = np.array([[1, 2, 2], [3, 1, 0], [1, 0, 0]], np.int32)
label_lengths = np.array([3, 2, 1], np.int32)
logit_lengths = np.array([6, 4, 3], np.int32)


def ctc(blank):
    def call(t, s, m, n):
        return torch.nn.functional.ctc_loss(torch.tensor(s).log_softmax(-1), torch.tensor(t), torch.tensor(n),
                                            torch.tensor(m), blank=blank, reduction="none")
    return call


both("ctc_loss", ctc(0), targets, logits, label_lengths, logit_lengths, ulp=64)
both("ctc_loss_last", ctc(3), np.array([[1, 2, 2], [0, 1, 0], [1, 0, 0]], np.int32), logits, label_lengths,
     logit_lengths, ulp=64)
both("ctc_loss", ctc(0), targets, logits, label_lengths, np.array([6, 1, 0], np.int32), ulp=64, smooth=False,
     words="short")
both("ctc_loss", ctc(0), targets, logits, np.array([3, 0, 0], np.int32), logit_lengths, ulp=64, words="unlabelled")
tensorflow = nn.ctc_loss(targets, logits.astype(np.float32), label_lengths, logit_lengths, blank_index=0)
cases.add("ctc_loss tensorflow", [targets, logits.astype(np.float32), label_lengths, logit_lengths],
          results(tensorflow), ulp=64)


def dense(decoded, batch, time, filler=-1):
    table = np.full((batch, time), filler, np.int64)
    for (row, column), value in zip(decoded.indices.numpy(), decoded.values.numpy()):
        table[row, column] = value
    lengths = np.bincount(decoded.indices.numpy()[:, 0], minlength=batch).astype(np.int64)
    return table, lengths


easy = np.round(logits * 2, 1).astype(np.float32)
for merge in (True, False):
    (decoded,), score = nn.ctc_greedy_decoder(easy, logit_lengths, merge_repeated=merge)
    cases.add(f"ctc_greedy_{'merged' if merge else 'plain'} f32", [easy, logit_lengths],
              [*dense(decoded, 3, 6), -score.numpy()[:, 0]], ulp=16)
paths, score = nn.ctc_beam_search_decoder(easy, logit_lengths, beam_width=200, top_paths=2)
outs = []
for path in range(2):
    outs += [*dense(paths[path], 3, 6), score.numpy()[:, path]]
cases.add("ctc_beam f32", [easy, logit_lengths], outs, ulp=256)
collapsed, lengths = nn.collapse_repeated(np.array([[1, 1, 2, 2, 1], [0, 0, 3, 3, 3], [4, 5, 5, 5, 5]], np.int32),
                                          np.array([5, 4, 1], np.int32))
table = np.zeros((3, 5), np.int64)
table[:, :collapsed.shape[1]] = collapsed.numpy()
cases.add("collapse_repeated some", [np.array([[1, 1, 2, 2, 1], [0, 0, 3, 3, 3], [4, 5, 5, 5, 5]], np.int32),
                                     np.array([5, 4, 1], np.int32)], [table, lengths.numpy().astype(np.int64)])


def dropped(v, u):
    return nn.experimental.general_dropout(v, 0.25, lambda shape, dtype: tf.constant(u))


both("dropout_by", dropped, normal(3, 5), np.array([[0.2], [0.3], [0.7]]), words="rows", fixed=True)
both("dropout_by", dropped, normal(4), np.array([0.0, 0.24, 0.25, 0.99]), words="edge", smooth=False)

cases.write()
