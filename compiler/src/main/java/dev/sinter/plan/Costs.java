package dev.sinter.plan;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.Contract;
import dev.sinter.op.Map;
import dev.sinter.op.RandomBits;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Transpose;
import dev.sinter.tensor.Dim;

/** What it costs to compute and to move a value. */
final class Costs {
    private static final long ACROSS_BYTES = 64 << 10;

    private Costs() {}

    /** Whether an element costs so much that it is computed once. */
    static boolean isExpensive(Value value) {
        return switch (value.op()) {
            case Map map -> isExpensive(map.fn());
            case RandomBits bits -> true;
            default -> false;
        };
    }

    private static boolean isExpensive(ScalarFn fn) {
        return fn.isElementary() || fn == ScalarFn.DIV || fn == ScalarFn.REM || fn == ScalarFn.SQRT;
    }

    /** Whether a value is a transpose of so much that who reads it along its rows jumps through the caches. */
    static boolean isAcross(Value value) {
        return value.op() instanceof Transpose transpose && transpose.permutation().getLast() != value.rank() - 1
                && !value.shape().dims().getLast().isConstant(1) && nominalBytes(value) >= ACROSS_BYTES;
    }

    static Dim bytes(Value value) {
        return bytes(value.tensorType());
    }

    static Dim bytes(TensorType type) {
        return type.shape().elementCount().times(type.dtype().bytes());
    }

    /** A number to compare sizes by. */
    static long nominalBytes(Value value) {
        return bytes(value).assumed();
    }

    /** The operations of a product. */
    static long flops(Value contraction) {
        Contract contract = (Contract) contraction.op();
        Dim sums = contraction.shape().elementCount();
        for (char letter : contract.summed().toCharArray()) {
            sums = sums.times(contraction.operand(0).shape().dim(contract.lhs().indexOf(letter)));
        }
        return 2 * sums.assumed();
    }
}
