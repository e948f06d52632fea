package dev.sinter.bench;

/**
 * The layers that nets for images are made of. Weights are drawn in the order of the calls, the same for all
 * implementations.
 *
 * @param <T> what stands for a batch of images
 */
interface ImageLayers<T> {
    /** What follows a convolution. */
    enum Activation {
        NONE,
        /** {@code max(x, 0)}. */
        RELU,
        /** {@code min(max(x, 0), 6)}. */
        RELU6
    }

    /**
     * A convolution with square windows, padded by half of their size, and a batch normalization with known moments.
     *
     * @param out    the channels of the result
     * @param size   of the windows
     * @param stride of the windows
     */
    T convolution(T x, int out, int size, int stride, Activation activation);

    /** The same with a filter of its own for each channel. */
    T depthwise(T x, int size, int stride, Activation activation);

    /** The sum of two batches. */
    T add(T x, T y);

    /** {@code max(x + y, 0)}. */
    T addRelu(T x, T y);

    /** The greatest of each 3x3 with stride 2, padded by one. */
    T maxPool(T x);

    /** The mean over the pixels, and a dense layer. */
    T classify(T x, int classes);

    /** The number of channels. */
    int channels(T x);
}
