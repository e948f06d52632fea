/**
 * From a {@link dev.sinter.kernel.Nest} to scheduled kernels: which axis is the vector's, how the domain is
 * cut into tiles, how reductions are split. Every choice depends on sizes and the target alone, so a result
 * has the same bits for every number of threads. Fusion and the choice of layouts have happened before.
 */
package dev.sinter.kernel.schedule;
