package dev.sinter.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.kernel.IndexMap;
import dev.sinter.kernel.IndexMap.Coordinate;
import dev.sinter.kernel.Layout;
import dev.sinter.kernel.Nest;
import dev.sinter.kernel.Term;
import dev.sinter.plan.Buffer;
import dev.sinter.program.Target;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reductions of awkward sizes, known and unknown, along either axis. */
class ReductionTest {
    /** All elements, each row, or each column of a matrix. */
    private enum Kept { NOTHING, ROWS, COLUMNS }

    private static NestRun run(ReduceFn fn, Kept kept, int rows, int columns, boolean known,
            double[] values) {
        Dim r = known ? Dim.of(rows) : Dim.symbol("r");
        Dim c = known ? Dim.of(columns) : Dim.symbol("c");
        List<Dim> domain = kept == Kept.NOTHING ? List.of() : List.of(kept == Kept.ROWS ? r : c);
        List<Dim> reduced = kept == Kept.NOTHING ? List.of(r, c) : List.of(kept == Kept.ROWS ? c : r);
        int first = kept == Kept.COLUMNS ? 1 : 0;
        IndexMap map = new IndexMap(List.of(Coordinate.axis(first, 2), Coordinate.axis(1 - first, 2)));
        List<Buffer> buffers = new ArrayList<>();
        buffers.add(new Buffer(0, "x", new TensorType(DType.FLOAT32, Shape.of(r, c)), Layout.ROW_MAJOR,
                new Buffer.Role.Temporary()));
        buffers.add(new Buffer(1, "y", new TensorType(DType.FLOAT32, new Shape(domain)), Layout.ROW_MAJOR,
                new Buffer.Role.Temporary()));
        long[] bits = new long[rows * columns];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = NestRun.bits(DType.FLOAT32, values[i]);
        }
        int results = kept == Kept.NOTHING ? 1 : kept == Kept.ROWS ? rows : columns;
        Nest nest = new Nest("reduce", domain, reduced, List.of(new Nest.Input(0, map)),
                List.of(new Term.Element(0, DType.FLOAT32), new Term.Reduced(0, DType.FLOAT32)),
                List.of(new Nest.Reduction(fn, 0)),
                List.of(new Nest.Output(1, IndexMap.identity(domain.size(), domain.size()), 1)));
        return new NestRun(nest, buffers, List.of(bits, new long[results]),
                symbol -> symbol.name().equals("r") ? rows : columns);
    }

    private static List<int[]> shapes(int size) {
        return List.of(new int[] {1, size}, new int[] {size, 1}, new int[] {size, 3});
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 63, 64, 65, 1000, 100_003})
    void sumsAreAccurate(int size) {
        for (int[] shape : shapes(size)) {
            for (Kept kept : Kept.values()) {
                for (boolean known : new boolean[] {true, false}) {
                    double[] values = new Random(size).doubles((long) shape[0] * shape[1], -1, 1)
                            .map(x -> (float) x).toArray();
                    NestRun run = run(ReduceFn.SUM, kept, shape[0], shape[1], known, values);
                    long[] actual = run.scheduled(NestRun.WIDE).get(1);
                    double[] exact = new double[actual.length];
                    for (int i = 0; i < values.length; i++) {
                        exact[kept == Kept.NOTHING ? 0 : kept == Kept.ROWS ? i / shape[1]
                                : i % shape[1]] += values[i];
                    }
                    for (int i = 0; i < exact.length; i++) {
                        double sum = Float.intBitsToFloat((int) actual[i]);
                        assertThat(Math.abs(sum - exact[i])).as(kept + " of " + shape[0] + "x" + shape[1])
                                .isLessThanOrEqualTo(1e-7 * size + 1e-9);
                    }
                }
            }
        }
    }

    /** Rounding is the same wherever a column lies: what follows may tell a last bit from none, as a softmax does. */
    @ParameterizedTest
    @ValueSource(ints = {3, 17, 40, 100, 1000, 1003})
    void columnsOfTheSameElementsHaveTheSameSum(int columns) {
        for (int rows : new int[] {2, 5, 169, 1003}) {
            for (boolean known : new boolean[] {true, false}) {
                double[] column = new Random(rows).doubles(rows, 1e5, 1e6).map(x -> (float) x).toArray();
                double[] values = new double[rows * columns];
                java.util.Arrays.setAll(values, i -> column[i / columns]);
                NestRun run = run(ReduceFn.SUM, Kept.COLUMNS, rows, columns, known, values);
                for (Target target : List.of(NestRun.WIDE, NestRun.NARROW)) {
                    long[] sums = run.scheduled(target).get(1);
                    assertThat(sums).as(rows + " rows").containsOnly(sums[0]);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 1003})
    void extremaKeepNanAndTheSignOfZero(int size) {
        double[][] kinds =
                {{-0.0, 0.0}, {-0.0}, {1, -1, Double.NaN}, {Double.NEGATIVE_INFINITY, -5}, {3, 4, 5}};
        for (double[] kind : kinds) {
            for (int[] shape : shapes(size)) {
                for (Kept kept : Kept.values()) {
                    for (ReduceFn fn : List.of(ReduceFn.MAX, ReduceFn.MIN)) {
                        double[] values = new double[shape[0] * shape[1]];
                        Random random = new Random(size);
                        for (int i = 0; i < values.length; i++) {
                            values[i] = kind[random.nextInt(kind.length)];
                        }
                        NestRun run = run(fn, kept, shape[0], shape[1], size % 2 == 0, values);
                        long[] actual = run.scheduled(NestRun.WIDE).get(1);
                        long[] expected = run.expected().get(1);
                        for (int i = 0; i < expected.length; i++) {
                            assertThat(Float.floatToIntBits(Float.intBitsToFloat((int) actual[i])))
                                    .as(fn + " " + kept + " of " + shape[0] + "x" + shape[1])
                                    .isEqualTo(Float.floatToIntBits(Float.intBitsToFloat((int) expected[i])));
                        }
                    }
                }
            }
        }
    }

    /** The sum of the squared differences between the elements of each row and a number of the row. */
    @ParameterizedTest
    @ValueSource(ints = {1, 15, 64, 1000})
    void rowsAreReadAsTheyLieBesideOneNumberOfEach(int columns) {
        int rows = 37;
        Dim r = Dim.of(rows);
        Dim c = Dim.of(columns);
        Buffer.Role role = new Buffer.Role.Temporary();
        List<Buffer> buffers = List.of(
                new Buffer(0, "x", new TensorType(DType.FLOAT32, Shape.of(r, c)), Layout.ROW_MAJOR, role),
                new Buffer(1, "mean", new TensorType(DType.FLOAT32, Shape.of(r)), Layout.ROW_MAJOR, role),
                new Buffer(2, "y", new TensorType(DType.FLOAT32, Shape.of(r)), Layout.ROW_MAJOR, role));
        IndexMap row = new IndexMap(List.of(Coordinate.axis(0, 2)));
        Nest nest = new Nest("squares", List.of(r), List.of(c),
                List.of(new Nest.Input(0, IndexMap.identity(2, 2)), new Nest.Input(1, row)),
                List.of(new Term.Element(0, DType.FLOAT32), new Term.Element(1, DType.FLOAT32),
                        new Term.Apply(ScalarFn.SUB, DType.FLOAT32, List.of(0, 1)),
                        new Term.Apply(ScalarFn.MUL, DType.FLOAT32, List.of(2, 2)),
                        new Term.Reduced(0, DType.FLOAT32)),
                List.of(new Nest.Reduction(ReduceFn.SUM, 3)),
                List.of(new Nest.Output(2, IndexMap.identity(1, 1), 4)));
        long[] x = new long[rows * columns];
        java.util.Arrays.setAll(x, i -> NestRun.bits(DType.FLOAT32, i % 9));
        long[] mean = new long[rows];
        java.util.Arrays.setAll(mean, i -> NestRun.bits(DType.FLOAT32, i % 5));
        NestRun run = new NestRun(nest, buffers, List.of(x, mean, new long[rows]), _ -> 0);
        assertThat(run.scheduled(NestRun.WIDE).get(2)).isEqualTo(run.expected().get(2));
        if (columns > 16) {
            assertThat(run.text(NestRun.WIDE)).doesNotContain("gather").doesNotContain(".partial");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000_003})
    void manyElementsAreSummedInChunks(int size) {
        double[] values = new double[size];
        java.util.Arrays.setAll(values, i -> i % 7 - 3);
        NestRun run = run(ReduceFn.SUM, Kept.NOTHING, size, 1, false, values);
        double expected = java.util.Arrays.stream(values).sum();
        assertThat(Float.intBitsToFloat((int) run.scheduled(NestRun.WIDE).get(1)[0]))
                .isEqualTo((float) expected);
        assertThat(run.text(NestRun.WIDE)).contains(".partial").contains(".total");
    }
}
