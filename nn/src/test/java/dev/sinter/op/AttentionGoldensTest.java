package dev.sinter.op;

import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.graph.Gradients;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Nn.AttentionOptions;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.nn.MultiHeadAttention;
import dev.sinter.nn.WeightInitializer;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attention of several heads and its gradients against PyTorch, for unknown sizes of batch and time. */
final class AttentionGoldensTest {
    private static final NnGolden GOLDEN = NnGolden.read("multi_head_attention");

    private final Graph graph = new Graph();

    private Variable weight(String name, DType dtype) {
        return graph.variable(name, constant(GOLDEN.get(name, dtype)));
    }

    @ParameterizedTest
    @CsvSource({"EVAL,FLOAT64,1e-13", "LLVM,FLOAT64,1e-13", "LLVM,FLOAT32,1e-4"})
    void headsSeeWhatPyTorchsSee(Backend backend, DType dtype, double tolerance) {
        MultiHeadAttention layer = new MultiHeadAttention(2, weight("query", dtype), weight("key", dtype),
                weight("value", dtype), weight("output", dtype), weight("query_bias", dtype),
                weight("key_bias", dtype), weight("value_bias", dtype), weight("output_bias", dtype));
        Tensor queries = graph.placeholder("queries", dtype, shape(UNKNOWN, UNKNOWN, 6));
        Tensor memory = graph.placeholder("memory", dtype, shape(UNKNOWN, UNKNOWN, 6));
        Tensor y = layer.apply(queries, memory, AttentionOptions.DEFAULT);
        Gradients all = gradients(reduceSum(square(y)), queries, memory, layer.output());
        Tensor causal = layer.selfAttention(queries, AttentionOptions.DEFAULT.withCausal());
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(backend))) {
            session.run(graph.initializer());
            Fetches results = session.run(Feeds.feed(queries, GOLDEN.get("queries", dtype))
                    .and(memory, GOLDEN.get("memory", dtype)),
                    Fetch.fetch(y, all.get(0), all.get(1), all.get(2), causal));
            String[] names = {"y", "d_queries", "d_memory", "d_output", "causal"};
            for (int i = 0; i < names.length; i++) {
                assertThat(RnnGoldensTest.distance(results.get(i), GOLDEN.get(names[i]))).as(names[i])
                        .isLessThan(tolerance * 100);
            }
        }
    }

    @Test
    void newWeightsFitTheirHeads() {
        MultiHeadAttention layer = MultiHeadAttention.of(graph, DType.FLOAT32, 12, 3, 4,
                WeightInitializer.glorotUniform());
        assertThat(layer.variables()).hasSize(8);
        assertThat(layer.variables().getFirst().name()).isEqualTo("multi_head_attention/query");
        assertThatThrownBy(() -> layer.selfAttention(layer.query(), AttentionOptions.DEFAULT))
                .isInstanceOf(GraphException.class).hasMessageContaining("queries and memory of three axes");
        assertThatThrownBy(() -> new MultiHeadAttention(5, layer.query(), layer.key(), layer.value(), layer.output(),
                layer.queryBias(), layer.keyBias(), layer.valueBias(), layer.outputBias()))
                .isInstanceOf(GraphException.class).hasMessageContaining("for 5 heads");
    }
}
