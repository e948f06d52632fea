package dev.sinter.program;

import dev.sinter.kernel.Kernel;
import dev.sinter.op.HostFunction;
import dev.sinter.plan.Buffer;
import dev.sinter.tensor.Dim;
import java.util.List;

/**
 * What a run does, step by step, on numbered buffers. Steps run in order; each sees what the steps before it
 * wrote.
 *
 * @param name    for texts
 * @param buffers all memory that the steps use; a buffer's number is its position
 * @param sizes   every run-time size that the kernels use; a frame holds their values
 * @param steps   in order
 */
public record Program(String name, List<Buffer> buffers, List<Dim> sizes, List<Step> steps) {
    /** One step. */
    public sealed interface Step {
        /** A kernel over all its tiles; {@code buffers} gives a buffer for each of its arguments, a SCRATCH
         * argument's being a buffer of as many copies as threads may run. */
        record Launch(Kernel kernel, List<Integer> buffers) implements Step {
            public Launch {
                buffers = List.copyOf(buffers);
            }
        }

        /** A call of Java code on the thread that runs the program. */
        record CallHost(HostFunction function, List<Integer> operands, List<Integer> results) implements Step {
            public CallHost {
                operands = List.copyOf(operands);
                results = List.copyOf(results);
            }
        }

        /** A copy of a whole buffer into another of the same type and layout. */
        record Copy(int from, int to) implements Step {}

        /** The last point at which a run can be cancelled or fail; in-place writes follow. */
        record PointOfNoReturn() implements Step {}
    }

    public Program {
        buffers = List.copyOf(buffers);
        sizes = List.copyOf(sizes);
        steps = List.copyOf(steps);
    }
}
