package dev.sinter.formats.onnx;

import dev.sinter.formats.FormatException;
import dev.sinter.formats.UnsupportedException;
import dev.sinter.formats.file.ByteTarget;
import dev.sinter.formats.file.NewFile;
import dev.sinter.formats.onnx.export.FunctionWriter;
import dev.sinter.formats.onnx.schema.ModelProto;
import dev.sinter.formats.onnx.schema.ModelWriter;
import dev.sinter.graph.Graph;
import dev.sinter.graph.LoweredGraph;
import dev.sinter.graph.Lowering;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * How a part of a graph becomes an ONNX model. Immutable; {@code with...} give others.
 *
 * <pre>{@code
 * OnnxExport.of(graph, session::value)
 *         .withInput("x", x)
 *         .withOutput("y", y)
 *         .write(Path.of("model.onnx"));
 * }</pre>
 *
 * <p>The model computes the outputs of the inputs with the values that the variables have at that moment. Its
 * operators are those of version {@value FunctionWriter#OPSET} of the standard; primitives that it lacks are functions
 * of the model, in the domain {@value FunctionWriter#DOMAIN}.
 */
public final class OnnxExport {
    private final Graph graph;
    private final Function<Variable, NDArray> values;
    private final Map<String, Tensor> inputs;
    private final Map<String, Tensor> outputs;
    private final Map<String, String> metadata;
    private final long mostBytes;

    private OnnxExport(Graph graph, Function<Variable, NDArray> values, Map<String, Tensor> inputs,
            Map<String, Tensor> outputs, Map<String, String> metadata, long mostBytes) {
        this.graph = graph;
        this.values = values;
        this.inputs = new LinkedHashMap<>(inputs);
        this.outputs = new LinkedHashMap<>(outputs);
        this.metadata = new LinkedHashMap<>(metadata);
        this.mostBytes = mostBytes;
    }

    /**
     * The export of a graph without inputs and outputs.
     *
     * @param values the value of a variable, mostly {@code session::value}
     */
    public static OnnxExport of(Graph graph, Function<Variable, NDArray> values) {
        return new OnnxExport(graph, values, Map.of(), Map.of(), Map.of(), ExternalData.MOST_BYTES);
    }

    /**
     * This export with another input. Any tensor can be one, a placeholder or what would be computed; unknown sizes of
     * it are unknown in the model.
     */
    public OnnxExport withInput(String name, Tensor tensor) {
        return new OnnxExport(graph, values, with(inputs, "input", name, tensor), outputs, metadata,
                mostBytes);
    }

    /** This export with more inputs, such as those of an {@link ImportedModel}. */
    public OnnxExport withInputs(Map<String, Tensor> tensors) {
        OnnxExport all = this;
        for (Map.Entry<String, Tensor> input : tensors.entrySet()) {
            all = all.withInput(input.getKey(), input.getValue());
        }
        return all;
    }

    /** This export with another output. */
    public OnnxExport withOutput(String name, Tensor tensor) {
        return new OnnxExport(graph, values, inputs, with(outputs, "output", name, tensor), metadata,
                mostBytes);
    }

    /** This export with more outputs, such as those of an {@link ImportedModel}. */
    public OnnxExport withOutputs(Map<String, Tensor> tensors) {
        OnnxExport all = this;
        for (Map.Entry<String, Tensor> output : tensors.entrySet()) {
            all = all.withOutput(output.getKey(), output.getValue());
        }
        return all;
    }

    /** This export with something that the model says about itself. */
    public OnnxExport withMetadata(String key, String value) {
        Map<String, String> more = new LinkedHashMap<>(metadata);
        more.put(key, value);
        return new OnnxExport(graph, values, inputs, outputs, more, mostBytes);
    }

    /**
     * This export to a file of at most so many bytes, where that is possible: in a larger model, {@link #write} puts
     * tensors of {@value ExternalData#LARGE} bytes and more into a file beside it. The format allows 2 GB, which is the
     * most without this option; 0 always keeps tensors apart.
     */
    public OnnxExport withMostBytes(long bytes) {
        if (bytes < 0 || bytes > ExternalData.MOST_BYTES) {
            throw new GraphException("export: a file has from 0 to " + ExternalData.MOST_BYTES + " bytes, not "
                    + bytes);
        }
        return new OnnxExport(graph, values, inputs, outputs, metadata, bytes);
    }

    private static Map<String, Tensor> with(Map<String, Tensor> before, String what, String name, Tensor tensor) {
        Map<String, Tensor> more = new LinkedHashMap<>(before);
        if (name.isEmpty()) {
            throw new GraphException("export: an " + what + " needs a name: " + tensor);
        }
        if (more.put(name, tensor) != null) {
            throw new GraphException("export: two " + what + "s are called '" + name + "'");
        }
        return more;
    }

    /**
     * Writes the model to a file, or replaces it. Tensors that do not fit lie beside it, in a file of its name with
     * {@code .data} at the end; both belong together.
     *
     * @throws dev.sinter.formats.UnsupportedException where ONNX cannot express something; it names all of that, with
     *                                                 the lines that made it
     * @throws GraphException                          where an output needs a placeholder that is no input
     * @throws FormatException                         where a file cannot be written
     */
    public void write(Path file) {
        ModelProto model = model();
        if (ModelWriter.size(model) <= mostBytes) {
            NewFile.write(file, target -> write(model, target));
            return;
        }
        ExternalData data = ExternalData.of(model, file.getFileName() + ".data");
        long bytes = ModelWriter.size(data.model());
        if (bytes > ExternalData.MOST_BYTES) {
            throw new UnsupportedException("the model has " + bytes + " bytes without its large tensors, and a file of"
                    + " the format at most 2 GB; export parts of the graph");
        }
        if (!data.tensors().isEmpty()) {
            NewFile.write(file.resolveSibling(file.getFileName() + ".data"), data::write);
        }
        NewFile.write(file, target -> write(data.model(), target));
    }

    private static void write(ModelProto model, ByteTarget target) throws IOException {
        try (OutputStream out = target.stream()) {
            ModelWriter.write(model, out);
        }
    }

    /**
     * The bytes of a file with all tensors in it.
     *
     * @throws dev.sinter.formats.UnsupportedException as {@link #write} does, and for more than 2 GB
     */
    public byte[] bytes() {
        ModelProto model = model();
        long bytes = ModelWriter.size(model);
        if (bytes > ExternalData.MOST_BYTES) {
            throw new UnsupportedException("the model has " + bytes + " bytes, and one array at most 2 GB; write it to"
                    + " a file, beside which tensors can lie");
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream((int) bytes);
        try {
            ModelWriter.write(model, out);
        } catch (IOException problem) {
            throw new FormatException("the model cannot be written: " + problem, problem);
        }
        return out.toByteArray();
    }

    private ModelProto model() {
        if (outputs.isEmpty()) {
            throw new GraphException("export: there is no output; add withOutput(\"y\", tensor)");
        }
        LoweredGraph lowered = Lowering.lower(graph, List.copyOf(outputs.values()), List.copyOf(inputs.values()),
                List.of());
        Map<Tensor, String> names = new LinkedHashMap<>();
        inputs.forEach((name, tensor) -> names.put(tensor, name));
        Map<String, Variable> variables = new LinkedHashMap<>();
        lowered.states().forEach(state -> variables.put(state.variable().name(), state.variable()));
        List<String> given = new ArrayList<>();
        lowered.feeds().forEach(feed -> given.add(names.get(feed)));
        Map<String, TensorType> types = new LinkedHashMap<>();
        inputs.forEach((name, tensor) -> types.put(name, new TensorType(tensor.dtype(), tensor.shape())));
        return FunctionWriter.model(lowered.function(), types, given, List.copyOf(outputs.keySet()),
                name -> values.apply(variables.get(name)), metadata);
    }
}
