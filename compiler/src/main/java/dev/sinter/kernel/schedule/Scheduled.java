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

    /** One kernel that needs no memory of its own. */
    static Scheduled of(Kernel kernel, List<Integer> buffers) {
        return new Scheduled(List.of(new Launch(kernel, buffers)), List.of());
    }

    public Scheduled {
        launches = List.copyOf(launches);
        temporaries = List.copyOf(temporaries);
    }
}
