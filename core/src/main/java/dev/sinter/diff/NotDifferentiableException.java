package dev.sinter.diff;

import dev.sinter.ir.Location;
import dev.sinter.ir.Value;
import dev.sinter.tensor.GraphException;
import java.util.Collection;
import java.util.stream.Collectors;

/** A gradient was asked for through an op that has none. */
public final class NotDifferentiableException extends GraphException {
    private static final long serialVersionUID = 1L;

    private final transient Value value;
    private final String why;

    NotDifferentiableException(Value value, String why) {
        super("gradients: " + reason(value, "", why));
        this.value = value;
        this.why = why;
    }

    /** The reason why an op with regions has no gradient: something in one of them has none. */
    static NotDifferentiableException within(Value value, NotDifferentiableException inside) {
        return new NotDifferentiableException(value, "in its body, " + inside.why());
    }

    /** The same with the op and its places in the reason, for those to whom the value says nothing. */
    NotDifferentiableException located(Collection<Location> places) {
        String at = places.stream().map(Location::toString).collect(Collectors.joining(", ", " at ", ""));
        return new NotDifferentiableException(value, reason(value, places.isEmpty() ? "" : at, why));
    }

    private static String reason(Value value, String place, String why) {
        return value.op().mnemonic() + place + " has no gradient: " + why;
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
