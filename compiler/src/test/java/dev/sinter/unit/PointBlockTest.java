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
import dev.sinter.op.Reduce;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.Windows;
import dev.sinter.op.Windows.Window;
import dev.sinter.program.Compilation;
import dev.sinter.program.Program;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which neighbouring windows are reduced side by side, and what they share. */
class PointBlockTest {
    /** 3 by 3 windows of images of 16 channels, whose stride is 1. */
    private static Kernel kernel(long size, boolean weighted) {
        Builder b = new Builder();
        Value x = b.add(new Parameter("x", new TensorType(DType.FLOAT32, Shape.shape(size + 2, size + 2, 16))));
        Value w = b.add(new Parameter("w", new TensorType(DType.FLOAT32, Shape.shape(3, 3, 16))));
        Value windows = b.add(new Windows(List.of(new Window(0, 3, 1, 1), new Window(1, 3, 1, 1))), x);
        Value y = weighted ? b.contract("hwcrs", "rsc", "hwc", windows, w)
                : b.add(new Reduce(ReduceFn.MAX, List.of(3, 4)), windows);
        return kernel(b, List.of(x, w), y);
    }

    private static Kernel kernel(Builder b, List<Value> parameters, Value result) {
        Function function = new Function("windows", parameters, List.of(result), b.locations());
        Compilation compilation =
                Compilation.compile(function, Map.of(), NestRun.WIDE, Compilation.Options.defaults());
        return compilation.program().steps().stream().filter(Program.Step.Launch.class::isInstance)
                .map(step -> ((Program.Step.Launch) step).kernel()).findFirst().orElseThrow();
    }

    private static long count(Kernel kernel, String part) {
        return Printer.print(kernel).lines().filter(line -> line.contains(part)).count();
    }

    @Test
    void neighboursShareTheWeightsAndWhatTheirWindowsShow() {
        Kernel kernel = kernel(56, true);
        int points = NestRun.WIDE.vectorRegisters() / 4;
        assertThat(count(kernel, "f32x16 = fma")).isEqualTo(9L * points);
        assertThat(count(kernel, "f32x16 = load")).isEqualTo(9 + 3L * (points + 2));
    }

    @Test
    void blocksFitTheSizeWhereTheyCan() {
        assertThat(count(kernel(14, true), "f32x16 = fma")).isEqualTo(9 * 7);
        assertThat(count(kernel(13, true), "f32x16 = fma")).as("blocks of 8, then single ones").isEqualTo(9 * (8 + 1));
    }

    @Test
    void poolingReadsTheElementsOfOverlappingWindowsOnce() {
        assertThat(count(kernel(56, false), "f32x16 = load")).isEqualTo(3 * (8 + 2));
    }

    @Test
    void vectorsRunAlongChannelsThoughTheyShareAnImage() {
        Builder b = new Builder();
        Value x = b.add(new Parameter("x", new TensorType(DType.FLOAT32, Shape.shape(58, 58))));
        Value w = b.add(new Parameter("w", new TensorType(DType.FLOAT32, Shape.shape(16))));
        Shape shape = Shape.shape(58, 58, 16);
        Value shifted = b.plus(b.broadcast(x, shape, List.of(0, 1)), b.broadcast(w, shape, List.of(2)));
        Value windows = b.add(new Windows(List.of(new Window(0, 3, 1, 1), new Window(1, 3, 1, 1))), shifted);
        Kernel kernel = kernel(b, List.of(x, w), b.add(new Reduce(ReduceFn.MAX, List.of(3, 4)), windows));
        assertThat(count(kernel, "f32x16 = max")).isEqualTo(8L * (9 - 1));
    }

    @Test
    void whatFollowsASumIsCountedOnceForAResult() {
        assertThat(kernel(14, true).work().flops().constant()).isEqualTo(14L * 14 * 16 * 9 * 2);
    }
}
