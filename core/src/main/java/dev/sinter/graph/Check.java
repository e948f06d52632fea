package dev.sinter.graph;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.HostCall;
import dev.sinter.op.HostFunction;
import dev.sinter.op.Iota;
import dev.sinter.op.Project;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * Ends a run with a message where an element is not as it must be. The graph counts such elements and picks the first;
 * the host is called with a few scalars.
 *
 * @param name    the op
 * @param claim   what must hold: {@code x < y}
 * @param labels  what the compared tensors are called
 * @param place   the line of the claim
 * @param message what the user adds
 */
record Check(String name, String claim, List<String> labels, Place place, String message) implements HostFunction {
    /**
     * The token that a check has been carried out, as a bool scalar.
     *
     * @param holds whether each element is as it must be
     * @param shown tensors of the same shape, whose elements the message shows
     */
    static Node of(Composer c, String claim, Node holds, List<Node> shown, List<String> labels, String message) {
        List<Node> operands = new ArrayList<>();
        Dim size = Dim.ONE;
        for (Dim dim : Composer.shape(holds).dims()) {
            size = size.times(dim);
        }
        Shape flat = Shape.of(c.graph().sizes().canonical(size));
        Node bad = c.reshape(c.map(ScalarFn.NOT, holds), flat);
        Node index = c.add(new Iota(new TensorType(DType.INT64, flat), 0));
        operands.add(c.reduce(ReduceFn.SUM, c.convert(bad, DType.INT64), List.of(0)));
        Node first = c.reduce(ReduceFn.MIN, c.map(ScalarFn.SELECT, bad, index,
                c.full(DType.INT64, flat, Long.MAX_VALUE)), List.of(0));
        operands.add(first);
        Node at = c.map(ScalarFn.EQ, index, c.stretch(first, flat, List.of()));
        for (Node tensor : shown) {
            Node values = c.reshape(tensor, flat);
            operands.add(Composer.dtype(values) == DType.BOOL
                    ? c.reduce(ReduceFn.ANY, c.map(ScalarFn.AND, at, values), List.of(0))
                    : c.reduce(ReduceFn.SUM, c.map(ScalarFn.SELECT, at, values, c.fullLike(values, 0)), List.of(0)));
        }
        Composer.shape(holds).dims().forEach(dim -> operands.add(c.size(dim, DType.INT64)));
        Check check = new Check(c.op(), claim, List.copyOf(labels), c.place(), message);
        return called(c, check, operands);
    }

    /** The one result of a call of the host. */
    static Node called(Composer c, HostFunction function, List<Node> operands) {
        return c.add(new Project(0), c.controlled(c.add(new HostCall(function), operands)));
    }

    @Override
    public List<TensorType> infer(List<TensorType> operands) {
        return List.of(new TensorType(DType.BOOL, Shape.SCALAR));
    }

    @Override
    public boolean hasEffect() {
        return true;
    }

    @Override
    public List<NDArray> call(List<NDArray> operands) {
        long count = operands.get(0).getLong(0);
        if (count == 0) {
            return List.of(NDArray.scalar(true));
        }
        long[] sizes = operands.subList(2 + labels.size(), operands.size()).stream()
                .mapToLong(size -> size.getLong(0)).toArray();
        StringBuilder text = new StringBuilder(name).append(": ");
        text.append(message.isEmpty() ? "" : message + ": ").append(claim).append(" does not hold");
        if (sizes.length > 0) {
            text.append(" for ").append(count).append(" of ").append(LongStream.of(sizes).reduce(1, (a, b) -> a * b))
                    .append(" elements; the first is at ").append(position(operands.get(1).getLong(0), sizes));
        }
        String separator = ": ";
        for (int i = 0; i < labels.size(); i++) {
            text.append(separator).append(labels.get(i)).append(" is ").append(operands.get(2 + i));
            separator = ", ";
        }
        throw new GraphException(text.append("\n  at ").append(place).toString());
    }

    private static String position(long flat, long[] sizes) {
        long[] position = new long[sizes.length];
        long rest = flat;
        for (int axis = sizes.length - 1; axis >= 0; axis--) {
            position[axis] = rest % sizes[axis];
            rest /= sizes[axis];
        }
        return LongStream.of(position).mapToObj(Long::toString).collect(Collectors.joining(", ", "[", "]"));
    }

    /** Two checks are the same where they are one object: each has its own line. */
    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
