package dev.sinter.op;

import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.multiply;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.transpose;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.Gradients;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.nn.GruCell;
import dev.sinter.nn.LstmCell;
import dev.sinter.nn.Rnn;
import dev.sinter.nn.RnnCell;
import dev.sinter.nn.RnnOptions;
import dev.sinter.nn.RnnResult;
import dev.sinter.nn.SimpleRnnCell;
import dev.sinter.nn.SimpleRnnCell.Activation;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Recurrent nets and their gradients, of unknown batch and length, against PyTorch, on both back ends. PyTorch has no
 * GRU whose reset comes before the product: that one is written out in the script that makes the goldens.
 */
class RnnGoldensTest {
    private static final List<String> GOLDENS = List.of("simple_rnn", "simple_rnn_relu", "lstm", "lstm_ragged", "gru",
            "gru_ragged", "gru_reset_before", "bidirectional_ragged", "stacked_ragged");

    static Stream<Arguments> cases() {
        return GOLDENS.stream().flatMap(golden -> Stream.of(
                Arguments.of(golden, Backend.EVAL, DType.FLOAT64, false),
                Arguments.of(golden, Backend.LLVM, DType.FLOAT64, true),
                Arguments.of(golden, Backend.LLVM, DType.FLOAT32, false)));
    }

    @ParameterizedTest(name = "{0} {1} {2} time-major {3}")
    @MethodSource("cases")
    void asPyTorch(String name, Backend backend, DType dtype, boolean timeMajor) {
        new Case(NnGolden.read(name), name, dtype, timeMajor).check(backend);
    }

    /** One golden as a graph. */
    private static final class Case {
        private final NnGolden golden;
        private final DType dtype;
        private final boolean timeMajor;
        private final Graph graph = new Graph();
        private final Tensor x;
        private final Tensor lengths;
        private final RnnResult result;
        private final List<Operand> initial = new ArrayList<>();

        Case(NnGolden golden, String name, DType dtype, boolean timeMajor) {
            this.golden = golden;
            this.dtype = dtype;
            this.timeMajor = timeMajor;
            x = graph.placeholder("x", dtype, shape(UNKNOWN, UNKNOWN, 4));
            lengths = graph.placeholder("lengths", DType.INT32, shape(UNKNOWN));
            for (int i = 0; golden.has("initial" + i); i++) {
                initial.add(graph.constant(golden.get("initial" + i, dtype)));
            }
            RnnOptions options = RnnOptions.DEFAULT.withInitialState(initial);
            options = timeMajor ? options.withTimeMajor() : options;
            options = name.endsWith("ragged") ? options.withSequenceLength(lengths) : options;
            result = switch (name) {
                case "bidirectional_ragged" -> Rnn.bidirectionalRnn(lstm(""), lstm("2"), x, options);
                case "stacked_ragged" -> Rnn.stackedRnn(List.of(lstm(""), lstm("2")), x, options);
                default -> Rnn.dynamicRnn(cell(name), x, options);
            };
        }

        private RnnCell cell(String name) {
            return switch (name) {
                case "simple_rnn" -> new SimpleRnnCell(variable("kernel"), variable("recurrent"), variable("bias"),
                        Activation.TANH);
                case "simple_rnn_relu" -> new SimpleRnnCell(variable("kernel"), variable("recurrent"),
                        variable("bias"), Activation.RELU);
                case "gru_reset_before" -> new GruCell(variable("kernel"), variable("recurrent"), variable("bias"),
                        Optional.empty());
                case "gru", "gru_ragged" -> new GruCell(variable("kernel"), variable("recurrent"), variable("bias"),
                        Optional.of(variable("candidate")));
                default -> lstm("");
            };
        }

        private LstmCell lstm(String suffix) {
            return new LstmCell(variable("kernel" + suffix), variable("recurrent" + suffix),
                    variable("bias" + suffix));
        }

        private Variable variable(String name) {
            return graph.variable(name, constant(golden.get(name, dtype)));
        }

        /** What the golden names, made as it is there. */
        private List<Tensor> fetches() {
            Tensor outputs = ordered(result.outputs());
            List<Tensor> fetches = new ArrayList<>(List.of(outputs));
            fetches.addAll(result.state());
            Tensor total = reduceSum(multiply(outputs, graph.constant(golden.get("seed0", dtype))));
            for (int i = 0; i < result.state().size(); i++) {
                total = total.plus(reduceSum(
                        multiply(result.state(i), graph.constant(golden.get("seed" + (i + 1), dtype)))));
            }
            List<Operand> xs = new ArrayList<>(List.of(x));
            xs.addAll(result.variables());
            xs.addAll(initial);
            Gradients gradients = gradients(List.of(total), xs);
            fetches.add(ordered(gradients.get(0)));
            fetches.addAll(gradients.asList().subList(1, xs.size()));
            return fetches;
        }

        private List<String> names() {
            List<String> names = new ArrayList<>(List.of("outputs"));
            for (int i = 0; i < result.state().size(); i++) {
                names.add("state" + i);
            }
            names.add("d_x");
            result.variables().forEach(variable -> names.add("d_" + variable.name()));
            for (int i = 0; i < initial.size(); i++) {
                names.add("d_initial" + i);
            }
            return names;
        }

        private Tensor ordered(Tensor sequence) {
            return timeMajor ? sequence : transpose(sequence, 1, 0, 2);
        }

        void check(Backend backend) {
            List<Tensor> fetches = fetches();
            try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(backend))) {
                session.run(graph.initializer());
                NDArray given = golden.get("x", dtype);
                Feeds feeds = Feeds.feed(x, timeMajor ? given : swapped(given)).and(lengths, new int[] {5, 2, 3});
                Fetches values = session.run(feeds, Fetch.fetch(fetches));
                List<String> names = names();
                for (int i = 0; i < names.size(); i++) {
                    assertThat(distance(values.get(i), golden.get(names.get(i)))).as(names.get(i))
                            .isLessThan(dtype == DType.FLOAT64 ? 1e-13 : 2e-6);
                }
            }
        }

        private static NDArray swapped(NDArray array) {
            long[] sizes = array.sizes();
            NDArray result = NDArray.zeros(array.dtype(), sizes[1], sizes[0], sizes[2]);
            for (long i = 0; i < array.elementCount(); i++) {
                long row = i / sizes[2];
                result.setDouble(((row % sizes[1]) * sizes[0] + row / sizes[1]) * sizes[2] + i % sizes[2],
                        array.getDouble(i));
            }
            return result;
        }
    }

    /** The largest difference of two elements of arrays of the same sizes; NaN where a difference is. */
    static double distance(NDArray actual, NDArray expected) {
        assertThat(actual.sizes()).isEqualTo(expected.sizes());
        double most = 0;
        for (long i = 0; i < expected.elementCount(); i++) {
            most = Math.max(most, Math.abs(actual.getDouble(i) - expected.getDouble(i)));
        }
        return most;
    }
}
