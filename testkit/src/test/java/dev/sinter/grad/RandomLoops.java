package dev.sinter.grad;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.LoopBuilder;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.Concat;
import dev.sinter.op.Loop.Trips;
import dev.sinter.op.Parameter;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Slice;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** Makes functions with one or two random loops over vectors of 3 and scalars in {@code float64}, with inputs. */
final class RandomLoops {
    private static final Shape VECTOR = Shape.shape(3);
    private static final int LENGTH = 4;

    private final SplittableRandom random;
    private final Builder b = new Builder();
    private final List<Value> parameters = new ArrayList<>();
    private final List<NDArray> inputs = new ArrayList<>();
    private final int trips;

    private RandomLoops(long seed) {
        this.random = new SplittableRandom(seed);
        this.trips = random.nextInt(LENGTH + 1);
    }

    static LoopSamples.Sample of(long seed) {
        return new RandomLoops(seed).make(seed);
    }

    private LoopSamples.Sample make(long seed) {
        List<Value> outside = new ArrayList<>();
        for (Shape shape : List.of(VECTOR, Shape.SCALAR, VECTOR, Shape.shape(3, 3))) {
            outside.add(parameter(shape));
        }
        List<Value> sequences = List.of(parameter(Shape.shape(LENGTH, 3)), parameter(Shape.shape(LENGTH)));
        Value most = b.add(new Parameter("most", new TensorType(DType.INT64, Shape.SCALAR)));
        parameters.add(most);
        inputs.add(NDArray.scalar((long) trips));
        List<Value> results = new ArrayList<>();
        for (int loops = random.nextInt(1, 3); loops > 0; loops--) {
            List<Value> stacked = results.stream().filter(value -> value.isTensor() && value.rank() > 0
                    && value.shape().dim(0).isConstant(LENGTH)).toList();
            List<Value> all = new ArrayList<>(sequences);
            all.addAll(stacked);
            results.addAll(loop(outside, all, most));
        }
        results.removeIf(value -> !value.isTensor() || results.size() > 1 && random.nextInt(4) == 0);
        if (results.isEmpty()) {
            results.add(outside.getFirst());
        }
        return new LoopSamples.Sample("random loops " + seed, new Function("random_" + seed, parameters, results,
                b.locations()), List.copyOf(inputs), trips);
    }

    private Value parameter(Shape shape) {
        Value value = b.add(new Parameter("x" + parameters.size(), new TensorType(DType.FLOAT64, shape)));
        parameters.add(value);
        inputs.add(LoopSamples.random(random, shape.sizes()));
        return value;
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private List<Value> loop(List<Value> outside, List<Value> sequences, Value most) {
        int kind = random.nextInt(6);
        boolean conditional = kind >= 4;
        boolean limited = kind == 3;
        boolean tapes = kind == 5;
        boolean reverse = !conditional && random.nextBoolean();
        List<Value> bounds = limited ? List.of(most) : conditional
                ? List.of(b.map(ScalarFn.LT, b.scalar(DType.INT64, 0), most)) : List.of();
        LoopBuilder loop = new LoopBuilder(b, new Trips(tapes ? Optional.empty() : Optional.of(Dim.of(LENGTH)), limited,
                conditional, reverse), bounds);
        List<Value> carries = new ArrayList<>();
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            Value start = random.nextBoolean() ? pick(outside.subList(0, 3))
                    : b.full(DType.FLOAT64, random.nextBoolean() ? VECTOR : Shape.SCALAR, 0);
            carries.add(loop.carry(start));
        }
        List<Value> pool = new ArrayList<>(carries);
        outside.forEach(value -> pool.add(loop.capture(value)));
        if (!tapes) {
            sequences.forEach(value -> pool.add(loop.sequence(value)));
        }
        Builder r = loop.body();
        pool.add(r.times(r.convert(loop.index(), DType.FLOAT64), r.scalar(DType.FLOAT64, 0.1)));
        for (int i = random.nextInt(3, 9); i > 0; i--) {
            pool.add(random(r, pool));
        }
        for (Value carry : carries) {
            Value next = fitting(r, pick(pool), carry.shape());
            loop.next(carry, random.nextInt(3) == 0 ? r.plus(carry, next)
                    : random.nextInt(8) == 0 ? carry : r.map(ScalarFn.TANH, next));
        }
        List<Value> stacked = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            stacked.add(pick(pool.stream().filter(value -> value.rank() < 2).toList()));
            loop.stack(stacked.getLast());
        }
        if (conditional) {
            loop.goesOn(r.map(ScalarFn.LT, r.plus(loop.index(), r.scalar(DType.INT64, 1)), loop.capture(most)));
        }
        loop.build();
        List<Value> results = new ArrayList<>(carries.stream().map(loop::last).toList());
        stacked.forEach(value -> results.add(loop.stackOf(value)));
        return results;
    }

    private static Value fitting(Builder r, Value value, Shape shape) {
        if (value.shape().equals(shape)) {
            return value;
        }
        Value scalar = r.reduceSum(value, java.util.stream.IntStream.range(0, value.rank()).boxed().toList());
        return r.broadcast(scalar, shape);
    }

    private Value random(Builder r, List<Value> pool) {
        Value x = fitting(r, pick(pool), random.nextInt(3) == 0 ? Shape.SCALAR : VECTOR);
        Value y = fitting(r, pick(pool), x.shape());
        return switch (random.nextInt(9)) {
            case 0 -> r.plus(x, y);
            case 1, 2 -> r.times(x, y);
            case 3 -> r.map(ScalarFn.TANH, x);
            case 4 -> r.map(ScalarFn.SIN, r.minus(x, y));
            case 5 -> r.select(r.map(ScalarFn.LT, x, y), x, r.times(y, 0.5));
            case 6 -> x.rank() == 0 ? r.negate(x) : halves(r, x, y);
            default -> r.contract("h", "hk", "k", fitting(r, x, VECTOR), matrix(r, pool, y));
        };
    }

    /** The first element of one vector before the others of another one. */
    private static Value halves(Builder r, Value x, Value y) {
        Value head = r.add(new Slice(List.of(Dim.ZERO), List.of(Dim.ONE), List.of(1L)), x);
        Value tail = r.add(new Slice(List.of(Dim.ONE), List.of(Dim.of(3)), List.of(1L)), y);
        return r.add(new Concat(0), head, tail);
    }

    private Value matrix(Builder r, List<Value> pool, Value y) {
        Value capture = pool.stream().filter(value -> value.rank() == 2).findFirst().orElseThrow();
        return random.nextInt(3) > 0 ? capture
                : r.map(ScalarFn.TANH, r.plus(capture, r.broadcast(fitting(r, y, Shape.SCALAR), capture.shape())));
    }
}
