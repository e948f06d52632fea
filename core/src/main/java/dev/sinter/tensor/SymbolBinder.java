package dev.sinter.tensor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Checks given arrays against declared types and reads the values of the symbols from their sizes. Made once
 * for a list of inputs, then used for any number of runs; a successful {@link #bind} of constant and plain
 * symbolic sizes allocates nothing.
 */
public final class SymbolBinder {
    /**
     * What a caller has to give.
     *
     * @param what  how messages call it: {@code placeholder "x"}
     * @param dtype its dtype
     * @param shape its shape; the sizes are constants, symbols, or expressions over symbols bound elsewhere
     */
    public record Input(String what, DType dtype, Shape shape) {}

    /** The place where a symbol was first seen. */
    private record Source(int input, int axis) {}

    private final List<Input> inputs;
    private final List<Symbol> symbols = new ArrayList<>();
    private final Map<Symbol, Integer> slots = new LinkedHashMap<>();
    private final List<Source> sources = new ArrayList<>();
    /** For each input and axis the symbol's slot; {@link #CONSTANT} or {@link #COMPOUND} where there is none. */
    private final int[][] slotOfAxis;

    private static final int CONSTANT = -1;
    private static final int COMPOUND = -2;

    public SymbolBinder(List<Input> inputs) {
        this.inputs = List.copyOf(inputs);
        this.slotOfAxis = new int[inputs.size()][];
        for (int i = 0; i < inputs.size(); i++) {
            Shape shape = inputs.get(i).shape();
            slotOfAxis[i] = new int[shape.rank()];
            for (int axis = 0; axis < shape.rank(); axis++) {
                slotOfAxis[i][axis] = slot(shape.dim(axis), new Source(i, axis));
            }
        }
        for (Input input : this.inputs) {
            for (Dim dim : input.shape().dims()) {
                for (Symbol symbol : dim.symbols()) {
                    if (!slots.containsKey(symbol)) {
                        throw new GraphException(input.what() + ": the size " + dim + " needs " + symbol
                                + ", which is no size of an input on its own");
                    }
                }
            }
        }
    }

    private int slot(Dim dim, Source source) {
        if (dim.isConstant()) {
            return CONSTANT;
        }
        Optional<Symbol> symbol = dim.asSymbol();
        if (symbol.isEmpty()) {
            return COMPOUND;
        }
        return slots.computeIfAbsent(symbol.get(), added -> {
            symbols.add(added);
            sources.add(source);
            return symbols.size() - 1;
        });
    }

    /** The symbols that the inputs bind, in the order of {@link #bind}'s values. */
    public List<Symbol> symbols() {
        return List.copyOf(symbols);
    }

    public List<Input> inputs() {
        return inputs;
    }

    /** The bindings that arrays, one an input, give. */
    public SymbolBindings bind(List<NDArray> arrays) {
        long[] values = new long[symbols.size()];
        bind(arrays, values);
        return new SymbolBindings(slots, values);
    }

    /**
     * Writes the values of the symbols into {@code values}.
     *
     * @throws GraphException where an array has another dtype, rank or size than its input, or where two sizes
     *                        that must be equal differ; the message names the input, the axis and both sizes
     */
    public void bind(List<NDArray> arrays, long[] values) {
        if (arrays.size() != inputs.size()) {
            throw new GraphException(inputs.size() + " arrays are needed, not " + arrays.size());
        }
        for (int i = 0; i < arrays.size(); i++) {
            bindSymbols(i, arrays.get(i), values);
        }
        for (int i = 0; i < arrays.size(); i++) {
            checkCompoundSizes(i, arrays.get(i), values);
        }
    }

    private void bindSymbols(int index, NDArray array, long[] values) {
        Input input = inputs.get(index);
        if (array.dtype() != input.dtype()) {
            throw new GraphException(input.what() + ": the array is " + array.dtype() + ", not " + input.dtype()
                    + "; cast(" + input.dtype().name() + ") converts it");
        }
        int[] axes = slotOfAxis[index];
        if (array.rank() != axes.length) {
            throw new GraphException(input.what() + ": the array " + text(array) + " has rank " + array.rank()
                    + ", the shape " + input.shape().toUserString() + " has rank " + axes.length);
        }
        for (int axis = 0; axis < axes.length; axis++) {
            long size = array.size(axis);
            int slot = axes[axis];
            if (slot == CONSTANT) {
                long expected = input.shape().dim(axis).constant();
                if (size != expected) {
                    throw new GraphException(input.what() + ": axis " + axis + " of the array " + text(array)
                            + " is " + size + ", not " + expected + " as in " + input.shape().toUserString());
                }
            } else if (slot >= 0) {
                Source source = sources.get(slot);
                if (source.input() == index && source.axis() == axis) {
                    values[slot] = size;
                } else if (values[slot] != size) {
                    throw new GraphException(input.what() + ": axis " + axis + " of the array " + text(array)
                            + " is " + size + ", but axis " + source.axis() + " of "
                            + inputs.get(source.input()).what() + " is " + values[slot] + "; both must be equal");
                }
            }
        }
    }

    private void checkCompoundSizes(int index, NDArray array, long[] values) {
        int[] axes = slotOfAxis[index];
        for (int axis = 0; axis < axes.length; axis++) {
            if (axes[axis] == COMPOUND) {
                Dim dim = inputs.get(index).shape().dim(axis);
                long expected = dim.evaluate(symbol -> values[slots.get(symbol)]);
                if (array.size(axis) != expected) {
                    throw new GraphException(inputs.get(index).what() + ": axis " + axis + " of the array "
                            + text(array) + " is " + array.size(axis) + ", not " + dim + " = " + expected);
                }
            }
        }
    }

    private static String text(NDArray array) {
        return array.dtype() + Shape.shape(array.sizes()).toUserString();
    }
}
