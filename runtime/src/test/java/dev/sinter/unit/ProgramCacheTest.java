package dev.sinter.unit;

import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.runtime.Fetch.fetch;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.PreparedCall;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Programs are compiled once, and dropped when there are too many. */
class ProgramCacheTest {
    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT32, shape());
    private final Tensor y = graph.placeholder("y", FLOAT32, shape());

    private Session session() {
        return new Session(graph, SessionOptions.DEFAULT.withBackend(Backend.EVAL));
    }

    @Test
    void theOrderOfFeedsMakesNoDifference() {
        Tensor sum = x.plus(y);
        try (Session session = session()) {
            session.run(feed(x, 1).and(y, 2), sum);
            session.run(feed(y, 1).and(x, 2), sum);
            assertThat(session.prepare(fetch(sum), y, x).feed(x, 1).feed(y, 1).run().floatValue(sum)).isEqualTo(2);
            assertThat(session.compilations()).isEqualTo(1);
            session.run(feed(x, 1).and(y, 2), fetch(sum, sum));
            assertThat(session.compilations()).isEqualTo(2);
        }
    }

    @Test
    void programsInUseOutliveTheirPlace() {
        List<Tensor> sums = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            sums.add(x.plus(i));
        }
        try (Session session = session(); PreparedCall call = session.prepare(fetch(sums.getFirst()), x)) {
            call.feed(x, 1);
            for (int i = 0; i < 300; i++) {
                assertThat(session.run(feed(x, 1), sums.get(i)).floatValue()).isEqualTo(1 + i);
                assertThat(call.run().floatValue(0)).isEqualTo(1);
            }
            assertThat(session.run(feed(x, 1), sums.get(0)).floatValue()).isEqualTo(1);
            assertThat(session.compilations()).isGreaterThan(300);
            call.feed(x, NDArray.scalar(5f));
            assertThat(call.run().floatValue(0)).isEqualTo(5);
        }
    }
}
