package dev.sinter.pass;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import dev.sinter.op.Broadcast;
import dev.sinter.op.Constant;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.Optional;

/**
 * Constants that are the same everywhere. Their normal form is a scalar constant or a broadcast of one; a
 * rule brings every other form to it.
 */
final class Splats {
    private Splats() {}

    /** The scalar that stands everywhere in a value of the normal form. */
    static Optional<NDArray> of(Value value) {
        Value source = value.op() instanceof Broadcast ? value.operand(0) : value;
        return source.op() instanceof Constant constant && constant.array().rank() == 0
                ? Optional.of(constant.array()) : Optional.empty();
    }

    /** The element that a whole array consists of, of at least one element. */
    static Optional<NDArray> uniform(NDArray array) {
        long bytes = array.dtype().bytes();
        long size = array.segment().byteSize();
        boolean same = size > 0 && array.segment().asSlice(bytes)
                .mismatch(array.segment().asSlice(0, size - bytes))
                < 0;
        if (!same) {
            return Optional.empty();
        }
        NDArray scalar = NDArray.zeros(array.dtype());
        scalar.segment().copyFrom(array.segment().asSlice(0, bytes));
        return Optional.of(scalar);
    }

    /** A value of the normal form with the other sign. */
    static Value negated(Builder b, Value value) {
        NDArray scalar = of(value).orElseThrow();
        NDArray negated = NDArray.zeros(scalar.dtype());
        if (scalar.dtype().isFloat()) {
            negated.setDouble(0, -scalar.getDouble(0));
        } else {
            negated.setLong(0, -scalar.getLong(0));
        }
        return make(b, negated, value.shape());
    }

    /** A scalar everywhere in a shape, in the normal form. */
    static Value make(Builder b, NDArray scalar, Shape shape) {
        return b.broadcast(b.constant(scalar), shape);
    }
}
