package dev.sinter.formats.onnx;

import dev.sinter.formats.FormatException;
import dev.sinter.formats.UnsupportedException;
import dev.sinter.formats.onnx.Library.Known;
import dev.sinter.formats.onnx.Library.Meaning;
import dev.sinter.formats.onnx.Library.Own;
import dev.sinter.formats.onnx.op.Body;
import dev.sinter.formats.onnx.op.Call;
import dev.sinter.formats.onnx.op.ImportOptions;
import dev.sinter.formats.onnx.op.Operator;
import dev.sinter.formats.onnx.schema.AttributeProto;
import dev.sinter.formats.onnx.schema.AttributeProto.Content;
import dev.sinter.formats.onnx.schema.AttributeProto.Reference;
import dev.sinter.formats.onnx.schema.FunctionProto;
import dev.sinter.formats.onnx.schema.GraphProto;
import dev.sinter.formats.onnx.schema.NodeProto;
import dev.sinter.formats.onnx.schema.TensorProto;
import dev.sinter.formats.onnx.schema.Texts;
import dev.sinter.formats.onnx.schema.TypeProto.TensorType;
import dev.sinter.formats.onnx.schema.ValueInfoProto;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Scope;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Makes the nodes of a model, of a function or of a body in a graph: the values that have names there. */
final class GraphBuilder {
    /** How many bytes a value has at most: no machine holds more, and sizes made of them would overflow. */
    private static final long MOST_BYTES = 1L << 40;

    /**
     * What all builders of an import have.
     *
     * @param options what the import chooses for all operators
     * @param nodes   counts those that are made
     */
    private record Shared(Graph graph, Library library, TensorReader tensors, ImportOptions options, FreeNames names,
            AtomicInteger nodes) {}

    private final Shared shared;
    private final Map<String, Long> opsets;
    private final Optional<GraphBuilder> around;
    private final Map<String, Content> attributes;
    private final int depth;
    private final Map<String, Tensor> values = new LinkedHashMap<>();
    /** How many axes the file says that values have. */
    private final Map<String, Integer> ranks = new HashMap<>();
    /** The inputs of a function that its caller leaves out. */
    private final Set<String> absent = new HashSet<>();

    GraphBuilder(Graph graph, Library library, TensorReader tensors, ImportOptions options,
            Map<String, Long> opsets) {
        this(new Shared(graph, library, tensors, options, new FreeNames(), new AtomicInteger()), opsets,
                Optional.empty(), Map.of(), 0);
    }

    private GraphBuilder(Shared shared, Map<String, Long> opsets, Optional<GraphBuilder> around,
            Map<String, Content> attributes, int depth) {
        this.shared = shared;
        this.opsets = opsets;
        this.around = around;
        this.attributes = attributes;
        this.depth = depth;
        if (depth > NodeCount.DEPTH) {
            throw NodeCount.tooDeep();
        }
    }

    /** Notes what a file says of the values of a graph; a list of no sizes says nothing. */
    void declare(GraphProto graph) {
        Stream.concat(graph.values().stream(), graph.outputs().stream()).forEach(value -> {
            if (value.type() instanceof TensorType(int _, var sizes) && sizes.isPresent() && !sizes.get().isEmpty()) {
                ranks.put(value.name(), sizes.get().size());
            }
        });
    }

    void define(String name, Tensor value) {
        if (values.put(name, value) != null) {
            throw new FormatException("two values are called '" + Texts.shown(name) + "'");
        }
    }

    /** The value of a name here or around. */
    Tensor value(String name) {
        GraphBuilder builder = this;
        while (true) {
            Tensor value = builder.values.get(name);
            if (value != null) {
                return value;
            }
            if (builder.around.isEmpty()) {
                throw new FormatException("the value '" + Texts.shown(name) + "' is used, and nothing makes it");
            }
            builder = builder.around.get();
        }
    }

    Map<String, Tensor> values() {
        return values;
    }

    /** The names that are used on the way to some values, these included. */
    Set<String> needed(List<NodeProto> all, Collection<String> outputs) {
        Set<String> needed = new HashSet<>(outputs);
        NodeOrder.of(all, outputs, shared.names()).forEach(node -> needed.addAll(shared.names().of(node)));
        return needed;
    }

    /** Makes the nodes that some values need. */
    void addAll(List<NodeProto> all, Collection<String> outputs) {
        NodeOrder.of(all, outputs, shared.names()).forEach(this::add);
    }

    private void add(NodeProto node) {
        if (shared.nodes().incrementAndGet() > NodeCount.MOST) {
            throw NodeCount.tooMany();
        }
        try (Scope _ = shared.graph().scope(Names.of(node.name().isEmpty() ? node.opType() : node.name()))) {
            List<Tensor> outputs = outputs(node);
            for (int i = 0; i < node.outputs().size(); i++) {
                String name = node.outputs().get(i);
                if (!name.isEmpty()) {
                    if (i >= outputs.size()) {
                        throw new UnsupportedException("output " + i + ", '" + Texts.shown(name)
                                + "', is not supported");
                    }
                    checkSize(i, outputs.get(i));
                    define(name, outputs.get(i));
                }
            }
        } catch (UnsupportedException problem) {
            throw new UnsupportedException(described(node, problem));
        } catch (FormatException | GraphException problem) {
            throw new FormatException(described(node, problem), problem);
        } catch (ArithmeticException overflow) {
            throw new FormatException(described(node, overflow) + ": its numbers are too large", overflow);
        }
    }

    /** Refuses a value whose known sizes alone are more than any memory holds. */
    private static void checkSize(int output, Tensor value) {
        long bytes = value.dtype().bytes();
        for (Dim dim : value.shape().dims()) {
            if (dim.isConstant(0)) {
                return;
            }
            long size = dim.isConstant() ? dim.constant() : 1;
            if (size > MOST_BYTES / bytes) {
                throw new FormatException("output " + output + " is " + value.dtype() + value.shape() + ", which has"
                        + " more than the " + MOST_BYTES + " bytes that a value may have");
            }
            bytes *= size;
        }
    }

    private String described(NodeProto node, RuntimeException problem) {
        return Texts.bounded("node '" + OperatorCount.title(node) + "' (" + Texts.shown(node.qualifiedType())
                + " of version " + opsets.getOrDefault(node.domain(), 1L) + "): " + problem.getMessage());
    }

    private List<Tensor> outputs(NodeProto node) {
        Meaning meaning = shared.library().find(node, opsets).orElseThrow(() -> new UnsupportedException(
                "the operator is not supported"));
        List<Optional<Tensor>> inputs = new ArrayList<>();
        for (String input : node.inputs()) {
            inputs.add(input.isEmpty() || absent.contains(input) ? Optional.empty() : Optional.of(value(input)));
        }
        Map<String, Content> resolved = new HashMap<>();
        for (AttributeProto attribute : node.attributes()) {
            if (attribute.content() instanceof Reference(String name, int _)) {
                Optional.ofNullable(attributes.get(name)).ifPresent(found -> resolved.put(attribute.name(), found));
            } else {
                resolved.put(attribute.name(), attribute.content());
            }
        }
        return switch (meaning) {
            case Known(Operator operator, long version) -> operator.translation().outputs(
                    new Call(node, version, shared.graph(), shared.options(), inputs, resolved, this::body,
                            shared.tensors()::array, name -> Optional.ofNullable(ranks.get(name))));
            case Own(FunctionProto function) -> called(function, inputs, resolved);
        };
    }

    private List<Tensor> called(FunctionProto function, List<Optional<Tensor>> inputs, Map<String, Content> given) {
        if (inputs.size() > function.inputs().size()) {
            throw new FormatException("the function takes " + function.inputs().size() + " inputs, not "
                    + inputs.size());
        }
        Map<String, Content> all = new HashMap<>();
        function.defaults().forEach(attribute -> all.put(attribute.name(), attribute.content()));
        all.putAll(given);
        GraphBuilder inner = new GraphBuilder(shared, function.opsets(), Optional.empty(), all, depth + 1);
        for (int i = 0; i < function.inputs().size(); i++) {
            String name = function.inputs().get(i);
            if (i < inputs.size() && inputs.get(i).isPresent()) {
                inner.define(name, inputs.get(i).get());
            } else {
                inner.absent.add(name);
            }
        }
        inner.addAll(function.nodes(), function.outputs());
        return function.outputs().stream().map(inner::value).toList();
    }

    private Body body(GraphProto proto) {
        return new Body() {
            @Override
            public int inputs() {
                return proto.inputs().size();
            }

            @Override
            public int outputs() {
                return proto.outputs().size();
            }

            @Override
            public List<Tensor> make(List<Tensor> inputs) {
                return made(proto, inputs);
            }
        };
    }

    private List<Tensor> made(GraphProto proto, List<Tensor> inputs) {
        if (inputs.size() != proto.inputs().size()) {
            throw new FormatException("the body '" + Texts.shown(proto.name()) + "' takes "
                    + proto.inputs().size() + " inputs, not " + inputs.size());
        }
        GraphBuilder inner = new GraphBuilder(shared, opsets, Optional.of(this), attributes, depth + 1);
        for (int i = 0; i < inputs.size(); i++) {
            inner.define(proto.inputs().get(i).name(), inputs.get(i));
        }
        inner.declare(proto);
        List<String> outputs = proto.outputs().stream().map(ValueInfoProto::name).toList();
        Set<String> needed = inner.needed(proto.nodes(), outputs);
        for (TensorProto tensor : proto.initializers()) {
            if (needed.contains(tensor.name())) {
                inner.define(tensor.name(), shared.graph().constant(shared.tensors().array(tensor)));
            }
        }
        inner.addAll(proto.nodes(), outputs);
        return outputs.stream().map(inner::value).map(Ops::identity).toList();
    }
}
