package dev.sinter.graph;

/**
 * The greatest elements of windows and their places.
 *
 * @param output the elements
 * @param argmax the places {@code ((b * height + y) * width + x) * channels + channel}, int64, of the first of equal
 *               elements; without {@code b * height} where they start anew with each image
 */
public record PooledMax(Tensor output, Tensor argmax) {}
