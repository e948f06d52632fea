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
import java.util.List;
import java.util.stream.IntStream;

/**
 * The combination of all elements along some axes, which are dropped.
 *
 * @param fn   how two elements are combined
 * @param axes the axes that disappear, increasing
 */
public record Reduce(ReduceFn fn, List<Integer> axes) implements Op {
    public Reduce {
        axes = axes.stream().sorted().toList();
    }

    @Override
    public String mnemonic() {
        return "reduce";
    }

    @Override
    public Type infer(List<Type> operands) {
        TensorType operand = Inference.onlyTensor(this, operands);
        Inference.axes(this, axes, operand.rank());
        boolean logical = fn == ReduceFn.ALL || fn == ReduceFn.ANY;
        if (logical != (operand.dtype() == DType.BOOL)) {
            throw new GraphException("reduce: " + fn.text() + " does not take " + operand.dtype());
        }
        List<Dim> dims = new ArrayList<>();
        for (int axis = 0; axis < operand.rank(); axis++) {
            if (!axes.contains(axis)) {
                dims.add(operand.shape().dim(axis));
            }
        }
        return operand.withShape(new Shape(dims));
    }

    @Override
    public Derivative derivative() {
        return switch (fn) {
            case SUM -> Derivative.of((b, self, gradient) -> spread(b, gradient, self.operand(0)));
            case PROD -> Derivative.of((b, self, gradient) ->
                    b.times(spread(b, gradient, self.operand(0)), ExclusiveProduct.of(b, self.operand(0), axes)));
            case MAX, MIN -> Derivative.of(this::shareOfExtremum);
            case ALL, ANY -> new Derivative.Zero("a bool does not vary continuously");
        };
    }

    /** A value of the result's shape repeated over the operand's. */
    private Value spread(Builder b, Value value, Value operand) {
        List<Integer> kept = IntStream.range(0, operand.rank()).filter(axis -> !axes.contains(axis)).boxed().toList();
        return b.broadcast(value, operand.shape(), kept);
    }

    /** The elements that equal the extremum share its gradient evenly, as in TensorFlow. */
    private Value shareOfExtremum(Builder b, Value self, Value gradient) {
        Value operand = self.operand(0);
        Value chosen = b.map(ScalarFn.EQ, operand, spread(b, self, operand));
        Value ones = b.select(chosen, b.fullLike(operand, 1), b.zerosLike(operand));
        Value count = b.map(ScalarFn.MAX, b.reduceSum(ones, axes), b.fullLike(self, 1));
        Value share = b.div(gradient, count);
        return b.select(chosen, spread(b, share, operand), b.zerosLike(operand));
    }
}
