package dev.sinter.graph;

/**
 * A node without a value: something to carry out, such as the initialisation of all variables.
 * Equal where it is the same node.
 */
public final class Operation implements GraphElement {
    private final Node node;

    Operation(Node node) {
        this.node = node;
    }

    Node node() {
        return node;
    }

    @Override
    public Graph graph() {
        return node.graph();
    }

    @Override
    public String name() {
        return node.name();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Operation operation && operation.node == node;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(node);
    }

    @Override
    public String toString() {
        return "Operation(\"" + name() + "\")";
    }
}
