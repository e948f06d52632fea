package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.Parameter;
import dev.sinter.op.ScalarFn;
import dev.sinter.plan.Decision;
import dev.sinter.plan.Recomputation;
import dev.sinter.program.Compilation;
import dev.sinter.program.InterpretedBackend;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is computed twice to spare memory; that it changes no result is a matter of {@code PlanFuzzTest}. */
class RecomputationTest {
    private static final int SIZE = 512;
    private static final long BYTES = 4L * SIZE * SIZE;

    /** Layers forward and back; each needs its product and an activation of it on the way back. */
    private static Function layers(int count, int size) {
        TensorType type = new TensorType(DType.FLOAT32, Shape.shape(size, size));
        Builder b = new Builder();
        Value x = b.add(new Parameter("x", type));
        Value w = b.add(new Parameter("w", type));
        List<Value> products = new ArrayList<>();
        List<Value> activations = new ArrayList<>();
        Value at = x;
        for (int i = 0; i < count; i++) {
            products.add(b.contract("mk", "kn", "mn", at, w));
            at = b.map(ScalarFn.LOGISTIC, products.getLast());
            activations.add(at);
        }
        for (int i = count - 1; i >= 0; i--) {
            at = b.times(b.contract("mk", "kn", "mn", at, activations.get(i)), products.get(i));
        }
        return new Function("layers", List.of(x, w), List.of(at), b.locations());
    }

    private static Compilation compiled(Function function, Recomputation.Policy policy) {
        try (InterpretedBackend backend = new InterpretedBackend()) {
            return Compilation.compile(function, Map.of(), backend.target(),
                    Compilation.Options.defaults().withRecomputation(policy));
        }
    }

    private static long peak(Compilation compilation) {
        return compilation.memory().bind(symbol -> 1, 1).peak();
    }

    @Test
    void anActivationIsComputedAgainFromItsProduct() {
        Function function = layers(6, SIZE);
        assertThat(peak(compiled(function, Recomputation.Policy.NONE))).isGreaterThan(11 * BYTES);
        Compilation compilation = compiled(function, Recomputation.Policy.CHEAP);
        assertThat(peak(compilation)).isLessThan(9 * BYTES);
        assertThat(compilation.plan().decisions()).filteredOn(Decision.Yes.class::isInstance)
                .extracting(Decision::question).anyMatch(question ->
                        question.contains("logistic again for its last readers"));
    }

    @Test
    void underALimitTheSegmentsOfAChainAreComputedAgain() {
        Function function = layers(32, SIZE);
        long least = Recomputation.Policy.sparing().stream().mapToLong(policy -> peak(compiled(function, policy))).min()
                .orElseThrow();
        assertThat(peak(compiled(function, Recomputation.Policy.CHEAP))).isGreaterThan(32 * BYTES);
        assertThat(least).isLessThan(16 * BYTES);
    }

    /** A comparison takes less memory than what it compares, and is stored early though it could be made again. */
    @Test
    void aMaskIsStoredInPlaceOfWhatItComesFrom() {
        TensorType type = new TensorType(DType.FLOAT32, Shape.shape(SIZE, SIZE));
        Builder b = new Builder();
        Value x = b.add(new Parameter("x", type));
        Value zero = b.zerosLike(x);
        List<Value> masks = new ArrayList<>();
        Value at = x;
        for (int i = 0; i < 6; i++) {
            Value product = b.contract("mk", "kn", "mn", at, x);
            masks.add(b.map(ScalarFn.GE, product, zero));
            at = b.map(ScalarFn.MAX, product, zero);
        }
        for (Value mask : masks.reversed()) {
            at = b.select(mask, b.contract("mk", "kn", "mn", at, x), b.select(mask, x, zero));
        }
        Function function = new Function("masks", List.of(x), List.of(at), b.locations());
        for (Recomputation.Policy policy : List.of(Recomputation.Policy.CHEAP,
                new Recomputation.Policy(1, 4, 1, false, 0), new Recomputation.Policy(1, 4, 64, true, 0))) {
            assertThat(peak(compiled(function, policy))).isLessThan(5 * BYTES);
        }
    }

    @Test
    void littleMemoryIsNotWorthAnyTime() {
        Function function = layers(6, 16);
        assertThat(Recomputation.of(function, Recomputation.Policy.CHEAP).function()).isSameAs(function);
    }
}
