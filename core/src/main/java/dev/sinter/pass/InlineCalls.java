package dev.sinter.pass;

import dev.sinter.ir.Function;
import dev.sinter.op.Call;

/** Puts the functions of calls in their places: of the usual calls, or of those that gradients compute again. */
final class InlineCalls implements Pass {
    private final boolean recomputed;

    InlineCalls(boolean recomputed) {
        this.recomputed = recomputed;
    }

    @Override
    public String name() {
        return recomputed ? "inline-recomputed-calls" : "inline-calls";
    }

    @Override
    public String reason() {
        return recomputed
                ? "until here no pass moved values out of them; later stages know no calls"
                : "later passes see what a call computes";
    }

    @Override
    public Function run(Function function, PassContext context) {
        return function.withoutCalls((Call call) -> call.recompute() == recomputed);
    }
}
