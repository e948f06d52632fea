package dev.sinter.unit;

import static dev.sinter.graph.Control.cond;
import static dev.sinter.graph.Control.foldl;
import static dev.sinter.graph.Control.function;
import static dev.sinter.graph.Control.mapFn;
import static dev.sinter.graph.Control.scan;
import static dev.sinter.graph.Control.whileLoop;
import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.greater;
import static dev.sinter.graph.Ops.less;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.graph.Ops.stopGradient;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.graph.Ops.zerosLike;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.graph.Graph;
import dev.sinter.graph.GraphFunction;
import dev.sinter.graph.LoweredGraph;
import dev.sinter.graph.Lowering;
import dev.sinter.graph.Ops;
import dev.sinter.graph.ScanOptions;
import dev.sinter.graph.ScanResult;
import dev.sinter.graph.Step;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.TensorSpec;
import dev.sinter.graph.Variable;
import dev.sinter.ir.Location;
import dev.sinter.ir.Printer;
import dev.sinter.ir.Region;
import dev.sinter.ir.Value;
import dev.sinter.ir.Verifier;
import dev.sinter.op.Loop;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What bodies are made of: names, places, captures, sizes, and how they lie in each other. */
class BodiesTest {
    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN));

    private Value lowered(Tensor fetch, Class<?> op) {
        LoweredGraph lowered = Lowering.lower(graph, List.of(fetch), List.of(x), List.of());
        Verifier.verify(lowered.function());
        Verifier.verifyText(lowered.function());
        return lowered.function().values().stream().filter(value -> op.isInstance(value.op())).findFirst()
                .orElseThrow();
    }

    @Test
    void namesOfABodyLieBelowThatOfItsLoop() {
        Tensor[] inside = new Tensor[1];
        try (var _ = graph.scope("net")) {
            Tensor sums = scan(constant(0f), x, (sum, element) -> {
                inside[0] = sum.plus(element);
                return inside[0];
            });
            assertThat(sums.name()).isEqualTo("net/scan");
        }
        assertThat(inside[0].name()).isEqualTo("net/scan/add");
        assertThat(inside[0].location()).startsWith("BodiesTest.java:");
        assertThat(mapFn(x, each -> each.plus(1)).name()).isEqualTo("map");
        assertThat(mapFn(x, each -> each.plus(1)).name()).isEqualTo("map_1");
    }

    @Test
    void placesInTheBodySurvive() {
        Tensor sums = scan(constant(0f), x, (sum, element) -> sum.plus(element));
        Region body = ((Loop) lowered(sums, Loop.class).op()).body();
        Value add = body.function().results().getFirst();
        assertThat(body.function().locations().of(add)).extracting(Location::node).contains("scan/add");
        assertThat(body.function().locations().of(add)).extracting(Location::file)
                .containsOnly("BodiesTest.java");
    }

    @Test
    void aBodyIsAClosedRegion() {
        Tensor scale = graph.placeholder("scale", FLOAT32, shape());
        Tensor sums = scan(constant(0f), x, (sum, element) -> sum.plus(element.times(scale)));
        LoweredGraph lowered = Lowering.lower(graph, List.of(sums), List.of(x, scale), List.of());
        Verifier.verify(lowered.function());
        assertThat(Printer.print(lowered.function()).replaceAll(" *// .*", "")).isEqualTo("""
                sinter-tensor 1
                func @run(
                    %x: f32[x.0],
                    %scale: f32[]
                ) {
                  %2 = constant{0.0}() : f32[]
                  %3 = loop{length=x.0, sequences=1, carries=1}(%x, %2, %scale) : (f32[], f32[x.0]) region(
                      %p0: i64[],
                      %p1: f32[],
                      %p2: f32[],
                      %p3: f32[]
                  ) {
                    %4 = mul(%p1, %p3) : f32[]
                    %5 = add(%p2, %4) : f32[]
                    return %5, %5
                  }
                  %4 = project{1}(%3) : f32[x.0]
                  return %4
                }
                """);
    }

    @Test
    void bodiesLieInEachOther() {
        Tensor matrix = graph.placeholder("matrix", FLOAT32, shape(UNKNOWN, UNKNOWN));
        Tensor factor = graph.placeholder("factor", FLOAT32, shape());
        Tensor rows = scan(constant(0f), matrix, (total, row) -> {
            Tensor start = total.times(factor);
            Tensor sum = foldl(start, row, (all, each) -> cond(greater(each, 0),
                    () -> whileLoop(all, value -> less(value, each), value -> value.plus(factor)),
                    () -> all.minus(total)));
            return sum.plus(start);
        });
        double expected = 0;
        double[][] values = {{1, 5, -1}, {3, -2, 40}};
        double[] results = new double[2];
        for (int i = 0; i < 2; i++) {
            double start = expected * 2;
            double all = start;
            for (double each : values[i]) {
                if (each > 0) {
                    while (all < each) {
                        all += 2;
                    }
                } else {
                    all -= expected;
                }
            }
            expected = all + start;
            results[i] = expected;
        }
        NDArray fed = NDArray.from(new float[][] {{1, 5, -1}, {3, -2, 40}});
        assertThat(Evaluation.of(rows, Map.of(matrix, fed, factor, NDArray.scalar(2f))).toFloatArray())
                .containsExactly((float) results[0], (float) results[1]);
    }

    @Test
    void sizesThatMeetInABodyAreOne() {
        Tensor rows = graph.placeholder("rows", FLOAT32, shape(UNKNOWN, 1, UNKNOWN));
        Tensor w = graph.placeholder("w", FLOAT32, shape(UNKNOWN, UNKNOWN));
        Tensor bias = graph.placeholder("bias", FLOAT32, shape(UNKNOWN));
        Tensor before = mapFn(w, row -> row.plus(1));
        Tensor states = scan(zeros(FLOAT32, shape(1, 1)).plus(bias), rows, (h, row) -> matmul(row, w)
                .plus(h));
        assertThat(states.shape().dims()).containsExactly(rows.dim(0), rows.dim(1), bias.dim(0));
        assertThat(w.dim(1)).isEqualTo(bias.dim(0));
        assertThat(w.dim(0)).isEqualTo(rows.dim(2));
        Map<Tensor, NDArray> feeds = Map.of(rows, NDArray.from(new float[][][] {{{1, 2}}, {{3, 4}}}),
                w, NDArray.from(new float[][] {{1, 0, 1}, {0, 1, 1}}), bias, NDArray.of(10f, 20f, 30f));
        assertThat(Evaluation.of(states, feeds).toFloatArray()).containsExactly(11, 22, 33, 14, 26, 40);
        assertThat(Evaluation.of(before, feeds).toFloatArray()).containsExactly(2, 1, 2, 1, 2, 2);
    }

    @Test
    void sizesLearntAfterABodyReachIt() {
        Tensor y = graph.placeholder("y", FLOAT32, shape(UNKNOWN));
        Tensor n = graph.placeholder("n", FLOAT32, shape(3));
        Tensor sums = scan(zerosLike(y), graph.placeholder("z", FLOAT32, shape(2)),
                (sum, element) -> sum.plus(y.times(element)));
        Tensor later = sums.plus(n);
        assertThat(sums.shape()).isEqualTo(shape(2, 3));
        assertThat(later.shape()).isEqualTo(shape(2, 3));
        Value loop = Lowering.lower(graph, List.of(later),
                List.of(y, n, (Tensor) graph.find("z").orElseThrow()),
                List.of()).function().values().stream().filter(value -> value.op() instanceof Loop)
                .findFirst()
                .orElseThrow();
        assertThat(((Loop) loop.op()).body().parameterTypes().get(2)).hasToString("f32[3]");
    }

    @Test
    void sizesThatTheGraphCannotCompareAreCheckedByRuns() {
        Tensor rows = graph.placeholder("rows", FLOAT32, shape(UNKNOWN, UNKNOWN));
        Tensor flat = Ops.reshape(rows, shape(UNKNOWN));
        Tensor y = graph.placeholder("y", FLOAT32, shape(UNKNOWN, UNKNOWN));
        Tensor other = Ops.reshape(y, shape(UNKNOWN));
        Map<Tensor, NDArray> feeds = Map.of(x, NDArray.of(1f, 2f), rows,
                NDArray.from(new float[][] {{1, 2}, {3, 4}}),
                y, NDArray.from(new float[][] {{5, 6, 7, 8}}));
        Map<Tensor, NDArray> wrong = Map.of(x, NDArray.of(-1f, -2f), rows, feeds.get(rows),
                y, NDArray.from(new float[][] {{5, 6, 7}}));
        Tensor last = foldl(flat, x, (_, _) -> other);
        Tensor chosen = cond(greater(reduceSum(x), 0), () -> flat, () -> other);
        Tensor sums = mapFn(List.of(flat, other), each -> List.of(each.get(0).plus(each.get(1)))).getFirst();
        GraphFunction add = function(graph, "add_all", List.of(TensorSpec.of(FLOAT32, shape(UNKNOWN)),
                TensorSpec.of(FLOAT32, shape(UNKNOWN))), given -> List.of(given.get(0).plus(given.get(1))));
        Tensor called = add.call(flat, other).getFirst();
        float[][] expected = {{5, 6, 7, 8}, {1, 2, 3, 4}, {6, 8, 10, 12}, {6, 8, 10, 12}};
        List<String> places = List.of("foldl/reshape", "cond/false/reshape", "map/reshape", "add_all_1/reshape");
        List<Tensor> all = List.of(last, chosen, sums, called);
        for (int i = 0; i < all.size(); i++) {
            Tensor tensor = all.get(i);
            assertThat(Evaluation.of(tensor, feeds).toFloatArray()).containsExactly(expected[i]);
            assertThatThrownBy(() -> Evaluation.of(tensor, wrong)).as(tensor.name())
                    .isInstanceOf(GraphException.class)
                    .extracting(problem -> problem.getMessage().replaceAll("java:\\d+", "java:#"))
                    .isEqualTo("reshape: [3] has 3 elements, [4] has 4\n  at BodiesTest.java:# (" + places.get(i)
                            + ")");
        }
    }

    @Test
    void gradientsInsideABody() {
        Tensor start = graph.placeholder("start", FLOAT64, shape());
        Tensor target = graph.placeholder("target", FLOAT64, shape());
        Tensor root = foldl(start, Ops.range(FLOAT64, 30), (guess, _) -> {
            Tensor error = square(square(guess).minus(target));
            return guess.minus(gradients(error, guess).get(0).times(0.02));
        });
        assertThat(Evaluation.of(root, Map.of(start, NDArray.scalar(1.0), target, NDArray.scalar(2.0)))
                .item())
                .isCloseTo(Math.sqrt(2), within(1e-4));
        Tensor newton = whileLoop(start, guess -> greater(Ops.abs(square(guess).minus(target)), 1e-12),
                guess -> {
            Tensor value = square(guess).minus(target);
            return guess.minus(value.div(gradients(value, guess).get(0)));
        });
        assertThat(Evaluation.of(newton, Map.of(start, NDArray.scalar(1.0), target, NDArray.scalar(2.0)))
                .item())
                .isCloseTo(Math.sqrt(2), within(1e-12));
    }

    @Test
    void gradientsInsideABodyOfWhatIsAroundIt() {
        Tensor scale = graph.placeholder("scale", FLOAT32, shape());
        Tensor squared = square(scale);
        Tensor slopes = mapFn(x, each -> gradients(each.times(squared).plus(stopGradient(squared)), scale)
                .get(0));
        assertThat(Evaluation.of(slopes, Map.of(x, NDArray.of(1f, 2f), scale, NDArray.scalar(5f)))
                .toFloatArray())
                .containsExactly(10, 20);
        Variable w = graph.variable("w", constant(3f));
        Tensor reads = square(w);
        Tensor byW = mapFn(x, each -> gradients(each.times(reads).plus(w), w).get(0));
        assertThat(Evaluation.of(byW, Map.of(x, NDArray.of(1f, 2f))).toFloatArray()).containsExactly(7, 13);
    }

    @Test
    void aFunctionIsTracedOnceAndCalledOften() {
        int[] traced = {0};
        Tensor bias = graph.placeholder("bias", FLOAT32, shape());
        GraphFunction twice = function(graph, "twice", List.of(TensorSpec.of(FLOAT32, shape(UNKNOWN))),
                given -> {
            traced[0]++;
            return List.of(given.getFirst().times(2).plus(bias));
        });
        Tensor y = graph.placeholder("y", FLOAT32, shape(2));
        Tensor four = twice.call(twice.call(x).getFirst()).getFirst();
        Tensor other = twice.call(y).getFirst();
        assertThat(four.shape()).isEqualTo(x.shape());
        assertThat(other.shape()).isEqualTo(shape(2));
        Map<Tensor, NDArray> feeds = Map.of(x, NDArray.of(1f, 2f, 3f), y, NDArray.of(1f, 2f),
                bias, NDArray.scalar(1f));
        assertThat(Evaluation.of(four, feeds).toFloatArray()).containsExactly(7, 11, 15);
        assertThat(Evaluation.of(other, feeds).toFloatArray()).containsExactly(3, 5);
        Tensor inLoop = foldl(zerosLike(y), x, (sum, each) -> sum.plus(twice.call(y.times(each)).getFirst()));
        assertThat(Evaluation.of(inLoop, feeds).toFloatArray()).containsExactly(15, 27);
        assertThat(traced[0]).isEqualTo(1);
    }

    @Test
    void aFunctionsSizesThatMustBeEqual() {
        GraphFunction add = function(graph, "sum_of", List.of(TensorSpec.of(FLOAT32, shape(UNKNOWN)),
                TensorSpec.of(FLOAT32, shape(UNKNOWN))), given -> List.of(given.get(0).plus(given.get(1))));
        Tensor y = graph.placeholder("y", FLOAT32, shape(UNKNOWN));
        assertThat(add.call(x, y).getFirst().shape()).isEqualTo(x.shape());
        assertThat(y.shape()).isEqualTo(x.shape());
        Tensor three = graph.placeholder("three", FLOAT32, shape(3));
        assertThat(add.call(three, three).getFirst().shape()).isEqualTo(shape(3));
    }

    @Test
    void aBodyThatThrowsLeavesTheGraphAsItWas() {
        Tensor y = graph.placeholder("y", FLOAT32, shape(UNKNOWN));
        var sizes = y.shape();
        assertThatThrownBy(() -> scan(constant(0f), x, (sum, element) -> {
            Ops.randomNormal(FLOAT32, shape(2)).plus(element);
            y.plus(x);
            graph.variable("v", zeros(FLOAT32, shape(2)));
            graph.scope("left_open");
            throw new IllegalStateException("mine");
        })).isInstanceOf(IllegalStateException.class).hasMessage("mine");
        assertThat(y.shape()).isEqualTo(sizes);
        assertThat(graph.variables()).isEmpty();
        assertThat(graph.find("scan/random_normal")).isEmpty();
        Tensor noise = graph.tensor(Ops.randomNormal(FLOAT32, shape(2)));
        assertThat(Evaluation.of(noise).toFloatArray())
                .containsExactly(Evaluation.of(new Graph().tensor(Ops.randomNormal(FLOAT32, shape(2))))
                .toFloatArray());
        assertThat(noise.name()).isEqualTo("random_normal");
        assertThat(scan(constant(0f), x, (sum, element) -> sum.plus(element)).name()).isEqualTo("scan");
    }

    @Test
    void whatABodyDeclaresBelongsToTheGraph() {
        Tensor[] made = new Tensor[1];
        Variable[] w = new Variable[1];
        Tensor sums = scan(constant(0f), x, (sum, element) -> {
            made[0] = graph.placeholder("offset", FLOAT32, shape());
            w[0] = graph.variable("w", constant(2f));
            return sum.plus(element.times(w[0])).plus(made[0]);
        });
        assertThat(Evaluation.of(sums, Map.of(x, NDArray.of(1f, 2f), made[0], NDArray.scalar(1f)))
                .toFloatArray())
                .containsExactly(3, 8);
        assertThat(Evaluation.of(w[0].initialValue()).item()).isEqualTo(2);
    }

    @Test
    void aLoopInAChainOfManyNodes() {
        Tensor end = foldl(constant(0f), x, (sum, element) -> {
            Tensor value = element;
            for (int i = 0; i < 20_000; i++) {
                value = value.plus(1);
            }
            return sum.plus(value);
        });
        assertThat(Evaluation.of(end, Map.of(x, NDArray.of(1f, 2f))).item()).isEqualTo(40_003);
    }

    @Test
    void aReversedScanOverAPart() {
        Tensor limit = graph.placeholder("limit", FLOAT32, shape());
        ScanResult result = scan(List.of(constant(0f)), List.of(x),
                ScanOptions.DEFAULT.reversed().withLimit(Ops.cast(limit, dev.sinter.tensor.DType.INT32)),
                each ->
                        Step.carry(each.carry(0).times(10).plus(each.element(0))).output(each.index()));
        List<NDArray> values = Evaluation.of(List.of(result.carry(0), result.output(0)),
                Map.of(x, NDArray.of(1f, 2f, 3f, 4f), limit, NDArray.scalar(3f)));
        assertThat(values.get(0).item()).isEqualTo(321);
        assertThat(values.get(1).toLongArray()).containsExactly(0, 1, 2, 0);
    }
}
