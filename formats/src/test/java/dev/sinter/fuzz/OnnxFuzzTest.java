package dev.sinter.fuzz;

import static dev.sinter.unit.Messages.attribute;
import static dev.sinter.unit.Messages.bytes;
import static dev.sinter.unit.Messages.floats;
import static dev.sinter.unit.Messages.graph;
import static dev.sinter.unit.Messages.input;
import static dev.sinter.unit.Messages.integers;
import static dev.sinter.unit.Messages.message;
import static dev.sinter.unit.Messages.model;
import static dev.sinter.unit.Messages.node;
import static dev.sinter.unit.Messages.number;
import static dev.sinter.unit.Messages.output;
import static dev.sinter.unit.Messages.plainNode;
import static dev.sinter.unit.Messages.tensor;
import static dev.sinter.unit.Messages.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.formats.FormatException;
import dev.sinter.formats.onnx.ImportedModel;
import dev.sinter.formats.onnx.OnnxImport;
import dev.sinter.formats.onnx.OnnxModel;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.RunCancelledException;
import dev.sinter.runtime.RunOptions;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged models: each is read, imported and run by the interpreter, or refused. */
class OnnxFuzzTest {
    private static final byte[] MODEL = sample();
    private static final byte[] CONTROL = control();
    private static final byte[] OUTSIDE = outside();
    private static final RunOptions SHORT = RunOptions.timeout(Duration.ofSeconds(1));
    private static final SessionOptions EVAL = SessionOptions.DEFAULT.withBackend(Backend.EVAL);
    /** How many elements the inputs of a model that is run have at most. */
    private static final long ELEMENTS = 1000;

    private static byte[] sample() {
        byte[] branch = graph(node("Neg", List.of("y"), List.of("t")), output("t", 1, "n", 3));
        return model(17, graph(node("MatMul", List.of("x", "w"), List.of("m")),
                node("Reshape", List.of("m", "s"), List.of("r")), node("Relu", List.of("r"), List.of("y")),
                node("If", List.of("c"), List.of("z"), attribute("then_branch", branch),
                        attribute("else_branch", branch)),
                node("ReduceSum", List.of("z", "a"), List.of("u"), attribute("keepdims", 0)),
                floats("w", new long[] {2, 3}, 1, 2, 3, 4, 5, 6), integers("s", new long[] {2}, -1, 3),
                integers("a", new long[] {1}, 1), input("x", 1, "n", 2), input("c", 9), output("u", 1, "n")));
    }

    /** A function that is called twice, and a loop that stacks an output. */
    private static byte[] control() {
        byte[] function = message(text(1, "F"), text(4, "a"), text(5, "b"),
                bytes(7, plainNode("Neg", List.of("a"), List.of("m"))),
                bytes(7, plainNode("Add", List.of("m", "a"), List.of("b"))),
                bytes(9, message(text(1, ""), number(2, 17))), text(10, "own"));
        byte[] body = graph(input("i", 7), input("on", 9), input("v", 1, 2),
                node("Identity", List.of("on"), List.of("next")), node("Add", List.of("v", "k"), List.of("sum")),
                node("Identity", List.of("sum"), List.of("each")), floats("k", new long[] {2}, 1, 2),
                output("next", 9), output("sum", 1, 2), output("each", 1, 2));
        return model(17, graph(bytes(1, message(text(1, "x"), text(2, "f"), text(4, "F"), text(7, "own"))),
                bytes(1, message(text(1, "f"), text(2, "g"), text(4, "F"), text(7, "own"))),
                node("Loop", List.of("most", "", "g"), List.of("last", "all"), attribute("body", body)),
                node("Split", List.of("last"), List.of("y", "z"), attribute("axis", 0)),
                integers("most", new long[0], 3), input("x", 1, 2), output("y", 1, 1), output("z", 1, 1),
                output("all", 1, 3, 2)), bytes(25, function));
    }

    /** A tensor that lies in the file {@code w} beside the model's. */
    private static byte[] outside() {
        byte[] weight = tensor("w", 1, new long[] {2}, bytes(13, message(text(1, "location"), text(2, "w"))),
                bytes(13, message(text(1, "offset"), text(2, "8"))), bytes(13, message(text(1, "length"),
                text(2, "8"))), number(14, 1));
        return model(17, graph(bytes(5, weight), node("Add", List.of("x", "w"), List.of("y")), input("x", 1, 2),
                output("y", 1, 2)));
    }

    private static void tried(byte[] bytes) {
        try {
            run(OnnxModel.of(bytes));
        } catch (FormatException refused) {
            assertThat(refused.getMessage()).isNotBlank().hasSizeLessThan(5000);
        }
    }

    private static void run(OnnxModel model) {
        Graph graph = new Graph();
        ImportedModel net = OnnxImport.of(model).into(graph);
        Feeds feeds = Feeds.NONE;
        for (Tensor input : net.inputs().values()) {
            long[] sizes = input.shape().dims().stream().mapToLong(dim -> dim.isConstant() ? dim.constant() : 2)
                    .toArray();
            if (Arrays.stream(sizes).asDoubleStream().reduce(1, (x, y) -> x * y) > ELEMENTS) {
                return;
            }
            feeds = feeds.and(input, NDArray.zeros(input.dtype(), sizes));
        }
        if (net.outputs().values().stream().anyMatch(output -> output.shape().dims().stream()
                .filter(Dim::isConstant).mapToDouble(Dim::constant).reduce(1, (x, y) -> x * y) > 1 << 20)) {
            return;
        }
        try (Session session = new Session(graph, EVAL)) {
            session.run(Feeds.NONE, Fetch.nothing().targets(graph.initializer()), SHORT);
            session.run(feeds, Fetch.fetch(List.copyOf(net.outputs().values())), SHORT);
        } catch (GraphException | RunCancelledException fails) {
            assertThat(fails.getMessage()).isNotBlank();
        }
    }

    private static byte[] changed(byte[] model, SplittableRandom random) {
        byte[] bytes = model.clone();
        for (int change = random.nextInt(1, 4); change > 0; change--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        return bytes;
    }

    @Test
    void theSamplesAreRight(@TempDir Path folder) throws IOException {
        OnnxImport.of(OnnxModel.of(MODEL)).into(new Graph());
        OnnxImport.of(OnnxModel.of(CONTROL)).into(new Graph());
        Files.write(folder.resolve("w"), new byte[16]);
        OnnxImport.of(OnnxModel.read(Files.write(folder.resolve("m.onnx"), OUTSIDE))).into(new Graph());
    }

    @Test
    void modelsThatAreCutOff() {
        for (byte[] model : List.of(MODEL, CONTROL)) {
            for (int length = 0; length < model.length; length++) {
                tried(Arrays.copyOf(model, length));
            }
        }
    }

    @RepeatedTest(20)
    void modelsWithBytesChanged(RepetitionInfo repetition) {
        SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
        for (int i = 0; i < 50; i++) {
            tried(changed(MODEL, random));
            tried(changed(CONTROL, random));
        }
    }

    @RepeatedTest(5)
    void modelsWithDataOutsideAndBytesChanged(RepetitionInfo repetition, @TempDir Path folder) throws IOException {
        SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
        Files.write(folder.resolve("w"), new byte[16]);
        for (int i = 0; i < 50; i++) {
            try {
                run(OnnxModel.read(Files.write(folder.resolve(i + ".onnx"), changed(OUTSIDE, random))));
            } catch (FormatException refused) {
                assertThat(refused.getMessage()).isNotBlank();
            }
        }
    }

    @RepeatedTest(5)
    void bytesThatAreNoModels(RepetitionInfo repetition) {
        SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
        for (int i = 0; i < 200; i++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            tried(bytes);
        }
    }
}
