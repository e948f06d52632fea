package dev.sinter.llvm;

import dev.sinter.op.HostFunction;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.util.Arrays;
import java.util.List;

/** The check that a host function returns what it has declared. */
final class HostResults {
    private HostResults() {}

    static void check(HostFunction function, List<NDArray> results, List<NDArray> declared) {
        if (results.size() != declared.size()) {
            throw new GraphException("host_call: " + function.name() + " returned " + results.size()
                    + " results, its infer method declares " + declared.size());
        }
        for (int i = 0; i < results.size(); i++) {
            NDArray result = results.get(i);
            NDArray expected = declared.get(i);
            if (result.dtype() != expected.dtype() || !Arrays.equals(result.sizes(), expected.sizes())) {
                throw new GraphException("host_call: result " + i + " of " + function.name() + " is " + result.dtype()
                        + Arrays.toString(result.sizes()) + ", its infer method declares " + expected.dtype()
                        + Arrays.toString(expected.sizes()));
            }
        }
    }
}
