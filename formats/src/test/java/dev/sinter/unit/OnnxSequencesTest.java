package dev.sinter.unit;

import static dev.sinter.unit.Messages.attribute;
import static dev.sinter.unit.Messages.bytes;
import static dev.sinter.unit.Messages.floats;
import static dev.sinter.unit.Messages.graph;
import static dev.sinter.unit.Messages.input;
import static dev.sinter.unit.Messages.message;
import static dev.sinter.unit.Messages.model;
import static dev.sinter.unit.Messages.node;
import static dev.sinter.unit.Messages.output;
import static dev.sinter.unit.Messages.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.formats.FormatException;
import dev.sinter.formats.onnx.ImportedModel;
import dev.sinter.formats.onnx.OnnxImport;
import dev.sinter.formats.onnx.OnnxModel;
import dev.sinter.graph.Graph;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.NDArray;
import dev.sinter.unit.Messages.Field;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Attention and recurrent layers of models whose sizes are not known. */
class OnnxSequencesTest {
    private static final int FLOAT = 1;
    private static final int INT32 = 6;
    private static final int BOOL = 9;

    private final Graph graph = new Graph();

    /** The value of an input. */
    private record Given(String name, Object value) {}

    private NDArray run(byte[] model, String fetch, Given... values) {
        ImportedModel net = OnnxImport.of(OnnxModel.of(model)).frozen().into(graph);
        Feeds feeds = Feeds.NONE;
        for (Given each : values) {
            feeds = feeds.and(net.input(each.name()), each.value());
        }
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(Backend.EVAL))) {
            return session.run(feeds, net.output(fetch));
        }
    }

    /** One head of size 1 in four axes; query and key are zeros, so that weights are equal. */
    private static byte[] attention(List<String> inputs, Field... attributes) {
        return model(24, graph(node("Attention", inputs, List.of("y"), attributes),
                input("q", FLOAT, "b", 1, "s", 1), input("k", FLOAT, "b", 1, "t", 1), input("v", FLOAT, "b", 1, "t", 1),
                input("m", BOOL, "s", "u"), output("y", FLOAT, "b", 1, "s", 1)));
    }

    private NDArray attend(byte[] model, boolean[][] mask) {
        return run(model, "y", new Given("q", new float[1][1][3][1]), new Given("k", new float[1][1][3][1]),
                new Given("v", new float[][][][] {{{{1}, {2}, {6}}}}), new Given("m", mask));
    }

    @Test
    void aQueryWithoutKeysGivesZeros() {
        byte[] model = attention(List.of("q", "k", "v", "m"));
        assertThat(attend(model, new boolean[][] {{true, true, true}, {false, false, false}, {false, true, true}})
                .toFloatArray()).containsExactly(3, 0, 4);
    }

    @Test
    void aMaskThatIsShorterExcludesTheOtherKeys() {
        byte[] model = attention(List.of("q", "k", "v", "m"));
        assertThat(attend(model, new boolean[][] {{true, true}, {true, false}, {false, true}}).toFloatArray())
                .containsExactly(1.5f, 1, 2);
    }

    @Test
    void aCausalOrderAndAMaskBothExclude() {
        byte[] model = attention(List.of("q", "k", "v", "m"), attribute("is_causal", 1));
        assertThat(attend(model, new boolean[][] {{false, true, true}, {true, true, true}, {true, false, true}})
                .toFloatArray()).containsExactly(0, 1.5f, 3.5f);
    }

    /** Attention whose body doubles the weights. */
    private static byte[] flexible(String output) {
        byte[] body = graph(node("Add", List.of("w", "w"), List.of("o")), input("w", FLOAT, 1, 1, 1, 1),
                output(output, FLOAT, 1, 1, 1, 1));
        byte[] attention = message(text(1, "q"), text(1, "k"), text(1, "v"), text(2, "y"), text(4, "FlexAttention"),
                text(7, "ai.onnx.preview"), attribute("prob_mod", body));
        return model(26, graph(bytes(1, attention), input("q", FLOAT, "b", 2, "s", 1),
                input("k", FLOAT, "b", 1, "t", 1), input("v", FLOAT, "b", 1, "t", 1),
                output("y", FLOAT, "b", 2, "s", 1)));
    }

    @Test
    void aBodyChangesTheWeightsOfAttention() {
        Given query = new Given("q", new float[1][2][1][1]);
        Given key = new Given("k", new float[1][1][3][1]);
        Given value = new Given("v", new float[][][][] {{{{1}, {2}, {6}}}});
        assertThat(run(flexible("o"), "y", query, key, value).toFloatArray()).containsExactly(6, 6);
        assertThatThrownBy(() -> run(flexible("none"), "y", query, key, value)).isInstanceOf(FormatException.class)
                .hasMessageContaining("none");
    }

    @Test
    void attentionThatIsWrongIsRefused() {
        assertThatThrownBy(() -> attend(attention(List.of("q", "k", "v", "", "k")), new boolean[3][3]))
                .isInstanceOf(FormatException.class).hasMessageContaining("must be given together");
        assertThatThrownBy(() -> attend(attention(List.of("q", "k", "v"), attribute("qk_matmul_output_mode", 9)),
                new boolean[3][3])).isInstanceOf(FormatException.class).hasMessageContaining("one of 0 to 3, not 9");
    }

    /** Sums, of one element each: the state after an element is its own and those before. */
    private static byte[] sums(int directions, List<String> activations, Field... attributes) {
        float[] ones = directions == 1 ? new float[] {1} : new float[] {1, 1};
        List<Field> all = new ArrayList<>(List.of(attributes));
        all.add(attribute("activations", activations));
        return model(14, graph(node("RNN", List.of("x", "w", "w", "", "n"), List.of("y", "h"),
                        all.toArray(Field[]::new)), floats("w", new long[] {directions, 1, 1}, ones),
                input("x", FLOAT, "s", "b", 1), input("n", INT32, "b"), output("y", FLOAT, "s", directions, "b", 1),
                output("h", FLOAT, directions, "b", 1)));
    }

    private NDArray sum(byte[] model, String fetch) {
        return run(model, fetch, new Given("x", new float[][][] {{{1}, {10}}, {{2}, {20}}, {{3}, {30}}}),
                new Given("n", new int[] {2, 3}));
    }

    @Test
    void sequencesEndAtTheirLengthsInBothDirections() {
        byte[] model = sums(2, List.of("Relu", "Relu"), attribute("direction", "bidirectional"));
        assertThat(sum(model, "y").toFloatArray()).containsExactly(1, 10, 3, 60, 3, 30, 2, 50, 0, 60, 0, 30);
        assertThat(sum(model, "h").toFloatArray()).containsExactly(3, 60, 3, 60);
    }

    @Test
    void layersThatAreWrongAreRefused() {
        assertThatThrownBy(() -> sum(sums(1, List.of("Never")), "y")).isInstanceOf(FormatException.class)
                .hasMessageContaining("there is no activation 'Never'");
        assertThatThrownBy(() -> sum(sums(1, List.of("Relu", "Relu")), "y")).isInstanceOf(FormatException.class)
                .hasMessageContaining("2 activations are given for 1 directions with 1 each");
        assertThatThrownBy(() -> sum(sums(1, List.of("Relu"), attribute("direction", "up")), "y"))
                .isInstanceOf(FormatException.class).hasMessageContaining("not up");
        assertThatThrownBy(() -> sum(sums(2, List.of("Relu")), "y")).isInstanceOf(FormatException.class)
                .hasMessageContaining("input 1 must have the shape");
    }
}
