package dev.sinter.op;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Type.TokenType;
import dev.sinter.ir.Type.TupleType;
import dev.sinter.ir.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * What stands in the gradient of a tuple for an element that no gradient flows to: a token. Zeros would cost
 * work, and of a tape there are none, since its length is not known.
 */
public final class Absence {
    private Absence() {}

    /** The absence of a gradient. */
    public static Value of(Builder b) {
        return b.add(new Join());
    }

    /** Whether a gradient is absent. */
    public static boolean is(Value gradient) {
        return gradient.type() instanceof TokenType;
    }

    /** The gradient of a tuple of tensors with zeros where it is absent. */
    static Value filled(Builder b, TupleType type, Value gradient) {
        List<Value> elements = new ArrayList<>();
        for (int i = 0; i < type.elements().size(); i++) {
            Value part = b.project(gradient, i);
            Type element = type.elements().get(i);
            elements.add(is(part) && element instanceof TensorType tensor
                    ? b.full(tensor.dtype(), tensor.shape(), 0) : part);
        }
        return b.tuple(elements);
    }
}
