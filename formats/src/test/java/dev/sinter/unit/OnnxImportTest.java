package dev.sinter.unit;

import static dev.sinter.unit.Messages.attribute;
import static dev.sinter.unit.Messages.floats;
import static dev.sinter.unit.Messages.graph;
import static dev.sinter.unit.Messages.input;
import static dev.sinter.unit.Messages.integers;
import static dev.sinter.unit.Messages.message;
import static dev.sinter.unit.Messages.model;
import static dev.sinter.unit.Messages.node;
import static dev.sinter.unit.Messages.output;
import static dev.sinter.unit.Messages.plainNode;
import static dev.sinter.unit.Messages.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.formats.onnx.ImportedModel;
import dev.sinter.formats.onnx.OnnxImport;
import dev.sinter.formats.onnx.OnnxModel;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.NDArray;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models as graphs. */
class OnnxImportTest {
    private static final int FLOAT = 1;
    private static final int INT64 = 7;
    private static final int BOOL = 9;

    private final Graph graph = new Graph();

    private ImportedModel imported(byte[] model) {
        return OnnxImport.of(OnnxModel.of(model)).into(graph);
    }

    private NDArray run(Operand fetch, Map<Tensor, Object> values) {
        Feeds feeds = Feeds.NONE;
        for (Map.Entry<Tensor, Object> entry : values.entrySet()) {
            feeds = feeds.and(entry.getKey(), entry.getValue());
        }
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(Backend.EVAL))) {
            session.run(graph.initializer());
            return session.run(feeds, fetch);
        }
    }

    /** y = x w + b, with an unknown batch. */
    private static byte[] linear() {
        return model(17, graph(node("MatMul", List.of("x", "w"), List.of("m")),
                node("Add", List.of("m", "b"), List.of("y")), floats("w", new long[] {2, 2}, 1, 2, 3, 4),
                floats("b", new long[] {2}, 10, 20), input("x", FLOAT, "batch", 2), output("y", FLOAT, "batch", 2)));
    }

    @Test
    void floatsAmongTheInitializersAreVariables() {
        ImportedModel net = imported(linear());
        assertThat(net.variables()).containsOnlyKeys("w", "b");
        assertThat(run(net.output("y"), Map.of(net.input("x"), new float[][] {{1, 1}})).toFloatArray())
                .containsExactly(14, 26);
        assertThat(run(net.value("m"), Map.of(net.input("x"), new float[][] {{1, 0}, {0, 1}})).toFloatArray())
                .containsExactly(1, 2, 3, 4);
    }

    @Test
    void anImportedModelHasGradients() {
        ImportedModel net = imported(linear());
        Variable w = net.variable("w");
        Tensor gradient = Ops.gradients(Ops.reduceSum(net.output("y")), w).get(0);
        assertThat(run(gradient, Map.of(net.input("x"), new float[][] {{1, 2}, {3, 4}})).toFloatArray())
                .containsExactly(4, 4, 6, 6);
    }

    @Test
    void frozenParametersAreConstants() {
        ImportedModel net = OnnxImport.of(OnnxModel.of(linear())).frozen().into(graph);
        assertThat(net.variables()).isEmpty();
        assertThat(run(net.output("y"), Map.of(net.input("x"), new float[][] {{1, 1}})).toFloatArray())
                .containsExactly(14, 26);
    }

    @Test
    void shapesAreComputedOfUnknownSizes() {
        ImportedModel net = imported(model(17, graph(node("Shape", List.of("x"), List.of("s")),
                node("Gather", List.of("s", "zero"), List.of("n")),
                node("Concat", List.of("n", "rest"), List.of("shape"), attribute("axis", 0)),
                node("Reshape", List.of("x", "shape"), List.of("y")), integers("zero", new long[] {1}, 0),
                integers("rest", new long[] {1}, -1), input("x", FLOAT, "n", 2, 3), output("y", FLOAT, "n", 6))));
        assertThat(net.output("y").shape().dim(1).isConstant(6)).isTrue();
        assertThat(run(net.output("y"), Map.of(net.input("x"), new float[5][2][3])).sizes()).containsExactly(5, 6);
    }

    @Test
    void inputsThatShapesFollowFromAreNamedAndBound() {
        byte[] model = model(17, graph(node("Reshape", List.of("x", "shape"), List.of("y")), input("x", FLOAT, 6),
                input("shape", INT64, 2), output("y", FLOAT, "a", "b")));
        OnnxImport settings = OnnxImport.of(OnnxModel.of(model));
        assertThat(settings.structuralInputs()).containsExactly("shape");
        ImportedModel net = settings.bind("shape", NDArray.of(2L, 3L)).into(graph);
        assertThat(net.inputs()).containsOnlyKeys("x");
        assertThat(net.output("y").shape().sizes()).containsExactly(2, 3);
    }

    @Test
    void nodesMayStandInAnyOrder() {
        ImportedModel net = imported(model(17, graph(node("Neg", List.of("a"), List.of("y")),
                node("Abs", List.of("x"), List.of("a")), input("x", FLOAT, 2), output("y", FLOAT, 2))));
        assertThat(run(net.output("y"), Map.of(net.input("x"), new float[] {1, -2})).toFloatArray())
                .containsExactly(-1, -2);
    }

    @Test
    void branchesSeeTheValuesAround() {
        byte[] doubled = graph(node("Add", List.of("x", "x"), List.of("t")), output("t", FLOAT, 2));
        byte[] negated = graph(node("Neg", List.of("x"), List.of("e")), output("e", FLOAT, 2));
        ImportedModel net = imported(model(17, graph(node("If", List.of("c"), List.of("y"),
                attribute("then_branch", doubled), attribute("else_branch", negated)), input("c", BOOL),
                input("x", FLOAT, 2), output("y", FLOAT, 2))));
        float[] x = {1, 2};
        assertThat(run(net.output("y"), Map.of(net.input("c"), true, net.input("x"), x)).toFloatArray())
                .containsExactly(2, 4);
        assertThat(run(net.output("y"), Map.of(net.input("c"), false, net.input("x"), x)).toFloatArray())
                .containsExactly(-1, -2);
    }

    /** Doubles a number as long as it is below 10, and stacks what it was before. */
    private static byte[] loop(boolean stacks) {
        byte[] body = stacks
                ? graph(node("Add", List.of("v", "v"), List.of("w")), node("Less", List.of("w", "ten"), List.of("go")),
                        node("Identity", List.of("v"), List.of("o")), input("i", INT64), input("c", BOOL),
                        input("v", FLOAT), output("go", BOOL), output("w", FLOAT), output("o", FLOAT))
                : graph(node("Add", List.of("v", "v"), List.of("w")), node("Less", List.of("w", "ten"), List.of("go")),
                        input("i", INT64), input("c", BOOL), input("v", FLOAT), output("go", BOOL),
                        output("w", FLOAT));
        List<String> outputs = stacks ? List.of("y", "ys") : List.of("y");
        return model(17, graph(node("Loop", List.of("most", "", "x"), outputs, attribute("body", body)),
                integers("most", new long[0], 7), floats("ten", new long[0], 10), input("x", FLOAT),
                output("y", FLOAT), stacks ? output("ys", FLOAT, "n") : text(10, "")));
    }

    @Test
    void loopsEndWhenTheirConditionDoesNotHold() {
        ImportedModel net = imported(loop(false));
        assertThat(run(net.output("y"), Map.of(net.input("x"), 3f)).floatValue()).isEqualTo(12);
        assertThat(run(net.output("y"), Map.of(net.input("x"), 0f)).floatValue()).isZero();
    }

    @Test
    void outputsOfLoopsAreThoseOfTheIterationsThatTookPlace() {
        ImportedModel net = imported(loop(true));
        assertThat(run(net.output("ys"), Map.of(net.input("x"), 3f)).toFloatArray()).containsExactly(3, 6);
        assertThat(run(net.output("ys"), Map.of(net.input("x"), 0f)).toFloatArray()).hasSize(7).containsOnly(0);
    }

    @Test
    void functionsOfTheModelAreTakenApart() {
        byte[] function = message(text(1, "Twice"), text(4, "a"), text(5, "b"),
                Messages.bytes(7, plainNode("Add", List.of("a", "a"), List.of("b"))),
                Messages.bytes(9, message(text(1, ""), Messages.number(2, 17))), text(10, "own"));
        byte[] call = message(text(1, "x"), text(2, "y"), text(4, "Twice"), text(7, "own"));
        ImportedModel net = imported(model(17, graph(Messages.bytes(1, call), input("x", FLOAT, 2),
                output("y", FLOAT, 2)), Messages.bytes(25, function)));
        assertThat(run(net.output("y"), Map.of(net.input("x"), new float[] {1, 2})).toFloatArray())
                .containsExactly(2, 4);
    }

    @Test
    void theOrderOfANormOfAllPixelsIsAnInteger() {
        ImportedModel net = imported(model(17, graph(node("GlobalLpPool", List.of("x"), List.of("y"),
                attribute("p", 1)), input("x", FLOAT, 1, 1, 3), output("y", FLOAT, 1, 1, 1))));
        assertThat(run(net.output("y"), Map.of(net.input("x"), new float[][][] {{{1, -2, 3}}})).toFloatArray())
                .containsExactly(6);
    }

    @Test
    void theExamplesOfThePageCompile(@TempDir Path folder) throws IOException {
        PageExamples.compile("onnx.md", folder);
    }
}
