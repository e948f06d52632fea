package dev.sinter.rule;

import static dev.sinter.pass.Pattern.any;
import static dev.sinter.pass.Pattern.map;
import static dev.sinter.pass.Pattern.op;
import static dev.sinter.pass.Pattern.splat;
import static dev.sinter.pass.Rule.rule;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.op.ScalarFn;
import dev.sinter.op.Transpose;
import dev.sinter.pass.Pattern;
import dev.sinter.pass.Pipeline;
import dev.sinter.pass.Rule;
import dev.sinter.testkit.RuleFuzzer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every rule against the interpreter, on values made from its pattern. */
final class RuleFuzzTest {
    private static final Pattern X = any("x");

    @TestFactory
    Stream<DynamicTest> everyRule() {
        return Pipeline.rules().stream()
                .map(rule -> DynamicTest.dynamicTest(rule.name(),
                        () -> RuleFuzzer.check(rule, 1, 150, 4000)));
    }

    @Test
    void wrongRulesAreFound() {
        refuted(rule("x + 0 -> x, of floats too").on(map(ScalarFn.ADD, X, splat(0))).to((m, b) -> m.get(X)));
        refuted(rule("x == x -> true, of floats too").on(map(ScalarFn.EQ, X, X))
                .to((m, b) -> b.fullLike(m.root(), 1)));
        refuted(rule("transpose(x) -> x, of any square").on(op(Transpose.class, X))
                .when(m -> m.shape(X).equals(m.root().shape())).to((m, b) -> m.get(X)));
        refuted(rule("x * c -> x * c * c, near").on(map(ScalarFn.MUL, X, splat(1.5))).reassociates()
                .to((m, b) -> b.times(m.get(X), 2.25)));
    }

    private static void refuted(Rule rule) {
        assertThatThrownBy(() -> RuleFuzzer.check(rule, 1, 200, 4000)).isInstanceOf(AssertionError.class)
                .hasMessageContaining("seed").hasMessageContaining("sinter-tensor 1");
    }
}
