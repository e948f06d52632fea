package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The elements at computed indices along some axes. Operands: the tensor, then for each of the axes an {@code int64}
 * tensor of indices, all of one shape. The result's axes are those of the indices, then those of the tensor that are
 * neither indexed nor of the batch. An index is clamped to its axis.
 *
 * @param axes  the axes that are indexed, in rising order, behind those of the batch
 * @param batch how many of the first axes the tensor shares with the indices
 */
public record Gather(List<Integer> axes, int batch) implements Op {
    public Gather {
        axes = List.copyOf(axes);
    }

    @Override
    public String mnemonic() {
        return "gather";
    }

    @Override
    public Type infer(List<Type> operands) {
        TensorType operand = Inference.tensor(this, operands, 0);
        Shape indices = indices(this, axes, batch, operand, operands, 1);
        return operand.withShape(result(axes, batch, operand.shape(), indices));
    }

    /** The shape of the indices, once they and the axes are found to fit. */
    static Shape indices(Op op, List<Integer> axes, int batch, TensorType operand, List<Type> operands, int first) {
        Inference.count(op, operands, first + axes.size());
        Inference.axes(op, axes, operand.rank());
        boolean rising = axes.stream().sorted().toList().equals(axes);
        if (axes.isEmpty() || batch < 0 || axes.getFirst() < batch || !rising) {
            throw new GraphException(op.mnemonic() + ": the axes " + axes + " must rise from " + batch
                    + ", the number of axes of the batch, and there must be one");
        }
        Shape shape = Inference.tensor(op, operands, first).shape();
        for (int i = first; i < operands.size(); i++) {
            TensorType indices = Inference.indices(op, operands, i);
            if (!indices.shape().equals(shape)) {
                throw new GraphException(op.mnemonic() + ": the indices " + shape + " and " + indices.shape()
                        + " have different shapes");
            }
        }
        if (shape.rank() < batch || !shape.dims().subList(0, batch).equals(operand.shape().dims().subList(0, batch))) {
            throw new GraphException(op.mnemonic() + ": the indices " + shape + " and the tensor " + operand
                    + " do not share the first " + batch + " axes");
        }
        for (int axis : axes) {
            boolean isEmpty = result(axes, batch, operand.shape(), shape).elementCount().isConstant(0);
            if (operand.shape().dim(axis).isConstant(0) && !isEmpty) {
                throw new GraphException(op.mnemonic() + ": there is no index along axis " + axis + " of " + operand
                        + ", which is empty");
            }
        }
        return shape;
    }

    static Shape result(List<Integer> axes, int batch, Shape operand, Shape indices) {
        List<Dim> dims = new ArrayList<>(indices.dims());
        for (int axis = batch; axis < operand.rank(); axis++) {
            if (!axes.contains(axis)) {
                dims.add(operand.dim(axis));
            }
        }
        return new Shape(dims);
    }

    /**
     * Where each axis of the tensor finds its index: along an axis of the result, or, where it is indexed, as
     * {@code -1 - k} in the indices of number k.
     *
     * @param indexRank the rank of the indices
     */
    public List<Integer> places(int rank, int indexRank) {
        List<Integer> places = new ArrayList<>();
        int next = indexRank;
        for (int axis = 0; axis < rank; axis++) {
            int number = axes.indexOf(axis);
            places.add(number >= 0 ? -1 - number : axis < batch ? axis : next++);
        }
        return places;
    }

    @Override
    public Derivative derivative() {
        return new Derivative.Rule((b, self, gradient) -> {
            List<Value> operands = new ArrayList<>(self.operands());
            operands.set(0, b.zerosLike(self.operand(0)));
            operands.add(1, gradient);
            List<Optional<Value>> gradients = new ArrayList<>(Collections.nCopies(self.operands().size(),
                    Optional.empty()));
            gradients.set(0, Optional.of(b.add(new Scatter(Combination.ADD, axes, batch), operands)));
            return gradients;
        });
    }
}
