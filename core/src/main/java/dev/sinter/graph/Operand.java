package dev.sinter.graph;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;

/**
 * What an op takes: a tensor, a variable (its value is read) or an initializer (it joins the graph of the
 * other operands). The operators broadcast as NumPy does and take operands of one dtype; a number takes the
 * dtype of the other operand. Wrong operands are a {@link dev.sinter.tensor.GraphException}.
 */
public sealed interface Operand permits Tensor, Variable, Initializer, Scalar {
    DType dtype();

    /** The sizes as far as they are known. */
    Shape shape();

    /** The sum. */
    default Tensor plus(Operand other) {
        return Ops.add(this, other);
    }

    /** The sum. */
    default Tensor plus(double other) {
        return Ops.add(this, Scalar.of(other));
    }

    /** The sum. */
    default Tensor plus(long other) {
        return Ops.add(this, Scalar.of(other));
    }

    /** The difference. */
    default Tensor minus(Operand other) {
        return Ops.subtract(this, other);
    }

    /** The difference. */
    default Tensor minus(double other) {
        return Ops.subtract(this, Scalar.of(other));
    }

    /** The difference. */
    default Tensor minus(long other) {
        return Ops.subtract(this, Scalar.of(other));
    }

    /** The product of the elements. */
    default Tensor times(Operand other) {
        return Ops.multiply(this, other);
    }

    /** The product. */
    default Tensor times(double other) {
        return Ops.multiply(this, Scalar.of(other));
    }

    /** The product. */
    default Tensor times(long other) {
        return Ops.multiply(this, Scalar.of(other));
    }

    /** The quotient; of integers truncated, and an error of the run where the divisor is 0. */
    default Tensor div(Operand other) {
        return Ops.divide(this, other);
    }

    /** The quotient; of integers truncated. */
    default Tensor div(double other) {
        return Ops.divide(this, Scalar.of(other));
    }

    /** The quotient; of integers truncated. */
    default Tensor div(long other) {
        return Ops.divide(this, Scalar.of(other));
    }

    /** The remainder of the truncated division, as Java's {@code %}. */
    default Tensor rem(Operand other) {
        return Ops.remainder(this, other);
    }

    /** The remainder of the truncated division, as Java's {@code %}. */
    default Tensor rem(double other) {
        return Ops.remainder(this, Scalar.of(other));
    }

    /** The remainder of the truncated division, as Java's {@code %}. */
    default Tensor rem(long other) {
        return Ops.remainder(this, Scalar.of(other));
    }

    /** The negative. */
    default Tensor unaryMinus() {
        return Ops.negative(this);
    }
}
