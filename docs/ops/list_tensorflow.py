"""Writes the public names of tf.compat.v1, one a line, each with the shortest name of the same object if it has several.

    python list_tensorflow.py        # needs tensorflow and keras

`tf.compat`, which holds the package itself once more, and `tf.keras` are one line each, and so is `tf.raw_ops`, whose
functions are what the others call. `tf.layers` and `tf.nn.rnn_cell` belong to Keras 2, which TensorFlow no longer brings:
their names are those of its last version.
"""

import os
import pathlib
import types

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf
from tensorflow.python.util import tf_decorator
from tensorflow.python.util.tf_export import get_v1_names

OUT = pathlib.Path(__file__).resolve().parent / "names.txt"
WHOLE = ["tf.compat", "tf.keras", "tf.raw_ops"]
KERAS_2 = {
    "tf.layers": "AveragePooling1D AveragePooling2D AveragePooling3D BatchNormalization Conv1D Conv2D Conv2DTranspose"
    " Conv3D Conv3DTranspose Dense Dropout Flatten InputSpec Layer MaxPooling1D MaxPooling2D MaxPooling3D"
    " SeparableConv1D SeparableConv2D average_pooling1d average_pooling2d average_pooling3d batch_normalization conv1d"
    " conv2d conv2d_transpose conv3d conv3d_transpose dense dropout flatten max_pooling1d max_pooling2d max_pooling3d"
    " separable_conv1d separable_conv2d",
    "tf.nn.rnn_cell": "BasicLSTMCell BasicRNNCell DeviceWrapper DropoutWrapper GRUCell LSTMCell LSTMStateTuple"
    " MultiRNNCell RNNCell ResidualWrapper",
}

found = {f"{name}.*": None for name in WHOLE}
for prefix, names in KERAS_2.items():
    found.update({f"{prefix}.{name}": None for name in names.split()})


def walk(module, prefix):
    for name in sorted(dir(module)):
        full = f"{prefix}.{name}"
        if name.startswith("_") or full in WHOLE or full in KERAS_2:
            continue
        value = getattr(module, name)
        if not isinstance(value, types.ModuleType):
            found[full] = value
        elif "_api.v2.compat.v1" in value.__name__ or "_api.v1" in value.__name__:
            walk(value, full)


walk(tf.compat.v1, "tf")
groups = {}
for name, value in found.items():
    if callable(value):
        groups.setdefault(id(value), []).append(name)
        for exported in get_v1_names(tf_decorator.unwrap(value)[1]):
            if f"tf.{exported}" in found:
                groups[id(value)].append(f"tf.{exported}")
shortest = {}
for names in groups.values():
    first = min(names, key=lambda n: (n.count("."), len(n), n))
    shortest.update({name: first for name in names if name != first})
lines = [f"{name} {shortest[name]}" if name in shortest else name for name in sorted(found)]
OUT.write_text("\n".join(lines) + "\n")
