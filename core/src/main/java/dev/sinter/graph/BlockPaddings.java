package dev.sinter.graph;

/**
 * What makes blocks fit.
 *
 * @param paddings the zeros that {@link Ops#spaceToBatchNd} puts before and after each axis
 * @param crops    what {@link Ops#batchToSpaceNd} takes away again
 */
public record BlockPaddings(long[][] paddings, long[][] crops) {}
