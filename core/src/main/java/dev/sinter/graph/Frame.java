package dev.sinter.graph;

import dev.sinter.ir.Type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where nodes belong: the graph itself, or the body of a loop, a branch or a function. A node may use nodes
 * of its own frame and of the frames around it.
 */
final class Frame {
    private final Optional<Frame> outer;
    private final String name;
    private final Place place;
    private final List<Node> parameters = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Map<Variable, Node> sharedReads = new HashMap<>();

    private Frame(Optional<Frame> outer, String name, Place place) {
        this.outer = outer;
        this.name = name;
        this.place = place;
    }

    /** The frame of a graph's own nodes. */
    static Frame root() {
        return new Frame(Optional.empty(), "", new Place("", 0));
    }

    /**
     * The frame of a body.
     *
     * @param name  the scope of the body's names: {@code scan}
     * @param place where the op is called that the body belongs to
     */
    static Frame inside(Frame outer, String name, Place place) {
        return new Frame(Optional.of(outer), name, place);
    }

    boolean isRoot() {
        return outer.isEmpty();
    }

    String name() {
        return name;
    }

    /** Makes a value that the body is given, such as an element of a sequence; it is a node of the frame. */
    Node parameter(Graph graph, String what, TensorType type) {
        Node node = new Node(graph, this, new NodeKind.BodyInput(what), List.of(), type, what);
        graph.join(node, graph.uniqueNameBelow(name, what.replace(' ', '_')), place, List.of());
        parameters.add(node);
        return node;
    }

    /** What the body is given, in order. */
    List<Node> parameters() {
        return List.copyOf(parameters);
    }

    void add(Node node) {
        nodes.add(node);
    }

    /** The nodes that are still in their graph. */
    List<Node> nodes() {
        return nodes.stream().filter(node -> node.graph().holds(node)).toList();
    }

    /** The read of a variable that no control dependency precedes. */
    Optional<Node> sharedRead(Variable variable) {
        return Optional.ofNullable(sharedReads.get(variable)).filter(read -> read.graph().holds(read));
    }

    void share(Variable variable, Node read) {
        sharedReads.put(variable, read);
    }

    /** Whether nodes of this frame may use those of another one. */
    boolean sees(Frame other) {
        Optional<Frame> frame = Optional.of(this);
        while (frame.isPresent()) {
            if (frame.get() == other) {
                return true;
            }
            frame = frame.get().outer;
        }
        return false;
    }

    /** Whether a variable is written in this frame or one around it that lies within another frame. */
    boolean writesWithin(Frame other, Variable variable) {
        Frame frame = this;
        while (frame != other) {
            if (frame.nodes.stream().anyMatch(node -> node.kind() instanceof NodeKind.Assign(Variable written)
                    && written == variable && node.graph().holds(node))) {
                return true;
            }
            frame = frame.outer.orElse(other);
        }
        return false;
    }

    /** What messages say of it: {@code the body of "scan" at Net.java:12}. */
    @Override
    public String toString() {
        return isRoot() ? "the graph" : "the body of \"" + name + "\" at " + place;
    }
}
