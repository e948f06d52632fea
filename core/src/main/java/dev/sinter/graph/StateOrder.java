package dev.sinter.graph;

import dev.sinter.tensor.GraphException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which write of a variable each read and each write of a run follows. The writes of one variable must be
 * ordered by operands and control inputs.
 */
final class StateOrder {
    private final Map<Node, Node> writeBefore = new HashMap<>();
    private final Map<Variable, Node> lastWrite = new HashMap<>();

    /**
     * The order of the nodes of a run.
     *
     * @param needed the nodes of the run, each after its operands and control inputs
     * @param cut    by node number, whether a node is fed, so that nothing before it counts
     */
    static StateOrder of(List<Node> needed, boolean[] cut) {
        StateOrder order = new StateOrder();
        Map<Variable, List<Node>> writes = new HashMap<>();
        Map<Variable, Boolean> laterReads = new HashMap<>();
        for (Node node : needed) {
            if (cut[node.id()]) {
                continue;
            }
            if (node.kind() instanceof NodeKind.Assign(Variable variable)) {
                writes.computeIfAbsent(variable, key -> new ArrayList<>()).add(node);
                order.lastWrite.put(variable, node);
            } else if (node.kind() instanceof NodeKind.Read(Variable variable) && !node.controls().isEmpty()) {
                laterReads.put(variable, true);
            }
        }
        writes.forEach((variable, nodes) -> {
            if (nodes.size() > 1 || laterReads.containsKey(variable)) {
                order.follow(variable, needed, cut);
            }
        });
        return order;
    }

    /** Passes the number of the last write of one variable down the graph. */
    private void follow(Variable variable, List<Node> needed, boolean[] cut) {
        int[] seen = new int[cut.length];
        Arrays.fill(seen, -1);
        Node last = null;
        for (Node node : needed) {
            if (cut[node.id()]) {
                continue;
            }
            int before = -1;
            for (Node input : node.inputs()) {
                before = Math.max(before, seen[input.id()]);
            }
            for (Node control : node.controls()) {
                before = Math.max(before, seen[control.id()]);
            }
            Optional<Node> write = before < 0 ? Optional.empty() : Optional.of(node.graph().nodes().get(before));
            if (node.kind() instanceof NodeKind.Assign(Variable written) && written == variable) {
                if (last != null && before != last.id()) {
                    throw unordered(variable, last, node);
                }
                last = node;
                write.ifPresent(earlier -> writeBefore.put(node, earlier));
                before = node.id();
            } else if (node.kind() instanceof NodeKind.Read(Variable read) && read == variable) {
                write.ifPresent(earlier -> writeBefore.put(node, earlier));
            }
            seen[node.id()] = before;
        }
    }

    private static GraphException unordered(Variable variable, Node first, Node second) {
        return new GraphException("two writes of variable \"" + variable.name() + "\" are not ordered: \""
                + first.name() + "\" at " + first.location().place() + " and \"" + second.name() + "\" at "
                + second.location().place() + "; make the second inside graph.controlDependencies(first), or run"
                + " them one after the other");
    }

    /** The write of its variable that a read or write follows; empty where that is none of this run. */
    Optional<Node> writeBefore(Node node) {
        return Optional.ofNullable(writeBefore.get(node));
    }

    /** The write after which a variable has its final value; empty where the run does not write it. */
    Optional<Node> lastWrite(Variable variable) {
        return Optional.ofNullable(lastWrite.get(variable));
    }
}
