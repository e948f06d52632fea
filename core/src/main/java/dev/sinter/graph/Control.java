package dev.sinter.graph;

import dev.sinter.ir.Type.TupleType;
import dev.sinter.op.CustomGradient;
import dev.sinter.op.HostCall;
import dev.sinter.op.HostFunction;
import dev.sinter.op.Project;
import dev.sinter.tensor.GraphException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Loops, branches and functions; what is carried out, in which order; and what the framework does not compute
 * itself.
 *
 * <p>The bodies of loops and branches are code that is called once, when the op is made, with tensors that
 * stand for the values of one iteration. A body may use every tensor of the graph around it. Tensors that it
 * makes exist in it alone: what is wanted outside, it returns. A body that throws leaves the graph as it was.
 *
 * <p>A body is carried out as a whole: the writes of variables and the host calls with effects that it makes
 * happen in each iteration, whether its results use them or not. Inside, a read of a variable sees the value
 * at the start of the iteration unless it is ordered after a write; the next iteration sees what this one
 * writes, and the run commits the last value. Random ops draw other numbers in each iteration.
 *
 * <p>Wrong bodies are a {@link GraphException}: carries that change their type, sequences of different
 * lengths, conditions that are no bool scalars, branches that disagree.
 */
public final class Control {
    private Control() {}

    /**
     * All intermediate values of a fold, as {@code tf.scan}: element t of the result is
     * {@code body(...body(body(initial, x[0]), x[1])..., x[t])}.
     *
     * @param initial  the first carry
     * @param sequence of one axis more than an element; the scan goes along axis 0
     * @param body     the next carry, of the dtype and shape of the initial one
     * @return the carries, stacked along a new axis 0
     */
    public static Tensor scan(Operand initial, Operand sequence,
            BiFunction<Tensor, Tensor, ? extends Operand> body) {
        return scan(initial, sequence, ScanOptions.DEFAULT, body);
    }

    /** {@link #scan(Operand, Operand, BiFunction)} in another direction or over a part of the sequence. */
    public static Tensor scan(Operand initial, Operand sequence, ScanOptions options,
            BiFunction<Tensor, Tensor, ? extends Operand> body) {
        return Looping.scan("scan", List.of(initial), List.of(sequence), options, Looping.Named.OUTPUT,
                each -> {
            Tensor next = each.index().graph().tensor(body.apply(each.carry(0), each.element(0)));
            return Step.carry(next).output(next);
        }).output(0);
    }

    /**
     * A loop over the elements of some sequences, with any number of carries and outputs:
     * {@code scan(List.of(h0, c0), List.of(x), each -> ... Step.carry(h, c).output(h))}.
     *
     * @param initial   what the first iteration is given as carries
     * @param sequences tensors of one length along axis 0
     * @param body      what an iteration computes
     */
    public static ScanResult scan(List<? extends Operand> initial, List<? extends Operand> sequences,
            Function<Iteration, Step> body) {
        return scan(initial, sequences, ScanOptions.DEFAULT, body);
    }

    /** {@link #scan(List, List, Function)} in another direction, of a given length, or over a part of it. */
    public static ScanResult scan(List<? extends Operand> initial, List<? extends Operand> sequences,
            ScanOptions options, Function<Iteration, Step> body) {
        return Looping.scan("scan", initial, sequences, options, Looping.Named.NONE, body);
    }

    /** The fold of a sequence from its first element: {@code body(...body(body(initial, x[0]), x[1])...)}. */
    public static Tensor foldl(Operand initial, Operand sequence,
            BiFunction<Tensor, Tensor, ? extends Operand> body) {
        return fold("foldl", initial, sequence, ScanOptions.DEFAULT, body);
    }

    /**
     * The fold of a sequence from its last element: {@code body(...body(body(initial, x[n-1]), x[n-2])...)}.
     */
    public static Tensor foldr(Operand initial, Operand sequence,
            BiFunction<Tensor, Tensor, ? extends Operand> body) {
        return fold("foldr", initial, sequence, ScanOptions.DEFAULT.reversed(), body);
    }

    private static Tensor fold(String op, Operand initial, Operand sequence, ScanOptions options,
            BiFunction<Tensor, Tensor, ? extends Operand> body) {
        return Looping.scan(op, List.of(initial), List.of(sequence), options, Looping.Named.CARRY,
                each -> Step.carry(body.apply(each.carry(0), each.element(0)))).carry(0);
    }

    /** A function of each element along axis 0, stacked along a new axis 0. */
    public static Tensor mapFn(Operand sequence, Function<Tensor, ? extends Operand> body) {
        return Looping.scan("map", List.of(), List.of(sequence), ScanOptions.DEFAULT, Looping.Named.OUTPUT,
                each -> Step.carry().output(body.apply(each.element(0)))).output(0);
    }

    /**
     * A function of the elements of several sequences along axis 0, each result stacked along a new axis 0.
     */
    public static List<Tensor> mapFn(List<? extends Operand> sequences,
            Function<List<Tensor>, ? extends List<? extends Operand>> body) {
        return Looping.scan("map", List.of(), List.of(sequences.toArray(Operand[]::new)), ScanOptions.DEFAULT,
                Looping.Named.NONE, each -> Step.carry().output(body.apply(each.elements())
                        .toArray(Operand[]::new))).outputs();
    }

    /**
     * {@link #mapFn(Operand, Function)} of all elements at once: the body's ops get a new axis 0, in loops and
     * branches too. A body with a loop whose number of iterations, a branch whose choice or a slice whose start
     * depends on the element, with random numbers or with an effect is a loop as in {@code mapFn}. Both give the
     * same, but for the rounding of products and sums of floats.
     */
    public static Tensor vectorizedMap(Operand sequence, Function<Tensor, ? extends Operand> body) {
        return Looping.vectorizedMap(List.of(sequence), elements -> List.of(body.apply(elements.getFirst())))
                .getFirst();
    }

    /** {@link #vectorizedMap(Operand, Function)} over the elements of several sequences. */
    public static List<Tensor> vectorizedMap(List<? extends Operand> sequences,
            Function<List<Tensor>, ? extends List<? extends Operand>> body) {
        return Looping.vectorizedMap(sequences, body);
    }

    /**
     * What {@code body} makes of a value again and again, as long as a condition of the value holds.
     *
     * @param initial   the value that the condition is asked for first
     * @param condition a bool scalar; it is asked before each iteration and writes no variable
     * @param body      the next value, of the dtype and shape of the initial one
     */
    public static Tensor whileLoop(Operand initial, Function<Tensor, ? extends Operand> condition,
            Function<Tensor, ? extends Operand> body) {
        return whileLoop(initial, condition, body, WhileOptions.DEFAULT);
    }

    /** {@link #whileLoop(Operand, Function, Function)} with a bound. */
    public static Tensor whileLoop(Operand initial, Function<Tensor, ? extends Operand> condition,
            Function<Tensor, ? extends Operand> body, WhileOptions options) {
        return Looping.whileLoop(List.of(initial), carries -> condition.apply(carries.getFirst()),
                carries -> List.of(body.apply(carries.getFirst())), options).getFirst();
    }

    /** {@link #whileLoop(Operand, Function, Function)} of several values at once. */
    public static List<Tensor> whileLoop(List<? extends Operand> initial,
            Function<List<Tensor>, ? extends Operand> condition,
            Function<List<Tensor>, ? extends List<? extends Operand>> body) {
        return whileLoop(initial, condition, body, WhileOptions.DEFAULT);
    }

    /** {@link #whileLoop(List, Function, Function)} with a bound. */
    public static List<Tensor> whileLoop(List<? extends Operand> initial,
            Function<List<Tensor>, ? extends Operand> condition,
            Function<List<Tensor>, ? extends List<? extends Operand>> body, WhileOptions options) {
        return Looping.whileLoop(initial, condition, body, options);
    }

    /** An alternative that gives one tensor. */
    @FunctionalInterface
    public interface Alternative {
        Operand value();
    }

    /** An alternative that gives several tensors. */
    @FunctionalInterface
    public interface Alternatives {
        List<? extends Operand> values();
    }

    /**
     * One of two computations; the other one does not take place:
     * {@code cond(less(x, y), () -> x.plus(1), () -> y)}.
     *
     * @param predicate a bool scalar
     */
    public static Tensor cond(Operand predicate, Alternative ifTrue, Alternative ifFalse) {
        return Branching.cond(predicate, () -> List.of(ifTrue.value()), () -> List.of(ifFalse.value()))
                .getFirst();
    }

    /** {@link #cond(Operand, Alternative, Alternative)} with several results. */
    public static List<Tensor> cond(Operand predicate, Alternatives ifTrue, Alternatives ifFalse) {
        return Branching.cond(predicate, ifTrue::values, ifFalse::values);
    }

    /**
     * One of several computations; the others do not take place.
     *
     * @param index an integer scalar; a number that no branch has stands for the last one
     */
    public static Tensor switchCase(Operand index, Alternative... branches) {
        return Branching.switchCase(index, Stream.of(branches)
                .<Supplier<List<Operand>>>map(branch -> () -> List.of(branch.value())).toList()).getFirst();
    }

    /** {@link #switchCase(Operand, Alternative...)} with several results. */
    public static List<Tensor> switchCase(Operand index, Alternatives... branches) {
        return Branching.switchCase(index, Stream.of(branches)
                .<Supplier<List<? extends Operand>>>map(branch -> branch::values).toList());
    }

    /**
     * A condition and what is computed where it is the first of several to hold.
     *
     * @param predicate a bool scalar
     */
    public record Case(Operand predicate, Alternative value) {}

    /**
     * The first of some cases whose predicate holds, as {@code tf.case}; the others are not computed, all predicates
     * are.
     *
     * @param otherwise what is computed where none holds
     */
    public static Tensor caseOf(List<Case> cases, Alternative otherwise) {
        if (cases.isEmpty()) {
            throw new GraphException("case: at least one case is needed\n  at " + Place.here());
        }
        Graph graph = Composer.graphOf("case", cases.stream().map(Case::predicate).toList());
        return Composite.of(graph, "case", () -> firstOf(graph, cases, otherwise));
    }

    private static Tensor firstOf(Graph graph, List<Case> cases, Alternative otherwise) {
        Tensor index = graph.constant((long) cases.size());
        for (int i = cases.size() - 1; i >= 0; i--) {
            index = Ops.where(cases.get(i).predicate(), graph.constant((long) i), index);
        }
        return switchCase(index, Stream.concat(cases.stream().map(Case::value), Stream.of(otherwise))
                .toArray(Alternative[]::new));
    }

    /**
     * A function that is traced now and can be called any number of times.
     *
     * @param name       its name; one that is taken gets a number
     * @param parameters what it takes; sizes that are unknown may differ from call to call
     * @param body       its results, at least one
     */
    public static GraphFunction function(Graph graph, String name, List<TensorSpec> parameters,
            Function<List<Tensor>, ? extends List<? extends Operand>> body) {
        return GraphFunction.trace(graph, name, parameters, body);
    }

    /** {@link #checkpoint(List, Function)} of one tensor and with one result. */
    public static Tensor checkpoint(Operand x, Function<Tensor, ? extends Operand> body) {
        return GraphFunction.checkpoint(List.of(x), xs -> List.of(body.apply(xs.getFirst()))).getFirst();
    }

    /**
     * What a function makes of some tensors, of which gradients keep these tensors alone: they compute again what the
     * function computes, when the gradients of its results are there, as {@code tf.recompute_grad} and
     * {@code jax.checkpoint}. Values and random numbers are the same to the bit; the parts of the gradient of a tensor
     * that several scopes use are added scope by scope. Scopes lie in each other as one likes; second derivatives
     * compute again too. In the body of a loop, the loop keeps these tensors for each iteration; where the gradient is
     * taken inside of the body, nothing is computed again.
     *
     * @param body its results, at least one; what it uses from around it is kept too, and variables are read
     * @throws GraphException where the function has an effect
     */
    public static List<Tensor> checkpoint(List<? extends Operand> xs,
            Function<List<Tensor>, ? extends List<? extends Operand>> body) {
        return GraphFunction.checkpoint(xs, body);
    }

    /** Carries out all of some elements. */
    public static Operation group(GraphElement first, GraphElement... others) {
        List<GraphElement> elements = new ArrayList<>(List.of(first));
        elements.addAll(List.of(others));
        return first.graph().group("group", elements);
    }

    /** An operation that does nothing, for where one is asked for. */
    public static Operation noOp(Graph graph) {
        return graph.group("no_op", List.of());
    }

    /** The operands, each once all of them are computed: as {@code tf.tuple}. */
    public static List<Tensor> tuple(Operand... xs) {
        Graph graph = Composer.graphOf("tuple", List.of(xs));
        List<Tensor> tensors = Stream.of(xs).map(graph::tensor).toList();
        return tensors.stream().map(x -> withDependencies(x, tensors.toArray(GraphElement[]::new))).toList();
    }

    /** The same values under other nodes: as {@code tf.identity_n}. */
    public static List<Tensor> identityN(Operand... xs) {
        return xs.length == 0 ? List.of()
                : Composite.of("identity_n", List.of(xs), () -> Stream.of(xs).map(Ops::identity).toList());
    }

    /** The operand, once some elements are carried out. */
    public static Tensor withDependencies(Operand x, GraphElement... elements) {
        Graph graph = Composer.graphOf("with_dependencies", List.of(x));
        try (Scope _ = graph.controlDependencies(elements)) {
            return Ops.identity(x);
        }
    }

    /**
     * A call of Java code, once a run that needs a result of it or names it as a target.
     *
     * @return its results in order
     */
    public static List<Tensor> hostCall(HostFunction function, Operand... operands) {
        return hostCall(Composer.graphOf("host_call", List.of(operands)), function, operands);
    }

    /** {@link #hostCall(HostFunction, Operand...)} of operands that need not belong to a graph. */
    public static List<Tensor> hostCall(Graph graph, HostFunction function, Operand... operands) {
        return Composer.nodes(graph, function.name(), c -> {
            Node call = c.controlled(c.add(new HostCall(function), c.ins()));
            List<Node> results = new ArrayList<>();
            for (int i = 0; i < ((TupleType) call.type()).elements().size(); i++) {
                results.add(c.add(new Project(i), call));
            }
            if (results.isEmpty()) {
                throw new GraphException("a host function must have a result");
            }
            return results;
        }, List.of(operands)).stream().map(Node::tensor).toList();
    }

    /** How a custom gradient is made of tensors. */
    @FunctionalInterface
    public interface GradientRule {
        /**
         * The gradients of the operands.
         *
         * @param operands stand for the operands
         * @param value    stands for the value
         * @param gradient the gradient of the value
         * @return one an operand, of its dtype and shape; empty where none flows
         */
        List<Optional<Tensor>> gradients(List<Tensor> operands, Tensor value, Tensor gradient);
    }

    /**
     * A value whose gradient is not that of the ops that made it: it flows by a rule to the operands.
     *
     * @param value    the value, however it is made
     * @param operands what the gradient flows to
     * @param rule     called once, now; it may use its arguments and initializers alone
     */
    public static Tensor customGradient(Operand value, List<? extends Operand> operands, GradientRule rule) {
        List<Operand> all = new ArrayList<>(List.of(value));
        all.addAll(operands);
        return Composer.tensor("custom_gradient", c -> c.add(new CustomGradient("custom_gradient",
                TracedRule.trace(c.ins(), rule)), c.ins()), all);
    }

    /**
     * What a function makes of a tensor, with the gradient of the identity: as {@code tf.grad_pass_through}.
     *
     * @param function its result has the dtype and shape of the operand
     */
    public static Tensor gradPassThrough(Operand x, Function<Tensor, ? extends Operand> function) {
        Graph graph = Composer.graphOf("grad_pass_through", List.of(x));
        return Composite.of(graph, "grad_pass_through", () -> {
            Tensor in = graph.tensor(x);
            return customGradient(function.apply(in), List.of(in),
                    (_, _, gradient) -> List.of(Optional.of(gradient)));
        });
    }
}
