package dev.sinter.unit;

import static dev.sinter.graph.Control.cond;
import static dev.sinter.graph.Control.foldl;
import static dev.sinter.graph.Control.function;
import static dev.sinter.graph.Control.mapFn;
import static dev.sinter.graph.Control.scan;
import static dev.sinter.graph.Control.whileLoop;
import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.less;
import static dev.sinter.graph.Ops.randomNormal;
import static dev.sinter.graph.Ops.randomUniform;
import static dev.sinter.graph.Ops.range;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Random.runNumber;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.DType.INT64;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.eval.Interpreter;
import dev.sinter.graph.Graph;
import dev.sinter.graph.GraphFunction;
import dev.sinter.graph.LoweredGraph;
import dev.sinter.graph.Lowering;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.TensorSpec;
import dev.sinter.ir.Verifier;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Philox;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Random numbers in bodies: a stream for each iteration and each call. */
class RandomInBodiesTest {
    private final Graph graph = new Graph(7);

    private static double[] run(Tensor fetch, long run) {
        LoweredGraph lowered = Lowering.lower(fetch.graph(), List.of(fetch), List.of(), List.of());
        assertThat(lowered.usesRunNumber()).isTrue();
        Verifier.verify(lowered.function());
        NDArray result = Interpreter.run(lowered.function(), List.of(NDArray.scalar(run))).getFirst();
        double[] values = new double[(int) result.elementCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = result.getDouble(i);
        }
        return values;
    }

    private static Set<Double> distinct(double... values) {
        Set<Double> all = new HashSet<>();
        for (double value : values) {
            all.add(value);
        }
        return all;
    }

    private Tensor steps(long count) {
        return graph.tensor(range(INT64, count));
    }

    @Test
    void iterationsDrawDifferentNumbers() {
        Tensor noise = mapFn(steps(100), _ -> randomUniform(FLOAT64, shape(3)));
        double[] first = run(noise, 0);
        assertThat(distinct(first)).hasSize(300);
        assertThat(run(noise, 0)).containsExactly(first);
        Set<Double> both = distinct(first);
        both.addAll(distinct(run(noise, 1)));
        assertThat(both).hasSize(600);
    }

    @Test
    void nestedLoopsDrawDifferentNumbers() {
        Tensor noise = mapFn(steps(20), _ -> mapFn(steps(20), _ -> randomUniform(FLOAT64, shape())));
        assertThat(distinct(run(noise, 3))).hasSize(400);
        Tensor beside = mapFn(steps(20), _ -> graph.tensor(randomUniform(FLOAT64, shape()))
                .plus(randomUniform(FLOAT64, shape())));
        assertThat(distinct(run(beside, 3))).hasSize(20);
    }

    @Test
    void aStreamIsTheNumberOfSplitMix() {
        Tensor noise = mapFn(steps(4), _ -> randomUniform(FLOAT32, shape(2)));
        double[] values = run(noise, 5);
        for (int i = 0; i < 4; i++) {
            for (int element = 0; element < 2; element++) {
                int bits = Philox.word(element, mix(5, i + 1), 7, 0, 0);
                assertThat(values[2 * i + element]).isEqualTo((bits >>> 8) * 0x1p-24);
            }
        }
    }

    /** As {@code java.util.SplittableRandom} mixes. */
    private static long mix(long stream, long count) {
        long z = stream + count * 0x9e3779b97f4a7c15L;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }

    @Test
    void branchesAndLoopsBesideEachOtherDiffer() {
        Tensor noise = mapFn(steps(50), i -> cond(less(i, 25), () -> randomUniform(FLOAT64, shape()),
                () -> randomUniform(FLOAT64, shape())));
        Tensor other = mapFn(steps(50), _ -> randomUniform(FLOAT64, shape()));
        assertThat(distinct(run(dev.sinter.graph.Ops.concat(0, noise, other), 1))).hasSize(100);
    }

    @Test
    void callsOfAFunctionDiffer() {
        GraphFunction noise = function(graph, "noise", List.of(TensorSpec.of(FLOAT64, shape())),
                given -> List.of(given.getFirst().plus(randomUniform(FLOAT64, shape()))));
        List<Tensor> calls = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            calls.add(noise.call(constant(0.0)).getFirst());
        }
        Tensor inLoop = mapFn(steps(10), _ -> noise.call(constant(0.0)).getFirst());
        Tensor all = dev.sinter.graph.Ops.concat(0, dev.sinter.graph.Ops.stack(0,
                calls.toArray(Tensor[]::new)), inLoop);
        assertThat(distinct(run(all, 1))).hasSize(20);
    }

    @Test
    void whileLoopsDrawDifferentNumbers() {
        Tensor start = graph.constant(NDArray.zeros(FLOAT64, 30));
        List<Tensor> result = whileLoop(List.of(graph.constant(0L), start), values -> less(values.get(0), 30),
                values -> List.of(values.get(0).plus(1),
                dev.sinter.graph.Ops.dynamicUpdateSlice(values.get(1),
                        randomUniform(FLOAT64, shape(1)), List.of(values.get(0)))));
        assertThat(distinct(run(result.get(1), 0))).hasSize(30);
    }

    @Test
    void conditionsDrawAFreshNumberBeforeEachIteration() {
        Tensor count = whileLoop(graph.constant(0L), _ -> less(graph.tensor(randomUniform(FLOAT64, shape())),
                0.9),
                value -> value.plus(1));
        double[] counts = LongStream.range(0, 400).mapToDouble(run -> run(count, run)[0]).toArray();
        double mean = java.util.Arrays.stream(counts).average().orElseThrow();
        assertThat(mean).isCloseTo(9, within(1.5));
        assertThat(java.util.Arrays.stream(counts).filter(value -> value == 0).count() / 400.0)
                .isCloseTo(0.1, within(0.06));
    }

    @Test
    void theStatisticsOfALoopAreSound() {
        int n = 4000;
        double[] values = run(mapFn(steps(n), _ -> randomNormal(FLOAT64, shape())), 2);
        double mean = java.util.Arrays.stream(values).average().orElseThrow();
        double variance = java.util.Arrays.stream(values).map(value -> (value - mean) * (value - mean))
                .sum() / n;
        double correlation = 0;
        for (int i = 1; i < n; i++) {
            correlation += (values[i] - mean) * (values[i - 1] - mean) / n;
        }
        assertThat(mean).isCloseTo(0, within(4 / Math.sqrt(n)));
        assertThat(variance).isCloseTo(1, within(4 * Math.sqrt(2.0 / n)));
        assertThat(correlation).isCloseTo(0, within(4 / Math.sqrt(n)));
        Tensor walk = scan(constant(0.0), steps(n),
                (position, _) -> position.plus(randomNormal(FLOAT64, shape())));
        assertThat(Math.abs(run(walk, 0)[n - 1])).isLessThan(4 * Math.sqrt(n));
    }

    @Test
    void theNumberOfARunIsThatOfItsIterationInALoop() {
        assertThat(run(graph.tensor(runNumber()), 9)).containsExactly(9);
        assertThat(run(mapFn(steps(3), _ -> graph.tensor(runNumber())), 5))
                .containsExactly(mix(5, 1), mix(5, 2), mix(5, 3));
    }

    @Test
    void outsideOfBodiesNothingChanges() {
        Tensor plain = new Graph(7).tensor(randomUniform(FLOAT32, shape(2)));
        foldl(constant(0f), steps(3), (sum, _) -> sum.plus(1));
        Tensor after = graph.tensor(randomUniform(FLOAT32, shape(2)));
        assertThat(run(after, 9)).containsExactly(run(plain, 9));
        assertThat(run(reduceSum(after), 9)[0]).isEqualTo((float) (run(plain, 9)[0] + run(plain, 9)[1]));
    }
}
