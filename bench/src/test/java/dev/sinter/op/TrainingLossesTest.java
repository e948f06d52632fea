package dev.sinter.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.bench.TrainingLosses;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The losses of the benchmark's training steps against PyTorch's, from the same start. */
class TrainingLossesTest {
    /** A thousandth of PyTorch's loss. */
    private static final Percentage TOLERANCE = Percentage.withPercentage(0.1);

    @ParameterizedTest
    @ValueSource(strings = {"mlp", "cnn", "lstm", "gpt", "gpt-3x77x200"})
    void lossesAreThoseOfPyTorch(String workload) throws IOException {
        double[] singles = golden(workload + ".float32");
        double[] doubles = golden(workload + ".float64");
        double[] losses = TrainingLosses.of(workload, singles.length, 2);
        for (int step = 0; step < losses.length; step++) {
            assertThat(losses[step]).as("loss %d beside float32", step).isCloseTo(singles[step], TOLERANCE);
            assertThat(losses[step]).as("loss %d beside float64", step).isCloseTo(doubles[step], TOLERANCE);
        }
    }

    @Test
    void lossesInFloat64AreThoseOfPyTorch() throws IOException {
        double[] expected = golden("gpt.float64");
        assertThat(TrainingLosses.of("gpt-f64", expected.length, 2)).containsExactly(expected, within(1e-9));
    }

    private static double[] golden(String name) throws IOException {
        try (InputStream in = TrainingLossesTest.class.getResourceAsStream("/goldens/training_losses.txt")) {
            String line = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .filter(candidate -> candidate.startsWith(name + " ")).findFirst().orElseThrow();
            return Stream.of(line.split(" ")).skip(2).mapToDouble(Double::parseDouble).toArray();
        }
    }
}
