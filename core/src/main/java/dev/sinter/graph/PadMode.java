package dev.sinter.graph;

/** What lies around a tensor once it is padded. */
public enum PadMode {
    /** One value. */
    CONSTANT,
    /** The elements mirrored at the outermost ones, which are not repeated: {@code [1,2,3]} gives {@code 3,2,1,2,3}. */
    REFLECT,
    /** The elements mirrored behind the outermost ones: {@code [1,2,3]} gives {@code 2,1,1,2,3}. */
    SYMMETRIC
}
