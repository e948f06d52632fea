package dev.sinter.pass;

import dev.sinter.ir.Function;

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
        return function.withoutCalls();
    }
}
