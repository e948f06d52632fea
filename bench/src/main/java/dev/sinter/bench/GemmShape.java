package dev.sinter.bench;

/**
 * The sizes of a matrix product: m rows, k summed, n columns.
 *
 * @param m rows of the first operand
 * @param k columns of the first operand, rows of the second
 * @param n columns of the second operand
 */
record GemmShape(int m, int k, int n) {
    static GemmShape square(int n) {
        return new GemmShape(n, n, n);
    }

    /** The name of the workload without the threads. */
    String name() {
        return m == k && k == n ? "gemm-" + m : "gemm-" + m + "x" + k + "x" + n;
    }

    Cost cost() {
        return Cost.ofFlops(2.0 * m * k * n);
    }
}
