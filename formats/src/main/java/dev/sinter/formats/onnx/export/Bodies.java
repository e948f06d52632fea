package dev.sinter.formats.onnx.export;

import dev.sinter.formats.onnx.schema.AttributeProto.GraphValue;
import dev.sinter.formats.onnx.schema.ElementType;
import dev.sinter.formats.onnx.schema.GraphProto;
import dev.sinter.formats.onnx.schema.NodeProto;
import dev.sinter.formats.onnx.schema.TypeProto;
import dev.sinter.formats.onnx.schema.TypeProto.Size;
import dev.sinter.formats.onnx.schema.ValueInfoProto;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Blocks as graphs of the file: what nothing needs is left out. */
final class Bodies {
    private Bodies() {}

    /** The nodes that some values need, in their order. */
    static List<NodeProto> needed(List<NodeProto> nodes, Collection<String> results) {
        Set<String> used = new HashSet<>(results);
        List<NodeProto> kept = new ArrayList<>();
        for (NodeProto node : nodes.reversed()) {
            if (node.outputs().stream().anyMatch(used::contains)) {
                kept.add(node);
                use(node, used);
            }
        }
        return kept.reversed();
    }

    /** Adds the names that a node, or a body of it, uses. */
    static void use(NodeProto node, Set<String> used) {
        used.addAll(node.inputs());
        node.attributes().forEach(attribute -> {
            if (attribute.content() instanceof GraphValue(GraphProto body)) {
                body.nodes().forEach(inner -> use(inner, used));
                body.outputs().forEach(output -> used.add(output.name()));
            }
        });
    }

    /** A body of a block that gives some values, each of which gets a name of its own there. */
    static GraphProto of(Emitter e, String name, List<ValueInfoProto> inputs, List<Term> results) {
        Block b = e.block();
        List<ValueInfoProto> outputs = new ArrayList<>();
        List<NodeProto> copies = new ArrayList<>();
        for (Term result : results) {
            String output = b.names().of(name + ".output");
            copies.add(new NodeProto(output, "Identity", "", "", List.of(e.whole(result)), List.of(output), List.of()));
            outputs.add(info(output, result.type()));
        }
        List<NodeProto> all = new ArrayList<>(b.nodes());
        all.addAll(copies);
        List<String> wanted = outputs.stream().map(ValueInfoProto::name).toList();
        return new GraphProto(name, needed(all, wanted), List.of(), inputs, outputs);
    }

    /** A body that says nothing of the sizes of its results. */
    static GraphProto untyped(Block b, String name, List<ValueInfoProto> inputs, List<String> results) {
        List<NodeProto> all = new ArrayList<>(b.nodes());
        List<ValueInfoProto> outputs = new ArrayList<>();
        for (String result : results) {
            String output = b.names().of(name + ".output");
            all.add(new NodeProto(output, "Identity", "", "", List.of(result), List.of(output), List.of()));
            outputs.add(ranked(output, outputs.isEmpty() ? DType.BOOL : DType.FLOAT64));
        }
        return new GraphProto(name, needed(all, outputs.stream().map(ValueInfoProto::name).toList()), List.of(),
                inputs, outputs);
    }

    /** A value of any number of axes. */
    static ValueInfoProto ranked(String name, DType dtype) {
        return new ValueInfoProto(name, new TypeProto.TensorType(ElementType.number(dtype), Optional.empty()));
    }

    /** What a body says of a value: known sizes only. */
    static ValueInfoProto info(String name, TensorType type) {
        return info(name, type, _ -> new TypeProto.Unknown());
    }

    /** What a graph says of a value, whose unknown sizes are called by their texts. */
    static ValueInfoProto named(String name, TensorType type) {
        return info(name, type, dim -> new TypeProto.Named(dim.toString()));
    }

    private static ValueInfoProto info(String name, TensorType type, Function<Dim, Size> unknown) {
        List<Size> dims = type.shape().dims().stream().map(dim -> dim.isConstant()
                ? new TypeProto.Known(dim.constant()) : unknown.apply(dim)).toList();
        return new ValueInfoProto(name, new TypeProto.TensorType(ElementType.number(type.dtype()),
                Optional.of(dims)));
    }
}
