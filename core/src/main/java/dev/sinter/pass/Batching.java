package dev.sinter.pass;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import dev.sinter.op.Broadcast;
import dev.sinter.op.Concat;
import dev.sinter.op.Constant;
import dev.sinter.op.Contract;
import dev.sinter.op.Convert;
import dev.sinter.op.Map;
import dev.sinter.op.Op;
import dev.sinter.op.Pad;
import dev.sinter.op.Reduce;
import dev.sinter.op.Reshape;
import dev.sinter.op.Reverse;
import dev.sinter.op.Slice;
import dev.sinter.op.Transpose;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Computes what a loop's body computes for all iterations at once: each value that differs between them gets
 * a new axis 0, along which they lie.
 */
final class Batching {
    private final Builder b;
    private final Dim length;
    private final Function<Value, Optional<Value>> all;
    private final Function<Value, Value> same;
    private final java.util.Map<Value, Value> batched = new HashMap<>();

    /**
     * A computation of many iterations.
     *
     * @param b      makes it
     * @param length how many
     * @param all    the values of all iterations of a value of the body that has them already
     * @param same   what stands outside for a value of the body that is the same in every iteration
     */
    Batching(Builder b, Dim length, Function<Value, Optional<Value>> all, Function<Value, Value> same) {
        this.b = b;
        this.length = length;
        this.all = all;
        this.same = same;
    }

    /** Whether an op can be computed for many iterations at once. */
    static boolean isPossible(Value value) {
        return value.isTensor() && switch (value.op()) {
            case Map _, Convert _, Broadcast _, Reshape _, Transpose _, Reverse _, Slice _, Concat _,
                    Reduce _,
                    Contract _ -> true;
            case Pad _ -> value.operand(1).op() instanceof Constant;
            default -> false;
        };
    }

    /**
     * All iterations of a value.
     *
     * @param varies whether a value of the body differs between iterations; those that do and are not known must be
     *               {@link #isPossible possible}
     */
    Value of(Value root, Predicate<Value> varies) {
        Deque<Value> pending = new ArrayDeque<>(List.of(root));
        while (!pending.isEmpty()) {
            Value value = pending.peek();
            if (batched.containsKey(value)) {
                pending.pop();
                continue;
            }
            Optional<Value> known = all.apply(value);
            if (known.isPresent()) {
                batched.put(value, known.get());
                continue;
            }
            List<Value> missing = value.operands().stream()
                    .filter(operand -> varies.test(operand) && !batched.containsKey(operand)).toList();
            missing.forEach(pending::push);
            if (missing.isEmpty()) {
                batched.put(value, batched(value));
            }
        }
        return batched.get(root);
    }

    private Value batched(Value value) {
        Op op = value.op();
        return switch (op) {
            case Map _, Convert _ -> b.add(op, value.operands().stream().map(this::repeated).toList());
            case Broadcast(Shape shape, List<Integer> axes) ->
                    b.broadcast(operand(value, 0), longer(shape), moved(axes, 0));
            case Reshape(Shape shape) -> b.reshape(operand(value, 0), longer(shape));
            case Transpose(List<Integer> permutation) ->
                    b.transpose(operand(value, 0), moved(permutation, 0));
            case Reverse(List<Integer> axes) ->
                    b.add(new Reverse(axes.stream().map(axis -> axis + 1).toList()), operand(value, 0));
            case Slice(List<Dim> starts, List<Dim> limits, List<Long> strides) -> b.add(new Slice(
                    before(Dim.ZERO, starts), before(length, limits), before(1L, strides)),
                    operand(value, 0));
            case Pad(List<Dim> low, List<Dim> high, List<Long> interior) -> b.add(
                    new Pad(before(Dim.ZERO, low), before(Dim.ZERO, high), before(0L, interior)),
                    operand(value, 0), same.apply(value.operand(1)));
            case Concat(int axis) ->
                    b.concat(axis + 1, value.operands().stream().map(this::repeated).toList());
            case Reduce(var fn, List<Integer> axes) ->
                    b.reduce(fn, operand(value, 0), axes.stream().map(axis -> axis + 1).toList());
            case Contract contract -> contract(contract, value);
            default -> throw new CompilerBug(value + " cannot be batched");
        };
    }

    private Value contract(Contract op, Value value) {
        String letter = Character.toString(freeLetter(op));
        boolean left = batched.containsKey(value.operand(0));
        boolean right = batched.containsKey(value.operand(1));
        return b.contract((left ? letter : "") + op.lhs(), (right ? letter : "") + op.rhs(),
                letter + op.out(),
                left ? batched.get(value.operand(0)) : same.apply(value.operand(0)),
                right ? batched.get(value.operand(1)) : same.apply(value.operand(1)));
    }

    /** A letter that an equation does not use. */
    static char freeLetter(Contract op) {
        String used = op.lhs() + op.rhs();
        return (char) IntStream.concat(IntStream.of('t'), IntStream.rangeClosed('a', 'z'))
                .filter(letter -> used.indexOf(letter) < 0).findFirst().orElse('A' + used.length());
    }

    /** The only operand that varies. */
    private Value operand(Value value, int index) {
        return batched.get(value.operand(index));
    }

    /** All iterations of an operand, which may be the same in each. */
    private Value repeated(Value operand) {
        Value known = batched.get(operand);
        return known != null ? known : b.broadcast(same.apply(operand), longer(operand.shape()),
                IntStream.rangeClosed(1, operand.rank()).boxed().toList());
    }

    private Shape longer(Shape shape) {
        return new Shape(before(length, shape.dims()));
    }

    private static List<Integer> moved(List<Integer> axes, int first) {
        return before(first, axes.stream().map(axis -> axis + 1).toList());
    }

    private static <T> List<T> before(T first, List<T> others) {
        return new ArrayList<>(Stream.concat(Stream.of(first), others.stream()).toList());
    }
}
