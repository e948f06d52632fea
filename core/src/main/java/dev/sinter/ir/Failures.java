package dev.sinter.ir;

import dev.sinter.op.Broadcast;
import dev.sinter.op.CheckIndex;
import dev.sinter.op.Constant;
import dev.sinter.op.DefineSize;
import dev.sinter.op.HostCall;
import dev.sinter.op.Map;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.NDArray;
import java.util.stream.LongStream;

/** Which values may end the run that computes them with an error. */
public final class Failures {
    private Failures() {}

    /** Whether operands can make the op itself, its regions included, fail the run. */
    public static boolean canFail(Value value) {
        return switch (value.op()) {
            case HostCall _, DefineSize _, CheckIndex _ -> true;
            case Map(ScalarFn fn) -> (fn == ScalarFn.DIV || fn == ScalarFn.REM) && value.dtype().isInteger()
                    && !isNonZero(value.operand(1));
            default -> value.op().regions().stream()
                    .anyMatch(region -> region.function().values().stream().anyMatch(Failures::canFail));
        };
    }

    private static boolean isNonZero(Value divisor) {
        Value at = divisor;
        while (at.op() instanceof Broadcast) {
            at = at.operand(0);
        }
        return at.op() instanceof Constant(NDArray divisors)
                && LongStream.range(0, divisors.elementCount()).allMatch(i -> divisors.getLong(i) != 0);
    }
}
