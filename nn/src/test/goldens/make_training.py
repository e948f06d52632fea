"""Writes what TensorFlow 1's optimizers, moving averages, learning rates, losses and metrics compute.

    python make_training.py        # needs numpy and tensorflow
"""

import pathlib

import numpy as np
import tensorflow as tf

OUT = pathlib.Path(__file__).resolve().parent.parent / "resources" / "goldens"
v1 = tf.compat.v1
v1.disable_eager_execution()
random = np.random.default_rng(3)


def write(name, arrays):
    lines = []
    for key, value in arrays.items():
        value = np.asarray(value, np.float64)
        sizes = "x".join(map(str, value.shape)) or "scalar"
        lines.append(" ".join([key, sizes] + [repr(float(v)) for v in value.ravel()]))
    (OUT / f"{name}.txt").write_text("\n".join(lines) + "\n")


# Optimizers: five steps for sum(a * sin(w)).
w0, a = random.normal(size=(3, 2)).round(3), random.normal(size=(3, 2)).round(3)
out = {"w": w0, "a": a}
train = v1.train
optimizers = {
    "adagrad": lambda t: train.AdagradOptimizer(0.3),
    "adagrad_da": lambda t: train.AdagradDAOptimizer(0.3, t),
    "adagrad_da_regularized": lambda t: train.AdagradDAOptimizer(0.3, t, 0.2, 0.05, 0.1),
    "adadelta": lambda t: train.AdadeltaOptimizer(1.0, 0.9, 1e-3),
    "rmsprop": lambda t: train.RMSPropOptimizer(0.1),
    "rmsprop_centered": lambda t: train.RMSPropOptimizer(0.1, 0.8, 0.5, 1e-3, centered=True),
    "ftrl": lambda t: train.FtrlOptimizer(0.5),
    "ftrl_regularized": lambda t: train.FtrlOptimizer(0.5, -0.4, 0.2, 0.3, 0.2, l2_shrinkage_regularization_strength=0.1,
                                                      beta=0.1),
    "proximal": lambda t: train.ProximalGradientDescentOptimizer(0.2, 0.1, 0.3),
    "proximal_adagrad": lambda t: train.ProximalAdagradOptimizer(0.2, 0.1, 0.1, 0.3),
}
for name, make in optimizers.items():
    with tf.Graph().as_default(), v1.Session() as session:
        t = v1.train.get_or_create_global_step()
        dtype = np.float32 if name.startswith("proximal") else np.float64
        w = v1.get_variable("w", initializer=w0.astype(dtype))
        step = make(t).minimize(tf.reduce_sum(a.astype(dtype) * tf.sin(w)), t)
        session.run(v1.global_variables_initializer())
        for i in range(1, 6):
            session.run(step)
            out[f"{name}.{i}"] = session.run(w)
write("optimizers", out)

out = {"w": w0}
for name, updates in (("ema", None), ("ema_updates", 3)):
    with tf.Graph().as_default(), v1.Session() as session:
        w = v1.get_variable("w", initializer=w0)
        grow = w.assign_add(np.full((3, 2), 0.5))
        ema = v1.train.ExponentialMovingAverage(0.9, updates)
        update = ema.apply([w])
        session.run(v1.global_variables_initializer())
        for i in range(1, 4):
            session.run(grow)
            session.run(update)
            out[f"{name}.{i}"] = session.run(ema.average(w))
write("moving_averages", out)

# Learning rates at some steps.
steps = np.array([0, 1, 7, 10, 15, 20, 33])
rates = {
    "exponential": lambda t: train.exponential_decay(0.1, t, 10, 0.5),
    "exponential_stairs": lambda t: train.exponential_decay(0.1, t, 10, 0.5, staircase=True),
    "natural": lambda t: train.natural_exp_decay(0.1, t, 10, 0.5),
    "inverse": lambda t: train.inverse_time_decay(0.1, t, 10, 0.5),
    "polynomial": lambda t: train.polynomial_decay(0.1, t, 20, 0.01, 2.0),
    "polynomial_cycle": lambda t: train.polynomial_decay(0.1, t, 10, 0.01, 0.5, cycle=True),
    "piecewise": lambda t: train.piecewise_constant(t, [np.int64(7), np.int64(20)],
                                                    [1.0, 0.5, 0.1]),
    "cosine": lambda t: train.cosine_decay(0.1, t, 20, 0.1),
    "restarts": lambda t: train.cosine_decay_restarts(0.1, t, 5, t_mul=2.0, m_mul=0.9, alpha=0.1),
    "restarts_even": lambda t: train.cosine_decay_restarts(0.1, t, 6, t_mul=1.0, m_mul=0.8),
    "linear_cosine": lambda t: train.linear_cosine_decay(0.1, t, 20, 0.5, 0.2, 0.01),
}
out = {"steps": steps}
for name, make in rates.items():
    with tf.Graph().as_default(), v1.Session() as session:
        t = v1.placeholder(tf.int64, [])
        rate = make(t)
        rate = rate() if callable(rate) else rate
        out[name] = [session.run(rate, {t: s}) for s in steps]
write("learning_rates", out)

# Losses, with and without weights.
shape = (4, 3)
labels, predictions = random.uniform(size=shape).round(3), random.uniform(size=shape).round(3)
bits = (random.uniform(size=shape) < 0.5).astype(np.float64)
logits = random.normal(size=shape).round(3)
weights = np.array([[1.0, 0.0, 2.0], [0.5, 1.0, 0.0], [0.0, 0.0, 0.0], [3.0, 1.0, 1.5]])
rows = np.array([[1.0], [0.0], [2.0], [0.5]])
numbers = np.array([0, 2, 1, 1])
ones = np.eye(3)[numbers]
losses = v1.losses
out = {"labels": labels, "predictions": predictions, "bits": bits, "logits": logits, "weights": weights, "rows": rows,
       "numbers": numbers, "ones": ones}
reductions = {"none": losses.Reduction.NONE, "sum": losses.Reduction.SUM, "mean": losses.Reduction.MEAN,
              "batch": losses.Reduction.SUM_OVER_BATCH_SIZE, "nonzero": losses.Reduction.SUM_BY_NONZERO_WEIGHTS}
with tf.Graph().as_default(), v1.Session() as session:
    for key, reduction in reductions.items():
        out[f"weighted.{key}"] = session.run(losses.compute_weighted_loss(labels, weights, reduction=reduction))
    each = {
        "absolute_difference": lambda w: losses.absolute_difference(labels, predictions, w),
        "mean_squared_error": lambda w: losses.mean_squared_error(labels, predictions, w),
        "hinge": lambda w: losses.hinge_loss(tf.constant(bits), tf.constant(logits), w),
        "huber": lambda w: losses.huber_loss(labels * 3, predictions, w, delta=0.7),
        "log": lambda w: losses.log_loss(tf.constant(bits), tf.constant(predictions), w, epsilon=1e-3),
        "sigmoid": lambda w: losses.sigmoid_cross_entropy(bits, logits, w, label_smoothing=0.2),
    }
    float32 = {"hinge", "huber", "log", "absolute_difference", "mean_squared_error"}
    for name, call in each.items():
        out[f"{name}.plain"] = session.run(call(1.0))
        out[f"{name}.weighted"] = session.run(call(weights))
    out["cosine.plain"] = session.run(losses.cosine_distance(labels, predictions, axis=1))
    out["cosine.weighted"] = session.run(losses.cosine_distance(labels, predictions, axis=1, weights=rows))
    out["pairwise.plain"] = session.run(losses.mean_pairwise_squared_error(labels, predictions))
    out["pairwise.weighted"] = session.run(losses.mean_pairwise_squared_error(labels, predictions, rows))
    out["softmax.plain"] = session.run(losses.softmax_cross_entropy(ones, logits, label_smoothing=0.1))
    out["softmax.weighted"] = session.run(losses.softmax_cross_entropy(ones, logits, rows[:, 0]))
    out["sparse.weighted"] = session.run(losses.sparse_softmax_cross_entropy(numbers, logits, rows[:, 0]))
write("losses", out)

# Metrics: two batches; the values after each.
metrics = v1.metrics
first = {"labels": random.uniform(size=shape).round(2), "predictions": random.uniform(size=shape).round(2),
         "weights": (random.uniform(size=shape) * 2).round(2), "bits": (random.uniform(size=shape) < 0.5) * 1.0,
         "guesses": (random.uniform(size=shape) < 0.5) * 1.0, "classes": random.integers(0, 3, size=shape) * 1.0,
         "classified": random.integers(0, 3, size=shape) * 1.0, "several": np.array([[0, 3], [2, 1], [1, 4], [4, 0]]),
         "repeated": np.array([[0, 3], [2, 2], [1, 4], [4, 0]]),
         "scores": random.uniform(size=(4, 5)).round(2), "rows": np.array([1.0, 0.5, 2.0, 0.0])}
second = {"labels": random.uniform(size=shape).round(2), "predictions": random.uniform(size=shape).round(2),
          "weights": (random.uniform(size=shape) * 2).round(2), "bits": (random.uniform(size=shape) < 0.5) * 1.0,
          "guesses": (random.uniform(size=shape) < 0.5) * 1.0, "classes": random.integers(0, 3, size=shape) * 1.0,
          "classified": random.integers(0, 3, size=shape) * 1.0, "several": np.array([[1, 3], [0, 2], [2, 4], [3, 0]]),
          "repeated": np.array([[1, 1], [0, 2], [2, 4], [3, 0]]),
          "scores": random.uniform(size=(4, 5)).round(2), "rows": np.array([0.25, 1.0, 1.0, 3.0])}
out = {}
for number, batch in enumerate((first, second)):
    for key, value in batch.items():
        out[f"{key}.{number}"] = value
limits = [0.2, 0.5, 0.8]
calls = {
    "mean": lambda p: metrics.mean(p["labels"], p["weights"]),
    "mean_tensor": lambda p: metrics.mean_tensor(p["labels"], p["weights"]),
    "accuracy": lambda p: metrics.accuracy(p["classes"], p["classified"], p["weights"]),
    "mean_absolute_error": lambda p: metrics.mean_absolute_error(p["labels"], p["predictions"], p["weights"]),
    "mean_squared_error": lambda p: metrics.mean_squared_error(p["labels"], p["predictions"], p["weights"]),
    "root_mean_squared_error": lambda p: metrics.root_mean_squared_error(p["labels"], p["predictions"]),
    "mean_relative_error": lambda p: metrics.mean_relative_error(p["labels"], p["predictions"], p["bits"],
                                                                 p["weights"]),
    "mean_cosine_distance": lambda p: metrics.mean_cosine_distance(p["labels"], p["predictions"], 1),
    "percentage_below": lambda p: metrics.percentage_below(p["labels"], 0.4, p["weights"]),
    "true_positives": lambda p: metrics.true_positives(p["bits"], p["guesses"], p["weights"]),
    "true_negatives": lambda p: metrics.true_negatives(p["bits"], p["guesses"], p["weights"]),
    "false_positives": lambda p: metrics.false_positives(p["bits"], p["guesses"], p["weights"]),
    "false_negatives": lambda p: metrics.false_negatives(p["bits"], p["guesses"], p["weights"]),
    "precision": lambda p: metrics.precision(p["bits"], p["guesses"], p["weights"]),
    "recall": lambda p: metrics.recall(p["bits"], p["guesses"], p["weights"]),
    "true_positives_at": lambda p: metrics.true_positives_at_thresholds(p["bits"], p["predictions"], limits,
                                                                        p["weights"]),
    "true_negatives_at": lambda p: metrics.true_negatives_at_thresholds(p["bits"], p["predictions"], limits,
                                                                        p["weights"]),
    "false_positives_at": lambda p: metrics.false_positives_at_thresholds(p["bits"], p["predictions"], limits,
                                                                          p["weights"]),
    "false_negatives_at": lambda p: metrics.false_negatives_at_thresholds(p["bits"], p["predictions"], limits,
                                                                          p["weights"]),
    "precision_at": lambda p: metrics.precision_at_thresholds(p["bits"], p["predictions"], limits, p["weights"]),
    "recall_at": lambda p: metrics.recall_at_thresholds(p["bits"], p["predictions"], limits, p["weights"]),
    "auc": lambda p: metrics.auc(p["bits"], p["predictions"], p["weights"]),
    "auc_pr": lambda p: metrics.auc(p["bits"], p["predictions"], num_thresholds=20, curve="PR"),
    "auc_minoring": lambda p: metrics.auc(p["bits"], p["predictions"], num_thresholds=20,
                                          summation_method="minoring"),
    "auc_majoring": lambda p: metrics.auc(p["bits"], p["predictions"], num_thresholds=20,
                                          summation_method="majoring"),
    "sensitivity": lambda p: metrics.sensitivity_at_specificity(p["bits"], p["predictions"], 0.6, p["weights"], 50),
    "specificity": lambda p: metrics.specificity_at_sensitivity(p["bits"], p["predictions"], 0.6, p["weights"], 50),
    "mean_iou": lambda p: metrics.mean_iou(tf.cast(p["classes"], tf.int64), tf.cast(p["classified"], tf.int64), 4,
                                           p["weights"]),
    "mean_per_class_accuracy": lambda p: metrics.mean_per_class_accuracy(
        tf.cast(p["classes"], tf.int64), tf.cast(p["classified"], tf.int64), 4, p["weights"]),
    "precision_at_k": lambda p: metrics.precision_at_k(tf.cast(p["several"], tf.int64), p["scores"], 2, None,
                                                       p["rows"]),
    "recall_at_k": lambda p: metrics.recall_at_k(tf.cast(p["repeated"], tf.int64), p["scores"], 2, None, p["rows"]),
    "average_precision_at_k": lambda p: metrics.average_precision_at_k(tf.cast(p["several"], tf.int64), p["scores"], 3,
                                                                       p["rows"]),
}
for name, call in calls.items():
    with tf.Graph().as_default(), v1.Session() as session:
        feeds = {key: v1.placeholder(tf.float32, np.shape(value)) for key, value in first.items()}
        value, update = call(feeds)
        session.run([v1.local_variables_initializer(), v1.global_variables_initializer()])
        for number, batch in enumerate((first, second)):
            session.run(update, {feeds[key]: batch[key] for key in feeds})
            out[f"{name}.{number}"] = session.run(value)
write("metrics", out)
