package dev.sinter.graph;

import dev.sinter.ir.Region;
import dev.sinter.op.Branch;
import dev.sinter.op.Project;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The making of a branch: each alternative is traced once, in a frame, and becomes a region of one op. */
final class Branching {
    /** One alternative: how names and messages call it, and what it computes. */
    record Alternative(String scope, String when, Supplier<? extends List<? extends Operand>> code) {}

    private Branching() {}

    /** One of two alternatives by a bool. */
    static List<Tensor> cond(Operand predicate, Supplier<? extends List<? extends Operand>> ifTrue,
            Supplier<? extends List<? extends Operand>> ifFalse) {
        return Composer.compose(Composer.graphOf("cond", List.of(predicate)), "cond", c -> {
            c.label("predicate");
            Node holds = Carries.bool("the predicate", c.in(0));
            Node number = c.convert(c.map(ScalarFn.NOT, holds), DType.INT64);
            return branch(c, number, List.of(new Alternative("true", "if true", ifTrue),
                    new Alternative("false", "if false", ifFalse)));
        }, List.of(predicate));
    }

    /** One of several alternatives by a number. */
    static List<Tensor> switchCase(Operand index,
            List<? extends Supplier<? extends List<? extends Operand>>> cases) {
        return Composer.compose(Composer.graphOf("switch_case", List.of(index)), "switch_case", c -> {
            c.label("index");
            if (cases.isEmpty()) {
                throw new GraphException("at least one branch is needed");
            }
            Node number = Carries.integer(c, "the index", c.in(0));
            List<Alternative> alternatives = new ArrayList<>();
            for (int i = 0; i < cases.size(); i++) {
                alternatives.add(new Alternative("branch_" + i, "in branch " + i, cases.get(i)));
            }
            return branch(c, number, alternatives);
        }, List.of(index));
    }

    private static List<Tensor> branch(Composer c, Node number, List<Alternative> alternatives) {
        Graph graph = c.graph();
        String base = graph.uniqueName(c.op());
        List<Frame> frames = new ArrayList<>();
        List<List<Node>> results = new ArrayList<>();
        for (Alternative alternative : alternatives) {
            Frame frame = Frame.inside(graph.frame(), base + "/" + alternative.scope(), c.place());
            frames.add(frame);
            results.add(graph.inside(frame, () -> Carries.resolve(c, alternative.code().get())));
            check(c, alternatives, results);
        }
        for (int i = 1; i < frames.size(); i++) {
            results.set(i, Carries.fitted(c, frames.get(i), results.getFirst(), results.get(i)));
        }
        List<Body> bodies = new ArrayList<>();
        for (int i = 0; i < frames.size(); i++) {
            bodies.add(new Body(graph, frames.get(i), results.get(i)));
        }
        int count = results.getFirst().size();
        Closing closing = new Closing(graph, bodies);
        List<Region> regions = closing.regions(count, Optional.empty());
        List<Node> operands = new ArrayList<>(List.of(number));
        operands.addAll(closing.stateOperands(c.ins()));
        operands.addAll(closing.captureOperands(c, Closing.ITSELF));
        Node node = c.add(new Branch(regions), operands);
        List<Node> after = closing.commit(c, node, count);
        List<Node> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Node value = c.controlled(c.add(new Project(i), node), after);
            values.add(c.called(value, count == 1 ? "" : "result"));
        }
        c.joinBelow(base);
        return Carries.tensors(values);
    }

    /** The last of some alternatives must give what the first one gives. */
    private static void check(Composer c, List<Alternative> alternatives, List<List<Node>> results) {
        int at = results.size() - 1;
        List<Node> first = results.getFirst();
        List<Node> other = results.get(at);
        String firstWhen = alternatives.getFirst().when();
        String when = alternatives.get(at).when();
        if (first.isEmpty()) {
            throw new GraphException("a branch must give a result");
        }
        if (first.size() != other.size()) {
            throw new GraphException("the branches disagree: "
                    + Carries.count(first.size(), "result", "results") + " " + firstWhen + ", "
                    + other.size() + " " + when + "; return as many from each");
        }
        for (int i = 0; i < first.size(); i++) {
            String types = "the branches disagree on result " + i + ": "
                    + Composer.text(first.get(i).tensorType()) + " " + firstWhen + ", "
                    + Composer.text(other.get(i).tensorType()) + " " + when;
            String lines = "\n  " + firstWhen + ": " + first.get(i).describe() + "      " + when + ": "
                    + other.get(i).describe();
            if (Composer.dtype(first.get(i)) != Composer.dtype(other.get(i))) {
                throw Carries.located(c, types + "; cast(...) one of them", lines);
            }
            int axis = Carries.differingAxis(c, "result " + i, first.get(i), other.get(i));
            if (axis >= 0) {
                throw Carries.located(c, types + ": " + Carries.difference(first.get(i), other.get(i), axis)
                        + "; return values of one shape, for example by broadcastTo(...)", lines);
            }
        }
    }
}
