package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The checks that the inference of several ops share. Messages start with the op's mnemonic. */
final class Inference {
    private Inference() {}

    static void count(Op op, List<Type> operands, int expected) {
        if (operands.size() != expected) {
            throw new GraphException(op.mnemonic() + ": takes " + expected + " operands, not " + operands.size());
        }
    }

    static TensorType tensor(Op op, List<Type> operands, int index) {
        if (index < operands.size() && operands.get(index) instanceof TensorType tensor) {
            return tensor;
        }
        throw new GraphException(op.mnemonic() + ": operand " + index + " must be a tensor"
                + (index < operands.size() ? ", not a " + operands.get(index) : ", but is missing"));
    }

    static TensorType onlyTensor(Op op, List<Type> operands) {
        count(op, operands, 1);
        return tensor(op, operands, 0);
    }

    /** Axes within a rank, each at most once. */
    static void axes(Op op, List<Integer> axes, int rank) {
        Set<Integer> seen = new HashSet<>();
        for (int axis : axes) {
            if (axis < 0 || axis >= rank) {
                throw new GraphException(op.mnemonic() + ": axis " + axis + " is outside of rank " + rank);
            }
            if (!seen.add(axis)) {
                throw new GraphException(op.mnemonic() + ": axis " + axis + " stands twice in " + axes);
            }
        }
    }

    static void rank(Op op, String what, int actual, int expected) {
        if (actual != expected) {
            throw new GraphException(op.mnemonic() + ": " + what + " has " + actual + " entries, but the rank is "
                    + expected);
        }
    }

    /** A tensor of indices. */
    static TensorType indices(Op op, List<Type> operands, int index) {
        TensorType indices = tensor(op, operands, index);
        if (indices.dtype() != DType.INT64) {
            throw new GraphException(op.mnemonic() + ": indices are int64, not " + indices);
        }
        return indices;
    }

    static void index(Op op, List<Type> operands, int from) {
        for (int i = from; i < operands.size(); i++) {
            TensorType start = tensor(op, operands, i);
            if (start.dtype() != DType.INT64 || start.rank() != 0) {
                throw new GraphException(op.mnemonic() + ": a start is an int64 scalar, not " + start);
            }
        }
    }
}
