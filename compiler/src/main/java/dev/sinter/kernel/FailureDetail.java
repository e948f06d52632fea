package dev.sinter.kernel;

/**
 * What a run says of an index that is out of range.
 *
 * @param site     which check found it; 0 where nothing is known
 * @param index    the index
 * @param position its number among the indices in row-major order
 */
public record FailureDetail(int site, long index, long position) {
    /** Nothing is known. */
    public static final FailureDetail NONE = new FailureDetail(0, 0, 0);
}
