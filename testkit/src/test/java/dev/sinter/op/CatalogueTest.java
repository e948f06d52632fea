package dev.sinter.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Value;
import dev.sinter.ir.Verifier;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import dev.sinter.testkit.OpSample;
import dev.sinter.testkit.OpSamples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every op and scalar function has samples, a derivative or a reason, a text that reads back, and a sentence. */
final class CatalogueTest {
    private static final List<OpSample> SAMPLES = OpSamples.all();

    private static Stream<Op> opsOfSamples() {
        return SAMPLES.stream().flatMap(sample -> sample.function().values().stream()).map(Value::op);
    }

    @Test
    void everyOpHasASample() {
        Set<Class<?>> sampled = new HashSet<>();
        opsOfSamples().forEach(op -> sampled.add(op.getClass()));
        assertThat(sampled).containsExactlyInAnyOrder(Op.class.getPermittedSubclasses());
    }

    @Test
    void everyScalarFunctionHasASampleOfEveryDtype() {
        Set<String> sampled = new TreeSet<>();
        SAMPLES.stream().flatMap(sample -> sample.function().values().stream())
                .filter(value -> value.op() instanceof Map)
                .forEach(value -> sampled.add(value.op().mnemonic() + " " + value.operands().getLast().dtype()));
        Set<String> needed = new TreeSet<>();
        for (ScalarFn fn : ScalarFn.values()) {
            for (DType dtype : DType.values()) {
                if (fn.takes(dtype)) {
                    needed.add(fn.text() + " " + dtype);
                }
            }
        }
        assertThat(sampled).containsAll(needed);
    }

    @Test
    void samplesReachTheEdges() {
        for (ScalarFn fn : ScalarFn.values()) {
            List<NDArray> inputs = SAMPLES.stream().filter(sample -> sample.function().results().getFirst().op()
                    instanceof Map(ScalarFn applied) && applied == fn)
                    .flatMap(sample -> sample.runs().stream()).map(List::getLast).toList();
            assertThat(inputs).as(fn.text()).anyMatch(input -> input.rank() == 0)
                    .anyMatch(input -> input.elementCount() == 0)
                    .anyMatch(input -> input.rank() == 1 && input.elementCount() == 1)
                    .anyMatch(input -> input.elementCount() % 2 == 1 && input.elementCount() > 1);
            if (fn.takes(DType.FLOAT32)) {
                assertThat(inputs).as(fn.text()).anyMatch(CatalogueTest::hasSpecialValues);
            }
        }
    }

    private static boolean hasSpecialValues(NDArray array) {
        boolean nan = false;
        boolean infinity = false;
        boolean negativeZero = false;
        for (long i = 0; array.dtype().isFloat() && i < array.elementCount(); i++) {
            double value = array.getDouble(i);
            nan |= Double.isNaN(value);
            infinity |= Double.isInfinite(value);
            negativeZero |= value == 0 && 1 / value < 0;
        }
        return nan && infinity && negativeZero;
    }

    @Test
    void everyOpHasADerivativeOrAReason() {
        List<Derivative> derivatives = new ArrayList<>(opsOfSamples().map(Op::derivative).toList());
        for (ScalarFn fn : ScalarFn.values()) {
            derivatives.add(fn.derivative());
        }
        assertThat(derivatives).allMatch(derivative -> switch (derivative) {
            case Derivative.Rule _ -> true;
            case Derivative.OfRegions _ -> true;
            case Derivative.Zero(String why) -> why.length() > 8;
            case Derivative.NotDifferentiable(String why) -> why.length() > 8;
        });
    }

    @Test
    void everyRuleHasASmoothSample() {
        Set<Object> smooth = new HashSet<>();
        SAMPLES.stream().filter(OpSample::smooth).flatMap(sample -> sample.function().values().stream())
                .forEach(value -> smooth.add(kind(value.op())));
        Set<Object> ruled = new HashSet<>();
        opsOfSamples().filter(op -> op.derivative() instanceof Derivative.Rule).forEach(op -> ruled.add(kind(op)));
        assertThat(smooth).containsAll(ruled);
    }

    private static Object kind(Op op) {
        if (op instanceof Map map) {
            return map.fn();
        }
        return op instanceof Reduce reduce ? reduce.fn() : op.getClass();
    }

    @TestFactory
    Stream<DynamicTest> everySampleRunsAndReadsBack() {
        return SAMPLES.stream().map(sample -> DynamicTest.dynamicTest(sample.name(), () -> {
            Verifier.verify(sample.function());
            Verifier.verifyText(sample.function());
            for (List<NDArray> run : sample.runs()) {
                assertThat(Interpreter.run(sample.function(), run)).hasSameSizeAs(sample.function().results());
            }
        }));
    }

    @Test
    void namesOfSamplesAreUnique() {
        assertThat(SAMPLES.stream().map(OpSample::name).toList()).doesNotHaveDuplicates();
    }

    @Test
    void everyOpIsDocumented() throws IOException {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("docs/primitives.md"))) {
            folder = folder.getParent();
            assertThat(folder).as("docs/primitives.md").isNotNull();
        }
        Set<String> documented = new TreeSet<>();
        for (String line : Files.readAllLines(folder.resolve("docs/primitives.md"))) {
            String[] cells = line.split("\\|", -1);
            if (cells.length > 3 && cells[1].contains("`") && cells[cells.length - 2].strip().length() > 10) {
                documented.add(cells[1].replace("`", "").strip());
            }
        }
        Set<String> needed = new TreeSet<>();
        opsOfSamples().forEach(op -> needed.add(op.mnemonic()));
        for (ScalarFn fn : ScalarFn.values()) {
            needed.add(fn.text());
        }
        assertThat(documented).containsExactlyElementsOf(needed);
    }
}
