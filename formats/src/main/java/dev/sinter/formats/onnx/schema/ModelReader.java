package dev.sinter.formats.onnx.schema;

import dev.sinter.formats.FormatException;
import dev.sinter.formats.onnx.schema.AttributeProto.Content;
import dev.sinter.formats.onnx.schema.AttributeProto.FloatValue;
import dev.sinter.formats.onnx.schema.AttributeProto.Floats;
import dev.sinter.formats.onnx.schema.AttributeProto.GraphValue;
import dev.sinter.formats.onnx.schema.AttributeProto.IntValue;
import dev.sinter.formats.onnx.schema.AttributeProto.Ints;
import dev.sinter.formats.onnx.schema.AttributeProto.Reference;
import dev.sinter.formats.onnx.schema.AttributeProto.StringValue;
import dev.sinter.formats.onnx.schema.AttributeProto.Strings;
import dev.sinter.formats.onnx.schema.AttributeProto.TensorValue;
import dev.sinter.formats.onnx.schema.AttributeProto.Unsupported;
import dev.sinter.formats.onnx.schema.TypeProto.Known;
import dev.sinter.formats.onnx.schema.TypeProto.Named;
import dev.sinter.formats.onnx.schema.TypeProto.Size;
import dev.sinter.formats.onnx.schema.TypeProto.TensorType;
import dev.sinter.formats.onnx.schema.TypeProto.Unknown;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads messages. Fields that nothing here uses are skipped. */
public final class ModelReader {
    private static final int RANK = 64;
    /** How many outputs a model or body has at most: each is written by code of its own. */
    private static final int OUTPUTS = 5_000;
    /** Of how many inner values a graph says something: what it says of more does not count. */
    private static final int VALUES = 100_000;
    /** How many inputs and outputs a node has at most. */
    private static final int NAMES = 100_000;

    private final Wire in;

    private ModelReader(String name, MemorySegment file) {
        this.in = new Wire(name, file);
    }

    /**
     * A model.
     *
     * @param name what messages call the file
     * @throws FormatException for what is no model, or one that is cut off
     */
    public static ModelProto model(String name, MemorySegment file) {
        ModelProto model = new ModelReader(name, file).model();
        if (model.graph() == null) {
            throw new FormatException(name + " holds no graph: it is no ONNX model, or it is cut off");
        }
        return model;
    }

    /** A tensor in a file of its own, as test data are. */
    public static TensorProto tensor(String name, MemorySegment file) {
        return new ModelReader(name, file).tensor();
    }

    private ModelProto model() {
        long irVersion = 0;
        String producerName = "";
        String producerVersion = "";
        Map<String, Long> opsets = new LinkedHashMap<>();
        GraphProto graph = null;
        List<FunctionProto> functions = new ArrayList<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> irVersion = in.varint();
                case 2 -> producerName = in.text();
                case 3 -> producerVersion = in.text();
                case 7 -> graph = in.message(this::graph);
                case 8 -> in.message(() -> opset(opsets));
                case 14 -> in.message(() -> entry(metadata));
                case 25 -> functions.add(in.message(this::function));
                default -> in.skip();
            }
        }
        return new ModelProto(irVersion, producerName, producerVersion, opsets, graph, functions, metadata);
    }

    private Map<String, Long> opset(Map<String, Long> opsets) {
        String domain = "";
        long version = 0;
        while (in.next()) {
            switch (in.field()) {
                case 1 -> domain = in.text();
                case 2 -> version = in.varint();
                default -> in.skip();
            }
        }
        opsets.put(standard(domain), version);
        return opsets;
    }

    /** The standard's domain has two names. */
    private static String standard(String domain) {
        return domain.equals("ai.onnx") ? "" : domain;
    }

    private Map<String, String> entry(Map<String, String> entries) {
        String key = "";
        String value = "";
        while (in.next()) {
            switch (in.field()) {
                case 1 -> key = in.text();
                case 2 -> value = in.text();
                default -> in.skip();
            }
        }
        entries.put(key, value);
        return entries;
    }

    private GraphProto graph() {
        String name = "";
        List<NodeProto> nodes = new ArrayList<>();
        List<TensorProto> initializers = new ArrayList<>();
        List<ValueInfoProto> inputs = new ArrayList<>();
        List<ValueInfoProto> outputs = new ArrayList<>();
        List<ValueInfoProto> values = new ArrayList<>();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> nodes.add(in.message(this::node));
                case 2 -> name = in.text();
                case 5 -> initializers.add(in.message(this::tensor));
                case 11 -> inputs.add(in.message(this::valueInfo));
                case 12 -> {
                    if (outputs.size() == OUTPUTS) {
                        throw in.refused("a graph has more than " + OUTPUTS + " outputs");
                    }
                    outputs.add(in.message(this::valueInfo));
                }
                case 13 -> {
                    if (values.size() < VALUES) {
                        values.add(in.message(this::valueInfo));
                    } else {
                        in.skip();
                    }
                }
                case 15 -> throw new FormatException("the graph '" + name + "' has sparse initializers, which are not"
                        + " supported; store them dense");
                default -> in.skip();
            }
        }
        return new GraphProto(name, nodes, initializers, inputs, outputs, values);
    }

    private NodeProto node() {
        String name = "";
        String opType = "";
        String domain = "";
        String overload = "";
        List<String> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        List<AttributeProto> attributes = new ArrayList<>();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> add(inputs, "inputs", name);
                case 2 -> add(outputs, "outputs", name);
                case 3 -> name = in.text();
                case 4 -> opType = in.text();
                case 5 -> attributes.add(in.message(this::attribute));
                case 7 -> domain = standard(in.text());
                case 8 -> overload = in.text();
                default -> in.skip();
            }
        }
        return new NodeProto(name, opType, domain, overload, inputs, outputs, attributes);
    }

    /** Adds the name of one of the inputs or outputs of a node or function. */
    private void add(List<String> names, String what, String owner) {
        if (names.size() == NAMES) {
            throw in.refused("a node or function" + (owner.isEmpty() ? "" : " '" + Texts.shown(owner) + "'")
                    + " has more than " + NAMES + " " + what);
        }
        names.add(in.text());
    }

    private AttributeProto attribute() {
        String name = "";
        Optional<String> reference = Optional.empty();
        Content content = null;
        long type = 0;
        FloatList floats = new FloatList();
        LongList ints = new LongList();
        List<String> strings = new ArrayList<>();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> name = in.text();
                case 2 -> content = new FloatValue(in.float32());
                case 3 -> content = new IntValue(in.varint());
                case 4 -> content = new StringValue(in.text());
                case 5 -> content = new TensorValue(in.message(this::tensor));
                case 6 -> content = new GraphValue(in.message(this::graph));
                case 7 -> in.fixed32(bits -> floats.append(Float.intBitsToFloat((int) bits)));
                case 8 -> in.varints(ints::append);
                case 9 -> strings.add(in.text());
                case 20 -> type = in.varint();
                case 21 -> reference = Optional.of(in.text()).filter(text -> !text.isEmpty());
                default -> in.skip();
            }
        }
        Content lists = switch (Math.clamp(type, 0, 100)) {
            case 1 -> content == null ? new FloatValue(0) : content;
            case 2 -> content == null ? new IntValue(0) : content;
            case 3 -> content == null ? new StringValue("") : content;
            case 4, 5 -> content == null ? new Unsupported("empty") : content;
            case 6 -> new Floats(floats);
            case 7 -> new Ints(ints);
            case 8 -> new Strings(strings);
            case 0 -> content != null ? content : !floats.isEmpty() ? new Floats(floats)
                    : !strings.isEmpty() ? new Strings(strings) : new Ints(ints);
            case 9 -> new Unsupported("tensors");
            case 10 -> new Unsupported("graphs");
            case 11, 12 -> new Unsupported("sparse tensor");
            default -> new Unsupported("type");
        };
        int kind = Math.clamp(type, 0, 100);
        return new AttributeProto(name, reference.<Content>map(from -> new Reference(from, kind)).orElse(lists));
    }

    private FunctionProto function() {
        String name = "";
        String domain = "";
        String overload = "";
        List<String> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        List<String> attributes = new ArrayList<>();
        List<AttributeProto> defaults = new ArrayList<>();
        List<NodeProto> nodes = new ArrayList<>();
        Map<String, Long> opsets = new LinkedHashMap<>();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> name = in.text();
                case 4 -> add(inputs, "inputs", name);
                case 5 -> add(outputs, "outputs", name);
                case 6 -> attributes.add(in.text());
                case 7 -> nodes.add(in.message(this::node));
                case 9 -> in.message(() -> opset(opsets));
                case 10 -> domain = standard(in.text());
                case 11 -> defaults.add(in.message(this::attribute));
                case 13 -> overload = in.text();
                default -> in.skip();
            }
        }
        return new FunctionProto(name, domain, overload, inputs, outputs, attributes, defaults, nodes, opsets);
    }

    private ValueInfoProto valueInfo() {
        String name = "";
        TypeProto type = new TypeProto.Other("none");
        while (in.next()) {
            switch (in.field()) {
                case 1 -> name = in.text();
                case 2 -> type = in.message(this::type);
                default -> in.skip();
            }
        }
        return new ValueInfoProto(name, type);
    }

    private TypeProto type() {
        TypeProto type = new TypeProto.Other("none");
        while (in.next()) {
            switch (in.field()) {
                case 1 -> type = in.message(this::tensorType);
                case 4 -> type = other("sequence");
                case 5 -> type = other("map");
                case 8 -> type = other("sparse tensor");
                case 9 -> type = other("optional");
                default -> in.skip();
            }
        }
        return type;
    }

    private TypeProto other(String kind) {
        in.skip();
        return new TypeProto.Other(kind);
    }

    private TensorType tensorType() {
        int elementType = 0;
        Optional<List<Size>> dims = Optional.empty();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> elementType = (int) in.varint();
                case 2 -> dims = Optional.of(in.message(this::sizes));
                default -> in.skip();
            }
        }
        return new TensorType(elementType, dims);
    }

    private List<Size> sizes() {
        List<Size> dims = new ArrayList<>();
        while (in.next()) {
            if (in.field() == 1) {
                if (dims.size() == RANK) {
                    throw in.refused("a value has more than " + RANK + " axes");
                }
                dims.add(in.message(this::size));
            } else {
                in.skip();
            }
        }
        return dims;
    }

    private Size size() {
        Size size = new Unknown();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> size = new Known(in.varint());
                case 2 -> {
                    String name = in.text();
                    size = name.isEmpty() ? new Unknown() : new Named(name);
                }
                default -> in.skip();
            }
        }
        return size;
    }

    private TensorProto tensor() {
        TensorElements elements = new TensorElements();
        String name = "";
        long elementType = 0;
        List<Long> dims = new ArrayList<>();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> in.varints(size -> {
                    if (dims.size() == RANK) {
                        throw in.refused("a tensor has more than " + RANK + " axes");
                    }
                    dims.add(size);
                });
                case 2 -> elementType = in.varint();
                case 4 -> in.fixed32(elements::add);
                case 5, 7, 11 -> in.varints(elements::add);
                case 6 -> elements.add(in.text());
                case 8 -> name = in.text();
                case 9 -> elements.raw(in.bytes());
                case 10 -> in.fixed64(elements::add);
                case 13 -> in.message(() -> entry(elements.external()));
                case 14 -> elements.externalLocation(in.varint() == 1);
                default -> in.skip();
            }
        }
        return new TensorProto(name, Math.clamp(elementType, -1, Integer.MAX_VALUE), dims,
                elements.content(elementType));
    }
}
