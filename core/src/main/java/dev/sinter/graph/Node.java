package dev.sinter.graph;

import dev.sinter.ir.Location;
import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.tensor.CompilerBug;
import java.util.List;

/** One entry of a graph. It gets number and name when the call that makes it succeeds. */
final class Node {
    private final Graph graph;
    private final Frame frame;
    private final NodeKind kind;
    private final List<Node> inputs;
    private final Type type;
    private final String op;
    private final Tensor tensor = new Tensor(this);
    private int id = -1;
    private String name = "";
    private Location location = Location.UNKNOWN;
    private List<Node> controls = List.of();
    private Type canonical;
    private int canonicalSince;

    /**
     * A node that is not yet in its graph.
     *
     * @param frame the frame that it belongs to
     * @param op the word that messages use: {@code relu}
     */
    Node(Graph graph, Frame frame, NodeKind kind, List<Node> inputs, Type type, String op) {
        this.graph = graph;
        this.frame = frame;
        this.kind = kind;
        this.inputs = List.copyOf(inputs);
        this.type = type;
        this.op = op;
        this.canonical = type;
    }

    /** Makes it the entry {@code number} of its graph. */
    void join(int number, String uniqueName, Place place, List<Node> waitsFor) {
        this.id = number;
        this.name = uniqueName;
        this.location = new Location(place.file(), place.line(), uniqueName);
        frame.add(this);
        this.controls = List.copyOf(waitsFor);
    }

    Graph graph() {
        return graph;
    }

    Frame frame() {
        return frame;
    }

    NodeKind kind() {
        return kind;
    }

    List<Node> inputs() {
        return inputs;
    }

    List<Node> controls() {
        return controls;
    }

    Tensor tensor() {
        return tensor;
    }

    int id() {
        return id;
    }

    String name() {
        return name;
    }

    Location location() {
        return location;
    }

    /** The type with every symbol replaced by what the graph knows of it. */
    Type type() {
        synchronized (graph.lock()) {
            int now = graph.sizes().generation();
            if (canonicalSince != now) {
                canonical = graph.sizes().canonical(type);
                canonicalSince = now;
            }
            return canonical;
        }
    }

    TensorType tensorType() {
        if (type() instanceof TensorType tensorType) {
            return tensorType;
        }
        throw new CompilerBug("the node " + name + " gives a " + type + ", not a tensor");
    }

    /** What messages say of it: {@code relu at Mnist.java:39}. */
    String describe() {
        String what = switch (kind) {
            case NodeKind.Placeholder() -> "placeholder \"" + name + "\"";
            case NodeKind.Read(Variable variable) -> "variable \"" + variable.name() + "\"";
            case NodeKind.Assign(Variable variable) -> "assign of variable \"" + variable.name() + "\"";
            case NodeKind.BodyInput(String role) -> role;
            case NodeKind.Primitive _, NodeKind.Identity _, NodeKind.Group _, NodeKind.Stream _ -> op;
        };
        Location place = kind instanceof NodeKind.Read(Variable variable) ? variable.where() : location;
        return what + " at " + place.place();
    }

    @Override
    public String toString() {
        return name;
    }
}
