package dev.sinter.eval;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.Loop;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.SymbolBindings;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;

/** What a loop means: its iterations in order. */
public final class Loops {
    private final Loop.Trips trips;
    private final int sequences;
    private final int carries;
    private final List<TensorType> stacked;
    private final SymbolBindings symbols;
    private final UnaryOperator<List<NDArray>> body;
    private final List<List<NDArray>> rows = new ArrayList<>();

    /**
     * A loop to be run once.
     *
     * @param trips     which iterations take place
     * @param sequences how many operands are taken apart
     * @param carries   how many values are handed on
     * @param stacked   the types of what each iteration adds to a stack
     * @param body      computes the results of an iteration that are tensors from its parameters, as {@link Loop}
     *                  orders them
     */
    public Loops(Loop.Trips trips, int sequences, int carries, List<TensorType> stacked, SymbolBindings symbols,
            UnaryOperator<List<NDArray>> body) {
        this.trips = trips;
        this.sequences = sequences;
        this.carries = carries;
        this.stacked = List.copyOf(stacked);
        this.symbols = symbols;
        this.body = body;
        stacked.forEach(type -> rows.add(new ArrayList<>()));
    }

    /** The elements of the loop's result that are tensors or tapes, of the loop's operands. */
    public List<NDArray> run(List<NDArray> operands) {
        int first = (trips.limited() ? 1 : 0) + (trips.conditional() ? 1 : 0);
        List<NDArray> captures = operands.subList(first + sequences + carries, operands.size());
        long most = most(operands);
        boolean goesOn = !trips.conditional() || operands.get(first - 1).getLong(0) != 0;
        List<NDArray> carried = operands.subList(first + sequences, first + sequences + carries);
        long count = 0;
        while (goesOn && count < most) {
            long index = trips.reverse() ? most - 1 - count : count;
            List<NDArray> arguments = new ArrayList<>(List.of(integer(index)));
            for (NDArray sequence : operands.subList(first, first + sequences)) {
                arguments.add(element(sequence, index));
            }
            arguments.addAll(carried);
            arguments.addAll(captures);
            List<NDArray> results = body.apply(arguments);
            carried = results.subList(0, carries);
            for (int i = 0; i < rows.size(); i++) {
                rows.get(i).add(results.get(carries + i));
            }
            goesOn = !trips.conditional() || results.get(carries + rows.size()).getLong(0) != 0;
            count++;
        }
        List<NDArray> results = new ArrayList<>(carried);
        for (int i = 0; i < rows.size(); i++) {
            results.add(stack(stacked.get(i), rows.get(i), most));
        }
        if (trips.conditional()) {
            results.add(integer(count));
        }
        return results;
    }

    /** The bound of the iterations that is known before the first one. */
    private long most(List<NDArray> operands) {
        long most = trips.length().map(symbols::evaluate).orElse(Long.MAX_VALUE);
        if (trips.limited()) {
            most = Math.min(most, Math.max(0, operands.getFirst().getLong(0)));
        }
        return most;
    }

    private static NDArray integer(long value) {
        return NDArray.scalar(value);
    }

    private static NDArray element(NDArray sequence, long index) {
        if (index >= sequence.sizes()[0]) {
            throw new CompilerBug("a loop takes element " + index + " of a sequence of " + sequence.sizes()[0]);
        }
        NDArray element = NDArray.zeros(sequence.dtype(), LongStream.of(sequence.sizes()).skip(1).toArray());
        long bytes = element.segment().byteSize();
        MemorySegment.copy(sequence.segment(), index * bytes, element.segment(), 0, bytes);
        return element;
    }

    private NDArray stack(TensorType type, List<NDArray> elements, long most) {
        long length = trips.length().map(symbols::evaluate).orElse((long) elements.size());
        long[] sizes = LongStream.concat(LongStream.of(length),
                LongStream.of(symbols.evaluate(type.shape()))).toArray();
        NDArray result = zeros(type.dtype(), sizes);
        for (int i = 0; i < elements.size(); i++) {
            long row = trips.reverse() ? most - 1 - i : i;
            long bytes = elements.get(i).segment().byteSize();
            MemorySegment.copy(elements.get(i).segment(), 0, result.segment(), row * bytes, bytes);
        }
        return result;
    }

    private static NDArray zeros(DType dtype, long[] sizes) {
        try {
            return NDArray.zeros(dtype, sizes);
        } catch (OutOfMemoryError full) {
            throw new GraphException("loop: a stack of " + sizes[0] + " elements does not fit into memory", full);
        }
    }
}
