package dev.sinter.graph;

import dev.sinter.ir.Region;
import dev.sinter.op.HostCall;
import dev.sinter.op.Op;
import dev.sinter.op.Project;
import dev.sinter.tensor.GraphException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The nodes of one body that take place, and what they need from around it. What takes place is what the
 * results need, and every write of a variable and every effect in the body.
 */
final class Body {
    /** The value of a variable at the start of an iteration or call, after some nodes outside of the body. */
    record Start(Variable variable, List<Node> waitsFor) {}

    private final Frame frame;
    private final List<Node> results;
    private final List<Node> needed;
    private final StateOrder order;
    private final Set<Node> captures = new LinkedHashSet<>();
    private final Set<Node> waitsFor = new LinkedHashSet<>();
    private final SortedSet<Variable> written = new TreeSet<>(Comparator.comparingInt(Variable::id));
    private final Set<Start> starts = new LinkedHashSet<>();
    private boolean usesStream;
    private boolean hasEffect;

    /**
     * The body whose nodes are made.
     *
     * @param results nodes of the frame or of one around it
     */
    Body(Graph graph, Frame frame, List<Node> results) {
        this(graph, frame, results, List.of());
    }

    /**
     * The body whose nodes are made.
     *
     * @param results nodes of the frame or of one around it
     * @param others  nodes of the frame that take place besides what results need
     */
    Body(Graph graph, Frame frame, List<Node> results, List<Node> others) {
        this.frame = frame;
        this.results = List.copyOf(results);
        results.forEach(result -> checkSizes(graph, result));
        List<Node> roots = new ArrayList<>(results);
        roots.addAll(others);
        frame.nodes().stream().filter(node -> isEffect(node) || node.kind() instanceof NodeKind.Assign)
                .forEach(roots::add);
        this.needed = needed(graph, roots);
        this.order = StateOrder.of(needed, new boolean[graph.nodes().size()]);
        for (Node node : results) {
            if (node.frame() != frame) {
                captures.add(node);
            }
        }
        needed.forEach(this::visit);
    }

    /** A size that the body finds exists in it alone. */
    private void checkSizes(Graph graph, Node result) {
        if (graph.sizes().definitions(result.type()).values().stream()
                .anyMatch(definition -> definition.frame() == frame)) {
            throw new GraphException("the body returns " + Composer.text(result.tensorType())
                    + " of a size that it finds itself, each time another one; return a tensor of a known size, as one"
                    + " that is filled up with zeros, and how much of it counts\n  " + result.describe());
        }
    }

    /** Whether carrying out a node does something beside computing its value. */
    static boolean isEffect(Node node) {
        return node.kind() instanceof NodeKind.Primitive(Op op)
                && (op instanceof HostCall call && call.function().hasEffect()
                        || op.regions().stream().anyMatch(Region::hasEffect));
    }

    private List<Node> needed(Graph graph, List<Node> roots) {
        BitSet seen = new BitSet();
        Deque<Node> pending = new ArrayDeque<>();
        roots.forEach(root -> visit(root, seen, pending));
        while (!pending.isEmpty()) {
            Node node = pending.pop();
            node.inputs().forEach(input -> visit(input, seen, pending));
            node.controls().forEach(control -> visit(control, seen, pending));
            graph.sizes().definitions(node).forEach(definition -> visit(definition, seen, pending));
        }
        return seen.stream().mapToObj(graph.nodes()::get).toList();
    }

    private void visit(Node node, BitSet seen, Deque<Node> pending) {
        if (node.frame() == frame && !seen.get(node.id())) {
            seen.set(node.id());
            pending.push(node);
        }
    }

    private void visit(Node node) {
        if (isProjection(node)) {
            captures.add(node);
        } else {
            node.inputs().stream().filter(input -> input.frame() != frame).forEach(captures::add);
        }
        List<Node> outside = outside(node);
        waitsFor.addAll(outside);
        hasEffect |= isEffect(node);
        switch (node.kind()) {
            case NodeKind.Assign(Variable variable) -> written.add(variable);
            case NodeKind.Read(Variable variable) when order.writeBefore(node).isEmpty() ->
                    starts.add(new Start(variable, outside));
            case NodeKind.Stream _ -> usesStream = true;
            case NodeKind.Primitive _, NodeKind.Placeholder _, NodeKind.Read _, NodeKind.Identity _,
                    NodeKind.Group _, NodeKind.BodyInput _ -> { }
        }
    }

    /** Whether a node takes an element of a tuple outside of the body. */
    private boolean isProjection(Node node) {
        return node.kind() instanceof NodeKind.Primitive(Project _)
                && node.inputs().getFirst().frame() != frame;
    }

    /** What a node waits for outside of the body. */
    List<Node> outside(Node node) {
        return node.controls().stream().filter(control -> control.frame() != frame).toList();
    }

    Frame frame() {
        return frame;
    }

    List<Node> results() {
        return results;
    }

    /** The nodes that take place, each after its operands. */
    List<Node> needed() {
        return needed;
    }

    StateOrder order() {
        return order;
    }

    /**
     * Nodes outside whose values the body uses, and nodes of the body that take elements of tuples outside.
     */
    Set<Node> captures() {
        return captures;
    }

    /** Nodes outside that the body waits for. */
    Set<Node> waitsFor() {
        return waitsFor;
    }

    /** The variables that the body writes, in the order of their ids. */
    SortedSet<Variable> written() {
        return written;
    }

    /** The reads that no write in the body precedes. */
    Set<Start> starts() {
        return starts;
    }

    boolean usesStream() {
        return usesStream;
    }

    boolean hasEffect() {
        return hasEffect;
    }

    /** The line that writes a variable last. */
    Place placeOfWrite(Variable variable) {
        return order.lastWrite(variable).map(Node::location)
                .map(location -> new Place(location.file(), location.line())).orElse(new Place("", 0));
    }
}
