package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.diff.ReverseMode;
import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Parser;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.kernel.Nest;
import dev.sinter.op.Assign;
import dev.sinter.op.Gather;
import dev.sinter.op.InitialState;
import dev.sinter.op.Parameter;
import dev.sinter.op.Read;
import dev.sinter.plan.Buffer;
import dev.sinter.plan.LayoutAssignment;
import dev.sinter.plan.Plan;
import dev.sinter.plan.PlanVerifier;
import dev.sinter.plan.Planner;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Rows of a table that the run computes the numbers of: who reads them, and who adds to them. */
class ComputedIndicesPlanTest {
    private static final String ROWS = "  %2 = gather{axes=[0], batch=0}(%table, %index) : f32[n,64]\n";

    /** The plan of what is made of the rows {@code %2} of a table. */
    private static Plan plan(String parameters, String body) {
        Function function = Parser.parse("sinter-tensor 1\nfunc @f(%table: f32[100,64], %index: i64[n]" + parameters
                + ") {\n" + body + "}\n");
        Plan plan = Planner.plan(function, Map.of(), LayoutAssignment.ROW_MAJOR);
        PlanVerifier.verify(plan);
        return plan;
    }

    private static List<Nest> nests(Plan plan) {
        return plan.steps().stream().map(step -> ((Plan.Compute) step).nest()).toList();
    }

    private static List<String> temporaries(Plan plan) {
        return plan.buffers().stream().filter(buffer -> buffer.role() instanceof Buffer.Role.Temporary)
                .map(buffer -> buffer.type().toString()).toList();
    }

    /** Whether a nest reads elements of the table where the indices say. */
    private static boolean looksUp(Plan plan, Nest nest) {
        return nest.inputs().stream().anyMatch(input -> plan.buffers().get(input.buffer()).name().equals("table")
                && input.map().coordinates().stream().anyMatch(at -> at.indirect().isPresent()));
    }

    @Test
    void loopsReadTheTableThemselves() {
        Plan plan = plan("", ROWS + """
                  %3 = exp(%2) : f32[n,64]
                  %4 = add(%3, %2) : f32[n,64]
                  return %4
                """);
        assertThat(nests(plan)).hasSize(1).allMatch(nest -> looksUp(plan, nest));
        assertThat(temporaries(plan)).isEmpty();
    }

    @Test
    void reductionsReadTheTableThemselves() {
        Plan plan = plan("", ROWS + """
                  %3 = mul(%2, %2) : f32[n,64]
                  %4 = reduce{sum, axes=[1]}(%3) : f32[n]
                  %5 = reduce{max, axes=[0]}(%2) : f32[64]
                  return %4, %5
                """);
        assertThat(nests(plan)).hasSize(2).allMatch(nest -> looksUp(plan, nest));
        assertThat(temporaries(plan)).isEmpty();
    }

    /** Its rows are read once for each panel of columns: they are an array, as what any loop makes for a product is. */
    @Test
    void productsReadWhatALoopHasLookedUp() {
        String product = "  %N = contract{mk,kn->mn}(%M, %w) : f32[n,32]\n  return %N\n";
        String rows = ROWS.replace("%2", "%3");
        Plan plain = plan(", %w: f32[64,32]", rows + product.replace("%N", "%4").replace("%M", "%3"));
        Plan positive = plan(", %w: f32[64,32]", rows + "  %4 = exp(%3) : f32[n,64]\n"
                + product.replace("%N", "%5").replace("%M", "%4"));
        for (Plan plan : List.of(plain, positive)) {
            assertThat(nests(plan)).extracting(nest -> looksUp(plan, nest)).containsExactly(true, false);
            assertThat(temporaries(plan)).containsExactly("f32[n,64]");
        }
    }

    /**
     * The gradient of a table is an array of zeros to which each row of another array is added where it was read; the
     * table's update reads it, since only the whole of it is the gradient.
     */
    @Test
    void theGradientOfATableIsAddedUpInAnArray() {
        Builder b = new Builder();
        Value state = b.add(new InitialState("table", new TensorType(DType.FLOAT32, Shape.shape(100, 64))));
        Value index = b.add(new Parameter("index", new TensorType(DType.INT64, Shape.shape(30))));
        Value flow = b.add(new Parameter("flow", new TensorType(DType.FLOAT32, Shape.shape(30, 64))));
        Value factors = b.add(new Parameter("factors", flow.tensorType()));
        Value table = b.add(new Read(), state);
        Value rows = b.add(new Gather(List.of(0), 0), table, index);
        Value y = b.times(rows, factors);
        Value slope = ReverseMode.gradients(b, List.of(y), List.of(flow), List.of(table)).getFirst().orElseThrow();
        Value update = b.add(new Assign(), state, b.minus(table, b.times(slope, 0.1)));
        Function step = new Function("step", List.of(state, index, flow, factors), List.of(update),
                b.locations());
        Plan plan = Planner.plan(step, Map.of(), LayoutAssignment.ROW_MAJOR);
        PlanVerifier.verify(plan);
        assertThat(temporaries(plan)).containsExactlyInAnyOrder("f32[100,64]", "f32[30,64]");
        assertThat(nests(plan)).filteredOn(nest -> nest.outputs().stream().anyMatch(output ->
                output.map().coordinates().stream().anyMatch(at -> at.indirect().isPresent()))).hasSize(1);
    }
}
