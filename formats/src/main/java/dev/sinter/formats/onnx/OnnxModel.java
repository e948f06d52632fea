package dev.sinter.formats.onnx;

import dev.sinter.formats.FormatException;
import dev.sinter.formats.UnsupportedException;
import dev.sinter.formats.onnx.schema.AttributeProto;
import dev.sinter.formats.onnx.schema.AttributeProto.GraphValue;
import dev.sinter.formats.onnx.schema.AttributeProto.TensorValue;
import dev.sinter.formats.onnx.schema.ElementType;
import dev.sinter.formats.onnx.schema.GraphProto;
import dev.sinter.formats.onnx.schema.ModelProto;
import dev.sinter.formats.onnx.schema.ModelReader;
import dev.sinter.formats.onnx.schema.NodeProto;
import dev.sinter.formats.onnx.schema.TensorProto;
import dev.sinter.formats.onnx.schema.Texts;
import dev.sinter.formats.onnx.schema.ValueInfoProto;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A model as its file has it. The file is mapped, not copied, and must not change while the model is used.
 * {@link OnnxImport} makes a graph of it.
 */
public final class OnnxModel {
    private final String name;
    private final ModelProto proto;
    private final Optional<Path> folder;

    private OnnxModel(String name, ModelProto proto, Optional<Path> folder) {
        this.name = name;
        this.proto = proto;
        this.folder = folder;
    }

    /**
     * A model of a file. Tensors that it keeps outside must lie in the file's folder or below.
     *
     * @throws FormatException for a file that is no model, is cut off, or cannot be read
     */
    public static OnnxModel read(Path file) {
        Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
        return new OnnxModel(file.toString(), ModelReader.model(file.toString(), map(file)), Optional.of(folder));
    }

    /** A model of the bytes of a file; it may keep no tensors outside. */
    public static OnnxModel of(byte[] bytes) {
        return new OnnxModel("the model", ModelReader.model("the model", MemorySegment.ofArray(bytes)),
                Optional.empty());
    }

    /**
     * The one tensor of a file, as test data are kept.
     *
     * @throws FormatException for a file that holds no tensor of a supported dtype
     */
    public static NDArray readTensor(Path file) {
        TensorProto tensor = ModelReader.tensor(file.toString(), map(file));
        return new TensorReader(Optional.empty()).array(tensor);
    }

    private static MemorySegment map(Path file) {
        if (Files.isDirectory(file)) {
            throw new FormatException(file + " is a folder; name the model's file in it");
        }
        try (FileChannel channel = FileChannel.open(file)) {
            if (channel.size() > Integer.MAX_VALUE) {
                throw new FormatException(file + " has " + channel.size() + " bytes; an ONNX file has at most 2 GB,"
                        + " larger models keep their tensors in files beside it");
            }
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
        } catch (NoSuchFileException problem) {
            throw new FormatException("there is no file " + file, problem);
        } catch (IOException problem) {
            throw new FormatException(file + " cannot be read: " + problem, problem);
        }
    }

    /** What code gives whose messages do not say which model is wrong or not supported. */
    <T> T naming(Supplier<T> code) {
        try {
            return code.get();
        } catch (UnsupportedException problem) {
            throw new UnsupportedException(name + ": " + Texts.bounded(problem.getMessage()));
        } catch (FormatException problem) {
            throw new FormatException(name + ": " + Texts.bounded(problem.getMessage()), problem);
        }
    }

    /** What messages call the model. */
    public String name() {
        return name;
    }

    /** The program that wrote it, where it says so. */
    public String producer() {
        return (proto.producerName() + " " + proto.producerVersion()).strip();
    }

    /** The version of the file format. */
    public long irVersion() {
        return proto.irVersion();
    }

    /** The version of the operators of each domain; the standard's own domain is the empty word. */
    public Map<String, Long> opsets() {
        return Map.copyOf(proto.opsets());
    }

    /** What the model says about itself. */
    public Map<String, String> metadata() {
        return Map.copyOf(proto.metadata());
    }

    /** The names of its inputs in order. Those with a value in the file are parameters, and not among them. */
    public List<String> inputs() {
        Set<String> known = new HashSet<>();
        graph().initializers().forEach(tensor -> known.add(tensor.name()));
        return graph().inputs().stream().map(ValueInfoProto::name).filter(input -> !known.contains(input)).toList();
    }

    /** The names of its outputs in order. */
    public List<String> outputs() {
        return graph().outputs().stream().map(ValueInfoProto::name).toList();
    }

    /** How many nodes of each operator it has, functions and bodies included, the most frequent first. */
    public List<OperatorCount> operators() {
        return OperatorCount.of(proto).stream().sorted(Comparator.comparingLong(OperatorCount::count).reversed()
                .thenComparing(OperatorCount::operator)).toList();
    }

    /** What the file says of the inputs, in order; parameters are not among them. */
    public Map<String, ValueType> inputTypes() {
        Set<String> given = new HashSet<>(inputs());
        return types(graph().inputs().stream().filter(input -> given.contains(input.name())).toList());
    }

    /** What the file says of the outputs, in order. */
    public Map<String, ValueType> outputTypes() {
        return types(graph().outputs());
    }

    private static Map<String, ValueType> types(List<ValueInfoProto> values) {
        Map<String, ValueType> types = new LinkedHashMap<>();
        values.forEach(value -> types.put(value.name(), ValueType.of(value.type())));
        return Collections.unmodifiableMap(types);
    }

    /** The floats with axes among its initializers, which can be trained. */
    public TensorTotal parameters() {
        return graph().initializers().stream().filter(OnnxModel::isParameter).map(TensorTotal::of)
                .reduce(TensorTotal.NONE, TensorTotal::plus);
    }

    /** All other tensors in the file: further initializers and those in nodes, functions and bodies included. */
    public TensorTotal constants() {
        List<TensorProto> all = new ArrayList<>(graph().initializers());
        all.removeIf(OnnxModel::isParameter);
        collect(graph().nodes(), all);
        proto.functions().forEach(function -> collect(function.nodes(), all));
        return all.stream().map(TensorTotal::of).reduce(TensorTotal.NONE, TensorTotal::plus);
    }

    private static void collect(List<NodeProto> nodes, List<TensorProto> tensors) {
        for (NodeProto node : nodes) {
            for (AttributeProto attribute : node.attributes()) {
                if (attribute.content() instanceof TensorValue(TensorProto tensor)) {
                    tensors.add(tensor);
                } else if (attribute.content() instanceof GraphValue(GraphProto body)) {
                    tensors.addAll(body.initializers());
                    collect(body.nodes(), tensors);
                }
            }
        }
    }

    /** Whether an import makes a variable of an initializer, unless sizes follow from it. */
    static boolean isParameter(TensorProto tensor) {
        return !tensor.dims().isEmpty() && ElementType.dtype(tensor.elementType()).map(DType::isFloat).orElse(false);
    }

    ModelProto proto() {
        return proto;
    }

    GraphProto graph() {
        return proto.graph();
    }

    /** A reader of its tensors for one import. */
    TensorReader tensors() {
        return new TensorReader(folder);
    }
}
