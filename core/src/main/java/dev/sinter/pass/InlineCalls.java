package dev.sinter.pass;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Value;
import dev.sinter.op.Call;
import dev.sinter.op.Tuple;
import java.util.List;

/** Puts the functions of calls in their places. */
final class InlineCalls implements Pass {
    @Override
    public String name() {
        return "inline-calls";
    }

    @Override
    public String reason() {
        return "later stages see what a call computes, and know no calls";
    }

    @Override
    public Function run(Function function, PassContext context) {
        Function current = function;
        while (current.values().stream().anyMatch(value -> value.op() instanceof Call)) {
            current = current.remade((b, value, operands) -> value.op() instanceof Call call
                    ? inlined(b, call, operands) : projected(b, value, operands));
        }
        return current;
    }

    private static Value inlined(Builder b, Call call, List<Value> arguments) {
        return b.add(new Tuple(), call.function().inline(b, arguments));
    }

    private static Value projected(Builder b, Value value, List<Value> operands) {
        return value.op() instanceof dev.sinter.op.Project project ? b.project(operands.getFirst(), project.index())
                : b.add(value.op(), operands);
    }
}
