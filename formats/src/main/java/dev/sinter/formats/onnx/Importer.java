package dev.sinter.formats.onnx;

import dev.sinter.formats.FormatException;
import dev.sinter.formats.UnsupportedException;
import dev.sinter.formats.onnx.op.ImportOptions;
import dev.sinter.formats.onnx.schema.ElementType;
import dev.sinter.formats.onnx.schema.TensorProto;
import dev.sinter.formats.onnx.schema.Texts;
import dev.sinter.formats.onnx.schema.TypeProto.Known;
import dev.sinter.formats.onnx.schema.TypeProto.Named;
import dev.sinter.formats.onnx.schema.TypeProto.Other;
import dev.sinter.formats.onnx.schema.TypeProto.Size;
import dev.sinter.formats.onnx.schema.TypeProto.TensorType;
import dev.sinter.formats.onnx.schema.TypeProto.Unknown;
import dev.sinter.formats.onnx.schema.ValueInfoProto;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One import: the inputs and parameters of a model, then its nodes, then its outputs. */
final class Importer {
    private final OnnxModel model;
    private final Graph graph;
    private final Map<String, NDArray> bound;
    private final Map<String, Shape> shapes;
    private final boolean frozen;
    private final ImportOptions options;
    private final TensorReader tensors;
    private final Map<String, Dim> dims = new HashMap<>();
    private final Map<String, Tensor> inputs = new LinkedHashMap<>();
    private final Map<String, Variable> variables = new LinkedHashMap<>();

    Importer(OnnxModel model, Graph graph, Map<String, NDArray> bound, Map<String, Shape> shapes, boolean frozen,
            ImportOptions options) {
        this.model = model;
        this.tensors = model.tensors();
        this.graph = graph;
        this.bound = bound;
        this.shapes = shapes;
        this.frozen = frozen;
        this.options = options;
    }

    ImportedModel run() {
        return model.naming(this::made);
    }

    private ImportedModel made() {
        NodeCount.check(model);
        GraphBuilder builder = new GraphBuilder(graph, Library.of(model.proto()), tensors, options,
                model.opsets());
        builder.declare(model.graph());
        Set<String> given = Set.copyOf(model.inputs());
        for (ValueInfoProto input : model.graph().inputs()) {
            if (given.contains(input.name())) {
                builder.define(input.name(), input(input));
            }
        }
        Set<String> structure = Structure.of(model);
        Set<String> needed = builder.needed(model.graph().nodes(), model.outputs());
        for (TensorProto tensor : model.graph().initializers()) {
            if (needed.contains(tensor.name())) {
                builder.define(tensor.name(), parameter(tensor, structure.contains(tensor.name())));
            }
        }
        builder.addAll(model.graph().nodes(), model.outputs());
        Map<String, Tensor> outputs = new LinkedHashMap<>();
        for (ValueInfoProto output : model.graph().outputs()) {
            Tensor value = Ops.identity(builder.value(output.name()), Names.of(output.name()));
            if (outputs.put(output.name(), value) != null) {
                throw new FormatException("two outputs are called '" + Texts.shown(output.name()) + "'");
            }
            check(output, value);
        }
        return new ImportedModel(inputs, outputs, variables, builder.values());
    }

    /** A value must be what the file says of it. */
    private static void check(ValueInfoProto output, Tensor value) {
        if (output.type() instanceof TensorType(int elementType, var sizes)) {
            boolean same = elementType == 0 || ElementType.number(value.dtype()) == elementType;
            if (!same || sizes.isPresent() && !sizes.get().isEmpty() && sizes.get().size() != value.rank()) {
                throw new FormatException("output '" + Texts.shown(output.name()) + "' is declared as "
                        + ElementType.name(elementType) + sizes.map(all -> " with " + all.size() + " axes").orElse("")
                        + ", and is " + value.dtype() + value.shape());
            }
        }
    }

    private Tensor parameter(TensorProto tensor, boolean structural) {
        NDArray value = tensors.array(tensor);
        if (frozen || structural || !OnnxModel.isParameter(tensor)) {
            return graph.constant(value);
        }
        Variable variable = graph.variable(Names.of(tensor.name()), Ops.constant(value));
        variables.put(tensor.name(), variable);
        return variable.value();
    }

    private Tensor input(ValueInfoProto input) {
        if (input.name().isEmpty() || inputs.containsKey(input.name())) {
            throw new FormatException("two inputs are called '" + Texts.shown(input.name()) + "'");
        }
        return switch (input.type()) {
            case TensorType(int elementType, var sizes) -> {
                DType dtype = ElementType.dtype(elementType).orElseThrow(() -> new UnsupportedException("input '"
                        + Texts.shown(input.name()) + "' has elements of " + ElementType.name(elementType)
                        + ", which are not supported"));
                if (bound.containsKey(input.name())) {
                    yield constant(input.name(), dtype, bound.get(input.name()));
                }
                if (sizes.isEmpty() && !shapes.containsKey(input.name())) {
                    throw new UnsupportedException("input '" + Texts.shown(input.name()) + "' has no rank in the"
                            + " file; give it a shape with withShape(\"" + Texts.shown(input.name())
                            + "\", shape)");
                }
                yield placeholder(input.name(), dtype, sizes.orElse(List.of()));
            }
            case Other(String kind) -> throw new UnsupportedException("input '" + Texts.shown(input.name())
                    + "' is of type " + kind + "; only tensors are supported");
        };
    }

    private Tensor constant(String name, DType dtype, NDArray value) {
        if (value.dtype() != dtype) {
            throw new FormatException("input '" + Texts.shown(name) + "' is bound to a value of "
                    + value.dtype() + ", and is " + dtype);
        }
        return graph.constant(value);
    }

    private Tensor placeholder(String name, DType dtype, List<Size> sizes) {
        List<Dim> own = new ArrayList<>();
        if (shapes.containsKey(name)) {
            Shape shape = shapes.get(name);
            if (!sizes.isEmpty() && sizes.size() != shape.rank()) {
                throw new FormatException("input '" + Texts.shown(name) + "' has " + sizes.size()
                        + " axes, not those of " + shape);
            }
            own.addAll(shape.dims());
        } else {
            for (Size size : sizes) {
                own.add(switch (size) {
                    case Known(long value) when value >= 0 -> Dim.of(value);
                    case Known _, Unknown _ -> Dim.UNKNOWN;
                    case Named(String dim) -> dims.getOrDefault(dim, Dim.UNKNOWN);
                });
            }
        }
        Tensor placeholder = graph.placeholder(Names.of(name), dtype, new Shape(own));
        for (int axis = 0; axis < sizes.size(); axis++) {
            if (sizes.get(axis) instanceof Named(String dim)) {
                dims.putIfAbsent(dim, placeholder.dim(axis));
            }
        }
        inputs.put(name, placeholder);
        return placeholder;
    }
}
