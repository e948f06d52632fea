package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Region;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.kernel.Kernel;
import dev.sinter.kernel.Layout;
import dev.sinter.kernel.Printer;
import dev.sinter.kernel.schedule.ProductLayouts;
import dev.sinter.op.InitialState;
import dev.sinter.op.Loop;
import dev.sinter.op.NestRun;
import dev.sinter.op.Parameter;
import dev.sinter.op.Read;
import dev.sinter.program.Compilation;
import dev.sinter.program.Program;
import dev.sinter.program.Target;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which layouts, copies and tiles products of matrices get. */
class ContractionScheduleTest {
    private static final Target NARROW = new Target("narrow", 32, 16, 32 << 10, 1 << 20, 2);

    @Test
    void weightsLieInPanelsAndAreNotCopied() {
        Compilation product = product("mk,kn->mn", 64, 1000, 100);
        assertThat(product.plan().wanted()).containsEntry("w", new Layout.Panels(112));
        assertThat(kernels(product)).hasSize(1);
        assertThat(Printer.print(kernels(product).getFirst())).contains("f32x16 = fma");
    }

    @Test
    void panelsOfManyColumnsAreFourVectorsWide() {
        assertThat(product("mk,kn->mn", 64, 500, 1000).plan().wanted()).containsEntry("w", new Layout.Panels(64));
    }

    /** Six rows of two vectors are twelve sums in sixteen registers; two rows of four would wait for each other. */
    @Test
    void panelsForFewRegistersAreTwoVectorsWide() {
        assertThat(product("mk,kn->mn", 64, 500, 1000, NARROW).plan().wanted())
                .containsEntry("w", new Layout.Panels(16));
    }

    /** A narrow strip and the lines of neighbouring rows stay in the first cache together. */
    @Test
    void sumsOfNarrowStripsAreCutWhereRowsShareLines() {
        assertThat(kernels(product("mk,kn->mn", 512, 384, 512, NARROW)).getLast().buffers())
                .noneMatch(buffer -> buffer.access() == Kernel.Access.SCRATCH);
        assertThat(kernels(product("km,kn->mn", 512, 384, 512, NARROW)).getLast().buffers())
                .anyMatch(buffer -> buffer.access() == Kernel.Access.SCRATCH);
    }

    @Test
    void columnsThatFillTheirVectorsStayAsTheyAre() {
        assertThat(product("mk,kn->mn", 64, 500, 96).plan().wanted()).doesNotContainKey("w");
    }

    @Test
    void aTransposedRightOperandIsCopied() {
        Compilation product = product("mk,nk->mn", 64, 10, 100);
        assertThat(product.plan().wanted()).doesNotContainKey("w");
        assertThat(kernels(product)).hasSize(2);
    }

    @Test
    void tilesShareTheWorkEvenly() {
        assertThat(kernels(product("mk,kn->mn", 64, 1000, 100)).getFirst().tiles()).isEqualTo(Dim.of(2));
        assertThat(kernels(product("mk,kn->mn", 1024, 1024, 1024)).getFirst().tiles().constant() % 2).isZero();
        assertThat(kernels(product("mk,kn->mn", 4, 20, 10)).getFirst().tiles()).isEqualTo(Dim.ONE);
    }

    @Test
    void rowsThatSeveralStripsReadAreFewEnoughForTheCaches() {
        long most = NestRun.WIDE.l2Bytes() / 2 / (1000 * Float.BYTES);
        assertThat(kernels(product("mk,kn->mn", 10_000, 1000, 100)).getFirst().tiles().constant())
                .isBetween(10_000 / most, 2 * 10_000 / most);
        assertThat(kernels(product("mk,kn->mn", 10_000, 1000, 64)).getFirst().tiles().constant()).isLessThan(50);
    }

    @Test
    void sumsAreCutSoonerWhereRowsShareLines() {
        assertThat(kernels(product("mk,kn->mn", 256, 1024, 256)).getFirst().buffers())
                .noneMatch(buffer -> buffer.access() == Kernel.Access.SCRATCH);
        assertThat(kernels(product("km,kn->mn", 256, 1024, 256)).getFirst().buffers())
                .anyMatch(buffer -> buffer.access() == Kernel.Access.SCRATCH);
        assertThat(kernels(product("km,kn->mn", 4, 1024, 256)).getFirst().buffers())
                .noneMatch(buffer -> buffer.access() == Kernel.Access.SCRATCH);
    }

    @Test
    void longSumsAreCutAndKeptInMemoryOfTheThread() {
        assertThat(kernels(product("mk,kn->mn", 64, 500, 1000)).getFirst().buffers())
                .noneMatch(buffer -> buffer.access() == Kernel.Access.SCRATCH);
        Kernel kernel = kernels(product("mk,kn->mn", 64, 5000, 1000)).getFirst();
        assertThat(kernel.buffers()).filteredOn(buffer -> buffer.access() == Kernel.Access.SCRATCH)
                .singleElement().satisfies(sums -> assertThat(sums.storage()).isEqualTo(Dim.of(64 * 64)));
        assertThat(Printer.print(kernel)).contains("step 1008");
    }

    @Test
    void rowsAskInTurnsForThePartOfLargeWeightsThatComesNext() {
        assertThat(Printer.print(kernels(product("mk,kn->mn", 49, 4608, 512)).getFirst())).contains("prefetch b");
        assertThat(Printer.print(kernels(product("mk,kn->mn", 49, 100, 512)).getFirst())).doesNotContain("prefetch");
        assertThat(Printer.print(kernels(product("mk,kn->mn", 4, 4608, 512)).getFirst())).doesNotContain("prefetch");
    }

    @Test
    void inLoopsEachThreadHasItsRowsOfAllColumns() {
        assertThat(inLoop(64, 1000).tiles()).isEqualTo(Dim.of(2));
        assertThat(inLoop(65, 1000).tiles()).isEqualTo(Dim.of(2));
        // Rows for which a thread alone would read the right operand are to be more.
        assertThat(inLoop(16, 1000).tiles()).isEqualTo(Dim.of(16));
    }

    /** The product in a loop over a state of so many rows and columns. */
    private static Kernel inLoop(long rows, long columns) {
        Builder b = new Builder();
        TensorType state = new TensorType(DType.FLOAT32, Shape.shape(rows, columns));
        TensorType weights = new TensorType(DType.FLOAT32, Shape.shape(columns, columns));
        Value h = b.add(new Parameter("h", state));
        Value w = b.add(new Parameter("w", weights));
        Region body = Region.of(List.of(new TensorType(DType.INT64, Shape.SCALAR), state, weights),
                (r, p) -> List.of(r.contract("mk", "kn", "mn", p.get(1), p.get(2))));
        Value loop = b.add(new Loop(body, Loop.Trips.of(Dim.of(9)), 0, 1), h, w);
        Function function = new Function("loop", List.of(h, w), List.of(b.project(loop, 0)), b.locations());
        Compilation compilation = Compilation.compile(function, Map.of(), NestRun.WIDE,
                Compilation.Options.defaults().withLayouts(new ProductLayouts(NestRun.WIDE)));
        return compilation.program().allSteps().stream().filter(Program.Step.Loop.class::isInstance)
                .flatMap(step -> step.inside().stream()).map(step -> ((Program.Step.Launch) step).kernel())
                .findFirst().orElseThrow();
    }

    @Test
    void productsShareTheCopyOfAnOperand() {
        Builder b = new Builder();
        Value w = b.add(new Parameter("w", type("nk", Map.of("n", Dim.of(100), "k", Dim.of(70)))));
        List<Value> parameters = new ArrayList<>(List.of(w));
        List<Value> products = new ArrayList<>();
        for (long rows : List.of(64L, 80L)) {
            Value x = b.add(new Parameter("x" + rows, type("mk", Map.of("m", Dim.of(rows), "k", Dim.of(70)))));
            parameters.add(x);
            products.add(b.contract("mk", "nk", "mn", x, w));
        }
        Function function = new Function("products", parameters, products, b.locations());
        Compilation compilation = Compilation.compile(function, Map.of(), NestRun.WIDE,
                Compilation.Options.defaults().withLayouts(new ProductLayouts(NestRun.WIDE)));
        assertThat(kernels(compilation)).hasSize(3);
    }

    @Test
    void columnsThatHalfAVectorHoldsTakeHalfAVector() {
        assertThat(Printer.print(kernels(product("mk,kn->mn", 64, 1000, 100)).getFirst())).contains("f32x8 = fma");
        assertThat(Printer.print(kernels(product("mk,kn->mn", 64, 1000, 106)).getFirst()))
                .doesNotContain("f32x8 = fma");
        assertThat(Printer.print(kernels(product("mk,kn->mn", 64, 1000, 112)).getFirst()))
                .doesNotContain("f32x8 = fma");
    }

    @Test
    void threadsReadTheRowsOfAVariableThatTheyUpdate() {
        assertThat(names(step(1000, 100))).contains("contract_max_ge.parts", "contract_max_ge.total");
        Kernel parts = kernels(step(1000, 100)).getFirst();
        assertThat(parts.tiles().evaluate(symbol -> 64)).isEqualTo(2);
        // The rows of a part would be few; columns are many; rows cannot be shared equally.
        assertThat(names(step(400, 100))).noneMatch(name -> name.endsWith(".parts"));
        assertThat(names(step(1000, 300))).noneMatch(name -> name.endsWith(".parts"));
        assertThat(names(step(1001, 100))).noneMatch(name -> name.endsWith(".parts"));
    }

    @Test
    void aVariableThatIsOnlyReadIsNotCut() {
        assertThat(names(product("mk,kn->mn", 64, 1000, 100))).noneMatch(name -> name.endsWith(".parts"));
    }

    private static Compilation step(long in, long hidden) {
        return Compilation.compile(TwoLayerStep.function(in, hidden, 10, false), Map.of(), NestRun.WIDE,
                Compilation.Options.defaults().withLayouts(new ProductLayouts(NestRun.WIDE)));
    }

    private static List<String> names(Compilation compilation) {
        return kernels(compilation).stream().map(Kernel::name).toList();
    }

    private static List<Kernel> kernels(Compilation compilation) {
        return compilation.program().steps().stream().filter(Program.Step.Launch.class::isInstance)
                .map(step -> ((Program.Step.Launch) step).kernel()).toList();
    }

    private static Compilation product(String equation, long m, long k, long n) {
        return product(equation, m, k, n, NestRun.WIDE);
    }

    private static Compilation product(String equation, long m, long k, long n, Target target) {
        String[] parts = equation.split(",|->");
        Builder b = new Builder();
        Map<String, Dim> sizes = Map.of("m", Dim.of(m), "k", Dim.of(k), "n", Dim.of(n));
        Value x = b.add(new Parameter("x", type(parts[0], sizes)));
        Value w = b.add(new InitialState("w", type(parts[1], sizes)));
        Value y = b.contract(parts[0], parts[1], parts[2], x, b.add(new Read(), w));
        Function function = new Function("product", List.of(x, w), List.of(y), b.locations());
        return Compilation.compile(function, Map.of(), target,
                Compilation.Options.defaults().withLayouts(new ProductLayouts(target)));
    }

    private static TensorType type(String letters, Map<String, Dim> sizes) {
        return new TensorType(DType.FLOAT32, new Shape(letters.chars()
                .mapToObj(letter -> sizes.get(String.valueOf((char) letter))).toList()));
    }
}
