package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Location;
import dev.sinter.ir.Parser;
import dev.sinter.ir.Printer;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.ir.Verifier;
import dev.sinter.op.Parameter;
import dev.sinter.op.ScalarFn;
import dev.sinter.pass.ApplyRules;
import dev.sinter.pass.Bisection;
import dev.sinter.pass.OptimizationOptions;
import dev.sinter.pass.Optimized;
import dev.sinter.pass.Pass;
import dev.sinter.pass.PassReport;
import dev.sinter.pass.Pattern;
import dev.sinter.pass.Pipeline;
import dev.sinter.pass.Rule;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PipelineTest {
    private static final OptimizationOptions OPTIONS = OptimizationOptions.defaults().withVerification();

    private static Function negations(int count) {
        Builder b = new Builder();
        Value x = b.add(new Parameter("x", new TensorType(DType.FLOAT32, Shape.of(Dim.symbol("n")))));
        Value last = x;
        for (int i = 0; i < count; i++) {
            b.at(new Location("Chain.java", i + 1, ""));
            last = i % 3 == 2 ? b.map(ScalarFn.EXP, last) : b.negate(last);
        }
        return new Function("chain", List.of(x), List.of(last), b.locations());
    }

    @Test
    void aChainOfAHundredThousandValues() {
        Optimized optimized = Pipeline.optimize(negations(100_000), OPTIONS);
        assertThat(optimized.function().values()).hasSize(33_335);
        assertThat(optimized.report().applications()).isEqualTo(33_333);
        Verifier.verify(optimized.function());
    }

    @Test
    void aChainThatFoldsIntoOneValueKeepsItsPlacesBounded() {
        Builder b = new Builder();
        Value x = b.add(new Parameter("x", new TensorType(DType.INT32, Shape.of(Dim.symbol("n")))));
        Value last = x;
        for (int i = 0; i < 5_000; i++) {
            b.at(new Location("Chain.java", i + 1, ""));
            last = b.plus(last, b.fullLike(x, 1));
        }
        Function sum = new Function("sum", List.of(x), List.of(last), b.locations());
        Function simple = Pipeline.optimize(sum, OPTIONS).function();
        assertThat(simple.values()).hasSize(4);
        assertThat(Interpreter.run(simple, List.of(NDArray.of(1, 2))).getFirst().toIntArray())
                .containsExactly(5_001, 5_002);
    }

    @Test
    void aLimitStopsAfterSomeApplications() {
        Function chain = negations(30);
        List<NDArray> inputs = List.of(NDArray.of(0.1f, -0.2f));
        NDArray expected = Interpreter.run(chain, inputs).getFirst();
        for (int limit = 0; limit <= 11; limit++) {
            Optimized optimized = Pipeline.optimize(chain, OPTIONS.withRuleLimit(limit));
            assertThat(optimized.report().applications()).isEqualTo(Math.min(limit, 10));
            assertThat(optimized.function().values()).hasSize(31 - 2 * Math.min(limit, 10));
            assertThat(Interpreter.run(optimized.function(), inputs).getFirst().sameBits(expected)).isTrue();
        }
    }

    @Test
    void aReplacementStandsForEverythingThatItReplaces() {
        Function function = Parser.parse("""
                sinter-tensor 1
                func @f(%x: f32[n,4], %y: f32[4,n]) {
                  %2 = transpose{axes=[1,0]}(%y) : f32[n,4]   // A.java:1 (t)
                  %3 = contract{mk,nk->mn}(%x, %2) : f32[n,n]   // A.java:2 (c)
                  %4 = neg(%3) : f32[n,n]   // A.java:3 (n)
                  %5 = neg(%4) : f32[n,n]   // A.java:4 (m)
                  return %5
                }
                """);
        Function simple = Pipeline.optimize(function, OPTIONS).function();
        assertThat(simple.locations().of(simple.results().getFirst())).extracting(Location::line)
                .containsExactlyInAnyOrder(1, 2, 3, 4);
    }

    @Test
    void theReportNamesRulesAndCountsThem() {
        PassReport report = Pipeline.optimize(negations(9), OPTIONS).report();
        assertThat(report.entries()).extracting(PassReport.Entry::pass)
                .containsExactlyElementsOf(Pipeline.passes().stream().map(Pass::name).toList());
        PassReport.Entry simplify = report.entries().stream().filter(entry -> entry.pass().equals("simplify"))
                .toList().getLast();
        assertThat(simplify.changed()).isTrue();
        assertThat(report.entries().getFirst().changed()).isFalse();
        assertThat(simplify.hits()).containsExactly(new PassReport.RuleHits("neg(neg(x)) -> x", 3));
        assertThat(report.toString()).contains("simplify", "10 ->       4 values", "3  neg(neg(x)) -> x");
    }

    @Test
    void aDumpHasAFileForEachPassThatChangedSomething(@TempDir Path directory) throws Exception {
        Function chain = negations(9);
        Optimized optimized = Pipeline.optimize(chain, OPTIONS.withDumpDirectory(directory.resolve("dump")));
        try (Stream<Path> files = Files.list(directory.resolve("dump"))) {
            assertThat(files.map(file -> file.getFileName().toString()).sorted())
                    .containsExactly("000-input.txt", "013-simplify.txt");
        }
        assertThat(directory.resolve("dump/000-input.txt")).hasContent(Printer.print(chain));
        assertThat(directory.resolve("dump/013-simplify.txt"))
                .hasContent(Printer.print(optimized.function()));
        Path file = Files.writeString(directory.resolve("taken"), "");
        assertThatThrownBy(() -> Pipeline.optimize(chain, OPTIONS.withDumpDirectory(file)))
                .isInstanceOf(GraphException.class).hasMessageContaining("cannot be written");
    }

    @Test
    void bisectionFindsTheWrongRule() {
        Pattern.Any x = Pattern.any("x");
        Rule wrong = Rule.rule("exp(exp(x)) -> exp(x)")
                .on(Pattern.map(ScalarFn.EXP, Pattern.map(ScalarFn.EXP, x)))
                .to((m, b) -> b.map(ScalarFn.EXP, m.get(x)));
        List<Rule> rules = new ArrayList<>(Pipeline.rules());
        rules.add(wrong);
        List<Pass> passes = List.of(new ApplyRules("simplify", "a test", rules));
        List<NDArray> inputs = List.of(NDArray.of(0.1f, -0.2f));
        Function chain = negations(12);
        NDArray expected = Interpreter.run(chain, inputs).getFirst();
        Predicate<Function> isRight =
                function -> Interpreter.run(function, inputs).getFirst().sameBits(expected);
        Bisection found = Bisection.find(chain, OPTIONS, passes, isRight).orElseThrow();
        assertThat(found.rule()).isSameAs(wrong);
        assertThat(found.application()).isEqualTo(3);
        assertThat(isRight.test(found.before())).isTrue();
        assertThat(isRight.test(found.after())).isFalse();
        assertThat(Bisection.find(chain, OPTIONS, isRight)).isEmpty();
    }

    @Test
    void rulesThatGoRoundAreFound() {
        Pattern.Any x = Pattern.any("x");
        Rule there = Rule.rule("floor -> ceil").on(Pattern.map(ScalarFn.FLOOR, x))
                .to((m, b) -> b.map(ScalarFn.CEIL, m.get(x)));
        Rule back = Rule.rule("ceil -> floor").on(Pattern.map(ScalarFn.CEIL, x))
                .to((m, b) -> b.map(ScalarFn.FLOOR, m.get(x)));
        Rule growing = Rule.rule("neg(x) -> neg(x + 1)").on(Pattern.map(ScalarFn.NEG, x))
                .to((m, b) -> b.negate(b.plus(m.get(x), b.fullLike(m.get(x), 1))));
        Function function = Parser.parse("""
                sinter-tensor 1
                func @f(%x: f32[n]) {
                  %1 = floor(%x) : f32[n]
                  %2 = neg(%1) : f32[n]
                  return %2
                }
                """);
        assertThatThrownBy(() -> Pipeline.optimize(function, OPTIONS,
                List.of(new ApplyRules("circle", "a test", List.of(there, back)))))
                .isInstanceOf(CompilerBug.class).hasMessageContaining("rules go round in a circle")
                .hasMessageContaining("floor -> ceil, ceil -> floor");
        assertThatThrownBy(() -> Pipeline.optimize(function, OPTIONS,
                List.of(new ApplyRules("growth", "a test", List.of(growing)))))
                .isInstanceOf(CompilerBug.class).hasMessageContaining("rules do not come to an end")
                .hasMessageContaining("neg(x) -> neg(x + 1)");
    }

    @Test
    void aRuleThatBuildsAnotherTypeIsFound() {
        Pattern.Any x = Pattern.any("x");
        Rule wrong = Rule.rule("is_nan(x) -> x").on(Pattern.map(ScalarFn.IS_NAN, x)).to((m, b) -> m.get(x));
        Function function = Parser.parse("""
                sinter-tensor 1
                func @f(%x: f32[n]) {
                  %1 = is_nan(%x) : bool[n]
                  return %1
                }
                """);
        assertThatThrownBy(() -> Pipeline.optimize(function, OPTIONS,
                List.of(new ApplyRules("wrong", "a test", List.of(wrong)))))
                .isInstanceOf(CompilerBug.class)
                .hasMessageStartingWith("the rule \"is_nan(x) -> x\" (PipelineTest.java:");
    }

    @Test
    void parametersStayEvenWhereNothingUsesThem() {
        Function function = Parser.parse("""
                sinter-tensor 1
                func @f(%x: i32[n], %w: state<w: f32[2]>, %run_number: run_number) {
                  %3 = sub(%x, %x) : i32[n]
                  return %3, %3, %w
                }
                """);
        Function simple = Pipeline.optimize(function, OPTIONS).function();
        assertThat(simple.parameters()).hasSize(3);
        assertThat(simple.results()).hasSize(3);
        assertThat(simple.results().get(0)).isSameAs(simple.results().get(1));
    }
}
