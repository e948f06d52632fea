package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Indices, {@code int64}, each of which lies inside of an axis: one that is negative or not less than the size is an
 * error of the run.
 *
 * @param what the op that they are for, as messages call it
 * @param axis the axis
 * @param size its size
 */
public record CheckIndex(String what, int axis, Dim size) implements Op {
    @Override
    public String mnemonic() {
        return "check_index";
    }

    @Override
    public Type infer(List<Type> operands) {
        Inference.count(this, operands, 1);
        return Inference.indices(this, operands, 0);
    }

    @Override
    public Derivative derivative() {
        return new Derivative.Zero("an index is an integer");
    }

    /** A number that tells this check from others, not 0. */
    public int site() {
        return Objects.hash(what, axis, size.toString()) | 1;
    }

    /**
     * The error of a run.
     *
     * @param index    the index
     * @param position the number of the index in row-major order
     * @param sizes    the sizes of the indices
     * @param most     the size of the axis
     */
    public GraphException refusal(long index, long position, long[] sizes, long most) {
        long[] at = new long[sizes.length];
        long rest = position;
        for (int i = sizes.length - 1; i >= 0; i--) {
            at[i] = rest % Math.max(1, sizes[i]);
            rest /= Math.max(1, sizes[i]);
        }
        return new GraphException(what + ": " + (at.length == 0 ? "" : "at " + Arrays.toString(at) + ": ") + "index "
                + index + " of axis " + axis + " of size " + most + " lies outside" + (most == 0 ? ": the axis is empty"
                : "; an index is 0 to " + (most - 1)));
    }
}
