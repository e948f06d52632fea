package dev.sinter.pass;

import static dev.sinter.pass.Pattern.any;
import static dev.sinter.pass.Pattern.op;
import static dev.sinter.pass.Rule.rule;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Type.TokenType;
import dev.sinter.ir.Value;
import dev.sinter.op.After;
import dev.sinter.op.Assign;
import dev.sinter.op.InitialState;
import dev.sinter.op.Join;
import dev.sinter.op.Project;
import dev.sinter.op.Read;
import dev.sinter.op.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** States, tokens and tuples. */
final class StateRules {
    private static final Pattern X = any("x");
    private static final Pattern.Node<InitialState> STATE = op(InitialState.class);

    static final List<Rule> ALL = List.of(
            rule("read(assign(state, x)) -> x").on(op(Read.class, op(Assign.class, STATE, X)))
                    .to((m, b) -> m.get(X)),
            rule("project(tuple(x, ...)) -> x").on(op(Project.class, op(Tuple.class)))
                    .to((m, b) -> m.root().operand(0).operand(((Project) m.root().op()).index())),
            rule("after(x) -> x").on(op(After.class)).when(m -> m.root().operands().size() == 1)
                    .to((m, b) -> m.root().operand(0)),
            rule("after(after(x, a), b) -> after(x, a, b)").on(op(After.class))
                    .when(m -> m.root().operand(0).op() instanceof After)
                    .to(StateRules::mergeAfter),
            rule("after(x, join(a, b)) -> after(x, a, b)").on(op(After.class))
                    .toMaybe((m, b) -> flat(m, b, 1)),
            rule("join(join(a, b), c) -> join(a, b, c)").on(op(Join.class)).toMaybe((m, b) -> flat(m, b, 0)),
            rule("join(token) -> token").on(op(Join.class))
                    .when(m -> m.root().operands().size() == 1
                            && m.root().operand(0).type() instanceof TokenType)
                    .to((m, b) -> m.root().operand(0)));

    private StateRules() {}

    private static Value mergeAfter(Match m, Builder b) {
        List<Value> operands = new ArrayList<>(m.root().operand(0).operands());
        operands.addAll(m.root().operands().subList(1, m.root().operands().size()));
        return b.add(new After(), operands);
    }

    /** The same op with every join among the operands replaced by what it joins, and each of those once. */
    private static Optional<Value> flat(Match m, Builder b, int from) {
        List<Value> order = new ArrayList<>();
        for (Value operand : m.root().operands().subList(from, m.root().operands().size())) {
            List<Value> parts = operand.op() instanceof Join ? operand.operands() : List.of(operand);
            parts.stream().filter(part -> !order.contains(part)).forEach(order::add);
        }
        List<Value> operands = new ArrayList<>(m.root().operands().subList(0, from));
        operands.addAll(order);
        return operands.equals(m.root().operands()) ? Optional.empty()
                : Optional.of(b.add(m.root().op(), operands));
    }
}
