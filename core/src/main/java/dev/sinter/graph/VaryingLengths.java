package dev.sinter.graph;

import dev.sinter.op.Concat;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A while loop with carries whose length varies. Each of them is two carries of a loop with fixed sizes: an array of
 * the greatest length, of which the first elements count, and how many these are.
 */
final class VaryingLengths {
    private final Graph graph;
    private final String op;
    private final Map<Integer, Dim> greatest;
    private final List<Tensor> initial = new ArrayList<>();
    /** By what users see of a carry the array that it is the begin of. */
    private final Map<Node, Node> arrays = new HashMap<>();

    private VaryingLengths(Graph graph, String op, List<? extends Operand> initial, Map<Integer, Dim> greatest) {
        this.graph = graph;
        this.op = op;
        this.greatest = greatest;
        initial.forEach(operand -> this.initial.add(graph.tensor(operand)));
    }

    /** The results of a loop whose options say which lengths vary. */
    static List<Tensor> whileLoop(String op, List<? extends Operand> initial,
            Function<List<Tensor>, ? extends Operand> condition,
            Function<List<Tensor>, ? extends List<? extends Operand>> body, WhileOptions options) {
        VaryingLengths lengths = new VaryingLengths(Composer.graphOf(op, initial), op, initial,
                options.varyingLengths());
        lengths.check();
        WhileOptions others = new WhileOptions(options.maxIterations(), options.limit(), Map.of());
        List<Tensor> results = Looping.whileLoop(lengths.flat(lengths.initial),
                carries -> condition.apply(lengths.shown(carries, "carry")),
                carries -> lengths.flat(lengths.checked(body.apply(lengths.shown(carries, "carry")))), others);
        return lengths.shown(results, "final_carry");
    }

    private void check() {
        greatest.forEach((carry, most) -> {
            if (carry >= initial.size()) {
                throw wrong("there is no carry " + carry + " whose length could vary; the loop has "
                        + Carries.count(initial.size(), "carry", "carries"), "");
            }
            Tensor start = initial.get(carry);
            if (start.rank() == 0) {
                throw wrong("carry " + carry + " is a scalar and has no length that could vary",
                        "\n  initial: " + start.node().describe());
            }
            Dim room = graph.sizes().canonical(most).minus(start.dim(0));
            if (room.isConstant() && room.constant() < 0) {
                throw wrong("carry " + carry + " begins with a length of " + start.dim(0) + ", more than the " + most
                        + " that it is at most", "\n  initial: " + start.node().describe());
            }
        });
    }

    private GraphException wrong(String what, String lines) {
        return new GraphException(op + ": " + what + "\n  at " + Place.here() + lines);
    }

    /** What an iteration gives, where nothing but lengths differs from the initial values. */
    private List<Tensor> checked(List<? extends Operand> results) {
        if (results.size() != initial.size()) {
            throw wrong("the body returns " + Carries.count(results.size(), "carry", "carries") + " for "
                    + Carries.count(initial.size(), "initial one", "initial ones")
                    + "; return the next value of each, in the order of the initial ones", "");
        }
        List<Tensor> tensors = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            Tensor next = graph.tensor(results.get(i));
            tensors.add(next);
            Tensor start = initial.get(i);
            if (!greatest.containsKey(i)) {
                continue;
            }
            String types = "carry " + i + " is " + Composer.text(start.node().tensorType())
                    + " before the loop and " + Composer.text(next.node().tensorType()) + " after an iteration";
            String lines = "\n  before: " + start.node().describe() + "      after: " + next.node().describe();
            if (next.rank() != start.rank()) {
                throw wrong(types + ": the ranks are " + start.rank() + " and " + next.rank()
                        + "; only the length of axis 0 may vary", lines);
            }
            if (next.dtype() != start.dtype()) {
                throw wrong(types + ", of another dtype; return cast(..., " + start.dtype().name() + ")", lines);
            }
            for (int axis = 1; axis < start.rank(); axis++) {
                Dim difference = next.dim(axis).minus(start.dim(axis));
                if (difference.isConstant() && !difference.isConstant(0)) {
                    throw wrong(types + ": axis " + axis + " is " + start.dim(axis) + " and " + next.dim(axis)
                            + "; only the length of axis 0 may vary", lines);
                }
            }
        }
        return tensors;
    }

    /** The carries of the loop with fixed sizes. */
    private List<Tensor> flat(List<Tensor> carries) {
        List<Tensor> flat = new ArrayList<>();
        for (int i = 0; i < carries.size(); i++) {
            Tensor carry = carries.get(i);
            if (!greatest.containsKey(i)) {
                flat.add(carry);
                continue;
            }
            Dim most = graph.sizes().canonical(greatest.get(i));
            flat.add(made("elements", c -> appended(c, carry.node(), most)
                    .orElseGet(() -> Found.padded(c, carry.node(), most))));
            flat.add(made("length", c -> c.size(Composer.shape(carry.node()).dim(0), DType.INT64)));
        }
        return flat;
    }

    /**
     * The array of a carry to which the body only appends: what is appended is written behind what is there, whose
     * copy it would be otherwise.
     */
    private Optional<Node> appended(Composer c, Node next, Dim most) {
        if (!(next.kind() instanceof NodeKind.Primitive(Concat(int axis))) || axis != 0
                || !arrays.containsKey(next.inputs().getFirst())) {
            return Optional.empty();
        }
        Node before = next.inputs().getFirst();
        List<Node> others = next.inputs().subList(1, next.inputs().size());
        Node more = others.size() == 1 ? others.getFirst() : c.add(new Concat(0), others);
        Node array = arrays.get(before);
        Dim room = most.minus(Composer.shape(more).dim(0));
        if (!Composer.shape(array).dim(0).equals(most) || !room.isNeverNegative() || array.frame() != graph.frame()) {
            return Optional.empty();
        }
        Dim length = c.found(c.size(Composer.shape(next).dim(0), DType.INT64), most);
        Node start = c.size(length.minus(Composer.shape(more).dim(0)), DType.INT64);
        return Optional.of(Found.write(c, array, more, start));
    }

    /** The carries as users see them. */
    private List<Tensor> shown(List<Tensor> flat, String word) {
        List<Tensor> carries = new ArrayList<>();
        int next = 0;
        for (int i = 0; i < initial.size(); i++) {
            Tensor carry = flat.get(next++);
            if (greatest.containsKey(i)) {
                Tensor length = flat.get(next++);
                Dim most = graph.sizes().canonical(greatest.get(i));
                Tensor seen = made(word, c -> Found.first(c, carry.node(), c.found(length.node(), most)));
                arrays.put(seen.node(), carry.node());
                carries.add(seen);
            } else {
                carries.add(carry);
            }
        }
        return carries;
    }

    private Tensor made(String word, Function<Composer, Node> code) {
        return Composer.node(graph, op, word, code, List.of()).tensor();
    }
}
