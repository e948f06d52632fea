package dev.sinter.program;

import dev.sinter.op.HostFunction;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How a frame calls the host, whichever back end it belongs to. */
public final class HostCalls {
    private HostCalls() {}

    /**
     * An operand or a result in the program's memory.
     *
     * @param sizes  of the axes
     * @param memory exactly the elements
     */
    public record Argument(DType dtype, long[] sizes, MemorySegment memory) {
        /** The elements, in the memory itself where that is aligned as arrays are. */
        private NDArray array() {
            if (memory.address() % NDArray.ALIGNMENT == 0) {
                return NDArray.wrap(dtype, memory, sizes);
            }
            NDArray copy = NDArray.zeros(dtype, sizes);
            copy.segment().copyFrom(memory);
            return copy;
        }

        private String text() {
            return dtype + Arrays.toString(sizes);
        }
    }

    /**
     * Calls a function and writes what it returns into the memory of its results.
     *
     * @param results of the declared types
     * @throws Exception what the function throws, or a {@link GraphException} where it returns something else than
     *                   it declares
     */
    public static void call(HostFunction function, List<Argument> operands, List<Argument> results) throws Exception {
        List<NDArray> arrays = new ArrayList<>();
        operands.forEach(operand -> arrays.add(operand.array()));
        List<NDArray> returned = function.call(List.copyOf(arrays));
        if (returned.size() != results.size()) {
            throw new GraphException("host call " + function.name() + ": returned " + returned.size()
                    + " arrays, declared " + results.size());
        }
        for (int i = 0; i < returned.size(); i++) {
            NDArray actual = returned.get(i);
            Argument declared = results.get(i);
            if (actual.dtype() != declared.dtype() || !Arrays.equals(actual.sizes(), declared.sizes())) {
                throw new GraphException("host call " + function.name() + ": result " + i + " is " + actual.dtype()
                        + Arrays.toString(actual.sizes()) + ", declared " + declared.text());
            }
        }
        for (int i = 0; i < returned.size(); i++) {
            results.get(i).memory().copyFrom(returned.get(i).segment());
        }
    }
}
