package dev.sinter.program;

import dev.sinter.op.HostFunction;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.util.Arrays;
import java.util.List;

/** How a frame calls the host, whichever back end it belongs to. */
public final class HostCalls {
    private HostCalls() {}

    /**
     * Calls a function and writes what it returns into the arrays of its results.
     *
     * @param results arrays of the declared types in the program's memory
     * @throws Exception what the function throws, or a {@link GraphException} where it returns something else than
     *                   it declares
     */
    public static void call(HostFunction function, List<NDArray> operands, List<NDArray> results) throws Exception {
        List<NDArray> returned = function.call(operands);
        if (returned.size() != results.size()) {
            throw new GraphException("host_call: " + function.name() + " returned " + returned.size()
                    + " results, its infer method declares " + results.size());
        }
        for (int i = 0; i < returned.size(); i++) {
            NDArray actual = returned.get(i);
            NDArray declared = results.get(i);
            if (actual.dtype() != declared.dtype() || !Arrays.equals(actual.sizes(), declared.sizes())) {
                throw new GraphException("host_call: result " + i + " of " + function.name() + " is " + text(actual)
                        + ", its infer method declares " + text(declared));
            }
        }
        for (int i = 0; i < returned.size(); i++) {
            results.get(i).segment().copyFrom(returned.get(i).segment());
        }
    }

    private static String text(NDArray array) {
        return array.dtype() + Arrays.toString(array.sizes());
    }
}
