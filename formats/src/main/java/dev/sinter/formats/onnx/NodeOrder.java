package dev.sinter.formats.onnx;

import dev.sinter.formats.FormatException;
import dev.sinter.formats.onnx.schema.NodeProto;
import dev.sinter.formats.onnx.schema.Texts;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The nodes that some values need, each after those whose values it uses. */
final class NodeOrder {
    private final List<NodeProto> nodes;
    private final FreeNames names;
    private final Map<String, Integer> makers = new HashMap<>();
    private final BitSet done = new BitSet();
    private final BitSet open = new BitSet();
    private final List<NodeProto> order = new ArrayList<>();

    /** A node that is visited, and which of the values that it needs are not visited yet. */
    private record Visit(int node, Deque<String> needs) {}

    private NodeOrder(List<NodeProto> nodes, FreeNames names) {
        this.nodes = nodes;
        this.names = names;
    }

    /**
     * The nodes that some values need, in an order in which they can be carried out. Names that no node makes are left
     * to the caller.
     *
     * @throws FormatException where two nodes make one value, or nodes need each other
     */
    static List<NodeProto> of(List<NodeProto> nodes, Collection<String> wanted, FreeNames names) {
        NodeOrder order = new NodeOrder(nodes, names);
        order.define();
        wanted.forEach(order::visit);
        return order.order;
    }

    private void define() {
        for (int i = 0; i < nodes.size(); i++) {
            for (String output : nodes.get(i).outputs()) {
                if (!output.isEmpty() && makers.put(output, i) != null) {
                    throw new FormatException("two nodes make the value '" + Texts.shown(output) + "'");
                }
            }
        }
    }

    private void visit(String wanted) {
        Deque<Visit> stack = new ArrayDeque<>();
        begin(wanted, stack);
        while (!stack.isEmpty()) {
            Visit visit = stack.peek();
            if (visit.needs().isEmpty()) {
                stack.pop();
                open.clear(visit.node());
                done.set(visit.node());
                order.add(nodes.get(visit.node()));
            } else {
                begin(visit.needs().pop(), stack);
            }
        }
    }

    private void begin(String value, Deque<Visit> stack) {
        Integer maker = makers.get(value);
        if (maker == null || done.get(maker)) {
            return;
        }
        if (open.get(maker)) {
            throw new FormatException("the value '" + Texts.shown(value) + "' of node '"
                    + OperatorCount.title(nodes.get(maker)) + "' is needed to compute itself");
        }
        open.set(maker);
        stack.push(new Visit(maker, new ArrayDeque<>(names.of(nodes.get(maker)))));
    }
}
