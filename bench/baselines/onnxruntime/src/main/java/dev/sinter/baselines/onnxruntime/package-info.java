/** ONNX models in ONNX Runtime. */
package dev.sinter.baselines.onnxruntime;
