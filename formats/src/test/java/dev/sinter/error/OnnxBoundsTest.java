package dev.sinter.error;

import static dev.sinter.unit.Messages.attribute;
import static dev.sinter.unit.Messages.bytes;
import static dev.sinter.unit.Messages.floats;
import static dev.sinter.unit.Messages.graph;
import static dev.sinter.unit.Messages.input;
import static dev.sinter.unit.Messages.integers;
import static dev.sinter.unit.Messages.integersOf;
import static dev.sinter.unit.Messages.message;
import static dev.sinter.unit.Messages.model;
import static dev.sinter.unit.Messages.node;
import static dev.sinter.unit.Messages.number;
import static dev.sinter.unit.Messages.output;
import static dev.sinter.unit.Messages.tensor;
import static dev.sinter.unit.Messages.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.formats.FormatException;
import dev.sinter.formats.UnsupportedException;
import dev.sinter.formats.onnx.ImportedModel;
import dev.sinter.formats.onnx.OnnxImport;
import dev.sinter.formats.onnx.OnnxModel;
import dev.sinter.graph.Graph;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.NDArray;
import dev.sinter.unit.Messages.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Small models that ask for much: each is imported, or refused, within seconds. */
@Timeout(30)
class OnnxBoundsTest {
    private static final int FLOAT = 1;

    private static ImportedModel into(byte[] model) {
        return OnnxImport.of(OnnxModel.of(model)).into(new Graph());
    }

    /** A model of opset 18 with the input {@code x} of two floats and the output {@code y} of any rank. */
    private static byte[] ofNodes(Field... nodes) {
        return ofNodes(18, List.of(nodes));
    }

    private static byte[] ofNodes(long opset, List<Field> nodes) {
        List<Field> fields = new ArrayList<>(nodes);
        fields.add(input("x", FLOAT, 2));
        fields.add(output("y", FLOAT));
        return model(opset, graph(fields.toArray(Field[]::new)));
    }

    private static void refuses(byte[] model, String message) {
        assertThatThrownBy(() -> into(model)).isInstanceOf(FormatException.class).hasMessageContaining(message);
    }

    @Test
    void partsThatNoOutputNames() {
        refuses(ofNodes(node("Split", List.of("x"), List.of("y"), attribute("num_outputs", 1L << 62))),
                "node '-> y' (Split of version 18): num_outputs is 4611686018427387904, and 1 outputs are named");
        refuses(ofNodes(node("Split", List.of("x"), List.of("y"), attribute("num_outputs", -1))),
                "num_outputs is -1");
        refuses(ofNodes(integers("s", new long[] {3}, 1, 1, 0), node("Split", List.of("x", "s"), List.of("y", "z"))),
                "3 sizes of parts are given, and 2 outputs named");
    }

    @Test
    void manyPartsOfSomeSizes() {
        int count = 20_000;
        long[] sizes = LongStream.range(0, count).map(i -> i < 2 ? 1 : 0).toArray();
        List<String> names = IntStream.range(0, count).mapToObj(i -> i == 0 ? "y" : "part" + i).toList();
        assertThat(into(ofNodes(integers("s", new long[] {count}, sizes),
                node("Split", List.of("x", "s"), names))).output("y").shape().sizes()).containsExactly(1);
    }

    private static Field function(int i, int calls) {
        String inner = i == 0 ? "Neg" : "F" + (i - 1);
        List<Field> fields = new ArrayList<>(List.of(text(1, "F" + i), text(4, "v0"), text(5, "v" + calls),
                bytes(9, message(text(1, ""), number(2, 18))), text(10, "own")));
        for (int call = 0; call < calls; call++) {
            fields.add(bytes(7, message(text(1, "v" + call), text(2, "v" + (call + 1)), text(4, inner),
                    text(7, i == 0 ? "" : "own"))));
        }
        return bytes(25, message(fields.toArray(Field[]::new)));
    }

    private static byte[] calling(String function, Field... functions) {
        return model(18, graph(bytes(1, message(text(1, "x"), text(2, "y"), text(4, function), text(7, "own"))),
                input("x", FLOAT, 2), output("y", FLOAT)), functions);
    }

    @Test
    void functionsThatGrowWithoutBoundAreCounted() {
        Field[] functions = IntStream.range(0, 61).mapToObj(i -> function(i, 2)).toArray(Field[]::new);
        refuses(calling("F60", functions), "the model has more than 100000 nodes, functions taken apart");
        assertThat(into(calling("F6", functions)).outputs()).hasSize(1);
    }

    @Test
    void functionsThatCallEachOtherDeeply() {
        Field[] functions = IntStream.range(0, 200).mapToObj(i -> function(i, 1)).toArray(Field[]::new);
        assertThatThrownBy(() -> into(calling("F199", functions))).isInstanceOf(FormatException.class)
                .hasMessage("the model: functions call each other more than 100 deep, or themselves");
        assertThat(into(calling("F90", functions)).outputs()).hasSize(1);
    }

    private static List<Field> doubled(int times) {
        List<Field> nodes = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            String from = i == 0 ? "x" : "n" + i;
            nodes.add(node("Concat", List.of(from, from), List.of(i == times - 1 ? "y" : "n" + (i + 1)),
                    attribute("axis", 0)));
        }
        return nodes;
    }

    @Test
    void concatenationsOfConcatenations() {
        Graph graph = new Graph();
        ImportedModel net = OnnxImport.of(OnnxModel.of(ofNodes(18, doubled(20)))).into(graph);
        try (Session session = new Session(graph)) {
            NDArray y = session.run(Feeds.feed(net.input("x"), NDArray.of(1f, 2f)), net.output("y"));
            assertThat(y.elementCount()).isEqualTo(1 << 21);
            assertThat(y.getDouble((1 << 21) - 1)).isEqualTo(2);
            assertThat(y.getDouble(1 << 20)).isEqualTo(1);
        }
        refuses(ofNodes(18, doubled(40)), "output 0 is float32[549755813888], which has more than the 1099511627776"
                + " bytes that a value may have");
        refuses(ofNodes(18, doubled(80)), "output 0 is float32");
    }

    @Test
    void valuesThatNoMemoryHolds() {
        refuses(ofNodes(integers("s", new long[] {3}, 1 << 20, 1 << 20, 1 << 10),
                node("ConstantOfShape", List.of("s"), List.of("y"))), "node '-> y' (ConstantOfShape of version 18): "
                + "output 0 is float32[1048576,1048576,1024], which has more than the 1099511627776 bytes");
        refuses(ofNodes(integers("n", new long[0], 1L << 50), node("BlackmanWindow", List.of("n"), List.of("y"))),
                "node '-> y' (BlackmanWindow of version 18): ");
        refuses(ofNodes(integers("i", new long[] {1}, 1), integers("d", new long[0], 1L << 45),
                floats("v", new long[] {2}, 0, 1), node("OneHot", List.of("i", "d", "v"), List.of("y"))),
                "node '-> y' (OneHot of version 18): ");
    }

    @Test
    void axesThatArePaddedFar() {
        for (String mode : List.of("edge", "wrap", "reflect")) {
            refuses(ofNodes(integers("p", new long[] {2}, 1L << 40, 0), node("Pad", List.of("x", "p"), List.of("y"),
                    attribute("mode", mode))),
                    "axis 0 of 2 elements cannot be padded with 1099511627776 and 0 of them");
            refuses(ofNodes(integers("p", new long[] {2}, 0, Long.MAX_VALUE), node("Pad", List.of("x", "p"),
                    List.of("y"), attribute("mode", mode))), "cannot be padded with 0 and 9223372036854775807");
        }
    }

    @Test
    void foldingOfAllNodesIsBounded() {
        List<Field> nodes = new ArrayList<>(List.of(integers("s", new long[] {1}, 1 << 20),
                floats("z", new long[0], 0), integers("two", new long[] {1}, 2),
                node("ConstantOfShape", List.of("s"), List.of("c"))));
        for (int i = 0; i < 1500; i++) {
            nodes.add(node("Sin", List.of("c"), List.of("p" + i)));
            nodes.add(node("Sin", List.of("p" + i), List.of("q" + i)));
            nodes.add(node("ReduceSum", List.of("q" + i), List.of("r" + i), attribute("keepdims", 0)));
            nodes.add(node("Mul", List.of("r" + i, "z"), List.of("t" + i)));
            nodes.add(node("Cast", List.of("t" + i), List.of("u" + i), attribute("to", 7)));
            nodes.add(node("Add", List.of("u" + i, "two"), List.of("v" + i)));
            nodes.add(node("Expand", List.of(i == 0 ? "x" : "e" + (i - 1), "v" + i),
                    List.of(i == 1499 ? "y" : "e" + i)));
        }
        refuses(ofNodes(18, nodes), "must be known when the graph is made");
    }

    @Test
    void axesBeyondCount() {
        long[] axes = LongStream.rangeClosed(1, 200_000).toArray();
        refuses(ofNodes(11, List.of(node("Unsqueeze", List.of("x"), List.of("y"), integersOf("axes", axes)))),
                "the result has 200001 axes; at most 64 are supported");
        long[] ones = LongStream.generate(() -> 1).limit(65).toArray();
        refuses(ofNodes(integers("s", new long[] {65}, ones), node("ConstantOfShape", List.of("s"), List.of("y"))),
                "an array has at most 64 axes");
        byte[] input = model(18, graph(input("x", FLOAT, Collections.nCopies(65, 1).toArray())));
        assertThatThrownBy(() -> OnnxModel.of(input)).isInstanceOf(FormatException.class)
                .hasMessageContaining("the model: a value has more than 64 axes, at byte ");
        byte[] wide = tensor("w", FLOAT, ones);
        assertThatThrownBy(() -> OnnxModel.of(model(18, graph(bytes(5, wide))))).isInstanceOf(FormatException.class)
                .hasMessageContaining("the model: a tensor has more than 64 axes, at byte ");
    }

    @Test
    void dimsThatLiePacked() {
        byte[] packed = new byte[50_000_000];
        Arrays.fill(packed, (byte) 1);
        assertThatThrownBy(() -> OnnxModel.of(model(18, graph(bytes(5, message(bytes(1, packed)))))))
                .isInstanceOf(FormatException.class).hasMessageContaining("a tensor has more than 64 axes");
    }

    @Test
    void listsOfNumbersTakeAQuarterOfTheMemory() {
        byte[] packed = new byte[Math.toIntExact(Runtime.getRuntime().maxMemory() / 32 + 1)];
        Field attribute = bytes(5, message(text(1, "a"), bytes(8, packed), number(20, 7)));
        assertThatThrownBy(() -> OnnxModel.of(ofNodes(node("Neg", List.of("x"), List.of("y"), attribute))))
                .isInstanceOf(FormatException.class).hasMessageContaining("lists of numbers have more than ");
    }

    @Test
    void nodesOfManyInputs() {
        List<String> names = Collections.nCopies(100_001, "x");
        assertThatThrownBy(() -> OnnxModel.of(ofNodes(node("Sum", names, List.of("y")))))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("the model: a node or function has more than 100000 inputs, at byte ");
        assertThatThrownBy(() -> OnnxModel.of(ofNodes(node("Split", List.of("x"), names))))
                .hasMessageContaining("a node or function has more than 100000 outputs");
    }

    @Test
    void graphsOfManyOutputs() {
        Field[] outputs = IntStream.rangeClosed(0, 5000).mapToObj(i -> output("y" + i, FLOAT)).toArray(Field[]::new);
        assertThatThrownBy(() -> OnnxModel.of(model(18, graph(outputs)))).isInstanceOf(FormatException.class)
                .hasMessageContaining("the model: a graph has more than 5000 outputs, at byte ");
    }

    @Test
    void namesAreEscapedAndCut() {
        String name = "\u001b[31mNo\nSuch" + "A".repeat(100_000);
        assertThatThrownBy(() -> into(ofNodes(node(name, List.of("x"), List.of("y")))))
                .isInstanceOf(UnsupportedException.class).satisfies(problem -> assertThat(problem.getMessage())
                .contains("\\u001b[31mNo\\u000aSuchAAA").contains("(100012 characters), 1 node: -> y")
                .hasSizeLessThan(500));
        assertThatThrownBy(() -> into(ofNodes(node("Neg", List.of(name), List.of("y")))))
                .satisfies(problem -> assertThat(problem.getMessage())
                .contains("the value '\\u001b[31mNo\\u000aSuchAAA").hasSizeLessThan(500));
        assertThatThrownBy(() -> into(ofNodes(node("Einsum", List.of("x"), List.of("y"),
                attribute("equation", "i".repeat(100_000) + "\u001b,->"))))).isInstanceOf(FormatException.class)
                .satisfies(problem -> assertThat(problem.getMessage()).startsWith("the model: node '-> y' (Einsum of")
                .doesNotContain("\u001b").hasSizeLessThan(3000));
    }

    @Test
    void messagesNameTheModel() {
        OnnxModel model = OnnxModel.of(ofNodes(node("Neg", List.of("y"), List.of("y"))));
        assertThatThrownBy(() -> OnnxImport.of(model).structuralInputs()).isInstanceOf(FormatException.class)
                .hasMessage("the model: the value 'y' of node '-> y' is needed to compute itself");
        assertThatThrownBy(() -> OnnxImport.of(model).into(new Graph()))
                .hasMessage("the model: the value 'y' of node '-> y' is needed to compute itself");
    }

    @Test
    void operatorsThatAreMissingAreListedUpToANumber() {
        Field[] nodes = IntStream.range(0, 1000).mapToObj(i -> node("Nothing" + i, List.of("x"), List.of("v" + i)))
                .toArray(Field[]::new);
        assertThatThrownBy(() -> into(ofNodes(nodes))).isInstanceOf(UnsupportedException.class)
                .hasMessageEndingWith("\n  and 900 more");
    }
}
