package dev.sinter.op;

import static dev.sinter.tensor.Shape.shape;

import dev.sinter.graph.Gradients;
import dev.sinter.graph.Graph;
import dev.sinter.graph.GraphElement;
import dev.sinter.graph.Linalg;
import dev.sinter.graph.Lowering;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.graph.WindowOptions;
import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import dev.sinter.testkit.OpSample;
import dev.sinter.testkit.OpSamples;
import dev.sinter.testkit.ProgramCheck;
import dev.sinter.testkit.Sensitivity;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Programs that between them use what code generation knows: few, for tests that repeat them for each machine. */
final class MachinePrograms {
    private static final String GRAPH = "graph of a ";
    private static final long[] LENGTHS = {0, 1, 7, 100};

    private final List<OpSample> all = new ArrayList<>();

    /** All of them. */
    static List<OpSample> all() {
        MachinePrograms made = new MachinePrograms();
        for (DType dtype : DType.values()) {
            made.addScalars(dtype);
            if (dtype == DType.BOOL) {
                made.addReductions(dtype, List.of(ReduceFn.ALL, ReduceFn.ANY));
            } else {
                made.addReductions(dtype, List.of(ReduceFn.SUM, ReduceFn.MAX, ReduceFn.MIN));
                made.addReductions(dtype, List.of(ReduceFn.PROD));
            }
        }
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64, DType.FLOAT16, DType.BFLOAT16)) {
            for (int transposes = 0; transposes < 4; transposes++) {
                made.addProducts(dtype, transposes % 2 == 1, transposes / 2 == 1);
            }
            made.addConvolution(dtype);
        }
        OpSamples.all().stream().filter(sample -> sample.name().startsWith("loop ") && !sample.name().contains("host"))
                .forEach(made.all::add);
        made.addTraining();
        return made.all;
    }

    /** How far the results of one of them may lie from the interpreter's. */
    static ProgramCheck.Comparison tolerance(OpSample program) {
        return program.name().startsWith(GRAPH) ? Sensitivity.MEASURED::mismatch : OpTolerance::mismatch;
    }

    /** Every function of a dtype, each of its own, on one vector. */
    private void addScalars(DType dtype) {
        Builder b = new Builder();
        TensorType type = new TensorType(dtype, Shape.of(Dim.symbol("n")));
        List<Value> x = Stream.of("x", "y", "z").map(name -> b.add(new Parameter(name, type))).toList();
        List<Value> results = new ArrayList<>();
        for (ScalarFn fn : ScalarFn.values()) {
            boolean divides = !dtype.isFloat() && (fn == ScalarFn.DIV || fn == ScalarFn.REM);
            if (fn != ScalarFn.SELECT && fn.takes(dtype) && !divides) {
                results.add(b.map(fn, x.subList(0, fn.arity()).toArray(Value[]::new)));
            }
        }
        add("functions", dtype, new Function("functions", x, results, b.locations()));
    }

    /** Reductions of a dtype, along rows, along columns and of everything. */
    private void addReductions(DType dtype, List<ReduceFn> fns) {
        Builder b = new Builder();
        Value x = b.add(new Parameter("x", new TensorType(dtype, Shape.of(Dim.symbol("n"), Dim.of(37)))));
        List<Value> results = new ArrayList<>();
        for (ReduceFn fn : fns) {
            for (List<Integer> axes : List.of(List.of(0), List.of(1), List.of(0, 1))) {
                results.add(b.reduce(fn, x, axes));
            }
        }
        add("reductions " + fns.getFirst().text(), dtype,
                new Function("reductions", List.of(x), results, b.locations()));
    }

    /** A product of matrices and a batched one, with an epilogue. */
    private void addProducts(DType dtype, boolean transposeLeft, boolean transposeRight) {
        Graph graph = new Graph();
        Tensor a = graph.placeholder("a", dtype, transposeLeft ? shape(33, 29) : shape(29, 33));
        Tensor b = graph.placeholder("b", dtype, transposeRight ? shape(70, 33) : shape(33, 70));
        Tensor c = graph.placeholder("c", dtype, transposeLeft ? shape(3, 9, 5) : shape(3, 5, 9));
        Tensor d = graph.placeholder("d", dtype, transposeRight ? shape(3, 18, 9) : shape(3, 9, 18));
        lowered("product" + (transposeLeft ? " transposed" : "") + " by" + (transposeRight ? " transposed" : ""),
                graph, List.of(Ops.maximum(Linalg.matmul(a, b, transposeLeft, transposeRight), 0),
                        Linalg.matmul(c, d, transposeLeft, transposeRight)), List.of(a, b, c, d), List.of());
    }

    /** A convolution and its gradients. */
    private void addConvolution(DType dtype) {
        Graph graph = new Graph();
        Tensor images = graph.placeholder("images", dtype, shape(2, 9, 8, 3));
        Tensor filter = graph.placeholder("filter", dtype, shape(3, 3, 3, 20));
        Tensor y = Nn.conv2d(images, filter, WindowOptions.SAME);
        Gradients grads = Ops.gradients(Ops.reduceSum(y.times(y)), images, filter);
        lowered("convolution", graph, List.of(y, grads.of(images), grads.of(filter)), List.of(images, filter),
                List.of());
    }

    /** A step of gradient descent of two layers, a softmax and its cross entropy. */
    private void addTraining() {
        Graph graph = new Graph();
        Tensor x = graph.placeholder("x", DType.FLOAT32, shape(12, 20));
        Tensor labels = graph.placeholder("labels", DType.FLOAT32, shape(12, 10));
        Variable w1 = graph.variable("w1", Ops.zeros(DType.FLOAT32, shape(20, 40)));
        Variable w2 = graph.variable("w2", Ops.zeros(DType.FLOAT32, shape(40, 10)));
        Tensor scores = Ops.matmul(Ops.tanh(Ops.matmul(x, w1)), w2);
        Tensor loss = Ops.reduceMean(Nn.softmaxCrossEntropyWithLogits(labels, scores));
        Gradients grads = Ops.gradients(loss, w1, w2);
        List<GraphElement> updates = Stream.of(w1, w2).<GraphElement>map(w ->
                w.assign(w.minus(grads.of(w).times(0.1f)))).toList();
        lowered("training step", graph, List.of(loss), List.of(x, labels), updates);
    }

    private void lowered(String name, Graph graph, List<Tensor> fetches, List<Tensor> feeds,
            List<GraphElement> targets) {
        add(GRAPH + name, feeds.getFirst().dtype(),
                Lowering.lower(graph, fetches, feeds, targets).function());
    }

    private void add(String name, DType dtype, Function function) {
        SplittableRandom random = new SplittableRandom(name.hashCode());
        boolean symbolic = function.parameters().stream().anyMatch(parameter ->
                parameter.op() instanceof Parameter && parameter.tensorType().shape().dims().stream()
                        .anyMatch(dim -> !dim.isConstant()));
        List<List<NDArray>> runs = new ArrayList<>();
        for (long length : symbolic ? LENGTHS : new long[] {0}) {
            runs.add(function.parameters().stream().map(parameter -> array(parameter, length, random)).toList());
        }
        all.add(new OpSample(name + " " + dtype.mnemonic(), function, runs, false));
    }

    private static NDArray array(Value parameter, long length, SplittableRandom random) {
        TensorType type = parameter.op() instanceof InitialState state ? state.content() : parameter.tensorType();
        NDArray array = NDArray.zeros(type.dtype(), type.shape().dims().stream()
                .mapToLong(dim -> dim.asConstant().orElse(length)).toArray());
        for (long i = 0; i < array.elementCount(); i++) {
            switch (type.dtype()) {
                case FLOAT16, BFLOAT16, FLOAT32, FLOAT64 -> array.setDouble(i, random.nextDouble(-2, 2));
                case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64 ->
                        array.setLong(i, random.nextLong(-9, 10));
                case BOOL -> array.setLong(i, random.nextLong(2));
            }
        }
        return array;
    }
}
