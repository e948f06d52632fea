package dev.sinter.unit;

import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.runtime.Fetch.fetch;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.eval.Interpreter;
import dev.sinter.graph.Complex;
import dev.sinter.graph.Control;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Linalg;
import dev.sinter.graph.LoweredGraph;
import dev.sinter.graph.Lowering;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.linalg.Decompositions;
import dev.sinter.linalg.Eig;
import dev.sinter.linalg.Eigh;
import dev.sinter.linalg.Qr;
import dev.sinter.linalg.Svd;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Decompositions of matrices of many sizes, in bodies of loops and on several threads. */
class DecompositionsTest {
    private static NDArray random(long seed, long... sizes) {
        SplittableRandom random = new SplittableRandom(seed);
        NDArray array = NDArray.zeros(FLOAT64, sizes);
        for (long i = 0; i < array.elementCount(); i++) {
            array.setDouble(i, random.nextDouble(-1, 1));
        }
        return array;
    }

    private static NDArray run(Backend backend, NDArray matrix, UnaryOperator<Tensor> function) {
        Graph graph = new Graph();
        long[] unknown = matrix.shape().dims().stream().mapToLong(_ -> UNKNOWN).toArray();
        Tensor a = graph.placeholder("a", matrix.dtype(), shape(unknown));
        Tensor result = function.apply(a);
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(backend))) {
            return session.run(feed(a, matrix), fetch(result)).get(result);
        }
    }

    private static double greatest(NDArray array) {
        double greatest = 0;
        for (double value : array.toDoubleArray()) {
            greatest = Double.isNaN(value) ? Double.POSITIVE_INFINITY : Math.max(greatest, Math.abs(value));
        }
        return greatest;
    }

    private static Tensor timesTransposed(Tensor x, Tensor y) {
        return Linalg.matmul(x, y, false, true);
    }

    /** How far each product of factors is from the matrix. */
    @Test
    void factorsGiveTheMatrix() {
        for (long size : new long[] {1, 2, 3, 7, 26, 33, 80, 130}) {
            NDArray square = random(size, size, size);
            double tolerance = 1e-13 * size;
            assertThat(greatest(run(Backend.LLVM, square, a -> {
                Qr qr = Decompositions.qr(a);
                return Ops.subtract(Ops.matmul(qr.q(), qr.r()), a);
            }))).as("qr %d", size).isLessThan(tolerance);
            assertThat(greatest(run(Backend.LLVM, square, a -> {
                Svd svd = Decompositions.svd(a);
                return Ops.subtract(timesTransposed(Ops.multiply(svd.u(), Ops.expandDims(svd.s(), -2)), svd.v()), a);
            }))).as("svd %d", size).isLessThan(tolerance);
            assertThat(greatest(run(Backend.LLVM, square, a -> {
                Eigh eigh = Decompositions.eigh(timesTransposed(a, a));
                Tensor scaled = Ops.multiply(eigh.vectors(), Ops.expandDims(eigh.values(), -2));
                return Ops.subtract(timesTransposed(scaled, eigh.vectors()), timesTransposed(a, a));
            }))).as("eigh %d", size).isLessThan(tolerance * size);
            assertThat(greatest(run(Backend.LLVM, square, a -> {
                Eig eig = Decompositions.eig(a);
                Complex scaled = eig.vectors().times(eig.values().eachPlane(plane -> Ops.expandDims(plane, -2)));
                return Complex.of(a).matmul(eig.vectors()).minus(scaled).abs();
            }))).as("eig %d", size).isLessThan(tolerance * 10);
            assertThat(greatest(run(Backend.LLVM, square, a -> Ops.subtract(Decompositions.singularValues(a),
                    Decompositions.svd(a).s())))).as("singular values %d", size).isLessThan(tolerance);
            assertThat(greatest(run(Backend.LLVM, square, a -> Ops.subtract(
                    Decompositions.luReconstruct(Decompositions.lu(a)), a)))).as("lu %d", size).isLessThan(tolerance);
            assertThat(greatest(run(Backend.LLVM, square, a -> {
                Tensor spread = Ops.add(timesTransposed(a, a), a.graph().tensor(Linalg.eye(FLOAT64, a.shape())));
                Tensor root = Decompositions.sqrtm(spread);
                return Ops.subtract(Ops.matmul(root, root), spread);
            }))).as("sqrtm %d", size).isLessThan(tolerance * size);
            assertThat(greatest(run(Backend.LLVM, square, a -> Ops.subtract(
                    Decompositions.logm(Decompositions.expm(a.times(1.0 / size))), a.times(1.0 / size)))))
                    .as("expm %d", size).isLessThan(1e-12);
        }
    }

    @Test
    void extremeMagnitudes() {
        for (double scale : new double[] {0x1p900, 0x1p-900}) {
            NDArray matrix = random(3, 4, 4);
            for (int i = 0; i < 16; i++) {
                matrix.setDouble(i, matrix.getDouble(i) * scale);
            }
            assertThat(greatest(run(Backend.EVAL, matrix, a -> Decompositions.singularValues(a).times(1 / scale))))
                    .isBetween(0.5, 4.0);
            assertThat(greatest(run(Backend.EVAL, matrix, a -> Decompositions.svd(a).u()))).isBetween(0.5, 1.0);
            assertThat(greatest(run(Backend.EVAL, matrix, a -> Decompositions.eigh(a).vectors()))).isBetween(0.5, 1.0);
            assertThat(greatest(run(Backend.EVAL, matrix, a -> Decompositions.eig(a).vectors().real())))
                    .isBetween(0.5, 1.0);
        }
    }

    @Test
    void numbersThatAreNoneStayInTheirMatrix() {
        NDArray two = NDArray.of(new double[] {1, Double.NaN, 2, 3, 4, 0, 0, 9}, 2, 2, 2);
        for (Backend backend : List.of(Backend.EVAL, Backend.LLVM)) {
            for (UnaryOperator<Tensor> function : List.<UnaryOperator<Tensor>>of(Decompositions::inv,
                    a -> Decompositions.qr(a).r(), a -> Decompositions.svd(a).v(), Decompositions::expm,
                    a -> Decompositions.eig(a).vectors().imag(), Decompositions::sqrtm, Decompositions::logm,
                    a -> Decompositions.lu(a).lu(), Decompositions::pinv, a -> Decompositions.solve(a, a))) {
                double[] values = run(backend, two, function).toDoubleArray();
                assertThat(values[0]).isNaN();
                assertThat(values[7]).isFinite();
            }
        }
    }

    @Test
    void halfFloats() {
        for (DType dtype : List.of(DType.FLOAT16, DType.BFLOAT16)) {
            NDArray matrix = NDArray.of(new double[] {4, 0, 2, 10}, 2, 2).cast(dtype);
            for (Backend backend : List.of(Backend.EVAL, Backend.LLVM)) {
                NDArray factor = run(backend, matrix, Decompositions::cholesky);
                assertThat(factor.dtype()).isEqualTo(dtype);
                assertThat(factor.cast(FLOAT64).toDoubleArray()).containsExactly(2, 0, 1, 3);
                assertThat(run(backend, matrix, Decompositions::pinv).cast(FLOAT64).toDoubleArray())
                        .containsExactly(new double[] {0.25, 0, -0.05, 0.1}, within(1e-3));
                assertThat(run(backend, matrix, Decompositions::matrixRank).intValue()).isEqualTo(2);
            }
        }
    }

    @Test
    void inTheBodyOfALoop() {
        NDArray three = NDArray.of(new double[] {4, 0, 0, 9, 16, 0, 0, 1, 1, 0, 0, 25}, 3, 2, 2);
        for (Backend backend : List.of(Backend.EVAL, Backend.LLVM)) {
            assertThat(run(backend, three, a -> Control.mapFn(a, Decompositions::cholesky)).toDoubleArray())
                    .containsExactly(2, 0, 0, 3, 4, 0, 0, 1, 1, 0, 0, 5);
            assertThat(run(backend, three, a -> Control.vectorizedMap(a, Decompositions::det)).toDoubleArray())
                    .containsExactly(36, 16, 25);
            double[] gradient = run(backend, three, a -> {
                Tensor sum = Ops.reduceSum(Control.mapFn(a, Decompositions::det));
                return Ops.gradients(sum, a).of(a);
            }).toDoubleArray();
            assertThat(gradient).containsExactly(new double[] {9, 0, 0, 4, 1, 0, 0, 16, 25, 0, 0, 1}, within(1e-14));
        }
    }

    @Test
    void onSeveralThreads() throws Exception {
        NDArray matrix = random(8, 20, 12);
        Graph graph = new Graph();
        Tensor a = graph.placeholder("a", FLOAT64, shape(20, 12));
        Tensor s = Decompositions.singularValues(a);
        Tensor e = Decompositions.eigvals(Linalg.matmul(a, a, true, false)).real();
        try (Session session = new Session(graph, SessionOptions.DEFAULT);
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            double[] expected = session.run(feed(a, matrix), fetch(s)).get(s).toDoubleArray();
            double[] values = session.run(feed(a, matrix), fetch(e)).get(e).toDoubleArray();
            List<Future<Boolean>> same = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                boolean singular = i % 2 == 0;
                Tensor wanted = singular ? s : e;
                same.add(threads.submit(() -> Arrays.equals(session.run(feed(a, matrix), fetch(wanted))
                        .get(wanted).toDoubleArray(), singular ? expected : values)));
            }
            for (Future<Boolean> one : same) {
                assertThat(one.get()).isTrue();
            }
        }
    }

    /** Pairs of complex eigenvalues, for which LAPACK solves small systems in variables that all threads share. */
    @Test
    void complexPairsOnSeveralThreads() throws Exception {
        Graph graph = new Graph();
        Tensor a = graph.placeholder("a", FLOAT64, shape(64, 3, 3));
        Tensor x = Decompositions.sylvester(a, a, a);
        Tensor v = Decompositions.eig(a).vectors().imag();
        LoweredGraph lowered = Lowering.lower(graph, List.of(x, v), List.of(a), List.of());
        List<List<NDArray>> inputs = IntStream.range(0, 8).mapToObj(seed -> List.of(random(seed, 64, 3, 3))).toList();
        List<List<NDArray>> expected = inputs.stream()
                .map(input -> Interpreter.run(lowered.function(), input)).toList();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<Boolean>> same = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                int number = i % inputs.size();
                same.add(threads.submit(() -> {
                    List<NDArray> actual = Interpreter.run(lowered.function(), inputs.get(number));
                    return actual.getFirst().sameBits(expected.get(number).getFirst())
                            && actual.getLast().sameBits(expected.get(number).getLast());
                }));
            }
            for (Future<Boolean> one : same) {
                assertThat(one.get()).isTrue();
            }
        }
    }
}
