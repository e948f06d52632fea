package dev.sinter.testkit;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.CheckIndex;
import dev.sinter.op.Combination;
import dev.sinter.op.Broadcast;
import dev.sinter.op.Concat;
import dev.sinter.op.Bitcast;
import dev.sinter.op.Convert;
import dev.sinter.op.DynamicSlice;
import dev.sinter.op.DynamicUpdateSlice;
import dev.sinter.op.Gather;
import dev.sinter.op.Iota;
import dev.sinter.op.Pad;
import dev.sinter.op.Parameter;
import dev.sinter.op.Recurrence;
import dev.sinter.op.Reduce;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.Reshape;
import dev.sinter.op.Reverse;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Scatter;
import dev.sinter.op.Slice;
import dev.sinter.op.Transpose;
import dev.sinter.op.Windows;
import dev.sinter.op.Windows.Window;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Samples of the ops that move, reduce and contract: each in every dtype that it takes, once with known sizes and
 * once with unknown ones, which are then also 0 and 1.
 */
final class StructureSamples {
    /** Makes the result from the parameters; the sizes are read off their shapes. */
    @FunctionalInterface
    private interface Body {
        Value of(Builder b, List<Value> parameters);
    }

    /** What the shape of a parameter of indices, {@code int64}, starts with. */
    private static final String INDEX = "index";
    private static final List<DType> NUMBERS =
            List.of(DType.FLOAT32, DType.FLOAT64, DType.INT32, DType.INT64);
    private static final List<DType> ALL =
            List.of(DType.FLOAT32, DType.FLOAT64, DType.INT32, DType.INT64, DType.BOOL);
    /** Dtypes that take turns: each sample with unknown sizes is made in two of them, too. */
    private static final List<DType> OTHERS = List.of(DType.FLOAT16, DType.INT8, DType.BFLOAT16, DType.UINT32,
            DType.FLOAT16, DType.UINT8, DType.BFLOAT16, DType.UINT64, DType.FLOAT16, DType.UINT16, DType.BFLOAT16,
            DType.INT16);
    private static final String[] MATRICES = {"n=3,m=5", "n=1,m=1", "n=0,m=4", "n=4,m=0", "n=17,m=33"};
    private static final String[] NOT_EMPTY = {"n=3,m=5", "n=1,m=1", "n=2,m=1", "n=17,m=33"};

    private final List<OpSample> samples = new ArrayList<>();
    private int turn;

    static List<OpSample> all() {
        StructureSamples made = new StructureSamples();
        made.addBroadcasts();
        made.addMoves();
        made.addBoxes();
        made.addIndexed();
        made.addRecurrences();
        made.addJoins();
        made.addReductions();
        made.addContractions();
        made.addConversions();
        return made.samples;
    }

    private void add(String name, List<DType> dtypes, List<String> shapes, Body body, String... sizes) {
        if (dtypes.contains(DType.INT32)) {
            addOther(name, OTHERS.get(turn++ % OTHERS.size()), shapes, body, sizes);
            addOther(name, OTHERS.get(turn++ % OTHERS.size()), shapes, body, sizes);
        }
        for (DType dtype : dtypes) {
            String full = name + " " + dtype.mnemonic();
            boolean smooth = dtype == DType.FLOAT64;
            Map<String, Long> first = sizes(sizes[0]);
            samples.add(new OpSample(full + " static", function(dtype, shapes, first, body),
                    List.of(inputs(full, dtype, shapes, first)), smooth));
            if (!first.isEmpty()) {
                List<List<NDArray>> runs = new ArrayList<>();
                for (String binding : sizes) {
                    runs.add(inputs(full + binding, dtype, shapes, sizes(binding)));
                }
                samples.add(new OpSample(full + " symbolic", function(dtype, shapes, Map.of(), body), runs, smooth));
            }
        }
    }

    private void addOther(String name, DType dtype, List<String> shapes, Body body, String... sizes) {
        String full = name + " " + dtype.mnemonic();
        List<List<NDArray>> runs = new ArrayList<>();
        for (String binding : sizes) {
            runs.add(inputs(full + binding, dtype, shapes, sizes(binding)));
        }
        samples.add(new OpSample(full + " other", function(dtype, shapes, Map.of(), body), runs, false));
    }

    private static Map<String, Long> sizes(String text) {
        Map<String, Long> sizes = new HashMap<>();
        for (String part : text.split(",")) {
            if (!part.isEmpty()) {
                sizes.put(part.split("=")[0], Long.parseLong(part.split("=")[1]));
            }
        }
        return sizes;
    }

    private static Shape shape(String given, Map<String, Long> sizes) {
        String text = given.startsWith(INDEX) ? given.substring(INDEX.length()).strip() : given;
        Shape shape = new Shape(text.isEmpty() ? List.of() : Arrays.stream(text.split(",")).map(Dim::parse).toList());
        return shape.substitute(symbol -> sizes.containsKey(symbol.name()) ? Dim.of(sizes.get(symbol.name()))
                : Dim.ofSymbol(symbol));
    }

    private static Function function(DType dtype, List<String> shapes, Map<String, Long> sizes, Body body) {
        Builder b = new Builder();
        List<Value> parameters = new ArrayList<>();
        for (String shape : shapes) {
            TensorType type = new TensorType(shape.startsWith(INDEX) ? DType.INT64 : dtype, shape(shape, sizes));
            parameters.add(b.add(new Parameter("x" + parameters.size(), type)));
        }
        Value result = body.of(b, parameters);
        return new Function("sample", parameters, List.of(result), b.locations());
    }

    private static List<NDArray> inputs(String seed, DType dtype, List<String> shapes, Map<String, Long> sizes) {
        SampleData data = new SampleData(seed);
        return shapes.stream().map(shape -> data.random(shape.startsWith(INDEX) ? DType.INT64 : dtype,
                shape(shape, sizes).sizes())).toList();
    }

    private static Dim dim(Value value, int axis) {
        return value.shape().dim(axis);
    }

    private void addBroadcasts() {
        add("broadcast scalar", ALL, List.of(""),
                (b, p) -> b.add(new Broadcast(Shape.shape(4, 3), List.of()), p.get(0)), "");
        add("broadcast repeat", ALL, List.of("n"), (b, p) -> b.add(new Broadcast(
                Shape.of(Dim.of(3), dim(p.get(0), 0), Dim.of(2)), List.of(1)), p.get(0)), "n=5", "n=1", "n=0");
        add("broadcast stretch", ALL, List.of("1,m", "n,m"), (b, p) -> b.add(new Broadcast(
                p.get(1).shape(), List.of(0, 1)), p.get(0)), MATRICES);
        add("broadcast maybe", ALL, List.of("n", "m"), (b, p) -> b.add(new Broadcast(Shape.of(Dim.of(2),
                dim(p.get(0), 0).broadcast(dim(p.get(1), 0))), List.of(1)), p.get(0)),
                "n=5,m=5", "n=1,m=5", "n=5,m=1", "n=1,m=1", "n=0,m=1", "n=1,m=0", "n=1,m=37", "n=37,m=37");
        add("broadcast maybe matrices", NUMBERS, List.of("n,m", "k,l"), (b, p) -> {
            Shape shape = Shape.of(dim(p.get(0), 0).broadcast(dim(p.get(1), 0)),
                    dim(p.get(0), 1).broadcast(dim(p.get(1), 1)));
            return b.times(b.broadcast(p.get(0), shape, List.of(0, 1)), b.broadcast(p.get(1), shape, List.of(0, 1)));
        }, "n=3,m=5,k=3,l=5", "n=1,m=5,k=3,l=5", "n=3,m=1,k=3,l=5", "n=3,m=5,k=1,l=1", "n=1,m=37,k=40,l=1",
                "n=1,m=1,k=1,l=1", "n=0,m=5,k=1,l=5", "n=17,m=33,k=17,l=33");
        add("broadcast rows", NUMBERS, List.of("m", "n,m"), (b, p) -> b.plus(p.get(1), b.broadcast(p.get(0),
                p.get(1).shape(), List.of(1))), MATRICES);
        add("broadcast columns", NUMBERS, List.of("n", "n,m"), (b, p) -> b.plus(p.get(1), b.broadcast(p.get(0),
                p.get(1).shape(), List.of(0))), MATRICES);
    }

    private void addMoves() {
        add("reshape flat", ALL, List.of("n,m"), (b, p) -> b.add(new Reshape(Shape.of(
                p.get(0).shape().elementCount())), p.get(0)), MATRICES);
        add("reshape turned", ALL, List.of("n,m"), (b, p) -> b.add(new Reshape(Shape.of(dim(p.get(0), 1), Dim.ONE,
                dim(p.get(0), 0))), p.get(0)), MATRICES);
        add("reshape into sixes", ALL, List.of("n,m"), (b, p) -> b.add(new Reshape(Shape.of(
                p.get(0).shape().elementCount().floorDiv(6), Dim.of(6))), p.get(0)),
                "n=3,m=4", "n=6,m=1", "n=0,m=5", "n=18,m=33");
        add("reshape scalar", ALL, List.of(""), (b, p) -> b.add(new Reshape(Shape.shape(1, 1)), p.get(0)), "");
        add("transpose matrix", ALL, List.of("n,m"), (b, p) -> b.add(new Transpose(List.of(1, 0)), p.get(0)),
                MATRICES);
        add("transpose cube", ALL, List.of("n,m,3"), (b, p) -> b.add(new Transpose(List.of(2, 0, 1)), p.get(0)),
                MATRICES);
        add("reverse", ALL, List.of("n,m"), (b, p) -> b.add(new Reverse(List.of(0, 1)), p.get(0)), MATRICES);
        add("reverse rows", ALL, List.of("n,m"), (b, p) -> b.add(new Reverse(List.of(1)), p.get(0)), MATRICES);
        add("iota rows", NUMBERS, List.of("n,m"), (b, p) -> b.add(new Iota(p.get(0).tensorType(), 0)), MATRICES);
        add("iota columns", NUMBERS, List.of("n,m"), (b, p) -> b.add(new Iota(p.get(0).tensorType(), 1)), MATRICES);
        add("dim_size", List.of(DType.FLOAT32), List.of("n,m"), (b, p) -> b.dimSize(
                dim(p.get(0), 0).times(dim(p.get(0), 1)).plus(1)), MATRICES);
    }

    private void addBoxes() {
        add("slice", ALL, List.of("n,m"), (b, p) -> b.add(new Slice(List.of(Dim.ZERO, Dim.ONE),
                p.get(0).shape().dims(), List.of(2L, 1L)), p.get(0)), NOT_EMPTY);
        add("slice last", ALL, List.of("n,m"), (b, p) -> b.add(new Slice(List.of(dim(p.get(0), 0).minus(1), Dim.ZERO),
                p.get(0).shape().dims(), List.of(1L, 3L)), p.get(0)), NOT_EMPTY);
        add("slice nothing", ALL, List.of("n,m"), (b, p) -> b.add(new Slice(List.of(Dim.ONE, Dim.ZERO),
                List.of(Dim.ONE, dim(p.get(0), 1)), List.of(1L, 1L)), p.get(0)), NOT_EMPTY);
        add("windows", ALL, List.of("n,m"), (b, p) -> b.add(new Windows(List.of(new Window(1, 3, 1, 1))), p.get(0)),
                MATRICES);
        add("windows apart", ALL, List.of("n,m"), (b, p) -> b.add(new Windows(List.of(
                new Window(0, 2, 3, 1))), p.get(0)),
                MATRICES);
        add("windows of two axes", ALL, List.of("n,2,m"), (b, p) -> b.add(new Windows(List.of(
                new Window(2, 3, 2, 1), new Window(0, 2, 1, 2))), p.get(0)), MATRICES);
        add("windows of one element", ALL, List.of("n,m"), (b, p) -> b.add(new Windows(List.of(
                new Window(1, 1, 2, 1))), p.get(0)), MATRICES);
        add("dynamic_slice", ALL, List.of("n,m", INDEX, INDEX), (b, p) -> b.add(new DynamicSlice(Shape.of(Dim.ONE,
                dim(p.get(0), 1).floorDiv(2))), p), NOT_EMPTY);
        add("dynamic_update_slice", ALL, List.of("n,m", "1,m", INDEX, INDEX),
                (b, p) -> b.add(new DynamicUpdateSlice(), p), NOT_EMPTY);
        add("pad", ALL, List.of("n,m", ""), (b, p) -> b.add(new Pad(List.of(Dim.ONE, Dim.ZERO),
                List.of(Dim.ZERO, dim(p.get(0), 0)), List.of(0L, 0L)), p), MATRICES);
        add("pad between", ALL, List.of("n,m", ""), (b, p) -> b.add(new Pad(List.of(Dim.ZERO, Dim.of(2)),
                List.of(Dim.ONE, Dim.ZERO), List.of(1L, 2L)), p), MATRICES);
    }

    private void addIndexed() {
        String[] rows = {"n=5,m=33,k=7", "n=1,m=1,k=1", "n=3,m=0,k=2", "n=0,m=4,k=0", "n=9,m=16,k=0", "n=4,m=3,k=40"};
        String[] batches = {"n=5,m=7,k=6", "n=1,m=1,k=1", "n=0,m=3,k=2", "n=17,m=4,k=33"};
        add("gather rows", ALL, List.of("n,m", "index k"), (b, p) -> b.add(new Gather(List.of(0), 0), p), rows);
        add("gather columns", ALL, List.of("m,n", "index k"), (b, p) -> b.add(new Gather(List.of(1), 0), p), rows);
        add("gather elements", ALL, List.of("n", "index k,m"), (b, p) -> b.add(new Gather(List.of(0), 0), p),
                "n=5,m=33,k=7", "n=1,m=1,k=1", "n=3,m=0,k=2");
        add("gather one", ALL, List.of("n,m", INDEX), (b, p) -> b.add(new Gather(List.of(0), 0), p), NOT_EMPTY);
        add("gather pairs", ALL, List.of("n,2,m,3", "index k", "index k"),
                (b, p) -> b.add(new Gather(List.of(0, 2), 0), p), batches[0], batches[1], batches[3]);
        add("gather along rows", ALL, List.of("n,m", "index n,k"), (b, p) -> b.add(new Gather(List.of(1), 1), p),
                batches);
        add("gather in a batch", ALL, List.of("n,m,2,5", "index n,k,2"),
                (b, p) -> b.add(new Gather(List.of(1), 1), p), batches);
        add("sum of gathered rows", NUMBERS, List.of("n,m", "index k"),
                (b, p) -> b.reduceSum(b.add(new Gather(List.of(0), 0), p), List.of(0)), rows[0], rows[1], rows[5]);
        add("product with gathered rows", NUMBERS, List.of("n,m", "index k", "m,4"), (b, p) -> b.contract("km", "mo",
                "ko", b.add(new Gather(List.of(0), 0), p.subList(0, 2)), p.get(2)), rows[0], rows[1], rows[5]);
        add("scatter add rows", NUMBERS, List.of("n,m", "k,m", "index k"),
                (b, p) -> b.add(new Scatter(Combination.ADD, List.of(0), 0), p), rows);
        add("scatter add columns", NUMBERS, List.of("m,n", "k,m", "index k"),
                (b, p) -> b.add(new Scatter(Combination.ADD, List.of(1), 0), p), rows);
        add("scatter add elements", NUMBERS, List.of("n", "k,m", "index k,m"),
                (b, p) -> b.add(new Scatter(Combination.ADD, List.of(0), 0), p), "n=5,m=33,k=7", "n=1,m=1,k=1",
                "n=3,m=0,k=2");
        add("scatter add pairs", NUMBERS, List.of("n,2,m,3", "k,2,3", "index k", "index k"),
                (b, p) -> b.add(new Scatter(Combination.ADD, List.of(0, 2), 0), p), batches[0], batches[1], batches[3]);
        add("scatter add along rows", NUMBERS, List.of("n,m", "n,k", "index n,k"),
                (b, p) -> b.add(new Scatter(Combination.ADD, List.of(1), 1), p), batches);
        add("scatter add of products", NUMBERS, List.of("n,m", "k,m", "index k"), (b, p) -> b.add(
                new Scatter(Combination.ADD, List.of(0), 0), p.get(0), b.times(p.get(1), p.get(1)), p.get(2)), rows);
        add("gather checked", NUMBERS, List.of("8,m", "index k"), (b, p) -> b.add(new Gather(List.of(0), 0), p.get(0),
                b.add(new CheckIndex("gather", 0, dim(p.get(0), 0)), b.map(ScalarFn.AND, p.get(1),
                        b.fullLike(p.get(1), 7)))), rows);
        add("scatter set", ALL, List.of("n,m", "k,m", "index k"),
                (b, p) -> b.add(new Scatter(Combination.SET, List.of(0), 0), p), rows);
        add("scatter set along rows", NUMBERS, List.of("n,m", "n,k", "index n,k"),
                (b, p) -> b.add(new Scatter(Combination.SET, List.of(1), 1), p), batches);
        add("scatter mul", List.of(DType.FLOAT32, DType.FLOAT64), List.of("n,m", "k,m", "index k"),
                (b, p) -> b.add(new Scatter(Combination.MUL, List.of(0), 0), p), rows[0], rows[1], rows[5]);
        add("scatter min", NUMBERS, List.of("m,n", "k,m", "index k"),
                (b, p) -> b.add(new Scatter(Combination.MIN, List.of(1), 0), p), "n=4,m=2,k=3", "n=1,m=1,k=1");
        add("scatter max", NUMBERS, List.of("n,m", "n,k", "index n,k"),
                (b, p) -> b.add(new Scatter(Combination.MAX, List.of(1), 1), p), "n=2,m=5,k=3", "n=1,m=1,k=1");
    }

    private void addRecurrences() {
        String[] lines = {"n=5,m=33", "n=1,m=1", "n=0,m=3", "n=7,m=0", "n=17,m=2"};
        add("recurrence down", NUMBERS, List.of("1,m", "n,m", "n,m"),
                (b, p) -> b.add(new Recurrence(Recurrence.Form.LINEAR, 0), p), lines);
        add("recurrence along", NUMBERS, List.of("m,1", "m,n", "m,n"),
                (b, p) -> b.add(new Recurrence(Recurrence.Form.LINEAR, 1), p), lines);
        add("recurrence between", List.of(DType.FLOAT32, DType.FLOAT64), List.of("2,1,m", "2,n,m", "2,n,m"),
                (b, p) -> b.add(new Recurrence(Recurrence.Form.LINEAR, 1), p.get(0), b.times(p.get(1), 0.5),
                        b.plus(p.get(2), p.get(2))), lines);
        add("recurrence of one line", List.of(DType.FLOAT32, DType.FLOAT64), List.of("1", "n", "n"),
                (b, p) -> b.add(new Recurrence(Recurrence.Form.LINEAR, 0), p), "n=9", "n=1", "n=0", "n=70");
        add("recurrence sum", NUMBERS, List.of("m,1", "m,n"),
                (b, p) -> b.add(new Recurrence(Recurrence.Form.SUM, 1), p), lines);
        add("recurrence prod", NUMBERS, List.of("1,m", "n,m"),
                (b, p) -> b.add(new Recurrence(Recurrence.Form.PROD, 0), p), "n=4,m=3", "n=1,m=1", "n=0,m=3");
        add("recurrence max", NUMBERS, List.of("m,1", "m,n"),
                (b, p) -> b.add(new Recurrence(Recurrence.Form.MAX, 1), p),
                "n=4,m=3", "n=1,m=1", "n=0,m=3", "n=200,m=1");
        add("recurrence min", NUMBERS, List.of("1,m", "n,m"),
                (b, p) -> b.add(new Recurrence(Recurrence.Form.MIN, 0), p),
                "n=4,m=3", "n=1,m=1", "n=3,m=0", "n=9,m=70");
    }

    private void addJoins() {
        add("concat", ALL, List.of("n,m", "n,2", "n,k"), (b, p) -> b.add(new Concat(1), p),
                "n=3,m=2,k=4", "n=1,m=1,k=1", "n=0,m=2,k=3", "n=5,m=0,k=7");
        add("concat rows", ALL, List.of("n,m", "k,m"), (b, p) -> b.add(new Concat(0), p),
                "n=3,m=2,k=4", "n=1,m=1,k=1", "n=0,m=2,k=3");
        add("concat twice", ALL, List.of("n"), (b, p) -> b.add(new Concat(0), p.get(0), p.get(0)), "n=3", "n=0");
    }

    private void addReductions() {
        for (ReduceFn fn : ReduceFn.values()) {
            boolean logical = fn == ReduceFn.ALL || fn == ReduceFn.ANY;
            List<DType> dtypes = logical ? List.of(DType.BOOL) : NUMBERS;
            for (List<Integer> axes : List.of(List.of(0), List.of(1), List.of(0, 1))) {
                add("reduce " + fn.text() + " " + axes, dtypes, List.of("n,m"),
                        (b, p) -> b.add(new Reduce(fn, axes), p.get(0)), MATRICES);
            }
            add("reduce " + fn.text() + " of a cube", dtypes, List.of("n,4,m"),
                    (b, p) -> b.add(new Reduce(fn, List.of(0, 2)), p.get(0)), MATRICES);
            for (DType dtype : DType.values()) {
                if (logical == (dtype == DType.BOOL)) {
                    addSpecialReduction(fn, dtype);
                }
            }
        }
        Function product = function(DType.FLOAT64, List.of("4,3"), Map.of(),
                (b, p) -> b.reduce(ReduceFn.PROD, p.get(0), List.of(1)));
        NDArray zeros = NDArray.of(new double[] {0, 2, 3, 0, 0, 5, 0, 0, 0, 1, 2, -3}, 4, 3);
        samples.add(new OpSample("reduce prod of zeros f64", product, List.of(List.of(zeros)), true));
    }

    private void addSpecialReduction(ReduceFn fn, DType dtype) {
        Function function = function(dtype, List.of("n,m"), Map.of(), (b, p) -> b.reduce(fn, p.get(0), List.of(1)));
        NDArray pairs = SampleData.special(dtype, 0, 2);
        NDArray others = SampleData.special(dtype, 1, 2);
        NDArray rows = NDArray.zeros(dtype, pairs.elementCount(), 2);
        for (long i = 0; i < pairs.elementCount(); i++) {
            for (int column = 0; column < 2; column++) {
                NDArray from = column == 0 ? pairs : others;
                if (dtype.isFloat()) {
                    rows.setDouble(2 * i + column, from.getDouble(i));
                } else {
                    rows.setLong(2 * i + column, from.getLong(i));
                }
            }
        }
        samples.add(new OpSample("reduce " + fn.text() + " of special values " + dtype.mnemonic(), function,
                List.of(List.of(rows)), false));
    }

    private void addContractions() {
        String[] sizes = {"m=3,k=5,n=4", "m=1,k=1,n=1", "m=0,k=3,n=2", "m=2,k=0,n=3", "m=17,k=33,n=9"};
        for (String equation : List.of("mk,kn->mn", "km,kn->mn", "mk,nk->mn", "km,nk->nm")) {
            addContraction(equation, sizes);
        }
        addContraction("bmk,bkn->bmn", "b=2,m=3,k=4,n=5", "b=1,m=1,k=1,n=1", "b=0,m=2,k=2,n=2", "b=3,m=7,k=8,n=9");
        addContraction("mbk,knb->bnm", "b=2,m=3,k=4,n=5", "b=3,m=1,k=2,n=1");
        addContraction("k,k->", "k=7", "k=1", "k=0", "k=100");
        addContraction("mk,k->m", "m=3,k=5", "m=1,k=1", "m=4,k=0");
        addContraction("i,j->ij", "i=3,j=4", "i=1,j=1", "i=0,j=2");
        addContraction("abkl,lkc->acb", "a=2,b=3,k=2,l=4,c=3", "a=1,b=1,k=1,l=1,c=1");
        addContraction("ab,ab->ab", "a=3,b=4", "a=1,b=1");
        addConvolutions();
    }

    private void addConvolutions() {
        String[] sizes = {"n=2,m=9,c=3", "n=1,m=5,c=1", "n=0,m=6,c=2", "n=3,m=2,c=4", "n=2,m=21,c=17"};
        for (Window window : List.of(new Window(1, 3, 1, 1), new Window(1, 3, 2, 1), new Window(1, 2, 1, 3),
                new Window(1, 2, 2, 3), new Window(1, 2, 3, 1))) {
            String kind = " of windows " + window.size() + " by " + window.stride() + " dilated " + window.dilation();
            add("contraction" + kind, NUMBERS, List.of("n,m,c", window.size() + ",c,5"),
                    (b, p) -> b.contract("nwcr", "rco", "nwo", b.add(new Windows(List.of(window)), p.get(0)), p.get(1)),
                    sizes);
            add("depthwise contraction" + kind, NUMBERS, List.of("n,m,c", window.size() + ",c"),
                    (b, p) -> b.contract("nwcr", "rc", "nwc", b.add(new Windows(List.of(window)), p.get(0)), p.get(1)),
                    sizes);
            add("sum" + kind, NUMBERS, List.of("n,m,c"),
                    (b, p) -> b.reduceSum(b.add(new Windows(List.of(window)), p.get(0)), List.of(3)), sizes);
        }
        add("contraction of windows of two axes", NUMBERS, List.of("n,m,m,c", "3,2,c,5"), (b, p) -> b.contract("nhwcrs",
                "rsco", "nhwo", b.add(new Windows(List.of(new Window(1, 3, 2, 1), new Window(2, 2, 1, 1))), p.get(0)),
                p.get(1)), sizes);
    }

    private void addContraction(String equation, String... sizes) {
        String[] parts = equation.split(",|->", -1);
        List<String> shapes = List.of(String.join(",", parts[0].split("")), String.join(",", parts[1].split("")));
        add("contract " + equation, NUMBERS, shapes,
                (b, p) -> b.contract(parts[0], parts[1], parts[2], p.get(0), p.get(1)), sizes);
    }

    private void addConversions() {
        for (DType from : DType.values()) {
            for (DType to : DType.values()) {
                Function function = function(from, List.of("n"), Map.of(), (b, p) -> b.convert(p.get(0), to));
                String name = "convert " + from.mnemonic() + " to " + to.mnemonic();
                SampleData data = new SampleData(name);
                List<List<NDArray>> runs = new ArrayList<>(List.of(List.of(SampleData.special(from, 0, 1))));
                for (long size : new long[] {0, 1, 67}) {
                    runs.add(List.of(data.random(from, size)));
                }
                if (from != to) {
                    samples.add(new OpSample(name, function, runs, false));
                }
            }
        }
        addBitcasts();
        Function rounding = function(DType.FLOAT64, List.of("n"), Map.of(),
                (b, p) -> b.add(new Convert(DType.FLOAT64), p.get(0)));
        samples.add(new OpSample("convert f64 to itself", rounding,
                List.of(List.of(new SampleData("convert").random(DType.FLOAT64, 5))), true));
    }

    private void addBitcasts() {
        for (DType from : DType.values()) {
            for (DType to : DType.values()) {
                if (from != to && from.bits() == to.bits() && from != DType.BOOL && to != DType.BOOL) {
                    Function function = function(from, List.of("n"), Map.of(),
                            (b, p) -> b.add(new Bitcast(to), p.get(0)));
                    String name = "bitcast " + from.mnemonic() + " to " + to.mnemonic();
                    SampleData data = new SampleData(name);
                    List<List<NDArray>> runs = new ArrayList<>(List.of(List.of(SampleData.special(from, 0, 1))));
                    for (long size : new long[] {0, 1, 67}) {
                        runs.add(List.of(data.random(from, size)));
                    }
                    samples.add(new OpSample(name, function, runs, false));
                }
            }
        }
    }
}
