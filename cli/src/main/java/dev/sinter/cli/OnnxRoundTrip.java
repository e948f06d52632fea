package dev.sinter.cli;

import dev.sinter.formats.FormatException;
import dev.sinter.formats.UnsupportedException;
import dev.sinter.formats.onnx.ImportedModel;
import dev.sinter.formats.onnx.OnnxExport;
import dev.sinter.formats.onnx.OnnxImport;
import dev.sinter.formats.onnx.OnnxModel;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.NDArray;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes an imported model and imports what was written: the same inputs give the same outputs, bit for bit.
 *
 * @param options how the second session executes
 */
record OnnxRoundTrip(SessionOptions options, Arguments arguments) {
    /**
     * What differs, where anything does.
     *
     * @param session  holds the variables of the graph
     * @param values   the values of the inputs by their names
     * @param expected the outputs in order
     * @throws UnsupportedException where the model cannot be written
     */
    Optional<String> problem(Session session, Graph graph, ImportedModel imported, Map<String, NDArray> values,
            Fetches expected) {
        byte[] written = OnnxExport.of(graph, session::value).withInputs(imported.inputs())
                .withOutputs(imported.outputs()).bytes();
        Graph again = new Graph();
        ImportedModel second;
        try {
            second = OnnxCommand.settings(OnnxModel.of(written), arguments).into(again);
        } catch (FormatException problem) {
            return Optional.of("what was written is not imported: " + problem.getMessage());
        }
        try (Session other = new Session(again, options)) {
            if (!again.variables().isEmpty()) {
                other.run(again.initializer());
            }
            Feeds same = Feeds.NONE;
            for (Map.Entry<String, Tensor> input : second.inputs().entrySet()) {
                same = same.and(input.getValue(), values.get(input.getKey()));
            }
            Fetches results = other.run(same, Fetch.fetch(List.copyOf(second.outputs().values())));
            int next = 0;
            for (String name : second.outputs().keySet()) {
                NDArray before = expected.get(next);
                if (!results.get(next++).sameBits(before)) {
                    return Optional.of("output '" + name + "' has other bits once it was written and imported again");
                }
            }
        }
        return Optional.empty();
    }
}
