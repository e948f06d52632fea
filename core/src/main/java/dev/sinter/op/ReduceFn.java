package dev.sinter.op;

/** How a reduction combines elements. The start is the result for an empty axis. */
public enum ReduceFn {
    SUM("sum"),
    PROD("prod"),
    /** NaN where any element is; of nothing, the least value of the dtype. */
    MAX("max"),
    /** NaN where any element is; of nothing, the greatest value of the dtype. */
    MIN("min"),
    /** Of bools: whether all are true. */
    ALL("all"),
    /** Of bools: whether any is true. */
    ANY("any");

    private final String text;

    ReduceFn(String text) {
        this.text = text;
    }

    public String text() {
        return text;
    }

    /** The scalar function that combines two elements. */
    public ScalarFn combiner() {
        return switch (this) {
            case SUM -> ScalarFn.ADD;
            case PROD -> ScalarFn.MUL;
            case MAX -> ScalarFn.MAX;
            case MIN -> ScalarFn.MIN;
            case ALL -> ScalarFn.AND;
            case ANY -> ScalarFn.OR;
        };
    }
}
