package dev.sinter.fuzz;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Type.StateType;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.Combination;
import dev.sinter.op.After;
import dev.sinter.op.Assign;
import dev.sinter.op.Concat;
import dev.sinter.op.DynamicSlice;
import dev.sinter.op.DynamicUpdateSlice;
import dev.sinter.op.Gather;
import dev.sinter.op.HostCall;
import dev.sinter.op.HostFunction;
import dev.sinter.op.InitialState;
import dev.sinter.op.Iota;
import dev.sinter.op.Join;
import dev.sinter.op.Pad;
import dev.sinter.op.Parameter;
import dev.sinter.op.RandomBits;
import dev.sinter.op.Read;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.Reverse;
import dev.sinter.op.RunNumber;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Scatter;
import dev.sinter.op.Slice;
import dev.sinter.op.Windows;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A function of random ops on small shapes, with inputs. Floats are small whole numbers and stay so, unless
 * smooth functions are asked for: results are then the same whatever order sums are taken in.
 */
final class RandomFunction {
    private final Random random;
    private final boolean smooth;
    private final Builder b = new Builder();
    private final List<Value> parameters = new ArrayList<>();
    private final List<NDArray> inputs = new ArrayList<>();
    private final List<Value> pool = new ArrayList<>();
    private final List<Value> states = new ArrayList<>();
    private final List<Value> tokens = new ArrayList<>();
    private final long n;
    private final long m;
    private final Value run;

    private RandomFunction(long seed, boolean smooth) {
        this.random = new Random(seed);
        this.smooth = smooth;
        this.n = random.nextInt(12) == 0 ? 0 : 1 + random.nextInt(5);
        this.m = 1 + random.nextInt(4);
        parameter("n", type(DType.FLOAT32, Shape.of(Dim.symbol("n"))));
        parameter("m", type(DType.INT32, Shape.of(Dim.symbol("m"))));
        for (int i = 0; i < 3; i++) {
            parameter("x" + i, type(dtype(), shape(3)));
        }
        parameter("start", type(DType.INT64, Shape.SCALAR));
        run = b.add(new RunNumber());
        parameters.add(run);
        inputs.add(NDArray.scalar(5L));
        for (int i = 0; i < 2; i++) {
            TensorType content = type(dtype(), staticShape(2));
            Value state = b.add(new InitialState("v" + i, content));
            parameters.add(state);
            inputs.add(data(content));
            states.add(state);
            pool.add(b.add(new Read(), state));
        }
    }

    record Sample(Function function, List<NDArray> inputs) {}

    static Sample of(long seed, int ops, boolean smooth) {
        RandomFunction f = new RandomFunction(seed, smooth);
        for (int i = 0; i < ops; i++) {
            f.step();
        }
        return f.finish();
    }

    private Sample finish() {
        List<Value> results = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(4); i++) {
            results.add(recent());
        }
        for (Value state : states) {
            if (!(state.op() instanceof InitialState)) {
                results.add(state);
            }
        }
        if (!tokens.isEmpty() && random.nextBoolean()) {
            results.add(b.add(new Join(), tokens));
        }
        return new Sample(new Function("fuzz", parameters, results, b.locations()), inputs);
    }

    private void parameter(String name, TensorType type) {
        Value value = b.add(new Parameter(name, type));
        parameters.add(value);
        inputs.add(data(type));
        pool.add(value);
    }

    private NDArray data(TensorType type) {
        long[] sizes = type.shape().dims().stream().mapToLong(this::size).toArray();
        NDArray array = NDArray.zeros(type.dtype(), sizes);
        for (long i = 0; i < array.elementCount(); i++) {
            array.setDouble(i, type.dtype() == DType.BOOL ? random.nextInt(2)
                    : smooth ? random.nextGaussian() : random.nextInt(9) - 4);
        }
        return array;
    }

    private long size(Dim dim) {
        return dim.evaluate(symbol -> symbol.name().equals("n") ? n : m);
    }

    private static TensorType type(DType dtype, Shape shape) {
        return new TensorType(dtype, shape);
    }

    private DType dtype() {
        return random.nextInt(3) > 0 ? DType.FLOAT32 : DType.values()[random.nextInt(DType.BOOL.ordinal())];
    }

    private Dim dim() {
        return switch (random.nextInt(7)) {
            case 0 -> Dim.symbol("n");
            case 1 -> Dim.symbol("m");
            case 2 -> Dim.ONE;
            default -> Dim.of(1 + random.nextInt(4));
        };
    }

    private Shape shape(int mostAxes) {
        List<Dim> dims = new ArrayList<>();
        int rank = random.nextInt(mostAxes + 1);
        for (int i = 0; i < rank; i++) {
            dims.add(dim());
        }
        return new Shape(dims);
    }

    private Shape staticShape(int mostAxes) {
        return new Shape(shape(mostAxes).dims().stream().map(dim -> dim.isConstant() ? dim : Dim.of(2)).toList());
    }

    private Value any() {
        return pool.get(random.nextInt(pool.size()));
    }

    private Value recent() {
        return pool.get(Math.max(0, pool.size() - 1 - random.nextInt(8)));
    }

    private Value any(DType dtype) {
        for (int i = 0; i < 10; i++) {
            Value value = random.nextBoolean() ? recent() : any();
            if (value.dtype() == dtype) {
                return value;
            }
        }
        return b.convert(any(), dtype);
    }

    /** A value of a type: one from the pool, or one made to fit. */
    private Value fitting(DType dtype, Shape shape) {
        for (int i = 0; i < 12; i++) {
            Value value = any();
            if (value.dtype() == dtype && value.shape().equals(shape)) {
                return value;
            }
        }
        Value value = any(dtype);
        if (value.rank() <= shape.rank()) {
            List<Integer> axes = new ArrayList<>();
            int next = 0;
            for (int axis = 0; axis < value.rank(); axis++) {
                while (next < shape.rank() && !value.shape().dim(axis).equals(shape.dim(next))
                        && !value.shape().dim(axis).isConstant(1)) {
                    next++;
                }
                if (next == shape.rank()) {
                    break;
                }
                axes.add(next++);
            }
            if (axes.size() == value.rank()) {
                return b.broadcast(value, shape, axes);
            }
        }
        return b.full(dtype, shape, random.nextInt(5) - 2);
    }

    private void put(Value value) {
        Value kept = value;
        if (!smooth && value.dtype().isFloat()) {
            kept = b.map(ScalarFn.MAX, b.map(ScalarFn.MIN, value, b.fullLike(value, 8)), b.fullLike(value, -8));
        } else if (smooth && value.dtype().isFloat() && random.nextInt(4) == 0) {
            kept = b.map(ScalarFn.TANH, value);
        }
        pool.add(kept);
    }

    private void step() {
        switch (random.nextInt(26)) {
            case 0, 1, 2 -> unary();
            case 3, 4, 5, 6 -> binary();
            case 7 -> compare();
            case 8 -> pool.add(b.convert(any(), dtype()));
            case 9 -> broadcast();
            case 10 -> transpose();
            case 11 -> {
                if (random.nextBoolean()) {
                    slice();
                } else {
                    windows();
                }
            }
            case 12 -> dynamicSlice();
            case 13 -> update();
            case 14 -> pad();
            case 15 -> concat();
            case 16, 17 -> reduce();
            case 18, 19 -> contract();
            case 20 -> reshape();
            case 21 -> generate();
            case 22 -> assign();
            case 23 -> gather();
            case 24 -> scatterAdd();
            default -> effect();
        }
    }

    private void unary() {
        Value x = any();
        if (x.dtype() == DType.BOOL) {
            pool.add(b.map(ScalarFn.NOT, x));
        } else if (x.dtype().isFloat() && smooth) {
            ScalarFn[] fns = {ScalarFn.NEG, ScalarFn.ABS, ScalarFn.TANH, ScalarFn.LOGISTIC, ScalarFn.SIN, ScalarFn.COS};
            put(b.map(fns[random.nextInt(fns.length)], x));
        } else {
            put(b.map(random.nextBoolean() ? ScalarFn.NEG : ScalarFn.ABS, x));
        }
    }

    private void binary() {
        Value x = any();
        if (x.dtype() == DType.BOOL) {
            pool.add(b.map(random.nextBoolean() ? ScalarFn.AND : ScalarFn.XOR, x, fitting(DType.BOOL, x.shape())));
            return;
        }
        Value y = fitting(x.dtype(), x.shape());
        ScalarFn[] fns = {ScalarFn.ADD, ScalarFn.SUB, ScalarFn.MUL, ScalarFn.MAX, ScalarFn.MIN};
        if (x.dtype().isInteger() && random.nextInt(5) == 0) {
            Value divisor = b.map(ScalarFn.OR, y, b.fullLike(y, 1));
            put(b.map(random.nextBoolean() ? ScalarFn.DIV : ScalarFn.REM, x, divisor));
        } else {
            put(b.map(fns[random.nextInt(fns.length)], x, y));
        }
    }

    private void compare() {
        Value x = any();
        Value y = fitting(x.dtype(), x.shape());
        if (smooth && x.dtype().isFloat()) {
            put(b.select(fitting(DType.BOOL, x.shape()), x, y));
            return;
        }
        Value mask = b.map(random.nextBoolean() ? ScalarFn.LT : ScalarFn.NE, x, y);
        pool.add(random.nextBoolean() ? mask : b.select(mask, x, y));
    }

    private void broadcast() {
        Value x = any();
        if (x.rank() < 3) {
            List<Dim> dims = new ArrayList<>(x.shape().dims());
            int at = random.nextInt(dims.size() + 1);
            dims.add(at, dim());
            List<Integer> axes = new ArrayList<>();
            for (int axis = 0; axis < dims.size(); axis++) {
                if (axis != at) {
                    axes.add(axis);
                }
            }
            pool.add(b.broadcast(x, new Shape(dims), axes));
        }
    }

    private void transpose() {
        Value x = any();
        List<Integer> permutation = new ArrayList<>();
        for (int axis = 0; axis < x.rank(); axis++) {
            permutation.add(axis);
        }
        Collections.shuffle(permutation, random);
        pool.add(random.nextInt(3) == 0 && x.rank() > 0 ? b.add(new Reverse(List.of(random.nextInt(x.rank()))), x)
                : b.transpose(x, permutation));
    }

    private void slice() {
        Value x = any();
        List<Dim> starts = new ArrayList<>();
        List<Dim> limits = new ArrayList<>();
        List<Long> strides = new ArrayList<>();
        for (Dim dim : x.shape().dims()) {
            long from = dim.isConstant() && dim.constant() > 0 ? random.nextInt((int) dim.constant()) : 0;
            starts.add(Dim.of(from));
            limits.add(dim);
            strides.add(1L + random.nextInt(2));
        }
        pool.add(b.add(new Slice(starts, limits, strides), x));
    }

    private void windows() {
        Value x = any();
        int axis = random.nextInt(Math.max(1, x.rank()));
        if (x.rank() > 0 && x.rank() < 5 && x.shape().dim(axis).isConstant()) {
            pool.add(b.add(new Windows(List.of(new Windows.Window(axis, 1 + random.nextInt(3), 1 + random.nextInt(2),
                    1 + random.nextInt(2)))), x));
        }
    }

    private Shape box(Shape shape) {
        return new Shape(shape.dims().stream().map(dim -> dim.isConstant() && dim.constant() > 0
                ? Dim.of(1 + random.nextInt((int) dim.constant())) : dim).toList());
    }

    private List<Value> starts(int rank) {
        List<Value> starts = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            Value scalar = pool.stream().filter(value -> value.dtype() == DType.INT64 && value.rank() == 0)
                    .skip(random.nextInt(2)).findFirst().orElse(run);
            starts.add(random.nextBoolean() ? scalar : b.scalar(DType.INT64, random.nextInt(4) - 1));
        }
        return starts;
    }

    private void dynamicSlice() {
        Value x = any();
        List<Value> operands = new ArrayList<>(List.of(x));
        operands.addAll(starts(x.rank()));
        pool.add(b.add(new DynamicSlice(box(x.shape())), operands));
    }

    private void update() {
        Value x = any();
        List<Value> operands = new ArrayList<>(List.of(x, fitting(x.dtype(), box(x.shape()))));
        operands.addAll(starts(x.rank()));
        pool.add(b.add(new DynamicUpdateSlice(), operands));
    }

    /** The axes that have elements. */
    private List<Integer> filled(Value x) {
        return IntStream.range(0, x.rank()).filter(axis -> size(x.shape().dim(axis)) > 0).boxed().toList();
    }

    private void gather() {
        Value x = any();
        List<Integer> axes = filled(x);
        if (!axes.isEmpty() && x.rank() < 5) {
            int axis = axes.get(random.nextInt(axes.size()));
            int batch = random.nextInt(axis + 1);
            List<Dim> dims = new ArrayList<>(x.shape().dims().subList(0, batch));
            dims.add(x.shape().dim(random.nextInt(x.rank())));
            pool.add(b.add(new Gather(List.of(axis), batch), x, fitting(DType.INT64, new Shape(dims))));
        }
    }

    private void scatterAdd() {
        Value x = any();
        List<Integer> axes = filled(x);
        if (!axes.isEmpty() && x.dtype() != DType.BOOL) {
            int axis = axes.get(random.nextInt(axes.size()));
            int batch = random.nextInt(axis + 1);
            List<Dim> dims = new ArrayList<>(x.shape().dims().subList(0, batch));
            dims.add(x.shape().dim(random.nextInt(x.rank())));
            List<Dim> summands = new ArrayList<>(dims);
            summands.addAll(x.shape().dims().subList(batch, axis));
            summands.addAll(x.shape().dims().subList(axis + 1, x.rank()));
            put(b.add(new Scatter(Combination.ADD, List.of(axis), batch), x, fitting(x.dtype(), new Shape(summands)),
                    fitting(DType.INT64, new Shape(dims))));
        }
    }

    private void pad() {
        Value x = any();
        boolean gaps = random.nextInt(3) == 0;
        List<Dim> low = new ArrayList<>();
        List<Dim> high = new ArrayList<>();
        List<Long> interior = new ArrayList<>();
        for (int i = 0; i < x.rank(); i++) {
            low.add(Dim.of(random.nextInt(2)));
            high.add(Dim.of(random.nextInt(2)));
            interior.add(gaps ? (long) random.nextInt(2) : 0L);
        }
        if (small(x)) {
            pool.add(b.add(new Pad(low, high, interior), x, fitting(x.dtype(), Shape.SCALAR)));
        }
    }

    private boolean small(Value x) {
        return x.shape().dims().stream().allMatch(dim -> size(dim) < 8);
    }

    private void concat() {
        Value x = any();
        if (x.rank() > 0 && small(x)) {
            pool.add(b.add(new Concat(random.nextInt(x.rank())), x, fitting(x.dtype(), x.shape()), x));
        }
    }

    private void reduce() {
        Value x = any();
        List<Integer> axes = new ArrayList<>();
        for (int axis = 0; axis < x.rank(); axis++) {
            if (random.nextBoolean()) {
                axes.add(axis);
            }
        }
        ReduceFn fn = x.dtype() == DType.BOOL ? random.nextBoolean() ? ReduceFn.ALL : ReduceFn.ANY
                : smooth ? ReduceFn.SUM : List.of(ReduceFn.SUM, ReduceFn.MAX, ReduceFn.MIN).get(random.nextInt(3));
        Value reduced = b.reduce(fn, x, axes);
        if (fn == ReduceFn.SUM) {
            put(reduced);
        } else {
            pool.add(reduced);
        }
    }

    private void contract() {
        Value x = any();
        if (x.dtype() == DType.BOOL || x.rank() > 3) {
            return;
        }
        String lhs = "abc".substring(0, x.rank());
        StringBuilder rhs = new StringBuilder();
        StringBuilder out = new StringBuilder();
        List<Dim> dims = new ArrayList<>();
        for (char letter : lhs.toCharArray()) {
            if (random.nextBoolean()) {
                rhs.append(letter);
                dims.add(x.shape().dim(lhs.indexOf(letter)));
                if (random.nextInt(3) == 0) {
                    out.append(letter);
                }
            } else {
                out.append(letter);
            }
        }
        if (random.nextBoolean() && rhs.length() < 3) {
            rhs.insert(0, 'd');
            out.append('d');
            dims.addFirst(dim());
        }
        put(b.contract(lhs, rhs.toString(), out.toString(), x, fitting(x.dtype(), new Shape(dims))));
    }

    private void reshape() {
        Value x = any();
        List<Dim> dims = new ArrayList<>(x.shape().dims());
        int choice = random.nextInt(3);
        if (choice == 0) {
            dims.add(random.nextInt(dims.size() + 1), Dim.ONE);
        } else if (choice == 1 && dims.size() >= 2) {
            int at = random.nextInt(dims.size() - 1);
            dims.set(at, dims.get(at).times(dims.remove(at + 1)));
        } else {
            dims.removeIf(dim -> dim.isConstant(1));
        }
        if (dims.size() <= 4) {
            pool.add(b.reshape(x, new Shape(dims)));
        }
    }

    private void generate() {
        Shape shape = shape(2);
        switch (random.nextInt(4)) {
            case 0 -> pool.add(shape.rank() == 0 ? b.dimSize(Dim.symbol("n"))
                    : b.add(new Iota(type(DType.INT32, shape), random.nextInt(shape.rank()))));
            case 1 -> pool.add(b.map(ScalarFn.AND, b.add(new RandomBits(1, 2, random.nextInt(4), shape), run),
                    b.full(DType.INT32, shape, 7)));
            case 2 -> pool.add(b.constant(data(type(dtype(), staticShape(2)))));
            default -> pool.add(b.full(dtype(), shape, random.nextInt(3)));
        }
    }

    private void assign() {
        int which = random.nextInt(states.size());
        Value state = states.get(which);
        TensorType content = ((StateType) state.type()).content();
        Value before = b.add(new Read(), state);
        Value value = fitting(content.dtype(), content.shape());
        boolean mix = content.dtype() != DType.BOOL && random.nextInt(3) > 0;
        Value next = mix ? b.plus(before, value) : value;
        if (random.nextInt(4) == 0) {
            List<Value> operands = new ArrayList<>(List.of(before, fitting(content.dtype(), box(content.shape()))));
            operands.addAll(starts(content.rank()));
            next = b.add(new DynamicUpdateSlice(), operands);
        }
        if (!smooth && next.dtype().isFloat()) {
            next = b.map(ScalarFn.MAX, b.map(ScalarFn.MIN, next, b.fullLike(next, 8)), b.fullLike(next, -8));
        }
        states.set(which, b.add(new Assign(), state, next));
        if (random.nextBoolean()) {
            pool.add(b.add(new Read(), states.get(which)));
        }
    }

    private void effect() {
        Value x = any();
        List<Value> operands = new ArrayList<>(List.of(x));
        operands.addAll(tokens);
        Value call = b.add(new HostCall(new Twice()), operands);
        Value result = b.project(call, 0);
        pool.add(result);
        tokens.add(b.add(new Join(), call));
        if (random.nextBoolean()) {
            pool.add(b.add(new After(), any(), tokens.getLast()));
        }
    }

    /** Gives its operand twice as large, bools as they are. */
    static final class Twice implements HostFunction {
        @Override
        public String name() {
            return "twice";
        }

        @Override
        public List<TensorType> infer(List<TensorType> operands) {
            return List.of(operands.getFirst());
        }

        @Override
        public List<NDArray> call(List<NDArray> operands) {
            NDArray x = operands.getFirst();
            NDArray result = NDArray.zeros(x.dtype(), x.sizes());
            for (long i = 0; i < x.elementCount(); i++) {
                if (x.dtype().isFloat()) {
                    result.setDouble(i, Math.clamp(x.getDouble(i) * 2, -8, 8));
                } else {
                    result.setLong(i, x.dtype() == DType.BOOL ? x.getLong(i) : x.getLong(i) * 2);
                }
            }
            return List.of(result);
        }

        @Override
        public boolean hasEffect() {
            return true;
        }
    }
}
