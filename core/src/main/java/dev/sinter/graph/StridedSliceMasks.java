package dev.sinter.graph;

/**
 * The masks of {@code tf.strided_slice}: bit i is about entry i of begin, end and strides.
 *
 * @param begin      where the range begins at the first element
 * @param end        where it goes to the end
 * @param ellipsis   what stands for all axes that are not named; at most one bit
 * @param newAxis    what is a new axis of size 1
 * @param shrinkAxis what is one position, {@code begin}, whose axis is dropped
 */
public record StridedSliceMasks(int begin, int end, int ellipsis, int newAxis, int shrinkAxis) {
    /** No bit is set. */
    public static final StridedSliceMasks NONE = new StridedSliceMasks(0, 0, 0, 0, 0);
}
