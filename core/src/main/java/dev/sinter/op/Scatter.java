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
import java.util.stream.IntStream;

/**
 * A tensor with elements written at computed indices along some axes. Operands: the tensor, what is written, then for
 * each of the axes an {@code int64} tensor of indices, all of one shape. What is written lies as a {@link Gather} with
 * the same attributes finds it. It is combined with what is there in row-major order, each result rounded to the dtype.
 * An index is clamped to its axis.
 *
 * @param how   what becomes of an element that something is written to
 * @param axes  the axes that are indexed, in rising order, behind those of the batch
 * @param batch how many of the first axes the tensor shares with the indices
 */
public record Scatter(Combination how, List<Integer> axes, int batch) implements Op {
    public Scatter {
        axes = List.copyOf(axes);
    }

    @Override
    public String mnemonic() {
        return "scatter";
    }

    /** The op that reads where this one writes. */
    public Gather gather() {
        return new Gather(axes, batch);
    }

    @Override
    public Type infer(List<Type> operands) {
        TensorType operand = Inference.tensor(this, operands, 0);
        TensorType written = Inference.tensor(this, operands, 1);
        Shape indices = Gather.indices(this, axes, batch, operand, operands, 2);
        Shape expected = Gather.result(axes, batch, operand.shape(), indices);
        boolean isNumeric = operand.dtype() != DType.BOOL || how == Combination.SET;
        if (!isNumeric || !written.equals(operand.withShape(expected))) {
            throw new GraphException("scatter: " + (how == Combination.SET ? "elements " : "numbers ")
                    + operand.withShape(expected) + " are written to " + operand + " at indices " + indices + ", not "
                    + written);
        }
        return operand;
    }

    @Override
    public Derivative derivative() {
        return new Derivative.Rule((b, self, gradient) -> {
            List<Value> both = switch (how) {
                case ADD -> List.of(gradient, read(b, gradient, self));
                case SET -> ofLast(b, self, gradient);
                case MUL -> ofFactors(b, self, gradient);
                case MIN, MAX -> ofExtrema(b, self, gradient);
            };
            List<Optional<Value>> gradients = new ArrayList<>(Collections.nCopies(self.operands().size(),
                    Optional.empty()));
            gradients.set(0, Optional.of(both.get(0)));
            gradients.set(1, Optional.of(both.get(1)));
            return gradients;
        });
    }

    private static List<Value> indices(Value self) {
        return self.operands().subList(2, self.operands().size());
    }

    private Value read(Builder b, Value from, Value self) {
        List<Value> operands = new ArrayList<>(List.of(from));
        operands.addAll(indices(self));
        return b.add(gather(), operands);
    }

    private Value written(Builder b, Combination combination, Value to, Value what, Value self) {
        List<Value> operands = new ArrayList<>(List.of(to, what));
        operands.addAll(indices(self));
        return b.add(new Scatter(combination, axes, batch), operands);
    }

    /** The gradient of an element goes to what was written there last. */
    private List<Value> ofLast(Builder b, Value self, Value gradient) {
        Value rest = written(b, Combination.SET, gradient, b.zerosLike(self.operand(1)), self);
        Shape places = self.operand(2).shape();
        TensorType numbers = new TensorType(DType.INT64, Shape.of(places.elementCount()));
        Value number = b.reshape(b.add(new Iota(numbers, 0)), places);
        List<Dim> dims = new ArrayList<>(self.shape().dims().subList(0, batch));
        axes.forEach(axis -> dims.add(self.shape().dim(axis)));
        List<Integer> first = IntStream.range(batch, batch + axes.size()).boxed().toList();
        List<Value> operands = new ArrayList<>(List.of(b.full(DType.INT64, new Shape(dims), 0), number));
        operands.addAll(indices(self));
        Value last = b.add(new Scatter(Combination.SET, first, batch), operands);
        operands.set(0, last);
        operands.remove(1);
        Value counts = b.map(ScalarFn.EQ, b.add(new Gather(first, batch), operands), number);
        Value what = read(b, gradient, self);
        List<Integer> leading = IntStream.range(0, places.rank()).boxed().toList();
        return List.of(rest, b.select(b.broadcast(counts, what.shape(), leading), what, b.zerosLike(what)));
    }

    /** Equal extrema share the gradient. */
    private List<Value> ofExtrema(Builder b, Value self, Value gradient) {
        Value x = self.operand(0);
        Value best = read(b, self, self);
        Value isHere = b.map(ScalarFn.EQ, x, self);
        Value isWritten = b.map(ScalarFn.EQ, self.operand(1), best);
        Value count = written(b, Combination.ADD, b.convert(isHere, x.dtype()), b.convert(isWritten, x.dtype()), self);
        Value share = b.div(gradient, b.map(ScalarFn.MAX, count, b.fullLike(x, 1)));
        Value shares = read(b, share, self);
        return List.of(b.select(isHere, share, b.zerosLike(share)),
                b.select(isWritten, shares, b.zerosLike(shares)));
    }

    /** The gradient times the product of the other factors, also where one is 0. */
    private List<Value> ofFactors(Builder b, Value self, Value gradient) {
        Value x = self.operand(0);
        Value factors = self.operand(1);
        FactorProducts products = new FactorProducts(this, b, x, factors, indices(self));
        return List.of(b.map(ScalarFn.MUL, gradient, products.besideElements()),
                b.map(ScalarFn.MUL, read(b, gradient, self), products.besideFactors()));
    }
}
