package dev.sinter.kernel.schedule;

import dev.sinter.kernel.Kernel;
import dev.sinter.plan.Buffer;
import java.util.List;

/**
 * The kernels that compute a nest, in order.
 *
 * @param launches    each kernel with a buffer for each of its arguments, numbered in the plan's list
 *                    followed by {@code temporaries}
 * @param temporaries memory that the kernels need beyond the plan's buffers
 */
public record Scheduled(List<Launch> launches, List<Buffer> temporaries) {
    /** A kernel and the buffers that its arguments stand for. */
    public record Launch(Kernel kernel, List<Integer> buffers) {
        public Launch {
            buffers = List.copyOf(buffers);
        }
    }

    public Scheduled {
        launches = List.copyOf(launches);
        temporaries = List.copyOf(temporaries);
    }
}
