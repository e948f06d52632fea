/**
 * The messages of an ONNX file as records, their reading and their writing. Names and numbers are those of
 * <a href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3">onnx.proto3</a>. Reading checks what one message
 * shows alone; what messages say about each other is checked by those who use them.
 */
package dev.sinter.formats.onnx.schema;
