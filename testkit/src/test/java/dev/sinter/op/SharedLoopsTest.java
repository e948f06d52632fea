package dev.sinter.op;

import static dev.sinter.graph.Ops.einsum;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.less;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.reduceMax;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.reverse;
import static dev.sinter.graph.Ops.tanh;
import static dev.sinter.graph.Ops.transpose;
import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.runtime.Fetch.fetch;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.graph.Control;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Iteration;
import dev.sinter.graph.Nn;
import dev.sinter.graph.ScanOptions;
import dev.sinter.graph.Step;
import dev.sinter.graph.Tensor;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.PreparedCall;
import dev.sinter.runtime.RunCancelledException;
import dev.sinter.runtime.RunCancelledException.Reason;
import dev.sinter.runtime.RunOptions;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.NDArray;
import dev.sinter.testkit.Tolerance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Loops whose iterations are shared by several threads, which wait for each other in some and not in others: the same
 * bits for every number of threads and in every run, near those of the interpreter.
 */
@Timeout(120)
final class SharedLoopsTest {
    private static final int STEPS = 60;
    private static final int MOST_THREADS = 3;
    private static final int RUNS = 4;

    private final SplittableRandom random = new SplittableRandom(3);

    private NDArray values(double scale, long... sizes) {
        float[] values = new float[(int) Arrays.stream(sizes).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (scale * random.nextDouble(-1, 1));
        }
        return NDArray.of(values, sizes);
    }

    private static SessionOptions options(int threads) {
        return SessionOptions.DEFAULT.withBackend(Backend.LLVM).withThreads(threads);
    }

    /** Checks what a graph makes of a first state and weights, each fed. */
    private void check(NDArray first, NDArray weights, BiFunction<Tensor, Tensor, List<Tensor>> results) {
        Graph graph = new Graph();
        Tensor h = graph.placeholder("h", FLOAT32, first.shape());
        Tensor w = graph.placeholder("w", FLOAT32, weights.shape());
        List<Tensor> fetched = results.apply(h, w);
        List<NDArray> expected = new ArrayList<>();
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(Backend.EVAL))) {
            fetched.forEach(each -> expected.add(session.run(feed(h, first).and(w, weights), each)));
        }
        List<NDArray> bits = new ArrayList<>();
        for (int threads = 1; threads <= MOST_THREADS; threads++) {
            try (Session session = new Session(graph, options(threads))) {
                PreparedCall call = session.prepare(fetch(fetched.toArray(new Tensor[0])), h, w)
                        .feed(h, first).feed(w, weights);
                for (int run = 0; run < RUNS; run++) {
                    var found = call.run();
                    for (int i = 0; i < fetched.size(); i++) {
                        NDArray result = found.result(i);
                        if (bits.size() <= i) {
                            assertThat(new Tolerance(64, true, 1e-4).mismatch(expected.get(i), result)).isEmpty();
                            bits.add(NDArray.of(result.toFloatArray(), result.sizes()));
                        }
                        assertThat(Tolerance.EXACT.mismatch(bits.get(i), result))
                                .as("result %d of run %d on %d threads", i, run, threads).isEmpty();
                    }
                }
            }
        }
    }

    private static Tensor last(Tensor h, Function<Tensor, Tensor> step) {
        return Control.scan(List.of(h), List.of(), ScanOptions.DEFAULT.withLength(STEPS),
                each -> Step.carry(step.apply(each.carry(0)))).carry(0);
    }

    @Test
    void rowsThatDependOnThemselves() {
        for (long[] sizes : new long[][] {{64, 64}, {37, 64}, {64, 50}, {200, 33}, {96, 16}, {3, 64}, {48, 150}}) {
            check(values(1, sizes), values(0.2, sizes[1], sizes[1]),
                    (h, w) -> List.of(last(h, each -> tanh(matmul(each, w)))));
        }
    }

    @Test
    void rowsThatDependOnAllOthers() {
        check(values(1, 64, 64), values(0.1, 64, 64), (h, w) -> List.of(
                last(h, each -> tanh(matmul(w, each))),
                last(h, each -> tanh(matmul(transpose(each), w))),
                last(h, each -> tanh(matmul(each, w).plus(reverse(each, 0).times(0.25))))));
    }

    @Test
    void stackedStates() {
        check(values(1, 64, 64), values(0.2, 64, 64), (h, w) -> {
            var all = Control.scan(List.of(h), List.of(), ScanOptions.DEFAULT.withLength(STEPS), each -> {
                Tensor next = tanh(matmul(each.carry(0), w));
                return Step.carry(next).output(next, each.carry(0));
            });
            return List.of(all.carry(0), all.output(0), reduceSum(all.output(1), 0));
        });
    }

    /** What is fetched lies in memory of its own, what is not in that of the states. */
    @Test
    void statesBeforeEachStep() {
        for (long steps : new long[] {0, 1, STEPS}) {
            check(values(1, 64, 64), values(0.05, 64, 64), (h, w) -> {
                var all = Control.scan(List.of(h, h.times(0.5)), List.of(), ScanOptions.DEFAULT.withLength(steps),
                        each -> Step.carry(tanh(matmul(each.carry(0), w)).plus(each.carry(1).times(0.25)),
                                        tanh(each.carry(0)))
                                .output(each.carry(0), each.carry(1)));
                return List.of(all.carry(0), all.carry(1), all.output(0), reduceSum(all.output(1), 0));
            });
        }
    }

    @Test
    void twoStatesThatDependOnEachOther() {
        Function<Iteration, Step> swapped = each -> Step.carry(tanh(each.carry(1)), tanh(each.carry(0).times(0.5)));
        check(values(1, 64, 64), values(0.2, 64, 64), (h, w) -> {
            var crossed = Control.scan(List.of(h, h.times(2)), List.of(), ScanOptions.DEFAULT.withLength(STEPS),
                    each -> Step.carry(tanh(matmul(each.carry(1), w)), each.carry(0).times(0.5).plus(each.carry(1)
                            .times(0.25))));
            var exchanged = Control.scan(List.of(h, w), List.of(), ScanOptions.DEFAULT.withLength(STEPS), swapped);
            return List.of(crossed.carry(0), crossed.carry(1), exchanged.carry(0), exchanged.carry(1));
        });
        check(values(1, 200, 150), values(1, 200, 150), (h, w) -> {
            var exchanged = Control.scan(List.of(h, w), List.of(), ScanOptions.DEFAULT.withLength(STEPS + 1), swapped);
            return List.of(exchanged.carry(0), exchanged.carry(1));
        });
    }

    @Test
    void rowsThatAreNormalised() {
        check(values(1, 128, 64), values(0.5, 64, 64), (h, w) -> List.of(
                last(h, each -> Nn.softmax(matmul(each, w), 1)),
                last(h, each -> Nn.softmax(matmul(each, w), 0))));
    }

    @Test
    void elementsThatDependOnThemselvesAndOnOthers() {
        check(values(1, 300, 200), values(1, 300, 200), (h, w) -> List.of(
                last(h, each -> tanh(each.times(0.9).plus(w))),
                last(h, each -> each.times(0.5).plus(reverse(each, 0).times(0.25)).plus(w)),
                last(h, each -> each.times(0.5).plus(reverse(each, 1).times(0.25)).plus(w))));
    }

    @Test
    void loopsInLoops() {
        check(values(1, 64, 64), values(0.2, 64, 64), (h, w) -> List.of(
                Control.scan(List.of(h), List.of(), ScanOptions.DEFAULT.withLength(7), outer -> {
                    Tensor inner = Control.scan(List.of(outer.carry(0)), List.of(), ScanOptions.DEFAULT.withLength(5),
                            each -> Step.carry(tanh(matmul(each.carry(0), w)))).carry(0);
                    return Step.carry(tanh(matmul(w, inner)).plus(inner));
                }).carry(0)));
    }

    @Test
    void batchesOfProducts() {
        check(values(1, 6, 20, 32), values(0.2, 6, 32, 32),
                (h, w) -> List.of(last(h, each -> tanh(einsum("bik,bkj->bij", each, w)))));
    }

    @Test
    void gradientsOfLoops() {
        check(values(1, 64, 64), values(0.2, 64, 64), (h, w) -> {
            Tensor sum = reduceSum(last(h, each -> tanh(matmul(each, w))));
            return List.of(gradients(sum, w).of(w), gradients(sum, h).of(h));
        });
    }

    @Test
    void conditionsOfWhatAllThreadsWrote() {
        check(values(1, 64, 64), values(0.2, 64, 64), (h, w) -> List.of(Control.whileLoop(h,
                each -> less(reduceMax(each), 30), each -> tanh(matmul(each, w)).plus(each.times(1.1)).plus(1))));
    }

    /** Threads that do not wait for each other all end. */
    @Test
    void aDeadlineEndsALoopInWhichNobodyWaits() {
        for (int threads = 1; threads <= MOST_THREADS; threads++) {
            Graph graph = new Graph();
            Tensor h = graph.placeholder("h", FLOAT32, shape(64, 64));
            Tensor w = graph.placeholder("w", FLOAT32, shape(64, 64));
            Tensor endless = Control.scan(List.of(h), List.of(), ScanOptions.DEFAULT.withLength(1L << 40),
                    each -> Step.carry(tanh(matmul(each.carry(0), w)))).carry(0);
            Tensor product = matmul(tanh(h), endless);
            Tensor quick = matmul(h, w);
            NDArray one = NDArray.full(FLOAT32, 1, 64, 64);
            try (Session session = new Session(graph, options(threads))) {
                for (int run = 0; run < 3; run++) {
                    RunCancelledException cancelled = catchThrowableOfType(RunCancelledException.class,
                            () -> session.run(feed(h, one).and(w, one), fetch(product),
                                    RunOptions.timeout(Duration.ofMillis(30))));
                    assertThat(cancelled.reason()).isEqualTo(Reason.DEADLINE);
                    assertThat(session.run(feed(h, one).and(w, one), quick).getDouble(70)).isEqualTo(64);
                }
            }
        }
    }
}
