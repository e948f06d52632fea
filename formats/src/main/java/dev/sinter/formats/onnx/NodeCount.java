package dev.sinter.formats.onnx;

import dev.sinter.formats.FormatException;
import dev.sinter.formats.onnx.Library.Own;
import dev.sinter.formats.onnx.schema.FunctionProto;
import dev.sinter.formats.onnx.schema.GraphProto;
import dev.sinter.formats.onnx.schema.NodeProto;
import dev.sinter.formats.onnx.schema.ValueInfoProto;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * How many nodes an import makes, functions taken apart: counted before any is made, each function once however many
 * nodes call it.
 */
final class NodeCount {
    /** The most nodes: functions that call each other could ask for any number. */
    static final int MOST = 100_000;
    /** How deep functions and bodies nest at most. */
    static final int DEPTH = 100;

    /** How many nodes there are, at most one more than allowed, and how deep they nest. */
    private record Extent(long nodes, int depth) {}

    private final Library library;
    private final FreeNames names = new FreeNames();
    private final Map<FunctionProto, Extent> functions = new IdentityHashMap<>();

    private NodeCount(Library library) {
        this.library = library;
    }

    /**
     * Refuses a model that has too many nodes.
     *
     * @throws FormatException for such a model, and where functions call themselves
     */
    static void check(OnnxModel model) {
        Extent extent = new NodeCount(Library.of(model.proto())).of(model.graph().nodes(), model.outputs(),
                model.opsets(), 0);
        if (extent.depth() > DEPTH) {
            throw tooDeep();
        }
        if (extent.nodes() > MOST) {
            throw tooMany();
        }
    }

    static FormatException tooMany() {
        return new FormatException("the model has more than " + MOST + " nodes, functions taken apart");
    }

    static FormatException tooDeep() {
        return new FormatException("functions call each other more than " + DEPTH + " deep, or themselves");
    }

    private Extent of(List<NodeProto> nodes, Collection<String> outputs, Map<String, Long> opsets, int depth) {
        if (depth > DEPTH) {
            throw tooDeep();
        }
        Extent all = new Extent(0, 0);
        for (NodeProto node : NodeOrder.of(nodes, outputs, names)) {
            all = joined(all, new Extent(1, 0));
            if (library.find(node, opsets).orElse(null) instanceof Own(FunctionProto function)) {
                all = joined(all, inside(function, depth + 1));
            }
            for (GraphProto body : FreeNames.bodies(node)) {
                all = joined(all, deeper(of(body.nodes(), body.outputs().stream().map(ValueInfoProto::name).toList(),
                        opsets, depth + 1)));
            }
        }
        return all;
    }

    private Extent inside(FunctionProto function, int depth) {
        Extent found = functions.get(function);
        if (found == null) {
            found = deeper(of(function.nodes(), function.outputs(), function.opsets(), depth));
            functions.put(function, found);
        }
        return found;
    }

    private static Extent deeper(Extent inside) {
        return new Extent(inside.nodes(), inside.depth() + 1);
    }

    private static Extent joined(Extent x, Extent y) {
        return new Extent(Math.min(MOST + 1, x.nodes() + y.nodes()), Math.max(x.depth(), y.depth()));
    }
}
