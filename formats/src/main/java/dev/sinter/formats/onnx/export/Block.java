package dev.sinter.formats.onnx.export;

import dev.sinter.formats.onnx.schema.AttributeProto;
import dev.sinter.formats.onnx.schema.AttributeProto.Ints;
import dev.sinter.formats.onnx.schema.NodeProto;
import dev.sinter.op.Constant;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The nodes of a graph, of a body or of a function, each after those whose values it uses. A body sees what is made
 * around it. Equal nodes are made once.
 */
final class Block {
    private record Key(String domain, String op, List<String> inputs, List<AttributeProto> attributes, int outputs) {}

    private final UniqueNames names;
    private final Optional<Block> around;
    private final List<NodeProto> nodes = new ArrayList<>();
    private final Map<Key, List<String>> made = new HashMap<>();
    private final Map<String, NodeProto> makers = new HashMap<>();
    private final Map<Constant, String> constants = new HashMap<>();
    private String base = "";

    private Block(UniqueNames names, Optional<Block> around) {
        this.names = names;
        this.around = around;
    }

    /** A graph, or a function, that sees nothing else. */
    static Block outermost(UniqueNames names) {
        return new Block(names, Optional.empty());
    }

    /** A body that sees this block. */
    Block inner() {
        Block inner = new Block(names, Optional.of(this));
        inner.base = base;
        return inner;
    }

    UniqueNames names() {
        return names;
    }

    Optional<Block> around() {
        return around;
    }

    List<NodeProto> nodes() {
        return nodes;
    }

    /** What the values made from now on are called after. */
    void at(String place) {
        base = place;
    }

    String place() {
        return base;
    }

    /** A node of the standard's domain with one output, which is returned. */
    String add(String op, List<String> inputs, AttributeProto... attributes) {
        return addAll("", op, inputs, 1, List.of(attributes)).getFirst();
    }

    String add(String op, String input, AttributeProto... attributes) {
        return add(op, List.of(input), attributes);
    }

    String add(String op, String x, String y, AttributeProto... attributes) {
        return add(op, List.of(x, y), attributes);
    }

    /** The outputs of a node. */
    List<String> addAll(String domain, String op, List<String> inputs, int outputs, List<AttributeProto> attributes) {
        Key key = new Key(domain, op, inputs, attributes, outputs);
        return find(block -> block.made.get(key)).orElseGet(() -> {
            String wanted = base.isEmpty() ? op : base;
            List<String> results = IntStream.range(0, outputs).mapToObj(_ -> names.of(wanted)).toList();
            NodeProto node = new NodeProto(results.getFirst(), op, domain, "", inputs, results, attributes);
            nodes.add(node);
            made.put(key, results);
            results.forEach(result -> makers.put(result, node));
            return results;
        });
    }

    private <T> Optional<T> find(Function<Block, T> known) {
        Optional<Block> block = Optional.of(this);
        while (block.isPresent()) {
            T found = known.apply(block.get());
            if (found != null) {
                return Optional.of(found);
            }
            block = block.get().around;
        }
        return Optional.empty();
    }

    /** The node that makes a value, where one here or around does. */
    Optional<NodeProto> maker(String value) {
        return find(block -> block.makers.get(value));
    }

    String constant(NDArray value) {
        Constant key = new Constant(value);
        return find(block -> block.constants.get(key)).orElseGet(() -> {
            String name = add("Constant", List.of(), Attributes.tensor("value", key.array()));
            constants.put(key, name);
            return name;
        });
    }

    /** A scalar of a dtype. */
    String scalar(DType dtype, double value) {
        return constant(NDArray.scalar(dtype, value));
    }

    /** A vector of integers. */
    String vector(List<? extends Number> values) {
        return constant(NDArray.of(values.stream().mapToLong(Number::longValue).toArray()));
    }

    String cast(String value, DType dtype) {
        return add("Cast", value, Attributes.dtype("to", dtype));
    }

    String unsqueeze(String value, List<Integer> axes) {
        return axes.isEmpty() ? value : add("Unsqueeze", value, vector(axes));
    }

    String squeeze(String value, List<Integer> axes) {
        return axes.isEmpty() ? value : add("Squeeze", value, vector(axes));
    }

    String concat(List<String> values, int axis) {
        return values.size() == 1 ? values.getFirst() : add("Concat", values, Attributes.integer("axis", axis));
    }

    /** A value with its axes in another order; one transposition after another is one. */
    String transpose(String value, List<Integer> permutation) {
        List<Integer> order = permutation;
        String source = value;
        Optional<NodeProto> maker = maker(value).filter(node -> node.opType().equals("Transpose"));
        if (maker.isPresent() && maker.get().attributes().getFirst().content() instanceof Ints(List<Long> before)) {
            source = maker.get().inputs().getFirst();
            order = permutation.stream().map(axis -> Math.toIntExact(before.get(axis))).toList();
        }
        return order.equals(IntStream.range(0, order.size()).boxed().toList()) ? source
                : add("Transpose", source, Attributes.integers("perm", order));
    }
}
