/**
 * Elementary functions as instruction sequences of arithmetic ops alone, within 2 ULP over the whole range of
 * float32 and, where said, float64. Interpreter and native code agree in every bit because nothing else is
 * used.
 */
package dev.sinter.kernel.math;
