package dev.sinter.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.eval.Interpreter;
import dev.sinter.formats.FormatException;
import dev.sinter.formats.onnx.ImportedModel;
import dev.sinter.formats.onnx.OnnxImport;
import dev.sinter.formats.onnx.OnnxModel;
import dev.sinter.formats.onnx.export.FunctionWriter;
import dev.sinter.formats.onnx.schema.ModelWriter;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.ir.Function;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.testkit.OpSample;
import dev.sinter.testkit.OpSamples;
import dev.sinter.testkit.Tolerance;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Every primitive written as an ONNX model and imported again computes the same bits on the interpreter, except for
 * those within a NaN: the JVM itself makes NaN of half floats with other bits once it has compiled the code.
 */
class OnnxSamplesTest {
    /** Samples by the beginning of their names for which that does not hold, with the reason. */
    private static final Map<String, String> EXCEPTIONS = Map.of(
            "assign", "a model has no state",
            "random_bits", "ONNX has no generator of the same numbers",
            "loop random bits", "the same",
            "host_call", "Java code is no operator",
            "tuple", "its sample calls Java code",
            "loop with host call", "so does this one",
            "igamma_grad_a", "no facade makes the primitive, so that the body of its function is imported",
            "scatter mul", "the importer multiplies all that is written first",
            "broadcast maybe", "sizes of imported models that meet are equal",
            "join", "no tensor");
    /** The same for loops and sizes that a run finds. */
    private static final Map<String, String> DYNAMIC = Map.of(
            "loop until symbolic", "a run checks that there is an element to gather where no iteration gathers it, too",
            "loop while symbolic", "nothing says how often a loop with stacked outputs runs at most",
            "define_size shrinking symbolic", "the importer has no loop that changes a size",
            "define_size wide symbolic", "the same");

    @Test
    void everySampleComesBackBitForBit() throws IOException {
        List<String> wrong = new ArrayList<>();
        int compared = 0;
        for (OpSample sample : OpSamples.all()) {
            if (EXCEPTIONS.keySet().stream().anyMatch(sample.name()::startsWith)
                    || DYNAMIC.containsKey(sample.name())) {
                continue;
            }
            Optional<String> problem;
            try {
                problem = problem(sample);
            } catch (FormatException | GraphException failed) {
                problem = Optional.of(failed.getMessage());
            }
            problem.ifPresent(text -> wrong.add(sample.name() + ": " + text));
            compared++;
        }
        assertThat(wrong).isEmpty();
        assertThat(compared).isGreaterThan(2000);
    }

    private static Optional<String> problem(OpSample sample) throws IOException {
        Function function = sample.function();
        Map<String, TensorType> inputs = new LinkedHashMap<>();
        for (Value parameter : function.parameters()) {
            inputs.put(((Parameter) parameter.op()).name(), parameter.tensorType());
        }
        List<String> outputs = IntStream.range(0, (int) function.results().stream().filter(Value::isTensor).count())
                .mapToObj(i -> "out" + i).toList();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ModelWriter.write(FunctionWriter.model(function, inputs, List.copyOf(inputs.keySet()), outputs,
                _ -> NDArray.scalar(0f), Map.of()), bytes);
        Graph graph = new Graph();
        ImportedModel net = OnnxImport.of(OnnxModel.of(bytes.toByteArray())).into(graph);
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(Backend.EVAL))) {
            session.run(graph.initializer());
            for (List<NDArray> values : sample.runs()) {
                List<NDArray> expected;
                try {
                    expected = Interpreter.run(function, values);
                } catch (GraphException refused) {
                    continue;
                }
                Feeds feeds = Feeds.NONE;
                int next = 0;
                for (Tensor input : net.inputs().values()) {
                    feeds = feeds.and(input, values.get(next++));
                }
                Fetches results = session.run(feeds, Fetch.fetch(List.copyOf(net.outputs().values())));
                Optional<String> mismatch = Tolerance.EXACT.mismatch(expected.subList(0, outputs.size()),
                        results.asList());
                if (mismatch.isPresent()) {
                    return mismatch;
                }
            }
        }
        return Optional.empty();
    }
}
