package dev.sinter.grad;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.tensor.NDArray;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Compares arrays that differ in the order of their sums alone, of values of about 1 in {@code float64}. */
final class Near {
    private static final double NEAR = 1e-9;

    private Near() {}

    /** Fails where arrays do not come near to others, with the words of a description. */
    static void assertNear(List<NDArray> actual, List<NDArray> expected, Supplier<String> what) {
        assertThat(actual).hasSameSizeAs(expected);
        mismatch(expected, actual).ifPresent(why -> {
            throw new AssertionError(why + ": " + what.get());
        });
    }

    /** The first element that does not come near. */
    static Optional<String> mismatch(List<NDArray> expected, List<NDArray> actual) {
        for (int i = 0; i < expected.size(); i++) {
            NDArray right = expected.get(i);
            if (!Arrays.equals(actual.get(i).sizes(), right.sizes())) {
                return Optional.of("result " + i + " is of sizes " + Arrays.toString(actual.get(i).sizes()) + ", not "
                        + Arrays.toString(right.sizes()));
            }
            for (long e = 0; e < right.elementCount(); e++) {
                double wanted = right.getDouble(e);
                double got = actual.get(i).getDouble(e);
                if (!(Math.abs(got - wanted) <= NEAR * Math.max(1, Math.abs(wanted)))) {
                    return Optional.of("result " + i + ", element " + e + " is " + got + ", not " + wanted);
                }
            }
        }
        return Optional.empty();
    }
}
