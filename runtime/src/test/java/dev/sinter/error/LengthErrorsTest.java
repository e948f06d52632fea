package dev.sinter.error;

import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.INT32;
import static dev.sinter.tensor.DType.INT64;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.GraphException;
import dev.sinter.unit.OnEachBackend;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sequences that are longer than the data: the run fails and says which; the same on each back end. */
public class LengthErrorsTest extends OnEachBackend {
    private final Graph graph = new Graph();
    private final Tensor labels = graph.placeholder("labels", INT32, shape(UNKNOWN, UNKNOWN));
    private final Tensor logits = graph.placeholder("logits", FLOAT32, shape(UNKNOWN, UNKNOWN, 4));
    private final Tensor labelLengths = graph.placeholder("label_lengths", INT32, shape(UNKNOWN));
    private final Tensor logitLengths = graph.placeholder("logit_lengths", INT64, shape(UNKNOWN));

    /** Two sequences of three labels, and of five steps. */
    private Feeds feeds(int[] counts, long[] steps) {
        return feeds(new int[][] {{1, 2, 1}, {3, 1, 2}}, counts, steps);
    }

    private Feeds feeds(int[][] classes, int[] counts, long[] steps) {
        return feed(labels, classes).and(logits, new float[5][2][4]).and(labelLengths, counts)
                .and(logitLengths, steps);
    }

    @Test
    void ofLabels() {
        Tensor losses = Nn.ctcLoss(labels, logits, labelLengths, logitLengths, 0);
        Tensor gradient = Ops.gradients(losses, logits).of(logits);
        try (Session session = open(graph)) {
            for (Tensor tensor : List.of(losses, gradient)) {
                assertThatThrownBy(() -> session.run(feeds(new int[] {2, 4}, new long[] {5, 5}), tensor))
                        .isInstanceOf(GraphException.class).hasMessageStartingWith("ctc_loss: 0 <= label length <="
                                + " labels does not hold for 1 of 2 elements; the first is at [1]: label length is 4,"
                                + " labels is 3\n  at LengthErrorsTest.java");
                assertThatThrownBy(() -> session.run(feeds(new int[] {-1, 3}, new long[] {5, 5}), tensor))
                        .hasMessageContaining("at [0]: label length is -1, labels is 3");
                assertThatThrownBy(() -> session.run(feeds(new int[] {3, 3}, new long[] {6, 5}), tensor))
                        .hasMessageStartingWith("ctc_loss: 0 <= logit length <= steps does not hold for 1 of 2"
                                + " elements; the first is at [0]: logit length is 6, steps is 5");
            }
            assertThat(session.run(feeds(new int[] {0, 0}, new long[] {5, 0}), losses).toString())
                    .isEqualTo("[ 6.931472 -0.      ]");
        }
    }

    @Test
    void ofDecodedSteps() {
        Tensor greedy = Nn.ctcGreedyDecoder(logits, logitLengths, true, -1).labels();
        Tensor searched = Nn.ctcBeamSearchDecoder(logits, logitLengths, 2, 1).getFirst().labels();
        try (Session session = open(graph)) {
            for (Tensor tensor : List.of(greedy, searched)) {
                String op = tensor == greedy ? "ctc_greedy_decoder" : "ctc_beam_search_decoder";
                for (long steps : new long[] {-1, 6, Long.MAX_VALUE}) {
                    assertThatThrownBy(() -> session.run(feeds(new int[2], new long[] {5, steps}), tensor))
                            .isInstanceOf(GraphException.class).hasMessageStartingWith(op + ": 0 <= length <= steps"
                                    + " does not hold for 1 of 2 elements; the first is at [1]: length is " + steps
                                    + ", steps is 5\n  at LengthErrorsTest.java");
                }
                assertThat(session.run(feeds(new int[2], new long[] {5, 0}), tensor).sizes()).contains(2, 5);
                assertThatThrownBy(() -> session.run(feeds(new int[2], new long[] {5}), tensor))
                        .isInstanceOf(GraphException.class);
            }
        }
    }

    @Test
    void labelsOutsideOfTheClasses() {
        Tensor losses = Nn.ctcLoss(labels, logits, labelLengths, logitLengths, 0);
        try (Session session = open(graph)) {
            for (int label : new int[] {-1, 4}) {
                int[][] classes = {{1, 2, 3}, {1, label, 2}};
                assertThatThrownBy(() -> session.run(feeds(classes, new int[] {3, 2}, new long[] {5, 5}), losses))
                        .isInstanceOf(GraphException.class).hasMessageStartingWith("ctc_loss: at [1, 1]: index "
                                + label + " of axis 2 of size 4 lies outside");
                assertThat(session.run(feeds(classes, new int[] {3, 1}, new long[] {5, 5}), losses).sizes())
                        .containsExactly(2);
            }
        }
    }

    @Test
    void aBlankOutsideOfTheClassesThatTheRunFinds() {
        Tensor scores = graph.placeholder("scores", FLOAT32, shape(UNKNOWN, UNKNOWN, UNKNOWN));
        for (long blank : new long[] {4, -5}) {
            Tensor losses = Nn.ctcLoss(labels, scores, labelLengths, logitLengths, blank);
            Tensor decoded = Nn.ctcGreedyDecoder(scores, logitLengths, true, blank).labels();
            Feeds feeds = feed(labels, new int[2][3]).and(scores, new float[5][2][4]).and(labelLengths, new int[2])
                    .and(logitLengths, new long[2]);
            try (Session session = open(graph)) {
                long found = blank < 0 ? blank + 4 : blank;
                assertThatThrownBy(() -> session.run(feeds, losses)).isInstanceOf(GraphException.class)
                        .hasMessageStartingWith("ctc_loss: index " + found + " of axis 2 of size 4 lies outside");
                assertThatThrownBy(() -> session.run(feeds, decoded)).isInstanceOf(GraphException.class)
                        .hasMessageStartingWith("ctc_greedy_decoder: index " + found + " of axis 2 of size 4");
            }
        }
    }

    @Test
    void aBatchOfAnotherSize() {
        Tensor three = graph.placeholder("three", INT64, shape(3));
        Tensor one = graph.placeholder("one", INT64, shape(1));
        Tensor two = graph.placeholder("two", FLOAT32, shape(5, 2, 4));
        for (Tensor lengths : List.of(one, three)) {
            assertThatThrownBy(() -> Nn.ctcBeamSearchDecoder(two, lengths, 2, 1)).isInstanceOf(GraphException.class)
                    .hasMessageStartingWith("ctc_beam_search_decoder: the batches differ");
            assertThatThrownBy(() -> Nn.ctcGreedyDecoder(two, lengths, true, -1)).isInstanceOf(GraphException.class)
                    .hasMessageStartingWith("ctc_greedy_decoder: the batches differ");
        }
    }
}
