package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.kernel.Kernel;
import dev.sinter.kernel.Printer;
import dev.sinter.op.NestRun;
import dev.sinter.op.Parameter;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Transpose;
import dev.sinter.program.Compilation;
import dev.sinter.program.Program;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** How long the kernels of nests without sums are: what no size needs is not written. */
class MapScheduleTest {
    private static final int LANES = 16;
    /** Shuffles that turn a square of vectors: each of four rounds makes all of them anew. */
    private static final int SQUARE = 4 * LANES;

    private static String kernel(long rows, long columns, BiFunction<Builder, Value, Value> body) {
        Builder b = new Builder();
        Value x = b.add(new Parameter("x", new TensorType(DType.FLOAT32, Shape.shape(rows, columns))));
        Function function = new Function("map", List.of(x), List.of(body.apply(b, x)), b.locations());
        Compilation compilation =
                Compilation.compile(function, Map.of(), NestRun.WIDE, Compilation.Options.defaults());
        Kernel kernel = compilation.program().steps().stream().filter(Program.Step.Launch.class::isInstance)
                .map(step -> ((Program.Step.Launch) step).kernel()).findFirst().orElseThrow();
        return Printer.print(kernel);
    }

    private static long count(String kernel, String part) {
        return kernel.lines().filter(line -> line.contains(part)).count();
    }

    private static String transposed(long rows, long columns) {
        return kernel(rows, columns, (b, x) -> b.add(new Transpose(List.of(1, 0)), x));
    }

    @Test
    void aTransposingCopyIsOneSquareWhereSquaresFit() {
        assertThat(count(transposed(1024, 768), "shuffle")).isEqualTo(SQUARE);
        assertThat(count(transposed(208, 80), "shuffle")).as("no multiples of a tile's sides").isEqualTo(SQUARE);
    }

    @Test
    void whatIsLeftOverHasSquaresOfItsOwn() {
        assertThat(count(transposed(1000, 768), "shuffle")).as("rows that do not fill a square").isEqualTo(2 * SQUARE);
        assertThat(count(transposed(1001, 1001), "shuffle")).isEqualTo(4 * SQUARE);
    }

    @Test
    void vectorsThatFillRowsHaveNoMasks() {
        BiFunction<Builder, Value, Value> square = (b, x) -> b.map(ScalarFn.MUL, x, x);
        assertThat(count(kernel(100, 1024, square), "store")).isEqualTo(4);
        assertThat(kernel(99, 1001, square)).contains("mask");
    }
}
