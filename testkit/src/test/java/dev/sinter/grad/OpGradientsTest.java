package dev.sinter.grad;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.tensor.NDArray;
import dev.sinter.testkit.CheckGrad;
import dev.sinter.testkit.OpSample;
import dev.sinter.testkit.OpSamples;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The gradient of every op, and the gradient of that, is what finite differences measure. */
final class OpGradientsTest {
    @TestFactory
    Stream<DynamicTest> gradients() {
        return OpSamples.all().stream().filter(OpSample::smooth)
                .map(sample -> DynamicTest.dynamicTest(sample.name(), () -> {
                    for (List<NDArray> run : sample.runs()) {
                        if (run.stream().allMatch(input -> input.elementCount() < 200)) {
                            assertThat(CheckGrad.firstOrder(sample.function(), run)).as("first order").isEmpty();
                            assertThat(CheckGrad.secondOrder(sample.function(), run)).as("second order").isEmpty();
                        }
                    }
                }));
    }
}
