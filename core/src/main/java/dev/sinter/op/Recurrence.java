package dev.sinter.op;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Elements along an axis, each computed from the one before: the first is given, and {@code y[i+1]} is made of
 * {@code y[i]}. Operands: the first, of size 1 along the axis; of a linear recurrence factors; then the elements, of
 * {@code n} along the axis. The result has {@code n + 1}. Each result is rounded to the dtype.
 *
 * @param form what an element is made of
 * @param axis the axis
 */
public record Recurrence(Form form, int axis) implements Op {
    /** What an element is made of. */
    public enum Form {
        /** {@code y[i+1] = factor[i] * y[i] + x[i]}, the product rounded too. */
        LINEAR("linear"),
        /** {@code y[i+1] = y[i] + x[i]}. */
        SUM("sum"),
        /** {@code y[i+1] = y[i] * x[i]}. */
        PROD("prod"),
        /** {@code y[i+1] = max(y[i], x[i])}. */
        MAX("max"),
        /** {@code y[i+1] = min(y[i], x[i])}. */
        MIN("min");

        private final String text;

        Form(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    @Override
    public String mnemonic() {
        return "recurrence";
    }

    @Override
    public Type infer(List<Type> operands) {
        Inference.count(this, operands, form == Form.LINEAR ? 3 : 2);
        TensorType first = Inference.tensor(this, operands, 0);
        TensorType elements = Inference.tensor(this, operands, operands.size() - 1);
        Inference.axes(this, List.of(axis), elements.rank());
        boolean fits = elements.dtype() != DType.BOOL && first.equals(elements.withShape(along(elements, Dim.ONE)))
                && operands.subList(1, operands.size()).stream().allMatch(elements::equals);
        if (!fits) {
            throw new GraphException("recurrence: numbers, of size 1 along axis " + axis
                    + " for the first and otherwise of one type, are needed, not " + operands);
        }
        return elements.withShape(along(elements, elements.shape().dim(axis).plus(1)));
    }

    private Shape along(TensorType elements, Dim size) {
        List<Dim> dims = new ArrayList<>(elements.shape().dims());
        dims.set(axis, size);
        return new Shape(dims);
    }

    @Override
    public Derivative derivative() {
        return new Derivative.Rule((b, self, gradient) -> switch (form) {
            case LINEAR -> {
                List<Value> flows = linear(b, self, gradient, self.operand(1));
                yield List.of(Optional.of(flows.get(0)), Optional.of(flows.get(1)), Optional.of(flows.get(2)));
            }
            case PROD -> {
                List<Value> flows = linear(b, self, gradient, self.operand(1));
                yield List.of(Optional.of(flows.get(0)), Optional.of(flows.get(1)));
            }
            case SUM -> sum(b, self, gradient);
            case MAX, MIN -> extremum(b, self, gradient);
        });
    }

    /** What flows to the first, the factors and the summands. */
    private List<Value> linear(Builder b, Value self, Value gradient, Value factors) {
        Dim length = factors.shape().dim(axis);
        Value back = back(b, gradient, factors, length);
        Value later = part(b, back, Dim.ONE, length.plus(1));
        return List.of(part(b, back, Dim.ZERO, Dim.ONE),
                b.map(ScalarFn.MUL, later, part(b, self, Dim.ZERO, length)), later);
    }

    private List<Optional<Value>> sum(Builder b, Value self, Value gradient) {
        Dim length = self.operand(1).shape().dim(axis);
        Value back = reversed(b, b.add(this, part(b, gradient, length, length.plus(1)),
                reversed(b, part(b, gradient, Dim.ZERO, length))));
        return List.of(Optional.of(part(b, back, Dim.ZERO, Dim.ONE)),
                Optional.of(part(b, back, Dim.ONE, length.plus(1))));
    }

    /** What flows back to each element: its gradient, and the factor behind it times what flows to the next. */
    private Value back(Builder b, Value gradient, Value factors, Dim length) {
        Value first = part(b, gradient, length, length.plus(1));
        Value others = part(b, gradient, Dim.ZERO, length);
        Value reversed = b.add(new Recurrence(Form.LINEAR, axis), first, reversed(b, factors), reversed(b, others));
        return reversed(b, reversed);
    }

    /** The gradient of an element goes to the last of the equal ones that it is. */
    private List<Optional<Value>> extremum(Builder b, Value self, Value gradient) {
        Value x = self.operand(1);
        Dim length = x.shape().dim(axis);
        Value isNew = b.map(ScalarFn.EQ, x, part(b, self, Dim.ONE, length.plus(1)));
        if (x.dtype().isFloat()) {
            isNew = b.map(ScalarFn.OR, isNew, b.map(ScalarFn.IS_NAN, x));
        }
        Value goesOn = b.select(isNew, b.zerosLike(x), b.fullLike(x, 1));
        Value back = back(b, gradient, goesOn, length);
        Value later = part(b, back, Dim.ONE, length.plus(1));
        return List.of(Optional.of(part(b, back, Dim.ZERO, Dim.ONE)),
                Optional.of(b.select(isNew, later, b.zerosLike(later))));
    }

    private Value reversed(Builder b, Value x) {
        return b.add(new Reverse(List.of(axis)), x);
    }

    private Value part(Builder b, Value x, Dim from, Dim to) {
        List<Dim> starts = new ArrayList<>(Collections.nCopies(x.rank(), Dim.ZERO));
        List<Dim> limits = new ArrayList<>(x.shape().dims());
        starts.set(axis, from);
        limits.set(axis, to);
        return b.add(new Slice(starts, limits, Collections.nCopies(x.rank(), 1L)), x);
    }
}
