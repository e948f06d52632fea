package dev.sinter.unit;

import static dev.sinter.graph.Ops.cast;
import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.greater;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.randomUniform;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.sin;
import static dev.sinter.graph.Ops.tanh;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.runtime.Fetch.fetch;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.DType.INT64;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.Control;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Operand;
import dev.sinter.graph.ScanOptions;
import dev.sinter.graph.ScanResult;
import dev.sinter.graph.Step;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Scans with checkpoints give what they give without: values, gradients, random numbers, writes. */
public class CheckpointRunsTest extends OnEachBackend {
    private static final int UNITS = 3;
    private static final int[] LENGTHS = {0, 1, 3, 5};

    /** A scan in the graph of a net; the same for every kind of options. */
    private interface Code {
        ScanResult scan(Net net, ScanOptions options);
    }

    private static final class Net {
        final Graph graph = new Graph(7);
        final Tensor x;
        final Tensor most = graph.placeholder("most", INT64, shape());
        final Tensor start = graph.placeholder("start", FLOAT64, shape(2, UNITS));
        final Variable w = graph.variable("w", constant(new double[][] {
            {0.3, -0.2, 0.1}, {0.5, 0.4, -0.6}, {-0.1, 0.2, 0.7}}));
        final Variable v = graph.variable("v", constant(0.5));
        final List<Tensor> results = new ArrayList<>();

        Net(long length, ScanOptions options, Code code) {
            x = graph.placeholder("x", FLOAT64, shape(length, 2, UNITS));
            ScanResult result = code.scan(this, options);
            results.addAll(result.carries());
            results.addAll(result.outputs());
            results.addAll(result.last());
            Tensor loss = reduceSum(sin(x)).plus(reduceSum(sin(start))).plus(reduceSum(sin(w)));
            for (Tensor each : results) {
                if (each.dtype() == FLOAT64) {
                    loss = loss.plus(reduceSum(sin(each.times(each).plus(each))));
                }
            }
            List<Operand> xs = List.of(x, start, w);
            List<Tensor> first = gradients(loss, xs.toArray(Operand[]::new)).asList();
            Tensor squares = graph.constant(0.0);
            for (Tensor gradient : first) {
                squares = squares.plus(reduceSum(gradient.times(gradient)));
            }
            results.add(result.count());
            results.addAll(first);
            results.addAll(gradients(squares, xs.toArray(Operand[]::new)).asList());
        }
    }

    private static NDArray waves(long... sizes) {
        NDArray value = NDArray.zeros(FLOAT64, sizes);
        for (long i = 0; i < value.elementCount(); i++) {
            value.setDouble(i, Math.sin(1 + i));
        }
        return value;
    }

    /** The results of runs over some lengths, and then the variable that bodies write. */
    private List<List<NDArray>> run(Net net, long most, int... lengths) {
        List<List<NDArray>> all = new ArrayList<>();
        try (Session session = open(net.graph)) {
            session.run(net.graph.initializer());
            for (int length : lengths) {
                Fetches fetches = session.run(feed(net.x, waves(length, 2, UNITS))
                        .and(net.start, waves(2, UNITS)).and(net.most, NDArray.scalar(most)),
                        fetch(net.results.toArray(Tensor[]::new)));
                List<NDArray> results = new ArrayList<>(net.results.stream().map(fetches::get).toList());
                results.add(session.run(net.v));
                all.add(results);
            }
        }
        return all;
    }

    private static void assertNear(List<List<NDArray>> actual, List<List<NDArray>> expected, String what) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int run = 0; run < expected.size(); run++) {
            assertThat(actual.get(run)).hasSameSizeAs(expected.get(run));
            for (int i = 0; i < expected.get(run).size(); i++) {
                NDArray one = actual.get(run).get(i);
                NDArray other = expected.get(run).get(i);
                assertThat(one.sizes()).as(what).isEqualTo(other.sizes());
                for (long e = 0; e < other.elementCount(); e++) {
                    double wanted = other.getDouble(e);
                    assertThat(Math.abs(one.getDouble(e) - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted)))
                            .as("%s: run %d, result %d, element %d is %s, not %s", what, run, i, e,
                                    one.getDouble(e), wanted).isTrue();
                }
            }
        }
    }

    private void compare(Code code, UnaryOperator<ScanOptions> change, long... limits) {
        for (long most : limits.length == 0 ? new long[] {0} : limits) {
            ScanOptions plain = change.apply(ScanOptions.DEFAULT);
            List<List<NDArray>> expected = run(new Net(UNKNOWN, plain, code), most, LENGTHS);
            for (int every : new int[] {1, 3}) {
                ScanOptions options = change.apply(ScanOptions.DEFAULT.withCheckpoints(every));
                assertNear(run(new Net(UNKNOWN, options, code), most, LENGTHS), expected,
                        "every " + every + ", limit " + most);
            }
            for (int length : new int[] {1, 5, 6}) {
                ScanOptions options = change.apply(ScanOptions.DEFAULT.withCheckpoints(3));
                assertNear(run(new Net(length, options, code), most, length),
                        run(new Net(length, plain, code), most, length),
                        "length " + length + ", limit " + most);
            }
        }
    }

    private static Tensor next(Net net, Tensor h, Tensor element) {
        return tanh(matmul(h, net.w).plus(element));
    }

    private static ScanResult cell(Net net, ScanOptions options) {
        return Control.scan(List.of(net.start), List.of(net.x), options, each -> {
            Tensor h = next(net, each.carry(0), each.element(0));
            return Step.carry(h).output(h.times(h));
        });
    }

    @Test
    void aCell() {
        compare(CheckpointRunsTest::cell, options -> options);
    }

    @Test
    void aCellBackwards() {
        compare(CheckpointRunsTest::cell, ScanOptions::reversed);
    }

    /** Two carries, two sequences, the index, two outputs and a last value. */
    private static ScanResult several(Net net, ScanOptions options) {
        Tensor other = sin(net.x);
        Tensor zeros = net.graph.tensor(zeros(FLOAT64, shape(2)));
        return Control.scan(List.of(net.start, zeros), List.of(net.x, other), options, each -> {
            Tensor number = cast(each.index(), FLOAT64);
            Tensor h = next(net, each.carry(0), each.element(1)).plus(number.times(0.1));
            Tensor c = each.carry(1).times(0.9).plus(reduceSum(h.times(each.element(0)), 1));
            return Step.carry(h, c).output(c.times(c), each.index()).last(sin(c), each.index());
        });
    }

    @Test
    void severalCarriesAndSequences() {
        compare(CheckpointRunsTest::several, options -> options);
        compare(CheckpointRunsTest::several, ScanOptions::reversed);
    }

    @Test
    void aLimit() {
        Code limited = (net, options) -> several(net, options.withLimit(net.most));
        compare(limited, options -> options, -9, 0, 3, 4, Long.MAX_VALUE);
        compare(limited, ScanOptions::reversed, -1, 3, 4);
    }

    @Test
    void aConditionThatEndsIt() {
        Code until = (net, options) -> Control.scan(List.of(net.start, net.graph.constant(0.0)), List.of(net.x),
                options, each -> {
                    Tensor h = next(net, each.carry(0), each.element(0));
                    Tensor sum = each.carry(1).plus(1);
                    return Step.carry(h, sum).output(h).last(h.times(2), each.index())
                            .until(greater(sum, cast(net.most, FLOAT64)));
                });
        compare(until, options -> options, 0, 2, 3, 100);
        compare(until, ScanOptions::reversed, 3, 100);
        compare((net, options) -> until.scan(net, options.withLimit(net.graph.constant(4L))),
                options -> options, 3, 100);
    }

    @Test
    void randomNumbersStay() {
        Code noisy = (net, options) -> Control.scan(List.of(net.start), List.of(net.x), options, each -> {
            Tensor noise = net.graph.tensor(randomUniform(FLOAT64, shape(2, UNITS)));
            Tensor h = next(net, each.carry(0), each.element(0).plus(noise));
            return Step.carry(h).output(noise, h);
        });
        compare(noisy, options -> options);
        compare(noisy, ScanOptions::reversed);
    }

    @Test
    void variablesAreWrittenOnce() {
        compare((net, options) -> Control.scan(List.of(net.start), List.of(net.x), options, each -> {
            Tensor before = net.v.value();
            Tensor h = next(net, each.carry(0), each.element(0).times(before));
            net.v.assign(before.times(0.5).plus(reduceSum(h)));
            return Step.carry(h).output(before);
        }), options -> options);
    }

    @Test
    void scansInsideOfEachOther() {
        compare((net, options) -> Control.scan(List.of(net.start), List.of(net.x), options, each -> {
            ScanResult inner = Control.scan(List.of(each.carry(0)), List.of(net.x), options, other ->
                    Step.carry(next(net, other.carry(0), other.element(0).times(each.element(0)))));
            return Step.carry(inner.carry(0)).output(inner.carry(0).times(2));
        }), options -> options);
    }

    @Test
    void aSequenceIsAllThereIs() {
        compare((net, options) -> Control.scan(List.of(), List.of(net.x), options, each ->
                Step.carry().output(matmul(each.element(0), net.w))), options -> options);
    }

    @Test
    void aLengthIsAllThereIs() {
        compare((net, options) -> Control.scan(List.of(net.start), List.of(),
                options.withLength(net.x.shape().dim(0)), each -> {
                    Tensor h = sin(matmul(each.carry(0), net.w));
                    return Step.carry(h).output(h);
                }), options -> options);
    }

    @Test
    void theShortFormHasThem() {
        compare((net, options) -> {
            Tensor all = Control.scan(net.start, net.x, options, (h, element) -> next(net, h, element));
            return new ScanResult(List.of(), List.of(all), List.of(), net.graph.constant(0L));
        }, options -> options);
    }
}
