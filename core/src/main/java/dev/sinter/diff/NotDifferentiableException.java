package dev.sinter.diff;

import dev.sinter.ir.Value;
import dev.sinter.tensor.GraphException;

/** A gradient was asked for through an op that has none. */
public final class NotDifferentiableException extends GraphException {
    private static final long serialVersionUID = 1L;

    private final transient Value value;
    private final String why;

    NotDifferentiableException(Value value, String why) {
        super("gradients: " + value.op().mnemonic() + " has no gradient: " + why);
        this.value = value;
        this.why = why;
    }

    /** The value whose op has no gradient. */
    public Value value() {
        return value;
    }

    /** The reason that the op gives. */
    public String why() {
        return why;
    }
}
