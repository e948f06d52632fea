/** Dtypes, shapes and values: what a tensor is made of. */
package dev.sinter.tensor;
