package dev.sinter.graph;

import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;

/** A Java number as an operand: it takes the dtype of the operand that it meets. */
record Scalar(double value, long integer, boolean isInteger) implements Operand {
    static Scalar of(double value) {
        return new Scalar(value, (long) value, false);
    }

    static Scalar of(long value) {
        return new Scalar(value, value, true);
    }

    @Override
    public DType dtype() {
        throw new CompilerBug("a number has no dtype of its own");
    }

    @Override
    public Shape shape() {
        return Shape.SCALAR;
    }

    /** The number as an array without axes. */
    NDArray as(DType dtype) {
        NDArray array = NDArray.zeros(dtype);
        if (dtype.isFloat()) {
            array.setDouble(0, value);
        } else {
            boolean fits = dtype.isInteger() && dtype.wrap(integer) == integer
                    && (dtype != DType.UINT64 || integer >= 0);
            if (!isInteger && integer != value || !fits) {
                throw new GraphException("the number " + this + " is not a value of " + dtype
                        + "; cast the tensor first");
            }
            array.setLong(0, integer);
        }
        return array;
    }

    @Override
    public String toString() {
        return isInteger ? Long.toString(integer) : Double.toString(value);
    }
}
