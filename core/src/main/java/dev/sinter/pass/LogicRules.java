package dev.sinter.pass;

import static dev.sinter.op.ScalarFn.AND;
import static dev.sinter.op.ScalarFn.EQ;
import static dev.sinter.op.ScalarFn.GE;
import static dev.sinter.op.ScalarFn.GT;
import static dev.sinter.op.ScalarFn.LE;
import static dev.sinter.op.ScalarFn.LT;
import static dev.sinter.op.ScalarFn.NE;
import static dev.sinter.op.ScalarFn.NOT;
import static dev.sinter.op.ScalarFn.OR;
import static dev.sinter.op.ScalarFn.SELECT;
import static dev.sinter.op.ScalarFn.SHIFT_LEFT;
import static dev.sinter.op.ScalarFn.SHIFT_RIGHT_ARITHMETIC;
import static dev.sinter.op.ScalarFn.SHIFT_RIGHT_LOGICAL;
import static dev.sinter.op.ScalarFn.XOR;
import static dev.sinter.pass.Pattern.any;
import static dev.sinter.pass.Pattern.map;
import static dev.sinter.pass.Pattern.splat;
import static dev.sinter.pass.Rule.rule;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Truth values, bits, comparisons and choices. */
final class LogicRules {
    private static final Pattern X = any("x");
    private static final Pattern Y = any("y");
    private static final Pattern Z = any("z");
    private static final Pattern CONDITION = any("c");

    static final List<Rule> ALL = all();

    private LogicRules() {}

    private static List<Rule> all() {
        List<Rule> rules = new ArrayList<>(List.of(
                rule("not(not(x)) -> x").on(map(NOT, map(NOT, X))).to((m, b) -> m.get(X)),
                rule("x & x -> x").on(map(AND, X, X)).to((m, b) -> m.get(X)),
                rule("x | x -> x").on(map(OR, X, X)).to((m, b) -> m.get(X)),
                rule("x ^ x -> 0").on(map(XOR, X, X)).to((m, b) -> b.zerosLike(m.root())),
                rule("x & 0 -> 0").on(map(AND, X, splat(0))).to((m, b) -> b.zerosLike(m.root())),
                rule("x | 0 -> x").on(map(OR, X, splat(0))).to((m, b) -> m.get(X)),
                rule("x ^ 0 -> x").on(map(XOR, X, splat(0))).to((m, b) -> m.get(X)),
                rule("x & -1 -> x, of integers").on(map(AND, X, splat(-1))).to((m, b) -> m.get(X)),
                rule("x | -1 -> -1, of integers").on(map(OR, X, splat(-1)))
                        .to((m, b) -> b.fullLike(m.root(), -1)),
                rule("x & true -> x").on(map(AND, X, splat(1))).when(m -> m.dtype(X) == DType.BOOL)
                        .to((m, b) -> m.get(X)),
                rule("x | true -> true").on(map(OR, X, splat(1))).when(m -> m.dtype(X) == DType.BOOL)
                        .to((m, b) -> b.fullLike(m.root(), 1)),
                rule("x ^ true -> not(x)").on(map(XOR, X, splat(1))).when(m -> m.dtype(X) == DType.BOOL)
                        .to((m, b) -> b.map(NOT, m.get(X))),
                rule("not(x == y) -> x != y").on(map(NOT, map(EQ, X, Y)))
                        .to((m, b) -> b.map(NE, m.get(X), m.get(Y))),
                rule("not(x != y) -> x == y").on(map(NOT, map(NE, X, Y)))
                        .to((m, b) -> b.map(EQ, m.get(X), m.get(Y))),
                rule("x < x -> false").on(map(LT, X, X)).to(LogicRules::no),
                rule("x > x -> false").on(map(GT, X, X)).to(LogicRules::no),
                rule("x != x -> false, but of floats").on(map(NE, X, X)).when(hasNoNaN(X)).to(LogicRules::no),
                rule("x == x -> true, but of floats").on(map(EQ, X, X)).when(hasNoNaN(X)).to(LogicRules::yes),
                rule("x <= x -> true, but of floats").on(map(LE, X, X)).when(hasNoNaN(X)).to(LogicRules::yes),
                rule("x >= x -> true, but of floats").on(map(GE, X, X)).when(hasNoNaN(X)).to(LogicRules::yes),
                rule("select(true, x, y) -> x").on(map(SELECT, splat(1), X, Y)).to((m, b) -> m.get(X)),
                rule("select(false, x, y) -> y").on(map(SELECT, splat(0), X, Y)).to((m, b) -> m.get(Y)),
                rule("select(c, x, x) -> x").on(map(SELECT, CONDITION, X, X)).to((m, b) -> m.get(X)),
                rule("select(not(c), x, y) -> select(c, y, x)").on(map(SELECT, map(NOT, CONDITION), X, Y))
                        .to((m, b) -> b.select(m.get(CONDITION), m.get(Y), m.get(X))),
                rule("select(c, select(c, x, y), z) -> select(c, x, z)")
                        .on(map(SELECT, CONDITION, map(SELECT, CONDITION, X, Y), Z))
                        .to((m, b) -> b.select(m.get(CONDITION), m.get(X), m.get(Z))),
                rule("select(c, x, select(c, y, z)) -> select(c, x, z)")
                        .on(map(SELECT, CONDITION, X, map(SELECT, CONDITION, Y, Z)))
                        .to((m, b) -> b.select(m.get(CONDITION), m.get(X), m.get(Z))),
                rule("select(c, true, false) -> c").on(map(SELECT, CONDITION, splat(1), splat(0)))
                        .when(m -> m.root().dtype() == DType.BOOL).to((m, b) -> m.get(CONDITION)),
                rule("select(c, false, true) -> not(c)").on(map(SELECT, CONDITION, splat(0), splat(1)))
                        .when(m -> m.root().dtype() == DType.BOOL)
                        .to((m, b) -> b.map(NOT, m.get(CONDITION)))));
        for (ScalarFn shift : List.of(SHIFT_LEFT, SHIFT_RIGHT_LOGICAL, SHIFT_RIGHT_ARITHMETIC)) {
            rules.add(rule("x shifted by 0 -> x, " + shift.text()).on(map(shift, X, splat(0)))
                    .to((m, b) -> m.get(X)));
        }
        Map.of(LT, GT, GT, LT, LE, GE, GE, LE).entrySet().stream()
                .sorted(java.util.Comparator.comparing(Map.Entry::getKey)).forEach(pair -> rules.add(
                        rule("c " + pair.getKey().text() + " x -> x " + pair.getValue().text() + " c")
                                .on(map(pair.getKey(), splat("c"), X))
                                .when(m -> Splats.of(m.get(X)).isEmpty())
                                .to((m, b) -> b.map(pair.getValue(), m.get(X), m.root().operand(0)))));
        return List.copyOf(rules);
    }

    private static java.util.function.Predicate<Match> hasNoNaN(Pattern part) {
        return m -> !m.dtype(part).isFloat();
    }

    private static Value yes(Match m, Builder b) {
        return b.fullLike(m.root(), 1);
    }

    private static Value no(Match m, Builder b) {
        return b.fullLike(m.root(), 0);
    }
}
