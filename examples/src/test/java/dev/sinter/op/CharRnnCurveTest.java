package dev.sinter.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.sinter.examples.CharRnn;
import dev.sinter.examples.TextBatches;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.NDArray;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The example's losses are those of the same net in PyTorch, from the same weights, on the same ragged batches. */
class CharRnnCurveTest {
    private static final int BATCH = 8;
    private static final int UNITS = 32;
    private static final double WEIGHT_LIMIT = 0.1;

    private static String resource(String name) throws IOException {
        try (InputStream in = CharRnnCurveTest.class.getResourceAsStream("/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static NDArray weight(SplittableRandom random, Variable variable) {
        NDArray result = NDArray.zeros(variable.dtype(), variable.shape().sizes());
        for (long i = 0; i < result.elementCount(); i++) {
            result.setDouble(i, WEIGHT_LIMIT * (2 * random.nextDouble() - 1));
        }
        return result;
    }

    @ParameterizedTest
    @CsvSource({"LLVM,150", "EVAL,3"})
    void asPyTorch(Backend backend, int steps) throws IOException {
        List<Double> expected = resource("char-rnn-curve.txt").lines().map(Double::valueOf).toList();
        TextBatches batches = new TextBatches(resource("sonnets.txt"), 0);
        CharRnn net = new CharRnn(batches.alphabetSize(), UNITS, 0);
        try (Session session = new Session(net.graph(), SessionOptions.DEFAULT.withBackend(backend))) {
            session.run(net.graph().initializer());
            SplittableRandom random = new SplittableRandom(7);
            net.weights().forEach(variable -> session.load(variable, weight(random, variable)));
            int compilations = session.compilations();
            for (int step = 0; step < steps; step++) {
                double loss = session.run(net.feeds(batches.next(BATCH)), net.step()).get(net.loss()).item();
                assertThat(loss).as("step " + step).isCloseTo(expected.get(step), withinPercentage(0.001));
            }
            assertThat(session.compilations() - compilations).isEqualTo(1);
        }
    }
}
