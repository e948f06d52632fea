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
for most, iou, score, sigma in ((10, 0.5, 0.1, 0.0), (12, 0.6, 0.05, 0.4), (12, 1.0, float("-inf"), 0.5)):
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
cases.write()
