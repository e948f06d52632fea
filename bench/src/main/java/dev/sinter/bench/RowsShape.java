package dev.sinter.bench;

import dev.sinter.tensor.DType;

/**
 * Rows of which a function is computed.
 *
 * @param dtype float32 or float64
 */
record RowsShape(int rows, int columns, DType dtype) {
    /** Each element is read and written once. */
    Cost cost() {
        return Cost.ofBytes(2.0 * dtype.bytes() * rows * columns);
    }
}
