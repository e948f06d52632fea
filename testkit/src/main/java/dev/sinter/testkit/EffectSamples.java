package dev.sinter.testkit;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.After;
import dev.sinter.op.Assign;
import dev.sinter.op.CustomGradient;
import dev.sinter.op.Derivative;
import dev.sinter.op.HostCall;
import dev.sinter.op.HostFunction;
import dev.sinter.op.InitialState;
import dev.sinter.op.Join;
import dev.sinter.op.Parameter;
import dev.sinter.op.Project;
import dev.sinter.op.RandomBits;
import dev.sinter.op.Read;
import dev.sinter.op.RunNumber;
import dev.sinter.op.StopGradient;
import dev.sinter.op.Tuple;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Samples of constants, random numbers, states, tokens, host calls and the ops that only direct gradients. */
final class EffectSamples {
    private static final Shape VECTOR = Shape.of(Dim.symbol("n"));

    private final List<OpSample> samples = new ArrayList<>();

    static List<OpSample> all() {
        EffectSamples made = new EffectSamples();
        for (DType dtype : DType.values()) {
            made.addConstants(dtype);
            made.addState(dtype);
        }
        made.addRandomBits();
        made.addOrder();
        made.addGradientDirections();
        made.addHostCalls();
        return made.samples;
    }

    private void add(String name, Builder b, List<Value> parameters, List<Value> results, boolean smooth,
            List<List<NDArray>> runs) {
        samples.add(new OpSample(name, new Function("sample", parameters, results, b.locations()), runs, smooth));
    }

    private static Value parameter(Builder b, String name, DType dtype, Shape shape) {
        return b.add(new Parameter(name, new TensorType(dtype, shape)));
    }

    private static List<List<NDArray>> vectors(String seed, DType dtype, int count) {
        SampleData data = new SampleData(seed);
        List<List<NDArray>> runs = new ArrayList<>();
        for (long size : new long[] {5, 0, 1, 67}) {
            List<NDArray> run = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                run.add(data.random(dtype, size));
            }
            runs.add(run);
        }
        return runs;
    }

    private void addConstants(DType dtype) {
        SampleData data = new SampleData("constant");
        for (NDArray array : List.of(data.random(dtype), data.random(dtype, 1), data.random(dtype, 3, 5),
                data.random(dtype, 0, 2), SampleData.special(dtype, 0, 1))) {
            Builder b = new Builder();
            Value constant = b.constant(array);
            add("constant " + dtype.mnemonic() + Arrays.toString(array.sizes()), b, List.of(), List.of(constant),
                    false, List.of(List.of()));
        }
    }

    private void addState(DType dtype) {
        Builder b = new Builder();
        Value state = b.add(new InitialState("w", new TensorType(dtype, Shape.shape(3, 5))));
        Value before = b.add(new Read(), state);
        Value x = parameter(b, "x", dtype, Shape.shape(3, 5));
        Value written = b.add(new Assign(), state, x);
        Value after = b.add(new Read(), written);
        SampleData data = new SampleData("state" + dtype);
        add("assign " + dtype.mnemonic(), b, List.of(state, x), List.of(before, written, after), false,
                List.of(List.of(data.random(dtype, 3, 5), data.random(dtype, 3, 5))));
    }

    private void addRandomBits() {
        for (int word = 0; word < 4; word++) {
            Builder b = new Builder();
            Value run = b.add(new RunNumber());
            Value x = parameter(b, "x", DType.FLOAT32, VECTOR);
            Value known = b.add(new RandomBits(7, -5, word, Shape.shape(3, 5)), run);
            Value unknown = b.add(new RandomBits(0, 1L << 33 | 3, word, VECTOR), run);
            List<List<NDArray>> runs = new ArrayList<>();
            for (List<NDArray> vector : vectors("random", DType.FLOAT32, 1)) {
                runs.add(List.of(NDArray.scalar(((long) runs.size() << 32) + 9), vector.getFirst()));
            }
            add("random_bits word " + word, b, List.of(run, x), List.of(known, unknown), false, runs);
        }
    }

    private void addOrder() {
        Builder b = new Builder();
        Value x = parameter(b, "x", DType.FLOAT64, VECTOR);
        Value y = parameter(b, "y", DType.FLOAT64, VECTOR);
        Value token = b.add(new Join(), x, y);
        Value later = b.add(new After(), b.times(x, y), token, y);
        add("after", b, List.of(x, y), List.of(later), true, vectors("after", DType.FLOAT64, 2));
        add("join", b, List.of(x, y), List.of(token), false, vectors("join", DType.FLOAT64, 2));
    }

    private void addGradientDirections() {
        Builder b = new Builder();
        Value x = parameter(b, "x", DType.FLOAT64, VECTOR);
        Value stopped = b.times(b.add(new StopGradient(), x), x);
        add("stop_gradient", b, List.of(x), List.of(stopped), false, vectors("stop", DType.FLOAT64, 1));

        Builder c = new Builder();
        Value y = parameter(c, "x", DType.FLOAT64, VECTOR);
        Value square = c.times(y, y);
        CustomGradient rule = new CustomGradient("square", (builder, self, gradient) -> List.of(Optional.empty(),
                Optional.of(builder.times(gradient, builder.times(self.operand(1), 2)))));
        add("custom_gradient", c, List.of(y), List.of(c.add(rule, square, y)), true,
                vectors("custom", DType.FLOAT64, 1));
    }

    private void addHostCalls() {
        Builder b = new Builder();
        Value x = parameter(b, "x", DType.FLOAT64, VECTOR);
        Value y = parameter(b, "y", DType.FLOAT64, VECTOR);
        Value call = b.add(new HostCall(new ProductAndDifference()), x, y);
        Value product = b.add(new Project(0), call);
        Value difference = b.add(new Project(1), call);
        add("host_call", b, List.of(x, y), List.of(product, difference), true, vectors("call", DType.FLOAT64, 2));
        Value swapped = b.add(new Tuple(), y, product);
        Value first = b.add(new Project(0), swapped);
        Value second = b.add(new Project(1), swapped);
        add("tuple", b, List.of(x, y), List.of(first, second), true, vectors("tuple", DType.FLOAT64, 2));
    }

    /** Two vectors' elementwise product and difference, with their gradients. */
    private static final class ProductAndDifference implements HostFunction {
        @Override
        public String name() {
            return "product_and_difference";
        }

        @Override
        public List<TensorType> infer(List<TensorType> operands) {
            return operands;
        }

        @Override
        public List<NDArray> call(List<NDArray> operands) {
            NDArray x = operands.get(0);
            NDArray y = operands.get(1);
            NDArray product = NDArray.zeros(x.dtype(), x.sizes());
            NDArray difference = NDArray.zeros(x.dtype(), x.sizes());
            for (long i = 0; i < x.elementCount(); i++) {
                product.setDouble(i, x.getDouble(i) * y.getDouble(i));
                difference.setDouble(i, x.getDouble(i) - y.getDouble(i));
            }
            return List.of(product, difference);
        }

        @Override
        public Derivative derivative() {
            return new Derivative.Rule((b, self, gradient) -> {
                Value ofProduct = b.project(gradient, 0);
                Value ofDifference = b.project(gradient, 1);
                return List.of(Optional.of(b.plus(b.times(ofProduct, self.operand(1)), ofDifference)),
                        Optional.of(b.minus(b.times(ofProduct, self.operand(0)), ofDifference)));
            });
        }
    }
}
