package dev.sinter.nn;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Variable;
import dev.sinter.graph.WindowOptions;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** What the weights of layers have in common. */
final class LayerWeights {
    private LayerWeights() {}

    static Optional<Variable> bias(Graph graph, DType dtype, long units, LayerOptions options) {
        return options.useBias()
                ? Optional.of(graph.variable("bias", options.bias().initialValue(graph, dtype, Shape.shape(units))))
                : Optional.empty();
    }

    static List<Variable> all(Optional<Variable> bias, Variable... kernels) {
        List<Variable> all = new ArrayList<>(List.of(kernels));
        bias.ifPresent(all::add);
        return List.copyOf(all);
    }

    /** A size of inputs for which weights are made. */
    static long size(Operand inputs, int axis) {
        int rank = inputs.shape().rank();
        Dim size = rank == 0 ? Dim.UNKNOWN : inputs.shape().dim(axis < 0 ? rank + axis : axis);
        if (!size.isConstant() || !inputs.dtype().isFloat()) {
            throw new GraphException("floats are needed whose size is known along axis " + axis
                    + ", to make weights for it, not " + inputs);
        }
        return size.constant();
    }

    /** The number of channels of inputs that have some spatial axes. */
    static long channels(Operand inputs, int axes, WindowOptions windows) {
        if (inputs.shape().rank() != axes + 2) {
            throw new GraphException("inputs of " + (axes + 2) + " axes are needed, not " + inputs);
        }
        return size(inputs, windows.channelsFirst() ? 1 : -1);
    }

    /** The shape of a filter, of one size along each spatial axis or one for all. */
    static Shape filter(List<Long> sizes, int axes, long in, long out) {
        if (sizes.size() != 1 && sizes.size() != axes || sizes.stream().anyMatch(size -> size < 1) || in < 1
                || out < 1) {
            throw new GraphException("a size from 1 on for each of " + axes + " axes, or one for all, and at"
                    + " least one channel on both sides are needed, not " + sizes + ", " + in + " and " + out);
        }
        List<Dim> dims = new ArrayList<>((sizes.size() == 1 ? Collections.nCopies(axes, sizes.getFirst()) : sizes)
                .stream().map(Dim::of).toList());
        dims.add(Dim.of(in));
        dims.add(Dim.of(out));
        return new Shape(dims);
    }
}
