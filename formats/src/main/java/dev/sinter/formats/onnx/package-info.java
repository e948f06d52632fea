/**
 * ONNX models: read and checked ({@link dev.sinter.formats.onnx.OnnxModel}), made into graphs
 * ({@link dev.sinter.formats.onnx.OnnxImport}). A model is data: nothing outside of its folder is read, nothing is
 * run, and what it may ask for is bounded.
 */
package dev.sinter.formats.onnx;
