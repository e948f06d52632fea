/**
 * What a function of the tensor IR is in the operators of ONNX. A {@link dev.sinter.formats.onnx.export.Block} is a
 * graph or body on its way to the file; {@link dev.sinter.formats.onnx.export.Term} is a value there, which broadcasts
 * where the value of the function has been broadcast. Primitives that ONNX lacks are functions of the model, whose
 * bodies others run and whose names Sinter knows.
 */
package dev.sinter.formats.onnx.export;
