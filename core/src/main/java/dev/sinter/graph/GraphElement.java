package dev.sinter.graph;

/** What a run can be asked to carry out, and what later nodes can be made to wait for. */
public sealed interface GraphElement permits Tensor, Operation {
    /** The graph that it belongs to. */
    Graph graph();

    /** The unique name with its scopes: {@code mlp/matmul}. */
    String name();
}
