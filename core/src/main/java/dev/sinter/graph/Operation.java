package dev.sinter.graph;

/** A node without a value: something to carry out, such as the initialisation of all variables. */
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
    public String toString() {
        return "Operation(\"" + name() + "\")";
    }
}
