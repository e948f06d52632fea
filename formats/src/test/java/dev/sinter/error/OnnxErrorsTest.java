package dev.sinter.error;

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
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.formats.FormatException;
import dev.sinter.formats.UnsupportedException;
import dev.sinter.formats.onnx.OnnxImport;
import dev.sinter.formats.onnx.OnnxModel;
import dev.sinter.graph.Graph;
import dev.sinter.tensor.NDArray;
import dev.sinter.unit.Messages.Field;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What messages say of models that are wrong or not supported. */
class OnnxErrorsTest {
    private static final int FLOAT = 1;

    private static void into(byte[] model) {
        OnnxImport.of(OnnxModel.of(model)).into(new Graph());
    }

    private static byte[] ofNodes(Field... nodes) {
        List<Field> fields = new ArrayList<>(List.of(nodes));
        fields.add(input("x", FLOAT, 2));
        fields.add(output("y", FLOAT, 2));
        return model(17, graph(fields.toArray(Field[]::new)));
    }

    @Test
    void allOperatorsThatAreMissingAreListedAtOnce() {
        byte[] model = ofNodes(node("Nothing", List.of("x"), List.of("a")), node("Nothing", List.of("a"), List.of("b")),
                node("Never", List.of("b"), List.of("y")));
        assertThatThrownBy(() -> into(model)).isInstanceOf(UnsupportedException.class).hasMessage(
                "the model uses operators that are not supported: \n  Nothing, 2 nodes: -> a, -> b"
                        + "\n  Never, 1 node: -> y");
    }

    @Test
    void cyclesAreRefused() {
        assertThatThrownBy(() -> into(ofNodes(node("Neg", List.of("y"), List.of("a")),
                node("Abs", List.of("a"), List.of("y"))))).isInstanceOf(FormatException.class)
                .hasMessageContaining("is needed to compute itself");
    }

    @Test
    void namesThatNothingMakesAreRefused() {
        assertThatThrownBy(() -> into(ofNodes(node("Neg", List.of("z"), List.of("y")))))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("the value 'z' is used, and nothing makes it");
    }

    @Test
    void valuesThatTwoNodesMakeAreRefused() {
        assertThatThrownBy(() -> into(ofNodes(node("Neg", List.of("x"), List.of("y")),
                node("Abs", List.of("x"), List.of("y"))))).isInstanceOf(FormatException.class)
                .hasMessageContaining("two nodes make the value 'y'");
    }

    @Test
    void aNodeThatIsWrongIsNamed() {
        assertThatThrownBy(() -> into(ofNodes(floats("w", new long[] {3}, 1, 2, 3),
                node("Add", List.of("x", "w"), List.of("y"))))).isInstanceOf(FormatException.class)
                .hasMessageStartingWith("the model: node '-> y' (Add of version 17): ");
        assertThatThrownBy(() -> into(ofNodes(node("Add", List.of("x"), List.of("y")))))
                .hasMessageContaining("input 1 is missing");
        assertThatThrownBy(() -> into(ofNodes(node("Concat", List.of("x", "x"), List.of("y"), attribute("axis", 7)))))
                .hasMessageContaining("axis 7 is not an axis of a tensor of 1 axes");
    }

    @Test
    void aShapeThatIsNotKnownSaysWhatToBind() {
        byte[] model = model(17, graph(node("Reshape", List.of("x", "shape"), List.of("y")), input("x", FLOAT, 6),
                input("shape", 7, 2), output("y", FLOAT, "a", "b")));
        assertThatThrownBy(() -> into(model)).isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("'shape', must be known when the graph is made");
        assertThatThrownBy(() -> OnnxImport.of(OnnxModel.of(model)).bind("shap", NDArray.of(1L)))
                .hasMessage("the model has no input 'shap'; it has x, shape");
    }

    @Test
    void sizesThatOverflowAreRefused() {
        byte[] huge = tensor("w", FLOAT, new long[] {1L << 40, 1L << 40}, bytes(9, new byte[4]));
        assertThatThrownBy(() -> into(ofNodes(bytes(5, huge), node("Add", List.of("x", "w"), List.of("y")))))
                .isInstanceOf(FormatException.class).hasMessageContaining("more elements than memory can hold");
        byte[] empty = tensor("w", FLOAT, new long[] {0, 1L << 62, 1L << 62}, bytes(9, new byte[0]));
        assertThatThrownBy(() -> into(ofNodes(bytes(5, empty), node("Add", List.of("x", "w"), List.of("y")))))
                .isInstanceOf(FormatException.class).hasMessageStartingWith("the model: tensor 'w' has more elements");
        byte[] negative = tensor("w", FLOAT, new long[] {-2}, bytes(9, new byte[4]));
        assertThatThrownBy(() -> into(ofNodes(bytes(5, negative), node("Add", List.of("x", "w"), List.of("y")))))
                .hasMessageContaining("negative size");
        byte[] small = tensor("w", FLOAT, new long[] {2}, bytes(9, new byte[4]));
        assertThatThrownBy(() -> into(ofNodes(bytes(5, small), node("Add", List.of("x", "w"), List.of("y")))))
                .hasMessageContaining("needs 8 bytes, and the file has 4");
    }

    @Test
    void aConstantOfAnEndlessShapeIsRefused() {
        byte[] model = model(17, graph(integers("s", new long[] {3}, 1L << 40, 1L << 40, 1L << 40),
                node("ConstantOfShape", List.of("s"), List.of("c")), node("Add", List.of("x", "c"), List.of("y")),
                input("x", FLOAT, 2), output("y", FLOAT, 2)));
        assertThatThrownBy(() -> into(model)).isInstanceOf(FormatException.class);
    }

    @Test
    void functionsThatCallThemselvesAreRefused() {
        byte[] call = message(text(1, "a"), text(2, "b"), text(4, "F"), text(7, "own"));
        byte[] function = message(text(1, "F"), text(4, "a"), text(5, "b"), bytes(7, call), text(10, "own"));
        byte[] user = message(text(1, "x"), text(2, "y"), text(4, "F"), text(7, "own"));
        assertThatThrownBy(() -> into(model(17, graph(bytes(1, user), input("x", FLOAT, 2), output("y", FLOAT, 2)),
                bytes(25, function)))).isInstanceOf(FormatException.class)
                .hasMessageContaining("functions call each other more than 100 deep, or themselves");
    }

    @Test
    void functionsThatGrowWithoutBoundAreRefused() {
        List<Field> functions = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            String inner = i == 0 ? "Neg" : "F" + (i - 1);
            String domain = i == 0 ? "" : "own";
            byte[] first = message(text(1, "a"), text(2, "m"), text(4, inner), text(7, domain));
            byte[] second = message(text(1, "m"), text(2, "b"), text(4, inner), text(7, domain));
            functions.add(bytes(25, message(text(1, "F" + i), text(4, "a"), text(5, "b"), bytes(7, first),
                    bytes(7, second), bytes(9, message(text(1, ""), number(2, 17))), text(10, "own"))));
        }
        byte[] user = message(text(1, "x"), text(2, "y"), text(4, "F29"), text(7, "own"));
        assertThatThrownBy(() -> into(model(17, graph(bytes(1, user), input("x", FLOAT, 2), output("y", FLOAT, 2)),
                functions.toArray(Field[]::new)))).isInstanceOf(FormatException.class)
                .hasMessageContaining("nodes, functions taken apart");
    }

    @Test
    void bodiesThatNestWithoutEndAreRefused() {
        byte[] graph = graph(node("Neg", List.of("x"), List.of("y")), output("y", FLOAT, 2));
        for (int i = 0; i < 200; i++) {
            graph = graph(bytes(1, plainNode("If", List.of("c"), List.of("y"), attribute("then_branch", graph))));
        }
        byte[] deep = graph;
        assertThatThrownBy(() -> OnnxModel.of(model(17, deep))).isInstanceOf(FormatException.class)
                .hasMessageContaining("nests graphs more than 100 deep");
    }

    @Test
    void functionsThatRepeatTheirTensorsHoldThemOnce() {
        int size = 1 << 24;
        byte[] table = tensor("w", FLOAT, new long[] {size}, bytes(9, new byte[4 * size]));
        byte[] constant = plainNode("Constant", List.of(), List.of("w"), bytes(5, message(text(1, "value"),
                bytes(5, table), number(20, 4))));
        byte[] function = message(text(1, "F"), text(4, "a"), text(5, "b"), bytes(7, constant),
                bytes(7, plainNode("Add", List.of("a", "w"), List.of("b"))), bytes(9, message(text(1, ""),
                number(2, 17))), text(10, "own"));
        List<Field> fields = new ArrayList<>(List.of(input("x0", FLOAT, size), output("x1000", FLOAT, size)));
        for (int i = 0; i < 1000; i++) {
            fields.add(bytes(1, message(text(1, "x" + i), text(2, "x" + (i + 1)), text(4, "F"), text(7, "own"))));
        }
        byte[] model = model(17, graph(fields.toArray(Field[]::new)), bytes(25, function));
        assertThatCode(() -> into(model)).doesNotThrowAnyException();
    }

    @Test
    void tensorsThatLieInTheSameBytesMultiplyAFile(@TempDir Path folder) throws IOException {
        Files.write(folder.resolve("w"), new byte[8]);
        List<Field> fields = new ArrayList<>(List.of(input("x0", FLOAT, 2), output("x5", FLOAT, 2)));
        for (int i = 0; i < 5; i++) {
            fields.add(bytes(5, tensor("w" + i, FLOAT, new long[] {2}, bytes(13, message(text(1, "location"),
                    text(2, "w"))), number(14, 1))));
            fields.add(node("Add", List.of("x" + i, "w" + i), List.of("x" + (i + 1))));
        }
        Path file = Files.write(folder.resolve("m.onnx"), model(17, graph(fields.toArray(Field[]::new))));
        OnnxModel model = OnnxModel.read(file);
        assertThatThrownBy(() -> OnnxImport.of(model).into(new Graph())).isInstanceOf(FormatException.class)
                .hasMessage(file + ": tensor 'w4' and those before it have 40 bytes in 'w', which has 8:"
                        + " a file may be read 4 times");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../secret", "/etc/hostname", "link", "a/../../secret", ""})
    void dataOutsideOfTheFolderIsRefused(String location, @TempDir Path folder) throws IOException {
        Path secret = Files.write(folder.resolve("secret"), new byte[8]);
        Path inside = Files.createDirectory(folder.resolve("model"));
        Files.createSymbolicLink(inside.resolve("link"), secret);
        byte[] outside = tensor("w", FLOAT, new long[] {2}, bytes(13, message(text(1, "location"), text(2, location))),
                number(14, 1));
        Path file = Files.write(inside.resolve("m.onnx"), ofNodes(bytes(5, outside),
                node("Add", List.of("x", "w"), List.of("y"))));
        OnnxModel model = OnnxModel.read(file);
        assertThatThrownBy(() -> OnnxImport.of(model).into(new Graph())).isInstanceOf(FormatException.class)
                .hasMessageContaining("folder");
    }

    @Test
    void filesThatAreNoModelsAreRefused(@TempDir Path folder) throws IOException {
        assertThatThrownBy(() -> OnnxModel.read(folder.resolve("none.onnx"))).isInstanceOf(FormatException.class)
                .hasMessage("there is no file " + folder.resolve("none.onnx"));
        assertThatThrownBy(() -> OnnxModel.read(folder)).isInstanceOf(FormatException.class)
                .hasMessage(folder + " is a folder; name the model's file in it");
        assertThatThrownBy(() -> OnnxModel.of("no model at all".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(FormatException.class).hasMessageContaining("is no ONNX file, is cut off or damaged");
        assertThatThrownBy(() -> OnnxModel.of(new byte[0])).hasMessageContaining("holds no graph");
    }
}
