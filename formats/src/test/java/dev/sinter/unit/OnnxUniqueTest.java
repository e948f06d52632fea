package dev.sinter.unit;

import static dev.sinter.unit.Messages.attribute;
import static dev.sinter.unit.Messages.graph;
import static dev.sinter.unit.Messages.input;
import static dev.sinter.unit.Messages.model;
import static dev.sinter.unit.Messages.node;
import static dev.sinter.unit.Messages.output;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.formats.onnx.ImportedModel;
import dev.sinter.formats.onnx.OnnxImport;
import dev.sinter.formats.onnx.OnnxModel;
import dev.sinter.graph.Graph;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import dev.sinter.unit.Messages.Field;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Unique elements and parts, where they are first, which each is and how often: as NumPy 2.4 finds them. */
class OnnxUniqueTest {
    private static final int FLOAT = 1;
    private static final int INT64 = 7;
    private static final double NAN = Double.NaN;

    /** Two planes of four rows, the first and third of which are the same. */
    private static final float[][][] PLANES = {
        {{2, 1, 2}, {0, 0, 0}, {2, 1, 2}, {2, 0, 5}},
        {{1, 1, 1}, {3, 3, 3}, {1, 1, 1}, {0, 9, 9}},
    };

    /** The four outputs for a tensor whose sizes the model knows, or does not. */
    private static List<double[]> unique(Backend backend, boolean known, NDArray x, Field... attributes) {
        Object[] sizes = IntStream.range(0, x.rank()).mapToObj(axis -> known ? (Object) x.size(axis) : "n" + axis)
                .toArray();
        Graph graph = new Graph();
        ImportedModel net = OnnxImport.of(OnnxModel.of(model(18, graph(node("Unique", List.of("x"),
                List.of("y", "first", "inverse", "counts"), attributes), input("x", FLOAT, sizes),
                output("y", FLOAT), output("first", INT64, "k"), output("inverse", INT64, "n"),
                output("counts", INT64, "k"))))).into(graph);
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(backend))) {
            Fetches found = session.run(Feeds.feed(net.input("x"), x),
                    Fetch.fetch(List.copyOf(net.outputs().values())));
            return IntStream.range(0, 4).mapToObj(i -> found.get(i).cast(DType.FLOAT64).toDoubleArray()).toList();
        }
    }

    private static void check(Backend backend, NDArray x, List<Field> attributes, double[]... expected) {
        for (boolean known : new boolean[] {true, false}) {
            assertThat(unique(backend, known, x, attributes.toArray(Field[]::new)))
                    .usingElementComparator(Arrays::compare).containsExactly(expected);
        }
    }

    private static double[] row(double... values) {
        return values;
    }

    @ParameterizedTest
    @EnumSource(value = Backend.class, names = {"EVAL", "LLVM"})
    void elementsThatAreOnceKeepWhereTheyWere(Backend backend) {
        NDArray x = NDArray.of(5f, 1, 5, 3, 1, 1);
        check(backend, x, List.of(), row(1, 3, 5), row(1, 3, 0), row(2, 0, 2, 1, 0, 0), row(3, 1, 2));
        check(backend, x, List.of(attribute("sorted", 0)), row(5, 1, 3), row(0, 1, 3), row(0, 1, 0, 2, 1, 1),
                row(2, 3, 1));
        check(backend, NDArray.of(7f), List.of(), row(7), row(0), row(0), row(1));
        check(backend, NDArray.zeros(DType.FLOAT32, 0), List.of(), row(), row(), row(), row());
    }

    @ParameterizedTest
    @EnumSource(value = Backend.class, names = {"EVAL", "LLVM"})
    void partsAreOrderedByTheirFirstElementsThatDiffer(Backend backend) {
        NDArray x = NDArray.from(PLANES);
        check(backend, x, List.of(attribute("axis", 1)), row(0, 0, 0, 2, 0, 5, 2, 1, 2, 3, 3, 3, 0, 9, 9, 1, 1, 1),
                row(1, 3, 0), row(2, 0, 2, 1), row(1, 1, 2));
        check(backend, x, List.of(attribute("axis", -2), attribute("sorted", 0)),
                row(2, 1, 2, 0, 0, 0, 2, 0, 5, 1, 1, 1, 3, 3, 3, 0, 9, 9), row(0, 1, 3), row(0, 1, 0, 2),
                row(2, 1, 1));
    }

    @ParameterizedTest
    @EnumSource(value = Backend.class, names = {"EVAL", "LLVM"})
    void partsOfNoElementsAreOne(Backend backend) {
        check(backend, NDArray.zeros(DType.FLOAT32, 3, 0), List.of(attribute("axis", 0)), row(), row(0),
                row(0, 0, 0), row(3));
    }

    @ParameterizedTest
    @EnumSource(value = Backend.class, names = {"EVAL", "LLVM"})
    void nanIsOneElementAndInDifferentParts(Backend backend) {
        check(backend, NDArray.of(Float.NaN, 1, Float.NaN, -0f, 0), List.of(), row(-0.0, 1, NAN), row(3, 1, 0),
                row(2, 1, 2, 0, 0), row(2, 1, 2));
        check(backend, NDArray.from(new float[][] {{Float.NaN, 1}, {Float.NaN, 1}, {0, 2}, {0, 2}}),
                List.of(attribute("axis", 0)), row(0, 2, NAN, 1, NAN, 1), row(2, 0, 1), row(1, 2, 0, 0),
                row(2, 1, 1));
    }
}
