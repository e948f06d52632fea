package dev.sinter.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.diff.ReverseMode;
import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Value;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The gradients of ops are those of JAX. */
final class GoldenGradientsTest {
    @TestFactory
    Stream<DynamicTest> gradients() {
        return Goldens.read("gradients").stream()
                .map(golden -> DynamicTest.dynamicTest(golden.name(), () -> check(golden)));
    }

    private static void check(Function golden) {
        Builder b = new Builder();
        List<Value> results = golden.inline(b, List.of());
        List<Value> xs = new ArrayList<>();
        List<Value> expected = new ArrayList<>();
        for (int i = 2; i < results.size(); i += 2) {
            xs.add(results.get(i));
            expected.add(results.get(i + 1));
        }
        List<Value> gradients = new ArrayList<>();
        ReverseMode.gradients(b, results.subList(0, 1), results.subList(1, 2), xs)
                .forEach(gradient -> gradients.add(gradient.orElseThrow()));
        gradients.addAll(expected);
        List<NDArray> arrays = Interpreter.run(new Function("gradient", List.of(), gradients, b.locations()),
                List.of());
        for (int i = 0; i < xs.size(); i++) {
            assertThat(Goldens.difference(arrays.get(i), arrays.get(xs.size() + i), Goldens.tolerance(golden)))
                    .isEmpty();
        }
    }
}
