package dev.sinter.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.examples.TwoLayerNet;
import dev.sinter.runtime.Backend;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The losses of the two-layer net are NumPy's from the same weights and data, on every back end. */
final class TwoLayerNetLossesTest {
    private static final int STEPS = 100;
    private static final double TOLERANCE = 1e-4;

    @Test
    void theInterpretersLossesAreNumPys() throws IOException {
        assertNumPys(losses(Backend.EVAL, 1));
    }

    @Test
    void nativeLossesAreNumPysAndFall() throws IOException {
        List<String> losses = losses(Backend.LLVM, 2);
        assertNumPys(losses);
        for (int step = 1; step < STEPS; step++) {
            assertThat(Double.parseDouble(losses.get(step))).isLessThan(Double.parseDouble(losses.get(step - 1)));
        }
    }

    @Test
    void nativeLossesHaveTheSameBitsForEveryNumberOfThreads() {
        List<String> alone = losses(Backend.LLVM, 1);
        assertThat(losses(Backend.LLVM, 2)).isEqualTo(alone);
        assertThat(losses(Backend.LLVM, 3)).isEqualTo(alone);
    }

    private static List<String> losses(Backend backend, int threads) {
        List<String> losses = new ArrayList<>();
        TwoLayerNet.train(STEPS, 0, 64, threads, backend, losses::add);
        return losses;
    }

    private static void assertNumPys(List<String> losses) throws IOException {
        List<String> expected;
        try (InputStream file = TwoLayerNetLossesTest.class.getResourceAsStream("/goldens/two-layer-net.txt")) {
            expected = new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
        assertThat(losses).hasSameSizeAs(expected).hasSize(STEPS);
        for (int step = 0; step < STEPS; step++) {
            double numPys = Double.parseDouble(expected.get(step));
            assertThat(Double.parseDouble(losses.get(step))).as("step %d", step)
                    .isCloseTo(numPys, org.assertj.core.data.Offset.offset(TOLERANCE * numPys));
        }
    }
}
