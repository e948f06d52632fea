/** TensorFlow-Java in graph mode. */
package dev.sinter.baselines.tensorflow;
