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
final class Loops {
    private final Loop loop;
    private final SymbolBindings symbols;
    private final UnaryOperator<List<NDArray>> body;
    private final List<List<NDArray>> rows = new ArrayList<>();

    /**
     * A loop to be run once.
     *
     * @param body computes the results of the loop's body, those that are tensors, from its parameters
     */
    Loops(Loop loop, SymbolBindings symbols, UnaryOperator<List<NDArray>> body) {
        this.loop = loop;
        this.symbols = symbols;
        this.body = body;
        for (int i = 0; i < loop.stacked(); i++) {
            rows.add(new ArrayList<>());
        }
    }

    /** The elements of the loop's result that are tensors or tapes. */
    List<NDArray> run(List<NDArray> operands) {
        long most = most(operands);
        boolean goesOn = !loop.trips().conditional()
                || operands.get(loop.firstSequence() - 1).getLong(0) != 0;
        List<NDArray> carries = operands.subList(loop.firstCarry(), loop.firstCapture());
        long count = 0;
        while (goesOn && count < most) {
            long index = loop.trips().reverse() ? most - 1 - count : count;
            List<NDArray> arguments = new ArrayList<>(List.of(integer(index)));
            for (NDArray sequence : operands.subList(loop.firstSequence(), loop.firstCarry())) {
                arguments.add(element(sequence, index));
            }
            arguments.addAll(carries);
            arguments.addAll(operands.subList(loop.firstCapture(), operands.size()));
            List<NDArray> results = body.apply(arguments);
            carries = results.subList(0, loop.carries());
            for (int i = 0; i < rows.size(); i++) {
                rows.get(i).add(results.get(loop.carries() + i));
            }
            goesOn = !loop.trips().conditional() || results.get(loop.goesOnResult()).getLong(0) != 0;
            count++;
        }
        List<NDArray> results = new ArrayList<>(carries);
        for (int i = 0; i < rows.size(); i++) {
            results.add(stacked(loop.body().tensorResults().get(loop.carries() + i), rows.get(i), most));
        }
        if (loop.trips().conditional()) {
            results.add(integer(count));
        }
        return results;
    }

    /** The bound of the iterations that is known before the first one. */
    private long most(List<NDArray> operands) {
        long most = loop.trips().length().map(symbols::evaluate).orElse(Long.MAX_VALUE);
        if (loop.trips().limited()) {
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

    private NDArray stacked(TensorType type, List<NDArray> elements, long most) {
        long length = loop.trips().length().map(symbols::evaluate).orElse((long) elements.size());
        long[] sizes = LongStream.concat(LongStream.of(length),
                LongStream.of(symbols.evaluate(type.shape()))).toArray();
        NDArray result = zeros(type.dtype(), sizes);
        for (int i = 0; i < elements.size(); i++) {
            long row = loop.trips().reverse() ? most - 1 - i : i;
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
