package dev.sinter.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Function;
import dev.sinter.tensor.NDArray;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What the interpreter computes is what NumPy computes. */
final class GoldenValuesTest {
    private static final List<String> FILES = List.of("scalar_f32", "scalar_f64", "scalar_i32", "scalar_i64",
            "scalar_bool", "structure_f32", "structure_f64", "structure_i32", "structure_i64", "structure_others",
            "scalar_f16", "scalar_bf16", "scalar_i8", "scalar_i16", "scalar_u8", "scalar_u16", "scalar_u32",
            "scalar_u64", "structure_short", "conversions");

    @TestFactory
    Stream<DynamicTest> values() {
        return FILES.stream().flatMap(file -> Goldens.read(file).stream()
                .map(golden -> DynamicTest.dynamicTest(file + ": " + golden.name(), () -> check(golden))));
    }

    private static void check(Function golden) {
        List<NDArray> results = Interpreter.run(golden, List.of());
        for (int i = 0; i < results.size(); i += 2) {
            assertThat(Goldens.difference(results.get(i), results.get(i + 1), Goldens.tolerance(golden))).isEmpty();
        }
    }

    @TestFactory
    Stream<DynamicTest> printedArrays() {
        Stream<Function> goldens = Stream.of("printing", "printing_short").flatMap(file -> Goldens.read(file).stream());
        return goldens.map(golden -> DynamicTest.dynamicTest(golden.name(), () -> {
            List<NDArray> results = Interpreter.run(golden, List.of());
            StringBuilder expected = new StringBuilder();
            for (int character : results.get(1).toIntArray()) {
                expected.append((char) character);
            }
            assertThat(results.get(0)).hasToString(expected.toString());
        }));
    }
}
