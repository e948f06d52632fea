package dev.sinter.testkit;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Region;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.Branch;
import dev.sinter.op.Call;
import dev.sinter.op.HostCall;
import dev.sinter.op.Loop;
import dev.sinter.op.Loop.Trips;
import dev.sinter.op.Parameter;
import dev.sinter.op.RandomBits;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.RunNumber;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Samples of loops, branches and calls. */
final class RegionSamples {
    private static final Dim T = Dim.symbol("t");
    private static final Dim N = Dim.symbol("n");
    private static final TensorType INDEX = new TensorType(DType.INT64, Shape.SCALAR);
    private static final TensorType F64 = new TensorType(DType.FLOAT64, Shape.SCALAR);
    private static final TensorType VECTOR = new TensorType(DType.FLOAT64, Shape.of(N));

    private final List<OpSample> samples = new ArrayList<>();

    static List<OpSample> all() {
        RegionSamples made = new RegionSamples();
        made.addScans();
        made.addCells();
        made.addSwap();
        made.addSmallStacks();
        made.addHistories();
        made.addEarlyEnds();
        made.addWhile();
        made.addNested();
        made.addBranches();
        made.addCalls();
        made.addHostCallInside();
        made.addRandomBits();
        return made.samples;
    }

    private void add(String name, Builder b, List<Value> parameters, List<Value> results, boolean smooth,
            List<List<NDArray>> runs) {
        samples.add(new OpSample(name, new Function("sample", parameters, results, b.locations()), runs, smooth));
    }

    private static Value parameter(Builder b, String name, TensorType type) {
        return b.add(new Parameter(name, type));
    }

    private static TensorType matrix(DType dtype, Dim rows, Dim columns) {
        return new TensorType(dtype, Shape.of(rows, columns));
    }

    private static List<Value> projected(Builder b, Value tuple, int count) {
        List<Value> elements = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            elements.add(b.project(tuple, i));
        }
        return elements;
    }

    /** Running sums of the rows of a matrix, times a capture, forwards and backwards. */
    private void addScans() {
        for (boolean reverse : new boolean[] {false, true}) {
            Builder b = new Builder();
            Value rows = parameter(b, "rows", matrix(DType.FLOAT64, T, N));
            Value start = parameter(b, "start", VECTOR);
            Value scale = parameter(b, "scale", VECTOR);
            Region body = Region.of(List.of(INDEX, VECTOR, VECTOR, VECTOR), (r, p) -> {
                Value index = r.broadcast(r.convert(p.get(0), DType.FLOAT64), VECTOR.shape());
                Value next = r.plus(p.get(2), r.times(r.plus(p.get(1), r.times(index, 0.01)), p.get(3)));
                return List.of(next, r.times(next, p.get(1)));
            });
            Trips trips = reverse ? Trips.of(T).reversed() : Trips.of(T);
            Value loop = b.add(new Loop(body, trips, 1, 1), rows, start, scale);
            List<List<NDArray>> runs = new ArrayList<>();
            SampleData data = new SampleData("scan");
            for (long[] size : new long[][] {{5, 3}, {0, 3}, {1, 1}, {4, 0}, {7, 67}, {3, 5000}}) {
                runs.add(List.of(data.random(DType.FLOAT64, size), data.random(DType.FLOAT64, size[1]),
                        data.random(DType.FLOAT64, size[1])));
            }
            add("loop sums" + (reverse ? " backwards" : "") + " symbolic", b, List.of(rows, start, scale),
                    projected(b, loop, 2), true, runs);
        }
    }

    /** A recurrent cell, whose state is read as a whole. */
    private void addCells() {
        for (int size : new int[] {8, 70}) {
            for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
                Builder b = new Builder();
                Dim units = Dim.of(size);
                Value xs = parameter(b, "xs", new TensorType(dtype, Shape.of(T, N, units)));
                Value start = parameter(b, "start", matrix(dtype, N, units));
                Value weights = parameter(b, "weights", matrix(dtype, units, units));
                Region body = Region.of(List.of(INDEX, matrix(dtype, N, units), matrix(dtype, N, units),
                        matrix(dtype, units, units)), (r, p) -> {
                            Value next = r.map(ScalarFn.TANH, r.plus(p.get(1),
                                    r.contract("mk", "kn", "mn", p.get(2), p.get(3))));
                            return List.of(next, next);
                        });
                Value loop = b.add(new Loop(body, Trips.of(T), 1, 1), xs, start, b.times(weights, 0.1));
                List<List<NDArray>> runs = new ArrayList<>();
                SampleData data = new SampleData("cell");
                for (long[] sizes : new long[][] {{4, 2}, {1, 1}, {5, 33}}) {
                    runs.add(List.of(data.random(dtype, sizes[0], sizes[1], size), data.random(dtype, sizes[1], size),
                            data.random(dtype, size, size)));
                }
                add("loop cell " + size + " " + dtype.mnemonic() + " symbolic", b, List.of(xs, start, weights),
                        projected(b, loop, 2), dtype == DType.FLOAT64, runs);
            }
        }
    }

    /** Two carries that change places, one that stays, one that comes from elsewhere. */
    private void addSwap() {
        Builder b = new Builder();
        Value x = parameter(b, "x", VECTOR);
        Value y = parameter(b, "y", VECTOR);
        Region body = Region.of(List.of(INDEX, VECTOR, VECTOR, VECTOR, VECTOR, VECTOR), (r, p) ->
                List.of(p.get(2), p.get(1), p.get(3), p.get(5)));
        for (int count : new int[] {0, 1, 2, 5}) {
            Value loop = b.add(new Loop(body, Trips.of(Dim.of(count)), 0, 4), x, y, b.plus(x, y), x, b.times(x, y));
            add("loop swap " + count, b, List.of(x, y), projected(b, loop, 4), true, vectors("swap", 2));
        }
    }

    /** What small loops stack, of a few bytes, is read as a whole by loops after them. */
    private void addSmallStacks() {
        Dim count = Dim.of(4);
        TensorType vector = new TensorType(DType.FLOAT64, Shape.of(count));
        Region sums = Region.of(List.of(INDEX, F64, F64), (r, p) -> {
            Value next = r.plus(p.get(2), p.get(1));
            return List.of(next, next);
        });
        Region weighted = Region.of(List.of(INDEX, F64, vector, vector), (r, p) -> List.of(r.plus(
                r.times(p.get(2), 0.5), r.times(p.get(3), r.broadcast(p.get(1), vector.shape())))));
        for (Shape stack : List.of(Shape.of(count), Shape.of(Dim.of(2), Dim.of(2)))) {
            Builder b = new Builder();
            Value xs = parameter(b, "xs", vector);
            Value zs = parameter(b, "zs", new TensorType(DType.FLOAT64, Shape.of(T)));
            Value scanned = b.add(new Loop(sums, Trips.of(count), 1, 1), xs, b.scalar(DType.FLOAT64, 0));
            Value ys = b.reshape(b.reshape(b.project(scanned, 1), stack), vector.shape());
            Value folded = b.add(new Loop(weighted, Trips.of(T), 1, 1), zs, b.zerosLike(xs), ys);
            SampleData data = new SampleData("stacks");
            List<List<NDArray>> runs = new ArrayList<>();
            for (long length : new long[] {3, 0, 1}) {
                runs.add(List.of(data.random(DType.FLOAT64, 4), data.random(DType.FLOAT64, length)));
            }
            add("loop small stacks " + stack + " symbolic", b, List.of(xs, zs), projected(b, folded, 1), true, runs);
        }
    }

    /** Values of carries before each iteration, read by another loop and by the caller; one of them is a swap. */
    private void addHistories() {
        Dim count = Dim.of(24);
        TensorType vector = new TensorType(DType.FLOAT64, Shape.of(count));
        for (boolean reverse : new boolean[] {false, true}) {
            Builder b = new Builder();
            Value xs = parameter(b, "xs", matrix(DType.FLOAT64, T, count));
            Value start = parameter(b, "start", vector);
            Region body = Region.of(List.of(INDEX, vector, vector, vector), (r, p) -> {
                Value next = r.plus(r.times(p.get(3), 0.5), p.get(1));
                return List.of(next, p.get(2), p.get(2), p.get(3), p.get(2));
            });
            Trips trips = reverse ? Trips.of(T).reversed() : Trips.of(T);
            Value loop = b.add(new Loop(body, trips, 1, 2), xs, start, b.times(start, 2));
            Region sum = Region.of(List.of(INDEX, vector, vector, vector), (r, p) ->
                    List.of(r.plus(r.times(p.get(3), 0.5), r.times(p.get(1), p.get(2)))));
            Value sums = b.add(new Loop(sum, trips, 2, 1), b.project(loop, 2), b.project(loop, 3), start);
            SampleData data = new SampleData("histories");
            List<List<NDArray>> runs = new ArrayList<>();
            for (long length : new long[] {4, 5, 0, 1}) {
                runs.add(List.of(data.random(DType.FLOAT64, length, 24), data.random(DType.FLOAT64, 24)));
            }
            add("loop histories" + (reverse ? " backwards" : "") + " symbolic", b, List.of(xs, start),
                    List.of(b.project(sums, 0), b.project(loop, 0), b.project(loop, 1), b.project(loop, 4)), true,
                    runs);
        }
    }

    private static List<List<NDArray>> vectors(String seed, int count) {
        SampleData data = new SampleData(seed);
        List<List<NDArray>> runs = new ArrayList<>();
        for (long size : new long[] {5, 0, 1, 67}) {
            List<NDArray> run = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                run.add(data.random(DType.FLOAT64, size));
            }
            runs.add(run);
        }
        return runs;
    }

    /** Loops over a sequence that a limit or a condition ends. */
    private void addEarlyEnds() {
        Builder b = new Builder();
        Value rows = parameter(b, "rows", matrix(DType.FLOAT64, T, N));
        Value limit = parameter(b, "limit", INDEX);
        Value bound = parameter(b, "bound", F64);
        Region body = Region.of(List.of(INDEX, VECTOR, F64, F64), (r, p) -> {
            Value next = r.plus(p.get(2), r.reduceSum(r.times(p.get(1), p.get(1)), List.of(0)));
            return List.of(next, r.plus(p.get(1), r.broadcast(next, VECTOR.shape())), next,
                    r.map(ScalarFn.LT, next, p.get(3)));
        });
        Value zero = b.scalar(DType.FLOAT64, 0);
        Value loop = b.add(new Loop(body, new Trips(Optional.of(T), true, true, false), 1, 1), limit,
                b.map(ScalarFn.LT, zero, bound), rows, zero, bound);
        SampleData data = new SampleData("until");
        List<List<NDArray>> runs = new ArrayList<>();
        for (long[] size : new long[][] {{6, 3}, {0, 3}, {9, 40}}) {
            for (long most : new long[] {100, 2, 0, -3}) {
                for (double enough : new double[] {1e9, 7, -1}) {
                    runs.add(List.of(data.random(DType.FLOAT64, size), NDArray.scalar(most), NDArray.scalar(enough)));
                }
            }
        }
        add("loop until symbolic", b, List.of(rows, limit, bound), projected(b, loop, 4), false, runs);

        Builder c = new Builder();
        Value sequence = parameter(c, "rows", matrix(DType.FLOAT64, T, N));
        Value most = parameter(c, "limit", INDEX);
        Region sums = Region.of(List.of(INDEX, VECTOR, VECTOR), (r, p) -> {
            Value next = r.plus(p.get(1), r.times(p.get(2), 0.5));
            return List.of(next, next);
        });
        Value backwards = c.add(new Loop(sums, new Trips(Optional.of(T), true, false, true), 1, 1), most, sequence,
                c.full(DType.FLOAT64, VECTOR.shape(), 1));
        List<List<NDArray>> limited = new ArrayList<>();
        for (long count : new long[] {100, 3, 1, 0, -1}) {
            limited.add(List.of(data.random(DType.FLOAT64, 5, 7), NDArray.scalar(count)));
        }
        add("loop limited backwards symbolic", c, List.of(sequence, most), projected(c, backwards, 2), false, limited);
    }

    /** Doubles vectors while they are short, keeps them on a tape, and walks back over it. */
    private void addWhile() {
        Builder b = new Builder();
        Value x = parameter(b, "x", VECTOR);
        Value bound = parameter(b, "bound", F64);
        Region body = Region.of(List.of(INDEX, VECTOR, F64), (r, p) -> {
            Value next = r.times(p.get(1), 1.25);
            Value norm = r.reduce(ReduceFn.SUM, r.times(next, next), List.of(0));
            return List.of(next, p.get(1), norm, r.map(ScalarFn.LT, norm, p.get(2)));
        });
        Value norm = b.reduceSum(b.times(x, x), List.of(0));
        Value positive = b.map(ScalarFn.AND, b.map(ScalarFn.LT, norm, bound),
                b.map(ScalarFn.GT, norm, b.scalar(DType.FLOAT64, 0)));
        Value loop = b.add(new Loop(body, Trips.whileTrue(), 0, 1), positive, x, bound);
        Value count = b.project(loop, 3);
        Region back = Region.of(List.of(INDEX, VECTOR, F64, VECTOR), (r, p) -> {
            Value next = r.plus(r.times(p.get(3), 0.5), r.times(p.get(1), r.broadcast(p.get(2), VECTOR.shape())));
            return List.of(next, next);
        });
        Value walked = b.add(new Loop(back, new Trips(Optional.empty(), true, false, true), 2, 1), count,
                b.project(loop, 1), b.project(loop, 2), b.zerosLike(x));
        Region forth = Region.of(List.of(INDEX, VECTOR, VECTOR), (r, p) ->
                List.of(r.plus(r.times(p.get(2), 0.25), p.get(1))));
        Value again = b.add(new Loop(forth, new Trips(Optional.empty(), true, false, false), 1, 1), count,
                b.project(walked, 1), b.zerosLike(x));
        SampleData data = new SampleData("while");
        List<List<NDArray>> runs = new ArrayList<>();
        for (long size : new long[] {3, 0, 1, 700}) {
            for (double enough : new double[] {50, 1e12, 0, 1e60}) {
                runs.add(List.of(data.random(DType.FLOAT64, size), NDArray.scalar(enough)));
            }
        }
        add("loop while symbolic", b, List.of(x, bound), List.of(b.project(loop, 0), count, b.project(walked, 0),
                b.project(again, 0)), false, runs);

        Builder c = new Builder();
        Value n = parameter(c, "n", INDEX);
        Region collatz = Region.of(List.of(INDEX, INDEX, INDEX), (r, p) -> {
            Value one = r.scalar(DType.INT64, 1);
            Value two = r.scalar(DType.INT64, 2);
            Value even = r.map(ScalarFn.EQ, r.map(ScalarFn.AND, p.get(1), one), r.scalar(DType.INT64, 0));
            Value next = r.select(even, r.div(p.get(1), two),
                    r.plus(r.times(p.get(1), r.scalar(DType.INT64, 3)), one));
            return List.of(next, r.plus(p.get(2), one), r.map(ScalarFn.GT, next, one));
        });
        Value steps = c.add(new Loop(collatz, Trips.whileTrue(), 0, 2),
                c.map(ScalarFn.GT, n, c.scalar(DType.INT64, 1)), n, c.scalar(DType.INT64, 0));
        List<List<NDArray>> starts = new ArrayList<>();
        for (long start : new long[] {1, 6, 27, 97}) {
            starts.add(List.of(NDArray.scalar(start)));
        }
        add("loop collatz", c, List.of(n), projected(c, steps, 3), false, starts);
    }

    /** A loop in a loop: products of rows with all rows, summed. */
    private void addNested() {
        Builder b = new Builder();
        TensorType matrix = matrix(DType.FLOAT64, T, N);
        Value rows = parameter(b, "rows", matrix);
        Region inner = Region.of(List.of(INDEX, VECTOR, VECTOR, VECTOR), (r, p) -> {
            Value sum = r.plus(p.get(2), r.times(p.get(1), p.get(3)));
            return List.of(sum, r.reduceSum(sum, List.of(0)));
        });
        Region outer = Region.of(List.of(INDEX, VECTOR, VECTOR, matrix), (r, p) -> {
            Value loop = r.add(new Loop(inner, Trips.of(T), 1, 1), p.get(3), p.get(2), p.get(1));
            return List.of(r.times(r.project(loop, 0), 0.5), r.project(loop, 1));
        });
        Value loop = b.add(new Loop(outer, Trips.of(T), 1, 1), rows, b.full(DType.FLOAT64, VECTOR.shape(), 0.25), rows);
        SampleData data = new SampleData("nested");
        List<List<NDArray>> runs = new ArrayList<>();
        for (long[] size : new long[][] {{3, 4}, {0, 2}, {2, 0}, {4, 90}}) {
            runs.add(List.of(data.random(DType.FLOAT64, size)));
        }
        add("loop nested symbolic", b, List.of(rows), projected(b, loop, 2), true, runs);
    }

    private void addBranches() {
        Builder b = new Builder();
        Value number = parameter(b, "number", INDEX);
        Value x = parameter(b, "x", VECTOR);
        List<Region> branches = List.of(
                Region.of(List.of(VECTOR), (r, p) -> List.of(r.times(p.getFirst(), 3),
                        r.reduceSum(p.getFirst(), List.of(0)))),
                Region.of(List.of(VECTOR), (r, p) -> List.of(p.getFirst(), r.scalar(DType.FLOAT64, 7))),
                Region.of(List.of(VECTOR), (r, p) -> {
                    Region body = Region.of(List.of(INDEX, F64, F64), (s, q) -> {
                        Value next = s.plus(q.get(2), q.get(1));
                        return List.of(next, next);
                    });
                    Value sums = r.add(new Loop(body, Trips.of(N), 1, 1), p.getFirst(), r.scalar(DType.FLOAT64, 0));
                    return List.of(r.project(sums, 1), r.project(sums, 0));
                }));
        Value branch = b.add(new Branch(branches), number, x);
        SampleData data = new SampleData("branch");
        List<List<NDArray>> runs = new ArrayList<>();
        for (long which : new long[] {0, 1, 2, 3, -1}) {
            for (long size : new long[] {5, 0, 300}) {
                runs.add(List.of(NDArray.scalar(which), data.random(DType.FLOAT64, size)));
            }
        }
        add("branch symbolic", b, List.of(number, x), projected(b, branch, 2), false, runs);

        Builder c = new Builder();
        Value rows = parameter(c, "rows", matrix(DType.FLOAT64, T, N));
        Region body = Region.of(List.of(INDEX, VECTOR, VECTOR), (r, p) -> {
            Value odd = r.map(ScalarFn.AND, p.get(0), r.scalar(DType.INT64, 1));
            Value chosen = r.add(new Branch(List.of(
                    Region.of(List.of(VECTOR, VECTOR), (s, q) -> List.of(s.plus(q.get(0), q.get(1)))),
                    Region.of(List.of(VECTOR, VECTOR), (s, q) -> List.of(s.map(ScalarFn.TANH, s.times(q.get(0),
                            q.get(1))))))), odd, p.get(1), p.get(2));
            return List.of(r.project(chosen, 0), r.negate(r.project(chosen, 0)));
        });
        Value loop = c.add(new Loop(body, Trips.of(T), 1, 1), rows, c.full(DType.FLOAT64, VECTOR.shape(), 0.5));
        List<List<NDArray>> matrices = new ArrayList<>();
        for (long[] size : new long[][] {{5, 4}, {3, 100}}) {
            matrices.add(List.of(data.random(DType.FLOAT64, size)));
        }
        add("branch in loop symbolic", c, List.of(rows), projected(c, loop, 2), true, matrices);
    }

    private void addCalls() {
        Builder b = new Builder();
        Value x = parameter(b, "x", VECTOR);
        Value y = parameter(b, "y", VECTOR);
        Call call = new Call("f", Region.of(List.of(VECTOR, VECTOR), (r, p) ->
                List.of(r.times(p.get(0), p.get(1)), r.plus(p.get(0), p.get(1)))));
        Value once = b.add(call, x, y);
        Value twice = b.add(call, b.project(once, 0), b.project(once, 1));
        add("call", b, List.of(x, y), projected(b, twice, 2), true, vectors("calls", 2));
        addRecomputedCall();
    }

    /** A loop whose body is one call that gradients compute again. */
    private void addRecomputedCall() {
        Builder b = new Builder();
        Value rows = parameter(b, "rows", matrix(DType.FLOAT64, T, N));
        Value w = parameter(b, "w", new TensorType(DType.FLOAT64, new Shape(List.of(N))));
        TensorType row = w.tensorType();
        Call call = new Call("cell", Region.of(List.of(row, row, row), (r, p) -> {
            Value next = r.map(ScalarFn.TANH, r.plus(p.get(0), r.times(p.get(1), p.get(2))));
            return List.of(next, r.times(next, next));
        }), true);
        Region body = Region.of(List.of(INDEX, row, row, row), (r, p) -> {
            Value called = r.add(call, p.get(1), p.get(2), p.get(3));
            return List.of(r.project(called, 0), r.project(called, 1));
        });
        Value loop = b.add(new Loop(body, Trips.of(T), 1, 1), rows, b.zerosLike(w), w);
        SampleData data = new SampleData("recomputed");
        List<List<NDArray>> runs = new ArrayList<>();
        for (long[] size : new long[][] {{5, 4}, {3, 100}}) {
            runs.add(List.of(data.random(DType.FLOAT64, size), data.random(DType.FLOAT64, size[1])));
        }
        add("recomputed call", b, List.of(rows, w), projected(b, loop, 2), true, runs);
    }

    private void addHostCallInside() {
        Builder b = new Builder();
        Value rows = parameter(b, "rows", matrix(DType.FLOAT64, T, N));
        Region body = Region.of(List.of(INDEX, VECTOR, VECTOR), (r, p) -> {
            Value call = r.add(new HostCall(NegatingFunction.INSTANCE), p.get(1));
            Value next = r.plus(p.get(2), r.project(call, 0));
            return List.of(next, r.project(call, 0));
        });
        Value loop = b.add(new Loop(body, Trips.of(T), 1, 1), rows, b.zerosLike(b.reduceSum(rows, List.of(0))));
        SampleData data = new SampleData("host");
        List<List<NDArray>> runs = new ArrayList<>();
        for (long[] size : new long[][] {{4, 3}, {3, 90}}) {
            runs.add(List.of(data.random(DType.FLOAT64, size)));
        }
        add("loop with host call symbolic", b, List.of(rows), projected(b, loop, 2), false, runs);
    }

    /** Random bits under a number that loops carry on, in a loop in a loop and in the branches beside it. */
    private void addRandomBits() {
        Builder b = new Builder();
        TensorType words = new TensorType(DType.INT32, VECTOR.shape());
        Value run = b.add(new RunNumber());
        Value rows = parameter(b, "rows", new TensorType(DType.INT32, Shape.of(T, N)));
        Region inner = Region.of(List.of(INDEX, INDEX, words), (r, p) -> {
            Value bits = r.add(new RandomBits(3, 11, 1, words.shape()), p.get(1));
            return List.of(ahead(r, p.get(1), p.get(0)), r.map(ScalarFn.XOR, p.get(2), bits), bits);
        });
        List<Region> branches = List.of(
                Region.of(List.of(INDEX, words), (r, p) -> List.of(
                        r.add(new RandomBits(3, 1L << 40 | 12, 0, words.shape()), p.get(0)))),
                Region.of(List.of(INDEX, words), (r, p) -> List.of(p.get(1))),
                Region.of(List.of(INDEX, words), (r, p) -> List.of(r.map(ScalarFn.XOR, p.get(1),
                        r.add(new RandomBits(-3, 12, 3, words.shape()), ahead(r, p.get(0), p.get(0)))))));
        Region outer = Region.of(List.of(INDEX, words, INDEX, words), (r, p) -> {
            Value loop = r.add(new Loop(inner, Trips.of(Dim.of(2)), 0, 2), p.get(2), p.get(1));
            Value branch = r.add(new Branch(branches), r.map(ScalarFn.AND, p.get(0), r.scalar(DType.INT64, 3)),
                    p.get(2), r.map(ScalarFn.XOR, p.get(3), r.project(loop, 1)));
            return List.of(r.project(loop, 0), r.project(branch, 0), r.project(loop, 2), r.project(branch, 0));
        });
        Value loop = b.add(new Loop(outer, Trips.of(T), 1, 2), rows, run,
                b.add(new RandomBits(3, 11, 2, words.shape()), run));
        SampleData data = new SampleData("bits");
        List<List<NDArray>> runs = new ArrayList<>();
        for (long[] size : new long[][] {{5, 3}, {0, 3}, {4, 0}, {1, 1}, {7, 67}, {6, 1000}}) {
            runs.add(List.of(NDArray.scalar(((long) runs.size() << 32) - 9), data.random(DType.INT32, size)));
        }
        add("loop random bits symbolic", b, List.of(run, rows), projected(b, loop, 4), false, runs);
    }

    /** Another number of a stream. */
    private static Value ahead(Builder r, Value stream, Value by) {
        return r.plus(r.times(stream, r.scalar(DType.INT64, 1_000_003)), r.plus(by,
                r.scalar(DType.INT64, 1)));
    }
}
