package dev.sinter.pass;

import dev.sinter.ir.Function;
import dev.sinter.ir.Region;
import dev.sinter.ir.Value;
import dev.sinter.op.CheckIndex;
import dev.sinter.op.Loop;
import dev.sinter.pass.IntegerRanges.Range;

/** Removes checks of indices that cannot lie outside. */
final class DropProvenChecks implements Pass {
    @Override
    public String name() {
        return "drop-proven-checks";
    }

    @Override
    public String reason() {
        return "a check is computed before what reads at its index, and an index that cannot lie outside needs none";
    }

    @Override
    public Function run(Function function, PassContext context) {
        return checks(function) ? unchecked(function, IntegerRanges.of(function)) : function;
    }

    private static boolean checks(Function function) {
        return function.values().stream().anyMatch(value -> value.op() instanceof CheckIndex
                || value.op() instanceof Loop loop && checks(loop.body().function()));
    }

    private static Function unchecked(Function function, IntegerRanges ranges) {
        return function.remade((b, value, operands) -> switch (value.op()) {
            case CheckIndex check when isProven(check, ranges.of(value.operand(0))) -> operands.getFirst();
            case Loop loop when checks(loop.body().function()) -> {
                Region body = loop.body().map(inside ->
                        unchecked(inside, IntegerRanges.of(inside, ranges.ofParameters(value))));
                yield b.add(new Loop(body, loop.trips(), loop.sequences(), loop.carries()), operands);
            }
            default -> b.add(value.op(), operands);
        });
    }

    private static boolean isProven(CheckIndex check, Range range) {
        return check.size().isConstant() && range.least() >= 0 && range.most() < check.size().constant();
    }
}
