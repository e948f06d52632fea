package dev.sinter.testkit;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Region;
import dev.sinter.ir.Type.TapeType;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Type.TupleType;
import dev.sinter.ir.Value;
import dev.sinter.op.Branch;
import dev.sinter.op.Concat;
import dev.sinter.op.Loop;
import dev.sinter.op.Loop.Trips;
import dev.sinter.op.Parameter;
import dev.sinter.op.Reduce;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.Reverse;
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

/**
 * Random functions with loops in loops, branches and tapes, over vectors of {@code int32}, so that results are exact.
 * Their ops read elsewhere than they write, and vectors are short or long, so that threads share loops or do not;
 * sizes are known or not, so that what is small may be kept in registers, and what fills cache lines in a stack.
 */
public final class RegionFuzzer {
    private static final TensorType INDEX = new TensorType(DType.INT64, Shape.SCALAR);
    private static final int MOST_LEVELS = 2;

    private final SplittableRandom random;
    private final Excursion excursion;
    private final long lengthOfInputs;
    private final long sizeOfInputs;
    private final Dim length;
    private final Dim size;
    private final TensorType vector;
    private final TensorType matrix;

    private RegionFuzzer(long seed) {
        this.random = new SplittableRandom(seed);
        this.excursion = new Excursion(seed);
        this.lengthOfInputs = random.nextInt(5);
        this.sizeOfInputs = new long[] {0, 1, 3, 70, 96, 40_000}[random.nextInt(6)];
        this.length = chance(0.5) ? Dim.symbol("t") : Dim.of(lengthOfInputs);
        this.size = chance(0.5) ? Dim.symbol("n") : Dim.of(sizeOfInputs);
        this.vector = new TensorType(DType.INT32, Shape.of(size));
        this.matrix = new TensorType(DType.INT32, Shape.of(length, size));
    }

    /** The case of a seed. */
    public static GraphFuzzer.Case generate(long seed) {
        return new RegionFuzzer(seed).make("regions_" + seed);
    }

    private GraphFuzzer.Case make(String name) {
        Builder b = new Builder();
        List<Value> parameters = new ArrayList<>();
        List<Value> vectors = new ArrayList<>();
        List<Value> matrices = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            vectors.add(b.add(new Parameter("v" + i, vector)));
            matrices.add(b.add(new Parameter("m" + i, matrix)));
        }
        parameters.addAll(vectors);
        parameters.addAll(matrices);
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            step(b, vectors, matrices, List.of(), 0);
        }
        List<Value> results = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            results.add(pick(vectors));
            results.add(pick(matrices));
        }
        List<NDArray> inputs = new ArrayList<>();
        for (Value parameter : parameters) {
            NDArray array = parameter.rank() == 1 ? NDArray.zeros(DType.INT32, sizeOfInputs)
                    : NDArray.zeros(DType.INT32, lengthOfInputs, sizeOfInputs);
            for (long i = 0; i < array.elementCount(); i++) {
                array.setLong(i, random.nextInt());
            }
            inputs.add(array);
        }
        return new GraphFuzzer.Case(new Function(name, parameters, results, b.locations()), inputs);
    }

    private <T> T pick(List<T> values) {
        // Later values stand on earlier ones.
        int back = Math.min(random.nextInt(values.size()), random.nextInt(values.size()));
        return values.get(values.size() - 1 - back);
    }

    private boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** Adds to the vectors and matrices what a random op makes of them. */
    private void step(Builder b, List<Value> vectors, List<Value> matrices, List<Value> indices, int level) {
        if (level < MOST_LEVELS && chance(level == 0 ? 0.7 : 0.25)) {
            loop(b, vectors, matrices, level);
        } else if (level < MOST_LEVELS && chance(0.2)) {
            branch(b, vectors, level);
        } else {
            vectors.add(op(b, vectors, indices));
        }
    }

    /** A random op, now and then on as many elements as the run finds. */
    private Value op(Builder b, List<Value> vectors, List<Value> indices) {
        Value made = plainOp(b, vectors, indices);
        return excursion.isWanted(0.12) ? excursion.of(b, made, b.add(new Reduce(ReduceFn.SUM, List.of(0)),
                vectors.getLast())) : made;
    }

    private Value plainOp(Builder b, List<Value> vectors, List<Value> indices) {
        Value x = pick(vectors);
        Value y = pick(vectors);
        return switch (random.nextInt(8)) {
            case 0 -> b.map(ScalarFn.SUB, x, y);
            case 1 -> b.map(ScalarFn.MUL, x, y);
            case 2 -> b.map(ScalarFn.XOR, x, b.add(new Reverse(List.of(0)), y));
            case 3 -> b.map(ScalarFn.ADD, b.add(new Reverse(List.of(0)), x), y);
            case 4 -> b.map(ScalarFn.MAX, x, rotated(b, y));
            case 5 -> b.map(ScalarFn.ADD, x, b.broadcast(b.add(new Reduce(ReduceFn.SUM, List.of(0)), y),
                    vector.shape()));
            case 6 -> indices.isEmpty() ? b.map(ScalarFn.NEG, x) : b.map(ScalarFn.ADD, x,
                    b.broadcast(b.convert(pick(indices), DType.INT32), vector.shape()));
            default -> b.map(ScalarFn.SELECT, b.map(ScalarFn.LT, x, y), y, b.map(ScalarFn.NOT, x));
        };
    }

    /** The second half, then the first. */
    private Value rotated(Builder b, Value x) {
        Dim middle = size.floorDiv(2);
        Value first = b.add(new Slice(List.of(Dim.ZERO), List.of(middle), List.of(1L)), x);
        Value second = b.add(new Slice(List.of(middle), List.of(size), List.of(1L)), x);
        Value turned = b.add(new Concat(0), second, first);
        return turned.shape().equals(vector.shape()) ? turned : b.reshape(turned, vector.shape());
    }

    private void loop(Builder b, List<Value> vectors, List<Value> matrices, int level) {
        boolean limited = chance(0.3);
        boolean conditional = chance(0.3);
        boolean tape = level == 0 && (limited || conditional) && chance(0.4);
        boolean reverse = chance(0.3) && !(tape && conditional);
        Trips trips = new Trips(tape ? Optional.empty() : Optional.of(length), limited || tape, conditional, reverse);
        int sequences = tape ? 0 : random.nextInt(3);
        int carries = random.nextInt(1, 4);
        int captures = random.nextInt(3);
        List<TensorType> types = new ArrayList<>(List.of(INDEX));
        for (int i = 0; i < sequences + carries + captures; i++) {
            types.add(vector);
        }
        int stacked = random.nextInt(3);
        boolean wholeMatrix = chance(0.2);
        if (wholeMatrix) {
            types.add(matrix);
        }
        Region body = Region.of(types, (r, p) -> {
            List<Value> inner = new ArrayList<>(p.subList(1, 1 + sequences + carries + captures));
            List<Value> around = new ArrayList<>(wholeMatrix ? List.of(p.getLast()) : List.of());
            for (int i = random.nextInt(1, 5); i > 0; i--) {
                if (around.isEmpty()) {
                    inner.add(op(r, inner, List.of(p.getFirst())));
                } else {
                    step(r, inner, around, List.of(p.getFirst()), level + 1);
                }
            }
            List<Value> results = new ArrayList<>();
            for (int i = 0; i < carries + stacked; i++) {
                boolean before = i >= carries && chance(0.4);
                results.add(before ? p.get(1 + sequences + random.nextInt(carries)) : pick(inner));
            }
            if (conditional) {
                Value sum = r.add(new Reduce(ReduceFn.SUM, List.of(0)), pick(inner));
                results.add(r.map(ScalarFn.NE, r.map(ScalarFn.AND, sum, r.scalar(DType.INT32, 3)),
                        r.scalar(DType.INT32, 0)));
            }
            return results;
        });
        List<Value> operands = new ArrayList<>();
        if (trips.limited()) {
            operands.add(chance(0.2) ? b.dimSize(length) : b.constant(NDArray.scalar((long) random.nextInt(-1, 4))));
        }
        if (conditional) {
            operands.add(b.constant(NDArray.scalar(chance(0.9))));
        }
        for (int i = 0; i < sequences; i++) {
            operands.add(pick(matrices));
        }
        for (int i = 0; i < carries + captures; i++) {
            operands.add(pick(vectors));
        }
        if (wholeMatrix) {
            operands.add(pick(matrices));
        }
        results(b, b.add(new Loop(body, trips, sequences, carries), operands), carries, vectors, matrices);
    }

    private void results(Builder b, Value loop, int carries, List<Value> vectors, List<Value> matrices) {
        for (int i = 0; i < carries; i++) {
            vectors.add(b.project(loop, i));
        }
        int elements = ((TupleType) loop.type()).elements().size();
        for (int i = carries; i < elements; i++) {
            Value element = b.project(loop, i);
            if (element.type() instanceof TapeType) {
                vectors.add(summed(b, loop, element));
            } else if (element.type().equals(matrix)) {
                matrices.add(element);
            } else {
                vectors.add(b.map(ScalarFn.XOR, pick(vectors),
                        b.broadcast(b.convert(element, DType.INT32), vector.shape())));
            }
        }
    }

    /** What a walk over a tape makes of it. */
    private Value summed(Builder b, Value loop, Value tape) {
        Loop op = (Loop) loop.op();
        Value count = op.trips().conditional() ? b.project(loop, op.countResult()) : loop.operand(0);
        Region body = Region.of(List.of(INDEX, vector, vector), (r, p) -> List.of(r.map(ScalarFn.SUB,
                r.add(new Reverse(List.of(0)), p.get(2)), p.get(1))));
        return b.project(b.add(new Loop(body, new Trips(Optional.empty(), true, false, chance(0.5)), 1, 1), count, tape,
                b.full(DType.INT32, vector.shape(), 1)), 0);
    }

    private void branch(Builder b, List<Value> vectors, int level) {
        List<Region> branches = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            branches.add(Region.of(List.of(vector, vector), (r, p) -> {
                List<Value> inner = new ArrayList<>(p);
                for (int j = random.nextInt(3); j > 0; j--) {
                    inner.add(op(r, inner, List.of()));
                }
                return List.of(pick(inner), pick(inner));
            }));
        }
        Value number = b.convert(b.map(ScalarFn.AND, b.add(new Reduce(ReduceFn.SUM, List.of(0)), pick(vectors)),
                b.scalar(DType.INT32, 1)), DType.INT64);
        Value branch = b.add(new Branch(branches), number, pick(vectors), pick(vectors));
        vectors.add(b.project(branch, 0));
        vectors.add(b.project(branch, 1));
    }
}
