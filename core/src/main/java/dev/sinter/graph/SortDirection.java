package dev.sinter.graph;

/** In which order sorted elements lie. Equal elements keep their order in both. */
public enum SortDirection {
    /** The smallest first; NaN is greater than all others. */
    ASCENDING,
    /** The greatest first; NaN is greater than all others. */
    DESCENDING
}
