package dev.sinter.formats.onnx.op;

import dev.sinter.formats.FormatException;
import dev.sinter.formats.UnsupportedException;
import dev.sinter.formats.onnx.schema.AttributeProto.Content;
import dev.sinter.formats.onnx.schema.AttributeProto.FloatValue;
import dev.sinter.formats.onnx.schema.AttributeProto.Floats;
import dev.sinter.formats.onnx.schema.AttributeProto.GraphValue;
import dev.sinter.formats.onnx.schema.AttributeProto.IntValue;
import dev.sinter.formats.onnx.schema.AttributeProto.Ints;
import dev.sinter.formats.onnx.schema.AttributeProto.StringValue;
import dev.sinter.formats.onnx.schema.AttributeProto.Strings;
import dev.sinter.formats.onnx.schema.AttributeProto.TensorValue;
import dev.sinter.formats.onnx.schema.ElementType;
import dev.sinter.formats.onnx.schema.GraphProto;
import dev.sinter.formats.onnx.schema.NodeProto;
import dev.sinter.formats.onnx.schema.TensorProto;
import dev.sinter.formats.onnx.schema.Texts;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A node that is being translated: its inputs as tensors, its attributes, and the version of its operator. What is
 * missing or of another kind than asked for is a {@link FormatException} without the node's name, which the caller
 * adds.
 */
public final class Call {
    private final NodeProto node;
    private final long version;
    private final Graph graph;
    private final ImportOptions options;
    private final List<Optional<Tensor>> inputs;
    private final Map<String, Content> attributes;
    private final Function<GraphProto, Body> bodies;
    private final Function<TensorProto, NDArray> arrays;
    private final Function<String, Optional<Integer>> ranks;

    /**
     * A call.
     *
     * @param version    of the operators of the node's domain
     * @param options    what the import chooses for all operators
     * @param inputs     empty where the node leaves one out
     * @param attributes with references resolved
     * @param bodies     makes a body of a graph in an attribute
     * @param arrays     reads a tensor in an attribute
     * @param ranks      how many axes the file says that a value has, where it does
     */
    public Call(NodeProto node, long version, Graph graph, ImportOptions options, List<Optional<Tensor>> inputs,
            Map<String, Content> attributes, Function<GraphProto, Body> bodies,
            Function<TensorProto, NDArray> arrays, Function<String, Optional<Integer>> ranks) {
        this.node = node;
        this.version = version;
        this.graph = graph;
        this.options = options;
        this.inputs = List.copyOf(inputs);
        this.attributes = Map.copyOf(attributes);
        this.bodies = bodies;
        this.arrays = arrays;
        this.ranks = ranks;
    }

    Graph graph() {
        return graph;
    }

    /** The version of the operators of the node's domain. */
    long version() {
        return version;
    }

    /** Whether operators compute in the steps of the standard's reference, with its rounding errors. */
    boolean isReference() {
        return options.reference();
    }

    // --- inputs ------------------------------------------------------------------------------------------------

    int inputCount() {
        return inputs.size();
    }

    boolean has(int position) {
        return position < inputs.size() && inputs.get(position).isPresent();
    }

    /** The input at a position, which must be there. */
    Tensor input(int position) {
        return maybe(position).orElseThrow(() -> new FormatException("input " + position + " is missing"));
    }

    Optional<Tensor> maybe(int position) {
        return position < inputs.size() ? inputs.get(position) : Optional.empty();
    }

    /** All inputs, none of which may be left out. */
    List<Tensor> all() {
        return IntStream.range(0, inputs.size()).mapToObj(this::input).toList();
    }

    int outputCount() {
        return node.outputs().size();
    }

    /** Whether the node names the output at a position. */
    boolean wants(int output) {
        return output < node.outputs().size() && !node.outputs().get(output).isEmpty();
    }

    /** How many axes the first output has, where the file says it. */
    Optional<Integer> declaredRank() {
        return wants(0) ? ranks.apply(node.outputs().getFirst()) : Optional.empty();
    }

    // --- inputs that are known when the graph is made ----------------------------------------------------------

    /** The value of an input, which must follow from constants. */
    NDArray value(int position) {
        return Ops.staticValue(input(position)).orElseThrow(() -> unknown(position));
    }

    /** The value of an input where it follows from constants. */
    Optional<NDArray> maybeValue(int position) {
        return maybe(position).flatMap(Ops::staticValue);
    }

    /** The integers of an input, which must follow from constants. */
    long[] integers(int position) {
        return value(position).cast(DType.INT64).toLongArray();
    }

    /** The only integer of an input, which must follow from constants. */
    long integer(int position) {
        return single(position).getLong(0);
    }

    /** The only number of an input, which must follow from constants. */
    double number(int position) {
        return single(position).getDouble(0);
    }

    private NDArray single(int position) {
        NDArray value = value(position);
        if (value.elementCount() != 1) {
            throw new FormatException("input " + position + " must be one number, not " + value.elementCount());
        }
        return value;
    }

    /** The sizes that an input lists, which must follow from constants and sizes of tensors. */
    Shape sizes(int position) {
        return Ops.staticShape(input(position)).orElseThrow(() -> unknown(position));
    }

    /**
     * The bound of sizes that only a run finds and nothing else bounds, which the import must have.
     *
     * @param unknown what would say the size if it were known
     */
    long mostFound(String unknown) {
        return options.mostFound().orElseThrow(() -> unsupported(unknown + "; bind the model's inputs that this"
                + " follows from, or give a bound with withMostFound (--most-found N of sinter onnx)"));
    }

    private UnsupportedException unknown(int position) {
        String name = node.inputs().get(position);
        return new UnsupportedException("input " + position + ", '" + Texts.shown(name) + "', must be known when the"
                + " graph is made; it follows from an input of the model or is the result of a computation that"
                + " cannot be done before: bind that input to a value when importing");
    }

    // --- attributes --------------------------------------------------------------------------------------------

    boolean hasAttribute(String name) {
        return attributes.containsKey(name);
    }

    long integer(String name, long otherwise) {
        return attribute(name, IntValue.class).map(IntValue::value).orElse(otherwise);
    }

    /** An integer that must be there. */
    long integer(String name) {
        return attribute(name, IntValue.class).map(IntValue::value).orElseThrow(() -> missing(name));
    }

    boolean flag(String name, boolean otherwise) {
        return integer(name, otherwise ? 1 : 0) != 0;
    }

    double number(String name, double otherwise) {
        return attribute(name, FloatValue.class).map(value -> (double) value.value()).orElse(otherwise);
    }

    String text(String name, String otherwise) {
        return attribute(name, StringValue.class).map(StringValue::value).orElse(otherwise);
    }

    /** Text that must be there. */
    String text(String name) {
        return attribute(name, StringValue.class).map(StringValue::value).orElseThrow(() -> missing(name));
    }

    Optional<long[]> integers(String name) {
        return attribute(name, Ints.class).map(list -> list.values().stream().mapToLong(Long::longValue).toArray());
    }

    /** Integers that must be there. */
    long[] integersOf(String name) {
        return integers(name).orElseThrow(() -> missing(name));
    }

    Optional<double[]> numbers(String name) {
        return attribute(name, Floats.class)
                .map(list -> list.values().stream().mapToDouble(Float::doubleValue).toArray());
    }

    Optional<List<String>> texts(String name) {
        return attribute(name, Strings.class).map(Strings::values);
    }

    Optional<NDArray> array(String name) {
        return attribute(name, TensorValue.class).map(value -> arrays.apply(value.value()));
    }

    /** The dtype that an attribute names by its number. */
    Optional<DType> dtype(String name) {
        return attribute(name, IntValue.class).map(number -> ElementType.dtype(number.value())
                .orElseThrow(() -> new UnsupportedException("the dtype " + ElementType.name(number.value())
                        + " of attribute '" + name + "' is not supported")));
    }

    /** The body of a branch or loop, which must be there. */
    Body body(String name) {
        return attribute(name, GraphValue.class).map(value -> bodies.apply(value.value()))
                .orElseThrow(() -> missing(name));
    }

    private FormatException missing(String name) {
        return new FormatException("attribute '" + name + "' is missing");
    }

    private <T extends Content> Optional<T> attribute(String name, Class<T> kind) {
        Optional<Content> content = Optional.ofNullable(attributes.get(name));
        content.filter(found -> !kind.isInstance(found)).ifPresent(found -> {
            throw new FormatException("attribute '" + name + "' is of the wrong type: " + found.getClass()
                    .getSimpleName() + ", not " + kind.getSimpleName());
        });
        return content.map(kind::cast);
    }

    // --- messages and ranks ------------------------------------------------------------------------------------

    /** An axis that may count from the end, as one that counts from the start. */
    int axis(long axis, int rank) {
        long counted = axis < 0 ? axis + rank : axis;
        if (counted < 0 || counted >= rank) {
            throw new FormatException("axis " + axis + " is not an axis of a tensor of " + rank + " axes");
        }
        return (int) counted;
    }

    /** Axes that may count from the end, as ones that count from the start. */
    int[] axes(long[] axes, int rank) {
        return Arrays.stream(axes).mapToInt(axis -> axis(axis, rank)).toArray();
    }

    /** What a translation throws for a node that is right and cannot be translated. */
    UnsupportedException unsupported(String what) {
        return new UnsupportedException(what);
    }

    /** What a translation throws for a node that is wrong. */
    FormatException wrong(String what) {
        return new FormatException(what);
    }
}
