package dev.sinter.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Training natively: near the interpreter, the same bits for any threads, one program for all batches. */
final class TrainingTest {
    private static Session open(TwoLayers net, int threads) {
        Session session = new Session(net.graph, SessionOptions.DEFAULT.withBackend(Backend.LLVM).withThreads(threads));
        session.run(net.graph.initializer());
        return session;
    }

    private static Session openInterpreted(TwoLayers net) {
        Session session = new Session(net.graph, SessionOptions.DEFAULT.withBackend(Backend.EVAL));
        session.run(net.graph.initializer());
        return session;
    }

    @Test
    void lossesAndWeightsAreThoseOfTheInterpreter() {
        TwoLayers net = new TwoLayers(50, 30, 1e-4);
        try (Session session = open(net, 2); Session reference = openInterpreted(net)) {
            float loss = 0;
            for (int step = 0; step < 60; step++) {
                Feeds batch = net.batch(16);
                loss = session.run(batch, net.step()).get(net.loss).floatValue();
                float expected = reference.run(batch, net.step()).get(net.loss).floatValue();
                assertThat(loss).isCloseTo(expected, within(1e-4f * expected));
            }
            assertThat(loss).isPositive();
            for (Variable weights : List.of(net.w1, net.w2)) {
                NDArray found = session.value(weights);
                NDArray expected = reference.value(weights);
                for (long i = 0; i < found.elementCount(); i++) {
                    assertThat(found.getDouble(i)).isCloseTo(expected.getDouble(i), within(1e-4));
                }
            }
        }
    }

    @Test
    void everyNumberOfThreadsGivesTheSameBits() {
        TwoLayers net = new TwoLayers(300, 100, 1e-5);
        List<NDArray> weights = new ArrayList<>();
        for (int threads = 1; threads <= 4; threads++) {
            try (Session session = open(net, threads)) {
                for (int step = 0; step < 20; step++) {
                    session.run(net.batch(64), net.step());
                }
                weights.add(session.value(net.w1));
                weights.add(session.value(net.w2));
            }
        }
        for (int i = 2; i < weights.size(); i++) {
            assertThat(weights.get(i).sameBits(weights.get(i % 2))).as("weights " + i).isTrue();
        }
    }

    @Test
    void batchesOfAllSizesTakeOneCompilation() {
        TwoLayers net = new TwoLayers(40, 20, 1e-6);
        try (Session session = open(net, 2); Session reference = openInterpreted(net)) {
            session.run(net.batch(5), net.step());
            reference.run(net.batch(5), net.step());
            int before = session.compilations();
            List<Integer> sizes = new ArrayList<>(List.of(0, 1, 10_000));
            IntStream.range(2, 31).map(i -> i * i - 1).forEach(sizes::add);
            assertThat(sizes).hasSize(32);
            for (int size : sizes) {
                Feeds batch = net.batch(size);
                float loss = session.run(batch, net.step()).get(net.loss).floatValue();
                if (size < 200) {
                    float expected = reference.run(batch, net.step()).get(net.loss).floatValue();
                    assertThat(loss).as("batch of " + size).isCloseTo(expected, within(1e-4f * expected));
                } else {
                    assertThat(loss).isPositive().isFinite();
                    reference.load(net.w1, session.value(net.w1));
                    reference.load(net.w2, session.value(net.w2));
                }
            }
            assertThat(session.compilations()).isEqualTo(before);
        }
    }

    @Test
    void aFetchOfUpdatedWeightsIsTheirOldValue() {
        TwoLayers net = new TwoLayers(30, 20, 1e-3);
        try (Session session = open(net, 2)) {
            for (int step = 0; step < 3; step++) {
                NDArray before = session.value(net.w1);
                Fetches out = session.run(net.batch(7), net.stepFetchingWeights());
                assertThat(out.get(net.w1).sameBits(before)).isTrue();
                assertThat(session.value(net.w1).sameBits(before)).isFalse();
            }
        }
    }

    @Test
    void notANumberFlowsIntoTheWeightsAndALoadHealsThem() {
        TwoLayers net = new TwoLayers(20, 10, 1e-4);
        try (Session session = open(net, 2)) {
            NDArray w1 = session.value(net.w1);
            NDArray w2 = session.value(net.w2);
            float first = session.run(net.batch(4), net.step()).get(net.loss).floatValue();
            NDArray bad = net.inputs(4);
            bad.setDouble(3, Double.NaN);
            NDArray infinite = net.outputs(4);
            infinite.setDouble(0, Double.POSITIVE_INFINITY);
            Feeds feeds = Feeds.feed(net.x, bad).and(net.y, infinite);
            assertThat(session.run(feeds, net.step()).get(net.loss).floatValue()).isNaN();
            assertThat(session.run(net.batch(4), net.step()).get(net.loss).floatValue()).isNaN();
            session.load(net.w1, w1);
            session.load(net.w2, w2);
            assertThat(session.run(net.batch(4), net.step()).get(net.loss).floatValue()).isEqualTo(first);
        }
    }

    @Test
    void twoThreadsTrainAndReadersSeeWholeCommits() throws Exception {
        Graph graph = new Graph();
        Variable a = graph.variable("a", Ops.zeros(DType.FLOAT32, Shape.shape(64, 48)));
        Variable b = graph.variable("b", Ops.zeros(DType.FLOAT32, Shape.shape(48, 64)));
        Tensor ones = graph.placeholder("ones", DType.FLOAT32, Shape.shape(64, 64));
        Tensor newA = a.assign(a.plus(Ops.matmul(ones, Ops.onesLike(a)).times(1f / 64)));
        Tensor newB = b.assign(b.plus(1));
        Fetch step = Fetch.nothing().targets(newA, newB);
        Feeds feeds = Feeds.feed(ones, NDArray.full(DType.FLOAT32, 1, 64, 64));
        ExecutorService threads = Executors.newCachedThreadPool();
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(Backend.LLVM).withThreads(2))) {
            session.run(graph.initializer());
            List<Future<Boolean>> all = new ArrayList<>();
            for (int writer = 0; writer < 2; writer++) {
                all.add(threads.submit(() -> {
                    for (int i = 0; i < 200; i++) {
                        session.run(feeds, step);
                    }
                    return true;
                }));
            }
            for (int reader = 0; reader < 2; reader++) {
                all.add(threads.submit(() -> {
                    boolean whole = true;
                    for (int i = 0; i < 200; i++) {
                        Fetches out = session.run(Fetch.fetch(a, b));
                        double value = out.get(a).getDouble(0);
                        whole &= isFull(out.get(a), value) && isFull(out.get(b), value);
                    }
                    return whole;
                }));
            }
            for (Future<Boolean> one : all) {
                assertThat(one.get()).isTrue();
            }
            assertThat(session.value(a).getDouble(5)).isEqualTo(400);
        } finally {
            threads.shutdownNow();
        }
    }

    private static boolean isFull(NDArray array, double value) {
        for (long i = 0; i < array.elementCount(); i++) {
            if (array.getDouble(i) != value) {
                return false;
            }
        }
        return true;
    }
}
