"""A convolution, or its gradients by input and filter from a given one of its result; channels are the last axis.
usage: conv_jax.py forward|grad INPUT FILTER STRIDE DILATION GROUPS float32|float64
INPUT is BATCHxSIZEx...xCHANNELS and FILTER SIZEx...xCHANNELSxRESULTS, of windows of an odd size
"""
import sys

import jax
import jax.numpy as jnp
import numpy as np
from common import bench
from jax import lax

variant = sys.argv[1]
input_sizes, filter_sizes = ([int(size) for size in text.split("x")] for text in sys.argv[2:4])
stride, dilation, groups = map(int, sys.argv[4:7])
dtype = sys.argv[7]
jax.config.update("jax_enable_x64", dtype == "float64")
random = np.random.RandomState(0)
axes = len(input_sizes) - 2
padding = [(dilation * (size - 1) // 2,) * 2 for size in filter_sizes[:axes]]
letters = "DHW"[3 - axes:]


def convolution(x, weights):
    return lax.conv_general_dilated(x, weights, (stride,) * axes, padding, rhs_dilation=(dilation,) * axes,
                                    dimension_numbers=("N" + letters + "C", letters + "IO", "N" + letters + "C"),
                                    feature_group_count=groups)


x, weights = (jnp.asarray(random.randn(*sizes).astype(dtype)) for sizes in (input_sizes, filter_sizes))
if variant == "forward":
    run = jax.jit(convolution)
    bench("jax conv", lambda: jax.block_until_ready(run(x, weights)))
else:
    given = jnp.asarray(random.randn(*jax.eval_shape(convolution, x, weights).shape).astype(dtype))
    run = jax.jit(lambda x, weights, given: jax.vjp(convolution, x, weights)[1](given))
    bench("jax conv", lambda: jax.block_until_ready(run(x, weights, given)))
