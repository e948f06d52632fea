package dev.sinter.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.eval.Interpreter;
import dev.sinter.graph.Graph;
import dev.sinter.graph.LoweredGraph;
import dev.sinter.graph.Lowering;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import dev.sinter.testkit.CheckGrad;
import dev.sinter.testkit.FacadeCase;
import dev.sinter.testkit.ProgramCheck;
import dev.sinter.testkit.Sensitivity;
import dev.sinter.testkit.Tolerance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * A family of a facade's methods. Each method has a row that calls it, and cases that another framework computed.
 * For each case the interpreter comes near the expected results, with operands of known sizes and of unknown ones;
 * native code agrees with it; and where the case is smooth, so do the first two gradients with finite differences, and
 * native code computes the first one too. In other dtypes and shapes that a method takes, native code agrees with the
 * interpreter; those of the case it must take.
 */
abstract class FacadeTest {
    /**
     * A method's row.
     *
     * @param name the first word of the names of its cases
     * @param call the tensors that the method makes of the operands
     */
    record Row(String name, Function<List<Tensor>, List<Tensor>> call) {
        static Row of(String name, Function<List<Tensor>, Tensor> call) {
            return new Row(name, in -> List.of(call.apply(in)));
        }
    }

    /** How near gradients through regions come, in float64: 2e-10 of the largest element. */
    private static final Tolerance GRADIENTS = new Tolerance(1 << 20, true, 1e-12);

    /** How near variants with regions come, in any dtype. */
    private static final Tolerance ROUNDING = new Tolerance(64, true, 0);

    private final List<FacadeCase> cases;
    private final List<Row> rows;

    FacadeTest(String file, List<Row> rows) {
        this.cases = FacadeCase.read(FacadeTest.class, file);
        this.rows = rows;
    }

    List<Row> allRows() {
        return rows;
    }

    /** The cases of a row. */
    List<FacadeCase> casesOf(Row row) {
        return cases.stream().filter(one -> one.row().equals(row.name())).toList();
    }

    @TestFactory
    Stream<DynamicTest> everyRowHasCases() {
        Set<String> named = rows.stream().map(Row::name).collect(Collectors.toCollection(TreeSet::new));
        Set<String> covered = cases.stream().map(FacadeCase::row).collect(Collectors.toCollection(TreeSet::new));
        return Stream.of(DynamicTest.dynamicTest("rows and cases", () -> {
            assertThat(covered).isEqualTo(named);
            assertThat(rows).hasSameSizeAs(named);
        }));
    }

    @TestFactory
    Stream<DynamicTest> allCases() {
        ProgramCheck check = ProgramCheck.compiled(2);
        return cases.stream().map(one -> DynamicTest.dynamicTest(one.name(), () -> check(one, check)))
                .onClose(check::close);
    }

    @TestFactory
    Stream<DynamicTest> everyDtypeAndShape() {
        ProgramCheck check = ProgramCheck.compiled(1);
        return rows.stream().map(row -> DynamicTest.dynamicTest(row.name(), () -> checkVariants(row, check)))
                .onClose(check::close);
    }

    private void checkVariants(Row row, ProgramCheck check) {
        FacadeCase first = casesOf(row).getFirst();
        List<List<String>> found = FacadeVariant.of(first).parallelStream().map(tries -> tries.stream()
                .map(variant -> problems(row, variant, check)).flatMap(Optional::stream).findFirst().orElse(List.of()))
                .toList();
        assertThat(found.stream().flatMap(List::stream)).isEmpty();
    }

    /** What is wrong where a method takes a variant, as it does the case itself; empty where it refuses it. */
    private static Optional<List<String>> problems(Row row, FacadeVariant variant, ProgramCheck check) {
        LoweredGraph lowered;
        try {
            lowered = lower(row, variant.operands(), true);
        } catch (GraphException refusal) {
            return refused(variant, refusal);
        } catch (IndexOutOfBoundsException mistake) {
            if (isOfRow(mistake)) {
                return refused(variant, mistake);
            }
            throw new AssertionError(variant.name(), mistake);
        }
        try {
            return Optional.of(check.mismatch(lowered.function(), List.of(inputs(lowered, variant.operands())),
                    near(ROUNDING, lowered.function())).map(why -> variant.name() + ": " + why).stream().toList());
        } catch (CompilerBug bug) {
            throw new AssertionError(variant.name(), bug);
        }
    }

    private static Optional<List<String>> refused(FacadeVariant variant, RuntimeException refusal) {
        return variant.unchanged() ? Optional.of(List.of(variant.name() + " is refused: " + refusal))
                : Optional.empty();
    }

    /** Whether the row itself asks for an axis that a variant does not have. */
    private static boolean isOfRow(IndexOutOfBoundsException mistake) {
        return Stream.of(mistake.getStackTrace()).map(StackTraceElement::getClassName)
                .filter(name -> name.startsWith("dev.sinter.")).findFirst()
                .filter(name -> name.endsWith("FacadeTest")).isPresent();
    }

    private void check(FacadeCase one, ProgramCheck check) {
        Row row = rows.stream().filter(each -> each.name().equals(one.row())).findFirst().orElseThrow();
        for (boolean known : one.fixed() ? List.of(true) : List.of(true, false)) {
            LoweredGraph lowered = lower(row, one.inputs(), known);
            List<NDArray> inputs = inputs(lowered, one.inputs());
            List<NDArray> results = Interpreter.run(lowered.function(), inputs);
            assertThat(results).as("results").hasSameSizeAs(one.outputs());
            for (int i = 0; i < one.outputs().size(); i++) {
                assertThat(one.tolerance().mismatch(one.outputs().get(i), results.get(i)))
                        .as("result %d, sizes known: %s", i, known).isEmpty();
            }
            assertThat(check.mismatch(lowered.function(), List.of(inputs), near(one.tolerance(), lowered.function())))
                    .as("sizes known: %s", known).isEmpty();
            if (one.smooth()) {
                assertThat(CheckGrad.firstOrder(lowered.function(), inputs)).as("first order").isEmpty();
                checkNativeGradient(lowered.function(), inputs, check);
                if (known) {
                    assertThat(CheckGrad.secondOrder(lowered.function(), inputs)).as("second order").isEmpty();
                }
            }
        }
    }

    private static void checkNativeGradient(dev.sinter.ir.Function function, List<NDArray> inputs,
            ProgramCheck check) {
        dev.sinter.ir.Function gradient = CheckGrad.gradient(function);
        List<List<NDArray>> runs = List.of(CheckGrad.withSeeds(function, inputs));
        ProgramCheck.Comparison near = near(GRADIENTS, gradient);
        assertThat(near == Sensitivity.MEASURED ? check.mismatch(gradient, runs, near)
                : check.mismatch(gradient, runs, near, near)).as("the gradient in native code").isEmpty();
    }

    /** How near code must come: noise is measured outside of regions alone; these have a tolerance of their own. */
    private static ProgramCheck.Comparison near(Tolerance otherwise, dev.sinter.ir.Function function) {
        if (function.values().stream().allMatch(value -> value.op().regions().isEmpty())) {
            return Sensitivity.MEASURED;
        }
        return (_, _, expected, actual) -> otherwise.mismatch(expected, actual);
    }

    /** The function of a row on placeholders. */
    private static LoweredGraph lower(Row row, List<NDArray> inputs, boolean known) {
        Graph graph = new Graph();
        List<Tensor> placeholders = new ArrayList<>();
        for (NDArray input : inputs) {
            long[] unknown = LongStream.generate(() -> Shape.UNKNOWN).limit(input.rank()).toArray();
            Shape shape = known ? input.shape() : Shape.shape(unknown);
            placeholders.add(graph.placeholder("x" + placeholders.size(), input.dtype(), shape));
        }
        return Lowering.lower(graph, row.call().apply(placeholders), placeholders, List.of());
    }

    /** The inputs that the function uses, then the number of the run. */
    private static List<NDArray> inputs(LoweredGraph lowered, List<NDArray> inputs) {
        List<NDArray> used = new ArrayList<>(lowered.feeds().stream()
                .map(feed -> inputs.get(Integer.parseInt(feed.name().substring(1)))).toList());
        if (lowered.usesRunNumber()) {
            used.add(NDArray.scalar(0L));
        }
        return used;
    }
}
