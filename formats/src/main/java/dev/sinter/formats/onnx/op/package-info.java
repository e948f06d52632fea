/**
 * What the operators of ONNX are in Sinter's ops. A class is a family of operators; each row of it names an operator,
 * the version from which on the row holds, and its translation: from a {@link dev.sinter.formats.onnx.op.Call}, which
 * has the node's inputs as tensors and its attributes, to the tensors of its outputs. Translations use the public API
 * of the graph alone; what they make can be differentiated like everything else.
 */
package dev.sinter.formats.onnx.op;
