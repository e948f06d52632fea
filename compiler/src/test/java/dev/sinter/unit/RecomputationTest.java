package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.diff.ReverseMode;
import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.Contract;
import dev.sinter.op.Parameter;
import dev.sinter.op.ReduceFn;
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
import java.util.Optional;
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
        assertThat(peak(compilation)).isLessThan(9 * BYTES + BYTES / 8);
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
                new Recomputation.Policy(1, 4, 1, false, 1, 0), new Recomputation.Policy(1, 4, 64, true, 1, 0))) {
            assertThat(peak(compiled(function, policy))).isLessThan(5 * BYTES);
        }
    }

    /** Layers of attention with a mask, and the gradients of their weights. */
    private static Function attention(int count, int length, int width) {
        Builder b = new Builder();
        Shape scores = Shape.shape(2, length, length);
        Value mask = b.add(new Parameter("mask", new TensorType(DType.BOOL, Shape.shape(length, length))));
        Value x = b.add(new Parameter("x", new TensorType(DType.FLOAT32, Shape.shape(2, length, width))));
        List<Value> parameters = new ArrayList<>(List.of(mask, x));
        List<Value> weights = new ArrayList<>();
        for (int i = 0; i < 4 * count; i++) {
            weights.add(b.add(new Parameter("w" + i, new TensorType(DType.FLOAT32, Shape.shape(width, width)))));
        }
        parameters.addAll(weights);
        Value at = x;
        for (int i = 0; i < 4 * count; i += 4) {
            Value queries = b.contract("btd", "de", "bte", at, weights.get(i));
            Value keys = b.contract("btd", "de", "bte", at, weights.get(i + 1));
            Value values = b.contract("btd", "de", "bte", at, weights.get(i + 2));
            Value products = b.contract("bqd", "bkd", "bqk", queries, keys);
            Value shown = b.select(b.broadcast(mask, scores, List.of(1, 2)), products, b.fullLike(products, -1e9));
            Value most = b.broadcast(b.reduce(ReduceFn.MAX, shown, List.of(2)), scores, List.of(0, 1));
            Value shares = b.map(ScalarFn.EXP, b.minus(shown, most));
            Value sums = b.broadcast(b.reduceSum(shares, List.of(2)), scores, List.of(0, 1));
            Value mixed = b.contract("bqk", "bkd", "bqd", b.div(shares, sums), values);
            at = b.plus(at, b.map(ScalarFn.TANH, b.contract("btd", "de", "bte", mixed, weights.get(i + 3))));
        }
        List<Value> results = ReverseMode.gradients(b, List.of(at), List.of(at), weights).stream()
                .map(Optional::orElseThrow).toList();
        return new Function("attention", parameters, results, b.locations());
    }

    @Test
    void scoresAreNoArraysWhereTheirReadersComputeThem() {
        long bytesOfScores = 2 * BYTES;
        Function function = attention(3, SIZE, 32);
        Recomputation.Policy apart = new Recomputation.Policy(1, 4, 1, false, BYTES, 0);
        Compilation compilation = compiled(function, apart);
        assertThat(peak(compilation)).isLessThan(2 * bytesOfScores);
        assertThat(peak(compiled(function, apart.withWideProductsWhole()))).isGreaterThan(5 * bytesOfScores);
        assertThat(compilation.plan().decisions()).filteredOn(Decision.Yes.class::isInstance)
                .extracting(Decision::question)
                .anyMatch(question -> question.contains("contract again for 2 readers along its rows"))
                .anyMatch(question -> question.contains("transpose once"));
    }

    /** A matrix that each step of an iteration multiplies by is computed once. */
    @Test
    void aWideProductOfManyStepsIsComputedOnce() {
        Builder b = new Builder();
        Value x = b.add(new Parameter("x", new TensorType(DType.FLOAT32, Shape.shape(SIZE, 8))));
        Value wide = b.map(ScalarFn.EXP, b.contract("md", "nd", "mn", x, x));
        Value at = x;
        for (int i = 0; i < 10; i++) {
            at = b.map(ScalarFn.TANH, b.contract("mn", "nd", "md", wide, at));
        }
        Function function = new Function("steps", List.of(x), List.of(at), b.locations());
        assertThat(compiled(function, new Recomputation.Policy(1, 4, 1, false, BYTES / 2, 0)).plan().decisions())
                .noneMatch(decision -> decision.question().contains("along its rows"));
    }

    /** What is fetched is an array anyway. */
    @Test
    void aWideProductThatIsFetchedIsComputedOnce() {
        Function gradients = attention(1, SIZE, 32);
        Value scores = gradients.values().stream().filter(value -> value.op() instanceof Contract contract
                && contract.equation().equals("bqd,bkd->bqk")).findFirst().orElseThrow();
        List<Value> results = new ArrayList<>(gradients.results());
        results.add(scores);
        Function function = new Function("fetched", gradients.parameters(), results, gradients.locations());
        assertThat(compiled(function, new Recomputation.Policy(1, 4, 1, false, BYTES, 0)).plan().decisions())
                .noneMatch(decision -> decision.question().contains("along its rows"));
    }

    @Test
    void littleMemoryIsNotWorthAnyTime() {
        Function function = layers(6, 16);
        assertThat(Recomputation.of(function, Recomputation.Policy.CHEAP).function()).isSameAs(function);
    }
}
