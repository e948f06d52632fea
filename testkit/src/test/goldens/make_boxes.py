"""Writes the cases of the ops on boxes in images, as TensorFlow computes them.

    python make_boxes.py        # needs numpy and tensorflow
"""

import numpy as np
import tensorflow as tf

from cases import Cases

cases = Cases("boxes")
random = np.random.default_rng(0)


def add(name, function, *operands, absolute=2e-6, outputs=None, fixed=False):
    result = [r.numpy() for r in tf.nest.flatten(function(*map(tf.constant, operands)))]
    cases.add(name, list(operands), result if outputs is None else outputs(result), ulp=4, absolute=absolute,
              fixed=fixed)


def boxes(*shape):
    centre = random.uniform(0, 1, size=(*shape, 2))
    size = random.uniform(0.1, 0.5, size=(*shape, 2))
    return np.concatenate([centre - size / 2, centre + size / 2], -1).round(3).astype(np.float32)


def scores(*shape):
    return random.uniform(0, 1, size=shape).round(3).astype(np.float32)


b, s = boxes(30), scores(30)
b[7] = b[3]
s[7] = s[3]
b[4] = b[4][[2, 3, 0, 1]]
b[9][2:] = b[9][:2]
raw = tf.raw_ops
for most, iou, score in ((10, 0.3, float("-inf")), (40, 0.5, 0.2), (3, 1.0, 0.0), (0, 0.5, 0.0), (5, 0.5, 2.0)):
    add(f"nms/{most}/{iou}/{score}", lambda x, y: tf.image.non_max_suppression(x, y, most, iou, score), b, s)
add("nms/10/0.3/-inf flat", lambda x, y: tf.image.non_max_suppression(x, y, 10, 0.3), np.zeros((4, 4), np.float32),
    np.array([0.1, 0.5, 0.5, np.nan], np.float32))
add("nms/10/0.3/-inf none", lambda x, y: tf.image.non_max_suppression(x, y, 10, 0.3), np.zeros((0, 4), np.float32),
    np.zeros(0, np.float32), fixed=True)
for most, iou, score, sigma in ((10, 0.5, 0.1, 0.0), (12, 0.6, 0.05, 0.4), (12, 1.0, float("-inf"), 0.5),
                               (30, 0.1, 0.02, 0.4)):
    add(f"scored/{most}/{iou}/{score}/{sigma}", lambda x, y: tf.image.non_max_suppression_with_scores(
        x, y, most, iou, score, sigma), b, s)
overlaps = random.uniform(0, 1, size=(12, 12)).round(3).astype(np.float32)
add("overlaps x", lambda x, y: tf.image.non_max_suppression_overlaps(x, y, 8, 0.6, 0.1), overlaps, s[:12])
for most, iou, score in ((10, 0.3, float("-inf")), (40, 0.5, 0.2)):
    add(f"padded/{most}/{iou}/{score}", lambda x, y: raw.NonMaxSuppressionV4(
        boxes=x, scores=y, max_output_size=most, iou_threshold=iou, score_threshold=score,
        pad_to_max_output_size=True), b, s)
for q in (1, 3):
    for word, options in (("plain", {}), ("class", {"pad_per_class": True}), ("unclipped", {"clip_boxes": False})):
        add(f"combined/{word} {q}", lambda x, y: tf.image.combined_non_max_suppression(x, y, 3, 20, 0.4, 0.15, **options),
            (boxes(2, 12, q) * 1.3 - 0.1).astype(np.float32), scores(2, 12, 3), fixed=True)
images = random.uniform(0, 1, size=(2, 9, 8, 3)).round(3).astype(np.float32)
frames = np.array([[[0.1, 0.2, 0.8, 0.7], [0.3, 0, 0.6, 0.9], [-0.2, 0.5, 0.4, 1.5]],
                   [[0, 0, 1, 1], [0.5, 0.5, 0.5, 0.5], [0.7, 0.1, 0.2, 0.8]]], np.float32)
colours = np.array([[0.1, 0.2, 0.3], [1, 0.5, 0]], np.float32)
add("draw x", tf.image.draw_bounding_boxes, images, frames, colours)
add("draw_default rgb", lambda x, y: raw.DrawBoundingBoxes(images=x, boxes=y), images, frames, fixed=True)
add("draw_default gray", lambda x, y: raw.DrawBoundingBoxes(images=x, boxes=y), images[..., :1].copy(), frames, fixed=True)


def proposed(score, delta, info, anchor, overlap, before, least, after):
    """As TensorFlow's kernel for GPUs computes it, image by image."""
    n = score.shape[0]
    rois, chosen = np.zeros((n, after, 4), np.float32), np.zeros((n, after), np.float32)
    for image in range(n):
        order = np.argsort(-score[image].ravel(), kind="stable")[:before]
        y1, x1, y2, x2 = anchor.reshape(-1, 4)[order].T
        dy, dx, dh, dw = delta[image].reshape(-1, 4)[order].T
        grown = [np.exp(np.minimum(d, np.float32(np.log(1000 / 16)))) for d in (dh, dw)]
        sides = [None] * 4
        for axis, (low, high, d, g) in enumerate(((y1, y2, dy, grown[0]), (x1, x2, dx, grown[1]))):
            size = high - low
            centre = low + np.float32(0.5) * size + size * d
            half = np.float32(0.5) * size * g
            sides[axis] = np.clip(centre - half, 0, info[image, axis])
            sides[axis + 2] = np.clip(centre + half, 0, info[image, axis])
        box = np.stack(sides, 1)
        area = (box[:, 2] - box[:, 0]) * (box[:, 3] - box[:, 1])
        small = np.minimum(box[:, 2] - box[:, 0], box[:, 3] - box[:, 1]) < least * info[image, 2]
        kept = []
        for i in np.flatnonzero(~small):
            def share(j):
                lo, hi = np.maximum(box[i, :2], box[j, :2]), np.minimum(box[i, 2:], box[j, 2:])
                both = np.prod(np.maximum(hi - lo, 0))
                return both / (area[i] + area[j] - both) if both > 0 else 0
            if len(kept) < after and all(share(j) <= overlap for j in kept):
                kept.append(i)
        rois[image, :len(kept)], chosen[image, :len(kept)] = box[kept], score[image].ravel()[order][kept]
    return rois, chosen


corner = random.uniform(0, 40, size=(4, 5, 3, 2))
anchor = np.concatenate([corner, corner + random.uniform(4, 30, size=(4, 5, 3, 2))], -1).astype(np.float32).reshape(4, 5, 12)
delta = (random.normal(size=(2, 4, 5, 12)) * 0.4).astype(np.float32)
delta[0, 0, 0, 2] = 9
info = np.array([[50, 60, 1, 0, 0], [45, 40, 0.5, 0, 0]], np.float32)
for overlap, before, least, after in ((0.7, 6000, 16, 10), (0.3, 20, 5, 25), (0.5, 1, 0, 2)):
    operands = [scores(2, 4, 5, 3), delta, info, anchor]
    cases.add(f"proposals/{overlap}/{before}/{least}/{after}", operands, proposed(*operands, overlap, before, least, after),
              ulp=16, absolute=1e-4)
cases.write()
