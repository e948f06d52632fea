package dev.sinter.op;

import java.util.Optional;

/** What a {@link Scatter} makes of an element and of what is written there. */
public enum Combination {
    /** What is written; of several the last. */
    SET("set"),
    ADD("add", ScalarFn.ADD),
    MUL("mul", ScalarFn.MUL),
    MIN("min", ScalarFn.MIN),
    MAX("max", ScalarFn.MAX);

    private final String text;
    private final Optional<ScalarFn> fn;

    Combination(String text) {
        this.text = text;
        this.fn = Optional.empty();
    }

    Combination(String text, ScalarFn fn) {
        this.text = text;
        this.fn = Optional.of(fn);
    }

    public String text() {
        return text;
    }

    /** The function of what is there and what is written; none where that only replaces the other. */
    public Optional<ScalarFn> fn() {
        return fn;
    }
}
