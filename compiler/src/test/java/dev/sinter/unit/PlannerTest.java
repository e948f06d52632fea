package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Function;
import dev.sinter.ir.Parser;
import dev.sinter.kernel.Layout;
import dev.sinter.kernel.Nest;
import dev.sinter.plan.Buffer;
import dev.sinter.plan.Decision;
import dev.sinter.plan.LayoutAssignment;
import dev.sinter.plan.Plan;
import dev.sinter.plan.PlanInterpreter;
import dev.sinter.plan.PlanVerifier;
import dev.sinter.plan.Planner;
import dev.sinter.tensor.NDArray;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is fused with what, and what lies where. */
class PlannerTest {
    private static Plan plan(String parameters, String body) {
        return plan(Parser.parse("sinter-tensor 1\nfunc @f(" + parameters + ") {\n" + body + "\n}\n"));
    }

    private static Plan plan(Function function) {
        Plan plan = Planner.plan(function, Map.of(), LayoutAssignment.ROW_MAJOR);
        PlanVerifier.verify(plan);
        return plan;
    }

    private static List<Nest> nests(Plan plan) {
        return plan.steps().stream().filter(Plan.Compute.class::isInstance)
                .map(step -> ((Plan.Compute) step).nest()).toList();
    }

    private static List<Buffer> temporaries(Plan plan) {
        return plan.buffers().stream().filter(buffer -> buffer.role() instanceof Buffer.Role.Temporary).toList();
    }

    private static String update(Plan plan, String variable) {
        return plan.decisions().stream().filter(decision -> decision.question().contains("\"" + variable + "\""))
                .map(Decision::toString).findFirst().orElseThrow();
    }

    @Test
    void aChainIsOneNestWithoutTemporaries() {
        Plan plan = plan("%x: f32[n], %y: f32[n]", """
                  %2 = exp(%x) : f32[n]
                  %3 = add(%2, %y) : f32[n]
                  %4 = tanh(%3) : f32[n]
                  return %4
                """);
        assertThat(nests(plan)).hasSize(1);
        assertThat(temporaries(plan)).isEmpty();
    }

    @Test
    void twoResultsOfOneExpensiveValueShareItInARegister() {
        Plan plan = plan("%x: f32[n]", """
                  %1 = exp(%x) : f32[n]
                  %2 = neg(%1) : f32[n]
                  %3 = abs(%1) : f32[n]
                  return %2, %3
                """);
        assertThat(nests(plan)).hasSize(1);
        assertThat(nests(plan).getFirst().outputs()).hasSize(2);
        assertThat(temporaries(plan)).isEmpty();
    }

    @Test
    void theProducersOfAReductionAndWhatFollowsItAreOneNest() {
        Plan plan = plan("%x: f32[n,8]", """
                  %1 = mul(%x, %x) : f32[n,8]
                  %2 = reduce{sum, axes=[1]}(%1) : f32[n]
                  %3 = sqrt(%2) : f32[n]
                  return %3
                """);
        assertThat(nests(plan)).hasSize(1);
        assertThat(nests(plan).getFirst().reduced()).hasSize(1);
    }

    @Test
    void twoReductionsOfOneTensorAreOneNest() {
        Plan plan = plan("%x: f32[n,8]", """
                  %1 = reduce{sum, axes=[1]}(%x) : f32[n]
                  %2 = mul(%x, %x) : f32[n,8]
                  %3 = reduce{sum, axes=[1]}(%2) : f32[n]
                  %4 = mul(%1, %1) : f32[n]
                  %5 = sub(%3, %4) : f32[n]
                  return %5
                """);
        assertThat(nests(plan)).hasSize(1);
        assertThat(nests(plan).getFirst().reductions()).hasSize(2);
    }

    @Test
    void softmaxComputesTheExponentialOnce() {
        Plan plan = plan("%x: f32[n,8]", """
                  %1 = reduce{max, axes=[1]}(%x) : f32[n]
                  %2 = broadcast{axes=[0]}(%1) : f32[n,8]
                  %3 = sub(%x, %2) : f32[n,8]
                  %4 = exp(%3) : f32[n,8]
                  %5 = reduce{sum, axes=[1]}(%4) : f32[n]
                  %6 = broadcast{axes=[0]}(%5) : f32[n,8]
                  %7 = div(%4, %6) : f32[n,8]
                  return %7
                """);
        assertThat(nests(plan)).hasSize(4);
        assertThat(plan.steps().stream().map(step -> (Plan.Compute) step)
                .filter(step -> step.ops().stream().anyMatch(op -> op.text().contains("= exp")))).hasSize(1);
    }

    @Test
    void whatACheapValueIsMadeOfIsReadAgainWhereThatMovesFewerBytes() {
        Plan plan = plan("%x: i32[n,8]", """
                  %1 = convert(%x) : f64[n,8]
                  %2 = reduce{sum, axes=[0]}(%1) : f64[8]
                  %3 = reduce{max, axes=[1]}(%1) : f64[n]
                  return %2, %3
                """);
        assertThat(temporaries(plan)).isEmpty();
        assertThat(nests(plan)).hasSize(2);
    }

    @Test
    void aMaskIsStoredInPlaceOfTheNumbersItIsComparedFrom() {
        Plan plan = plan("%x: f32[n,8], %w: f32[8,4], %g: f32[n,4], %v: f32[4,4]", """
                  %4 = contract{mk,kn->mn}(%x, %w) : f32[n,4]
                  %5 = constant{0.0}() : f32[]
                  %6 = broadcast{axes=[]}(%5) : f32[n,4]
                  %7 = max(%4, %6) : f32[n,4]
                  %8 = contract{mk,kn->mn}(%7, %v) : f32[n,4]
                  %9 = ge(%4, %6) : bool[n,4]
                  %10 = contract{mk,nk->mn}(%8, %v) : f32[n,4]
                  %11 = select(%9, %10, %6) : f32[n,4]
                  return %11
                """);
        assertThat(nests(plan)).hasSize(3);
        assertThat(temporaries(plan)).extracting(buffer -> buffer.type().toString())
                .containsExactlyInAnyOrder("f32[n,4]", "f32[n,4]", "bool[n,4]");
    }

    @Test
    void theTrainingStepOfTheTwoLayerNetIsSixNests() {
        Plan plan = plan(TwoLayerStep.function(1000, 100, 10, false));
        assertThat(nests(plan)).hasSize(6);
        assertThat(nests(plan)).extracting(nest -> nest.reductions().size()).containsOnly(1);
        assertThat(update(plan, "w1")).startsWith("yes");
        assertThat(update(plan, "w2")).startsWith("yes");
    }

    @Test
    void fetchedWeightsAreStoredTwiceByTheirUpdate() {
        Plan plan = plan(TwoLayerStep.function(1000, 100, 10, true));
        assertThat(nests(plan)).hasSize(6);
        assertThat(nests(plan).getLast().outputs()).hasSize(2);
    }

    @Test
    void aConcatenationIsWrittenByItsProducers() {
        Plan plan = plan("%x: f32[n,2], %y: f32[n,3]", """
                  %2 = exp(%x) : f32[n,2]
                  %3 = tanh(%y) : f32[n,3]
                  %4 = concat{axis=1}(%2, %3) : f32[n,5]
                  return %4
                """);
        assertThat(nests(plan)).hasSize(2);
        assertThat(temporaries(plan)).isEmpty();
    }

    @Test
    void aReshapeSharesMemory() {
        Plan plan = plan("%x: f32[n,6], %w: f32[3,2]", """
                  %2 = exp(%x) : f32[n,6]
                  %3 = reshape(%2) : f32[2*n,3]
                  %4 = contract{mk,kn->mn}(%3, %w) : f32[2*n,2]
                  return %4
                """);
        assertThat(nests(plan)).hasSize(2);
        assertThat(plan.buffers()).anyMatch(buffer -> buffer.role() instanceof Buffer.Role.View);
    }

    @Test
    void aDyingValueIsOverwrittenByOneOfItsType() {
        Plan plan = plan("%x: f32[n,8], %w: f32[8,8]", """
                  %2 = contract{mk,kn->mn}(%x, %w) : f32[n,8]
                  %3 = reduce{max, axes=[1]}(%2) : f32[n]
                  %4 = broadcast{axes=[0]}(%3) : f32[n,8]
                  %5 = sub(%2, %4) : f32[n,8]
                  %6 = contract{mk,kn->mn}(%5, %w) : f32[n,8]
                  return %6
                """);
        assertThat(temporaries(plan)).hasSize(2);
        assertThat(plan.decisions()).anyMatch(decision -> decision.question().startsWith("write %5 sub over %2"));
    }

    @Test
    void aVariableReadAtOtherElementsIsShadowed() {
        Plan plan = plan("%v: state<v: f32[4,4]>", """
                  %1 = read(%v) : f32[4,4]
                  %2 = transpose{axes=[1,0]}(%1) : f32[4,4]
                  %3 = assign(%v, %2) : state<v: f32[4,4]>
                  return %3
                """);
        assertThat(update(plan, "v")).isEqualTo("no: update variable \"v\" in place, because the kernel that "
                + "writes it reads it at other elements");
    }

    @Test
    void otherReadersOfAVariableComeBeforeItsUpdate() {
        Plan plan = plan("%x: f32[4], %v: state<v: f32[4]>", """
                  %2 = read(%v) : f32[4]
                  %3 = add(%2, %x) : f32[4]
                  %4 = assign(%v, %3) : state<v: f32[4]>
                  %5 = reduce{sum, axes=[0]}(%2) : f32[]
                  return %4, %5
                """);
        assertThat(update(plan, "v")).startsWith("yes");
        assertThat(nests(plan).getLast().name()).isEqualTo("add");
    }

    @Test
    void swappedVariablesAreNotBothUpdatedInPlaceBySeparateNests() {
        Function function = Parser.parse("""
                sinter-tensor 1
                func @f(%a: state<a: f32[600]>, %b: state<b: f32[600]>) {
                  %2 = read(%a) : f32[600]
                  %3 = read(%b) : f32[600]
                  %4 = assign(%a, %3) : state<a: f32[600]>
                  %5 = assign(%b, %2) : state<b: f32[600]>
                  return %4, %5
                }
                """);
        Plan plan = plan(function);
        NDArray a = NDArray.full(dev.sinter.tensor.DType.FLOAT32, 1, 600);
        NDArray b = NDArray.full(dev.sinter.tensor.DType.FLOAT32, 2, 600);
        List<NDArray> expected = Interpreter.run(function, List.of(a, b));
        List<NDArray> actual = PlanInterpreter.run(plan, function, List.of(a, b));
        assertThat(actual.get(0).sameBits(expected.get(0))).isTrue();
        assertThat(actual.get(1).sameBits(expected.get(1))).isTrue();
    }

    @Test
    void aDivisionThatCanFailComesBeforeUpdatesInPlace() {
        Plan plan = plan("%x: i32[4], %y: i32[4], %v: state<v: i32[4]>", """
                  %3 = read(%v) : i32[4]
                  %4 = add(%3, %x) : i32[4]
                  %5 = assign(%v, %4) : state<v: i32[4]>
                  %6 = div(%x, %y) : i32[4]
                  %7 = reverse{axes=[0]}(%6) : i32[4]
                  return %5, %7
                """);
        assertThat(update(plan, "v")).startsWith("yes");
        assertThat(((Plan.Compute) plan.steps().getFirst()).canFail()).isTrue();
    }

    @Test
    void aFailureThatDependsOnTheUpdateForbidsIt() {
        Plan plan = plan("%x: i32[4], %v: state<v: i32[4]>", """
                  %2 = read(%v) : i32[4]
                  %3 = add(%2, %x) : i32[4]
                  %4 = assign(%v, %3) : state<v: i32[4]>
                  %5 = reduce{sum, axes=[0]}(%3) : i32[]
                  %6 = broadcast{axes=[]}(%5) : i32[4]
                  %7 = div(%x, %6) : i32[4]
                  return %4, %7
                """);
        assertThat(update(plan, "v")).contains("a step after the kernel that writes it can fail");
    }

    private static final String WHILE_BODY = """
                   region(%p0: i64[], %p1: f64[]) {
                    %2 = sin(%p1) : f64[]
                    %3 = constant{0}() : f64[]
                    %4 = lt(%3, %2) : bool[]
                    return %2, %4
                  }
                """;

    @Test
    void aLoopComesBeforeUpdatesInPlace() {
        Plan plan = plan("%x: f64[], %yes: bool[], %v: state<v: f64[600]>", """
                  %3 = read(%v) : f64[600]
                  %4 = add(%3, %3) : f64[600]
                  %5 = assign(%v, %4) : state<v: f64[600]>
                  %6 = loop{sequences=0, carries=1, conditional}(%yes, %x) : (f64[], i64[])""" + WHILE_BODY + """
                  %7 = project{0}(%6) : f64[]
                  return %5, %7
                """);
        assertThat(update(plan, "v")).startsWith("yes");
        assertThat(plan.steps().getFirst()).isInstanceOf(Plan.Iterate.class);
        Plan wrong = new Plan(plan.name(), plan.buffers(), plan.steps().reversed(), plan.decisions(), plan.wanted());
        assertThat(PlanVerifier.problems(wrong)).contains(
                "loop: it can be stopped after a variable was updated in place");
    }

    @Test
    void aLoopThatDependsOnTheUpdateForbidsIt() {
        Plan plan = plan("%yes: bool[], %v: state<v: f64[600]>", """
                  %2 = read(%v) : f64[600]
                  %3 = add(%2, %2) : f64[600]
                  %4 = assign(%v, %3) : state<v: f64[600]>
                  %5 = reduce{sum, axes=[0]}(%3) : f64[]
                  %6 = loop{sequences=0, carries=1, conditional}(%yes, %5) : (f64[], i64[])""" + WHILE_BODY + """
                  %7 = project{0}(%6) : f64[]
                  return %4, %7
                """);
        assertThat(update(plan, "v")).endsWith("a loop after the kernel that writes it can be stopped: %6 loop");
    }

    @Test
    void whatALoopMakesIsWrittenAfterIt() {
        Plan plan = plan("%x: f64[], %yes: bool[], %v: state<v: f64[]>", """
                  %3 = loop{sequences=0, carries=1, conditional}(%yes, %x) : (f64[], i64[])""" + WHILE_BODY + """
                  %4 = project{0}(%3) : f64[]
                  %5 = assign(%v, %4) : state<v: f64[]>
                  return %5
                """);
        assertThat(update(plan, "v")).startsWith("yes");
        assertThat(plan.steps()).hasSize(2);
        assertThat(plan.steps().getLast()).isInstanceOf(Plan.Compute.class);
    }

    @Test
    void aLoopThatKeepsATapeCanFail() {
        Plan plan = plan("%x: f64[], %yes: bool[]", """
                  %2 = loop{sequences=0, carries=1, conditional}(%yes, %x) : (f64[], tape<f64[]>, i64[])
                      region(%p0: i64[], %p1: f64[]) {
                    %2 = sin(%p1) : f64[]
                    %3 = constant{0}() : f64[]
                    %4 = lt(%3, %2) : bool[]
                    return %2, %2, %4
                  }
                  %3 = project{1}(%2) : tape<f64[]>
                  %4 = project{2}(%2) : i64[]
                  %5 = loop{sequences=1, carries=1, limited}(%4, %3, %x) : (f64[])
                      region(%p0: i64[], %p1: f64[], %p2: f64[]) {
                    %3 = add(%p1, %p2) : f64[]
                    return %3
                  }
                  %6 = project{0}(%5) : f64[]
                  return %6
                """);
        assertThat(plan.steps().stream().filter(Plan.Iterate.class::isInstance).map(Plan.Iterate.class::cast)
                .map(Plan.Iterate::canFail)).containsExactly(true, false);
    }

    @Test
    void whatIsHandedOnIsUpdatedInPlaceBeforeALoopInside() {
        Plan plan = plan("%x: f64[600]", """
                  %1 = loop{length=3, sequences=0, carries=1}(%x) : (f64[600], f64[3])
                      region(%p0: i64[], %p1: f64[600]) {
                    %2 = add(%p1, %p1) : f64[600]
                    %3 = constant{0}() : f64[]
                    %4 = loop{length=600, sequences=1, carries=1}(%2, %3) : (f64[])
                        region(%p0: i64[], %p1: f64[], %p2: f64[]) {
                      %3 = sub(%p1, %p2) : f64[]
                      return %3
                    }
                    %5 = project{0}(%4) : f64[]
                    return %2, %5
                  }
                  %2 = project{0}(%1) : f64[600]
                  %3 = project{1}(%1) : f64[3]
                  return %2, %3
                """);
        Plan body = ((Plan.Iterate) plan.steps().getFirst()).body();
        assertThat(update(body, "carry_0")).startsWith("yes");
    }

    @Test
    void aDivisionByAKnownNumberCannotFail() {
        Plan plan = plan("%v: state<v: i32[4]>", """
                  %1 = read(%v) : i32[4]
                  %2 = constant{3}() : i32[]
                  %3 = broadcast{axes=[]}(%2) : i32[4]
                  %4 = div(%1, %3) : i32[4]
                  %5 = assign(%v, %4) : state<v: i32[4]>
                  return %5
                """);
        assertThat(update(plan, "v")).startsWith("yes");
    }

    @Test
    void aViewOfAVariableInPanelsIsACopy() {
        Function function = Parser.parse("""
                sinter-tensor 1
                func @f(%v: state<v: f32[4,6]>) {
                  %1 = read(%v) : f32[4,6]
                  %2 = reshape(%1) : f32[8,3]
                  %3 = reduce{sum, axes=[0]}(%2) : f32[3]
                  return %3
                }
                """);
        Plan plan = Planner.plan(function, Map.of("v", new Layout.Panels(16)), LayoutAssignment.ROW_MAJOR);
        PlanVerifier.verify(plan);
        assertThat(nests(plan)).hasSize(2);
        assertThat(plan.buffers()).noneMatch(buffer -> buffer.role() instanceof Buffer.Role.View view
                && plan.buffers().get(view.of()).role() instanceof Buffer.Role.State);
    }

    @Test
    void aPartOfAVariableIsWrittenInPlace() {
        Plan plan = plan("%x: f32[1,4], %i: i64[], %v: state<v: f32[8,4]>", """
                  %3 = read(%v) : f32[8,4]
                  %4 = constant{0}() : i64[]
                  %5 = dynamic_update_slice(%3, %x, %i, %4) : f32[8,4]
                  %6 = assign(%v, %5) : state<v: f32[8,4]>
                  return %6
                """);
        assertThat(update(plan, "v")).startsWith("yes");
        assertThat(nests(plan)).hasSize(1);
        assertThat(nests(plan).getFirst().domain()).hasToString("[1, 4]");
    }

    @Test
    void paddingIsALiteral() {
        Plan plan = plan("%x: f32[n,4]", """
                  %1 = constant{0.0}() : f32[]
                  %2 = pad{low=[0,1], high=[0,0], interior=[0,0]}(%x, %1) : f32[n,5]
                  return %2
                """);
        assertThat(nests(plan)).hasSize(2);
        assertThat(temporaries(plan)).isEmpty();
    }

    @Test
    void aLayoutThatIsWantedIsGivenToStateAndNextState() {
        Plan plan = Planner.plan(TwoLayerStep.function(1000, 100, 10, false), Map.of(),
                (open, fixed) -> Map.of(2, new Layout.Panels(16)));
        assertThat(plan.wanted()).isEqualTo(Map.of("w1", new Layout.Panels(16)));
        assertThat(plan.buffers().stream().filter(buffer -> buffer.layout() instanceof Layout.Panels))
                .extracting(Buffer::name).containsExactly("w1", "w1_next");
    }

    @Test
    void constantsOfOneValueTakeNoMemory() {
        Plan plan = plan("%x: f32[2]", """
                  %1 = constant{1.0, 1.0}() : f32[2]
                  %2 = add(%x, %1) : f32[2]
                  return %2
                """);
        assertThat(plan.buffers()).noneMatch(buffer -> buffer.role() instanceof Buffer.Role.Constant);
    }

    @Test
    void anAxisThatMayStretchIsReadThroughAnIndexMap() {
        Plan plan = plan("%x: f32[n], %y: f32[m]", """
                  %2 = broadcast{axes=[0]}(%x) : f32[broadcast(m,n)]
                  %3 = broadcast{axes=[0]}(%y) : f32[broadcast(m,n)]
                  %4 = mul(%2, %3) : f32[broadcast(m,n)]
                  %5 = reshape(%4) : f32[repeats(n,m),n]
                  %6 = reduce{sum, axes=[0]}(%5) : f32[n]
                  return %6
                """);
        assertThat(nests(plan)).hasSize(1);
        assertThat(temporaries(plan)).isEmpty();
    }

    @Test
    void aSplitThatTheRunChecksIsAnIndexMap() {
        Plan plan = plan("%x: f32[n]", """
                  %1 = exp(%x) : f32[n]
                  %2 = reshape(%1) : f32[floordiv(n,6),6]
                  %3 = reduce{sum, axes=[1]}(%2) : f32[floordiv(n,6)]
                  return %3
                """);
        assertThat(nests(plan)).hasSize(1);
        assertThat(temporaries(plan)).isEmpty();
    }

    @Test
    void whatIsMadeOfFeedsAloneComesRightBeforeItsReader() {
        Plan plan = plan("%x: f32[8,8], %y: f32[8,9]", """
                  %2 = reduce{sum, axes=[1]}(%y) : f32[8]
                  %3 = reduce{max, axes=[1]}(%x) : f32[8]
                  %4 = broadcast{axes=[1]}(%3) : f32[8,8]
                  %5 = mul(%x, %4) : f32[8,8]
                  %6 = reduce{sum, axes=[0]}(%5) : f32[8]
                  %7 = broadcast{axes=[1]}(%6) : f32[8,8]
                  %8 = broadcast{axes=[0]}(%2) : f32[8,8]
                  %9 = mul(%7, %8) : f32[8,8]
                  %10 = reduce{min, axes=[0]}(%9) : f32[8]
                  return %10
                """);
        assertThat(nests(plan)).extracting(nest -> plan.buffers().get(nest.inputs().getFirst().buffer()).name())
                .startsWith("x", "x", "y").hasSize(4);
    }
}
