package dev.sinter.op;

import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.runtime.Fetch.fetch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.sinter.examples.Decay;
import dev.sinter.examples.Newton;
import dev.sinter.graph.Graph;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Loops whose number of iterations depends on data, differentiated twice, against closed forms. */
class DifferentiatedLoopsTest {
    private static Session session(Graph graph, Backend backend) {
        return new Session(graph, SessionOptions.DEFAULT.withBackend(backend));
    }

    private static void compare(Fetches values, List<Double> expected, double percentage) {
        for (int i = 0; i < expected.size(); i++) {
            assertThat(values.get(i).item()).as("result " + i).isCloseTo(expected.get(i),
                    withinPercentage(percentage));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EVAL", "LLVM"})
    void newtonsMethod(Backend backend) {
        Newton newton = new Newton();
        List<Long> iterations = new ArrayList<>();
        try (Session session = session(newton.graph(), backend)) {
            for (double number : new double[] {0.01, 2, 1e4, 1e-6}) {
                Fetches values = session.run(feed(newton.number(), number), fetch(newton.results()));
                compare(values, Newton.closedForm(number), 1e-10);
                iterations.add(values.get(3).longValue());
            }
            assertThat(session.compilations()).isEqualTo(1);
        }
        assertThat(iterations).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource(names = {"EVAL", "LLVM"})
    void anAdaptiveSolver(Backend backend) {
        Decay decay = new Decay();
        List<Long> iterations = new ArrayList<>();
        try (Session session = session(decay.graph(), backend)) {
            for (double[] pair : new double[][] {{1, 1}, {2, 0.1}, {0.5, 3}}) {
                Fetches values = session.run(feed(decay.rate(), pair[0]).and(decay.time(), pair[1]),
                        fetch(decay.results()));
                compare(values, Decay.closedForm(pair[0], pair[1]), 1e-3);
                iterations.add(values.get(5).longValue());
            }
            assertThat(session.compilations()).isEqualTo(1);
        }
        assertThat(iterations).doesNotHaveDuplicates();
    }

    @Test
    void resultsStandBesideTheClosedForm() {
        List<String> lines = new ArrayList<>();
        Newton.run(SessionOptions.DEFAULT.withBackend(Backend.EVAL), lines::add);
        assertThat(lines).hasSize(16).first().asString().matches("sqrt\\(2.0\\) after \\d+ iterations");
        assertThat(lines.get(1)).matches("  value    1.41421356237309.e\\+00  closed form  1.414213562373095e\\+00 .*");
    }
}
