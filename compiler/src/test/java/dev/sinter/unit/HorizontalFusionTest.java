package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Parser;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.kernel.Nest;
import dev.sinter.op.Parameter;
import dev.sinter.op.ScalarFn;
import dev.sinter.plan.Decision;
import dev.sinter.plan.LayoutAssignment;
import dev.sinter.plan.Plan;
import dev.sinter.plan.PlanVerifier;
import dev.sinter.plan.Planner;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which loops that do not need each other are one nest. */
class HorizontalFusionTest {
    private static Plan plan(Function function) {
        Plan plan = Planner.plan(function, Map.of(), LayoutAssignment.ROW_MAJOR);
        PlanVerifier.verify(plan);
        return plan;
    }

    private static Plan plan(String parameters, String body) {
        return plan(Parser.parse("sinter-tensor 1\nfunc @f(" + parameters + ") {\n" + body + "}\n"));
    }

    private static List<Nest> nests(Plan plan) {
        return plan.steps().stream().map(step -> ((Plan.Compute) step).nest()).toList();
    }

    /** Chains of elementwise ops, each on an array of its own. */
    private static Function chains(int count, long elements) {
        Builder b = new Builder();
        List<Value> parameters = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            parameters.add(b.add(new Parameter("x" + i, new TensorType(DType.FLOAT32, Shape.shape(elements)))));
        }
        List<Value> results = parameters.stream().map(x -> b.times(b.map(ScalarFn.TANH, x), x)).toList();
        return new Function("chains", parameters, results, b.locations());
    }

    /** Tiny ones share a kernel as long as it is not too large; from 257 elements on each has one of its own. */
    @ParameterizedTest
    @CsvSource({"10, 1, 1", "10, 256, 1", "10, 257, 10", "10, 10000, 10", "20, 200, 2"})
    void independentLoopsShareAKernelWhereTheyAreTiny(int count, long elements, int kernels) {
        assertThat(nests(plan(chains(count, elements)))).hasSize(kernels);
    }

    @Test
    void theDecisionSaysWhy() {
        assertThat(plan(chains(2, 200)).decisions()).extracting(Decision::toString)
                .anyMatch(decision -> decision.startsWith("yes: fuse") && decision.endsWith("both are tiny"));
    }

    /** Between those that read {@code x} another loop of their size stands. */
    @Test
    void loopsThatReadTheSameAreOneNestWhateverStandsBetween() {
        Plan plan = plan("%x: f32[10000], %y: f32[10000]", """
                  %2 = exp(%x) : f32[10000]
                  %3 = exp(%y) : f32[10000]
                  %4 = tanh(%x) : f32[10000]
                  %5 = tanh(%y) : f32[10000]
                  return %2, %3, %4, %5
                """);
        assertThat(nests(plan)).hasSize(2).allMatch(nest -> nest.inputs().size() == 1 && nest.outputs().size() == 2);
    }

    /** Sums that have a number in common, such as a learning rate, but go through arrays of their own. */
    @Test
    void sumsThatShareLittleStayApart() {
        Plan plan = plan("%x: f32[1000,64], %y: f32[1000,64], %rate: f32[]", """
                  %3 = broadcast{axes=[]}(%rate) : f32[64]
                  %4 = reduce{sum, axes=[0]}(%x) : f32[64]
                  %5 = mul(%4, %3) : f32[64]
                  %6 = reduce{sum, axes=[0]}(%y) : f32[64]
                  %7 = mul(%6, %3) : f32[64]
                  return %5, %7
                """);
        assertThat(nests(plan)).hasSize(2);
    }

    @Test
    void loopsThatReachEachOtherThroughAnotherKernelStayApart() {
        Plan plan = plan("%x: f32[10000]", """
                  %1 = exp(%x) : f32[10000]
                  %2 = reduce{sum, axes=[0]}(%1) : f32[]
                  %3 = broadcast{axes=[]}(%2) : f32[10000]
                  %4 = mul(%3, %x) : f32[10000]
                  return %1, %4
                """);
        assertThat(nests(plan)).hasSize(3);
    }
}
