"""Writes the cases of quantization, as TensorFlow and ONNX Runtime compute them.

    python make_quantization.py        # needs numpy, tensorflow, onnx and onnxruntime
"""

import numpy as np
import onnxruntime
import tensorflow as tf
from onnx import helper

from cases import Cases

cases = Cases("quantization")
random = np.random.default_rng(4)
quantization = tf.quantization


def normal(*shape, scale=1.0):
    return (random.normal(size=shape) * scale).round(3).astype(np.float32)


def results(value):
    value = value if isinstance(value, (list, tuple)) else [value]
    return [v.numpy() for v in value]


def add(name, function, *operands, **options):
    cases.add(name, operands, results(function(*operands)), **{"ulp": 4, "of_largest": True} | options)


# TensorFlow.
x = normal(4, 5, scale=5)
low, high = np.float32(-3.1), np.float32(4.7)
add("fake_args f32", quantization.fake_quant_with_min_max_args, x)
add("fake_args_narrow f32", lambda v: quantization.fake_quant_with_min_max_args(v, -1.5, 3.25, 4, True), x)
add("fake_vars f32", quantization.fake_quant_with_min_max_vars, x, low, high)
add("fake_vars shifted", quantization.fake_quant_with_min_max_vars, x, np.float32(0.5), np.float32(4.7))
add("fake_vars empty", quantization.fake_quant_with_min_max_vars, x, np.float32(0), np.float32(0))
ends = np.array([-1, -2, -3, -0.5, 0], np.float32), np.array([1, 0.5, 2, 3, 4], np.float32)
add("fake_channels f32", quantization.fake_quant_with_min_max_vars_per_channel, x, *ends)


def gradients(function):
    def call(g, *operands):
        variables = [tf.constant(v) for v in operands]
        with tf.GradientTape() as tape:
            tape.watch(variables)
            loss = tf.reduce_sum(function(*variables) * g)
        return tape.gradient(loss, variables)
    return call


flowing = normal(4, 5)
add("fake_vars_gradient f32", gradients(quantization.fake_quant_with_min_max_vars), flowing, x, low, high)
add("fake_channels_gradient f32", gradients(quantization.fake_quant_with_min_max_vars_per_channel), flowing, x, *ends)
add("quantize_dequantize f32", lambda v: quantization.quantize_and_dequantize_v2(v, 0, 0), x)
add("quantize_dequantize_unsigned f32", lambda v: quantization.quantize_and_dequantize_v2(
    v, 0, 0, signed_input=False, num_bits=5), np.abs(x))
add("quantize_dequantize_axis f32", lambda v: quantization.quantize_and_dequantize_v2(
    v, [0.0] * 5, [0.0] * 5, axis=1, narrow_range=True), x)
add("quantize_dequantize_range f32", lambda v, a, b: quantization.quantize_and_dequantize_v2(
    v, a, b, range_given=True, num_bits=6, round_mode="HALF_UP"), x, low, high)
add("quantize_dequantize_range_gradient f32", gradients(lambda v, a, b: quantization.quantize_and_dequantize_v2(
    v, a, b, range_given=True)), flowing, x, low, high)


def quantize(dtype, plain, mode):
    def call(v, a, b):
        out = quantization.quantize(v, a, b, dtype, mode)
        return [tf.constant(out.output.numpy().astype(plain)), out.output_min, out.output_max]
    return call


def dequantize(dtype, mode):
    def call(v, a, b):
        return quantization.dequantize(tf.bitcast(v, dtype), a, b, mode)
    return call


for mode in ("MIN_COMBINED", "MIN_FIRST", "SCALED"):
    word = mode.lower()
    add(f"quantize_{word} u8", quantize(tf.quint8, np.uint8, mode), x, low, high)
    add(f"dequantize_{word} u8", dequantize(tf.quint8, mode), np.array([0, 1, 127, 200, 255], np.uint8), low, high)
    if mode != "MIN_FIRST":
        add(f"quantize_{word}_signed i8", quantize(tf.qint8, np.int8, mode), x, low, high)
        add(f"dequantize_{word} i8", dequantize(tf.qint8, mode), np.array([-128, -1, 0, 5, 127], np.int8), low, high)


# ONNX.
def onnx_run(op, operands, outputs=1, types=None, **attributes):
    names = [f"x{i}" for i in range(len(operands))]
    inputs = [helper.make_tensor_value_info(n, helper.np_dtype_to_tensor_dtype(v.dtype), v.shape)
              for n, v in zip(names, operands)]
    outs = [f"y{i}" for i in range(outputs)]
    values = [helper.make_empty_tensor_value_info(n) for n in outs]
    graph = helper.make_graph([helper.make_node(op, names, outs, **attributes)], "g", inputs, values)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, dict(zip(names, operands)))


def onnx_add(name, op, *operands, outputs=1, transposed=None, **attributes):
    operands = [np.asarray(v) for v in operands]
    given = transposed(operands) if transposed else operands
    cases.add(name, given, onnx_run(op, operands, outputs, **attributes), ulp=2, of_largest=True, fixed=True)


byte = np.uint8
halves = np.array([[-0.5, 0.5, 1.5, 2.5], [100, -100, 1e9, -1e9]], np.float32)
onnx_add("quantize_linear u8", "QuantizeLinear", halves, np.float32(1), byte(128))
onnx_add("quantize_linear i8", "QuantizeLinear", halves, np.float32(0.5), np.int8(-3))
onnx_add("quantize_linear_axis i8", "QuantizeLinear", normal(2, 3, 2, scale=20),
         np.array([0.1, 0.2, 0.5], np.float32), np.array([0, 5, -7], np.int8), axis=1)
onnx_add("quantize_linear_blocks i8", "QuantizeLinear", normal(2, 5, scale=20),
         np.array([[0.1, 0.2, 0.5], [0.3, 0.4, 0.6]], np.float32), np.array([[0, 5, -7], [1, 2, 3]], np.int8), axis=1,
         block_size=2)
onnx_add("dequantize_linear u8", "DequantizeLinear", np.array([0, 3, 128, 255], byte), np.float32(0.25), byte(128))
onnx_add("dequantize_linear_axis i8", "DequantizeLinear", random.integers(-128, 128, (2, 3)).astype(np.int8),
         np.array([0.1, 0.2, 0.5], np.float32), np.array([0, 5, -7], np.int8), axis=1)
onnx_add("dequantize_linear_blocks i8", "DequantizeLinear", random.integers(-128, 128, (2, 5)).astype(np.int8),
         np.array([[0.1, 0.2, 0.5], [0.3, 0.4, 0.6]], np.float32), np.array([[0, 5, -7], [1, 2, 3]], np.int8), axis=1,
         block_size=2)
onnx_add("dynamic_quantize some", "DynamicQuantizeLinear", normal(3, 4, scale=3), outputs=3)
onnx_add("dynamic_quantize positive", "DynamicQuantizeLinear", np.abs(normal(3, 4, scale=3)) + 1, outputs=3)
a = random.integers(0, 256, (3, 4)).astype(byte)
b = random.integers(-128, 128, (4, 2)).astype(np.int8)
onnx_add("matmul_integer u8", "MatMulInteger", a, b, byte(120), np.int8(3))
onnx_add("matmul_integer columns", "MatMulInteger", a, b, byte(120), np.array([3, -5], np.int8))
onnx_add("qlinear_matmul u8", "QLinearMatMul", a, np.float32(0.02), byte(120), b, np.float32(0.05), np.int8(3),
         np.float32(0.4), byte(100))
onnx_add("qlinear_matmul columns", "QLinearMatMul", a, np.float32(0.02), byte(120), b,
         np.array([0.05, 0.1], np.float32), np.array([3, -5], np.int8), np.float32(0.4), byte(100))


def filters_last(operands):
    """Filters as [height, width, in, out]; images stay [batch, channels, height, width]."""
    at = 1 if len(operands) == 4 else 3
    return [v.transpose(2, 3, 1, 0) if i == at else v for i, v in enumerate(operands)]


image = random.integers(0, 256, (1, 2, 4, 5)).astype(byte)
filters = random.integers(0, 256, (3, 2, 3, 2)).astype(byte)
onnx_add("conv_integer u8", "ConvInteger", image, filters, byte(120), byte(7), transposed=filters_last,
         pads=[1, 0, 1, 1], strides=[1, 2])
onnx_add("qlinear_conv u8", "QLinearConv", image, np.float32(0.02), byte(120), filters, np.float32(0.05), byte(117),
         np.float32(0.9), byte(100), transposed=filters_last, pads=[1, 1, 1, 1])
signed = random.integers(-128, 128, (3, 2, 3, 2)).astype(np.int8)
onnx_add("qlinear_conv_channels u8", "QLinearConv", image, np.float32(0.02), byte(120), signed,
         np.array([0.05, 0.1, 0.02], np.float32), np.array([0, 0, 0], np.int8), np.float32(0.9), byte(100),
         np.array([100, -2000, 3000], np.int32), transposed=filters_last, pads=[1, 1, 1, 1])


def pooled(dtype, quantized, padding):
    def call(v):
        means = tf.raw_ops.QuantizedAvgPool(input=tf.bitcast(tf.constant(v), quantized), min_input=0.0, max_input=255.0,
                                            ksize=[1, 2, 3, 1], strides=[1, 1, 2, 1], padding=padding)[0]
        return tf.bitcast(means, dtype)
    return call


add("quantized_avg_pool u8", pooled(tf.uint8, tf.quint8, "SAME"), random.integers(0, 256, (2, 4, 5, 3)).astype(byte),
    ulp=0)
add("quantized_avg_pool ends", pooled(tf.uint8, tf.quint8, "SAME"), random.integers(254, 256, (1, 4, 6, 2)).astype(byte),
    ulp=0)
add("quantized_avg_pool_valid i8", pooled(tf.int8, tf.qint8, "VALID"),
    random.integers(-128, 128, (2, 4, 5, 3)).astype(np.int8), ulp=0)
cases.write()
