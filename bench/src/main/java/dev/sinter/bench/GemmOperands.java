package dev.sinter.bench;

/** Where the operands of a matrix product come from, and how they lie. */
enum GemmOperands {
    /** The left one is fed, the right one a variable. */
    VARIABLE("", false, false),
    /** Both are fed, as they are or transposed, so that whatever is packed is packed each time. */
    NN("-nn", false, false), NT("-nt", false, true), TN("-tn", true, false), TT("-tt", true, true);

    private final String suffix;
    private final boolean leftTransposed;
    private final boolean rightTransposed;

    GemmOperands(String suffix, boolean leftTransposed, boolean rightTransposed) {
        this.suffix = suffix;
        this.leftTransposed = leftTransposed;
        this.rightTransposed = rightTransposed;
    }

    String suffix() {
        return suffix;
    }

    boolean leftTransposed() {
        return leftTransposed;
    }

    boolean rightTransposed() {
        return rightTransposed;
    }
}
