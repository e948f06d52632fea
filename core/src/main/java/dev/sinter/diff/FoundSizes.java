package dev.sinter.diff;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Symbols;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.DefineSize;
import dev.sinter.op.Pad;
import dev.sinter.op.Slice;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Symbol;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The sizes that a region finds when it is carried out. A value that has such a size leaves the region padded to the
 * greatest size, and is cut to its own size where that has been found again.
 */
final class FoundSizes {
    private final Map<Symbol, Dim> bounds = new HashMap<>();
    private final List<Value> definitions = new ArrayList<>();

    /** The sizes that values of a builder define. */
    FoundSizes(Builder b) {
        for (int id = 0; id < b.size(); id++) {
            if (b.value(id).op() instanceof DefineSize(Symbol symbol, Dim atMost)) {
                bounds.put(symbol, atMost);
                definitions.add(b.value(id));
            }
        }
    }

    /** The values that define them. */
    List<Value> definitions() {
        return definitions;
    }

    /** Whether a value has such a size. */
    boolean has(Value value) {
        return !bounds.isEmpty() && !Collections.disjoint(Symbols.of(value.type()), bounds.keySet());
    }

    /** The type with the greatest sizes. */
    TensorType greatest(TensorType type) {
        return bounds.isEmpty() ? type : type.withShape(new Shape(type.shape().dims().stream()
                .map(dim -> dim.atMost(bounds)).toList()));
    }

    /** A value, filled up with zeros to the greatest sizes. */
    Value padded(Builder b, Value value) {
        if (!has(value)) {
            return value;
        }
        List<Dim> high = new ArrayList<>();
        value.shape().dims().forEach(dim -> high.add(dim.atMost(bounds).minus(dim)));
        return b.add(new Pad(Collections.nCopies(high.size(), Dim.ZERO), high,
                Collections.nCopies(high.size(), 0L)), value, b.scalar(value.dtype(), 0));
    }

    /** The part of a padded value that is the value, whose sizes the builder knows. */
    Value cut(Builder b, Value padded, Shape shape) {
        if (padded.shape().equals(shape)) {
            return padded;
        }
        return b.add(new Slice(Collections.nCopies(shape.rank(), Dim.ZERO), shape.dims(),
                Collections.nCopies(shape.rank(), 1L)), padded);
    }
}
