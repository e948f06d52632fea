package dev.sinter.ir;

import dev.sinter.ir.Type.TapeType;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.Loop;
import dev.sinter.op.Parameter;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Makes a loop part by part. An operand that is a sequence or a capture stands once, however often it is
 * asked for; so does a stacked result. The order of parts in the loop is the order in which they are first
 * mentioned. Sequences and captures that the body does not read are left out, and so are carries without a
 * next value.
 */
public final class LoopBuilder {
    private record Carry(Value parameter, Value start) {}

    private final Builder outer;
    private final Loop.Trips trips;
    private final List<Value> bounds;
    private final Builder body = new Builder();
    private final Value index;
    private final Map<Value, Value> sequences = new LinkedHashMap<>();
    private final Map<Value, Value> captures = new LinkedHashMap<>();
    private final List<Carry> carries = new ArrayList<>();
    private final Map<Value, Value> nexts = new LinkedHashMap<>();
    /** By stacked value: its position. */
    private final Map<Value, Integer> stacked = new LinkedHashMap<>();
    private final List<Value> conditions = new ArrayList<>();
    private final List<Value> tokens = new ArrayList<>();
    private Optional<Value> made = Optional.empty();

    /**
     * A loop without parts.
     *
     * @param outer  makes the loop
     * @param trips  which iterations take place
     * @param bounds the limit where it is limited, then the first condition where it is conditional
     */
    public LoopBuilder(Builder outer, Loop.Trips trips, List<Value> bounds) {
        this.outer = outer;
        this.trips = trips;
        this.bounds = List.copyOf(bounds);
        body.at(outer.location());
        this.index = parameter(new TensorType(DType.INT64, Shape.SCALAR));
    }

    private Value parameter(TensorType type) {
        return body.add(new Parameter("v" + body.size(), type));
    }

    /** Makes the values of an iteration. */
    public Builder body() {
        return body;
    }

    public Value index() {
        return index;
    }

    /** The element of a sequence. */
    public Value sequence(Value operand) {
        return sequences.computeIfAbsent(operand, any -> parameter(elementType(operand.type())));
    }

    private static TensorType elementType(Type sequence) {
        return switch (sequence) {
            case TensorType tensor ->
                    tensor.withShape(new Shape(tensor.shape().dims().subList(1, tensor.rank())));
            case TapeType tape -> tape.element();
            case Type.StateType _, Type.TokenType _, Type.TupleType _ ->
                    throw new CompilerBug("a " + sequence + " is no sequence");
        };
    }

    /** A carry at the begin of an iteration. */
    public Value carry(Value start) {
        Value value = parameter(start.tensorType());
        carries.add(new Carry(value, start));
        return value;
    }

    /** Sets what the next iteration sees of a carry. */
    public void next(Value carry, Value next) {
        nexts.put(carry, next);
    }

    /** A value from outside, the same in every iteration. */
    public Value capture(Value operand) {
        return captures.computeIfAbsent(operand, any -> parameter(operand.tensorType()));
    }

    /** Stacks a value of each iteration. */
    public void stack(Value element) {
        stacked.putIfAbsent(element, stacked.size());
    }

    /** Sets whether another iteration follows. */
    public void goesOn(Value condition) {
        conditions.add(condition);
    }

    /** Adds an effect of each iteration. */
    public void token(Value token) {
        tokens.add(token);
    }

    /** What a loop's body computes, as values of the body of another loop. */
    public record Opened(List<Value> carries, List<Value> nexts, List<Value> stacked, List<Value> goesOn,
            List<Value> tokens) {}

    /** What stands here for the parameters of a loop's body, with carries of this loop in place of its own. */
    public List<Value> arguments(Loop loop, List<Value> operands, List<Value> given) {
        List<Value> arguments = new ArrayList<>(List.of(index));
        operands.subList(loop.firstSequence(), loop.firstCarry()).forEach(x -> arguments.add(sequence(x)));
        arguments.addAll(given);
        operands.subList(loop.firstCapture(), operands.size()).forEach(x -> arguments.add(capture(x)));
        return arguments;
    }

    /** Computes the body of a loop on its own operands, with carries of this loop in place of its own. */
    public Opened open(Loop loop, List<Value> operands, List<Value> given) {
        List<Value> results = loop.body().inline(body, arguments(loop, operands, given));
        int tensors = loop.body().tensorResults().size();
        return new Opened(List.copyOf(given), results.subList(0, loop.carries()),
                results.subList(loop.carries(), loop.carries() + loop.stacked()),
                results.subList(loop.carries() + loop.stacked(), tensors),
                results.subList(tensors, results.size()));
    }

    /** The loop; no part may be added any more. */
    public Value build() {
        return build(UnaryOperator.identity());
    }

    /** The loop with its body transformed. */
    public Value build(UnaryOperator<Function> transformation) {
        carries.removeIf(carry -> !nexts.containsKey(carry.parameter()));
        List<Value> results = new ArrayList<>(carries.stream().map(carry -> nexts.get(carry.parameter()))
                .toList());
        results.addAll(stacked.keySet());
        results.addAll(conditions);
        results.addAll(tokens);
        Set<Value> read = new HashSet<>(new Function(Region.NAME, List.of(), results, body.locations()).values());
        sequences.values().retainAll(read);
        captures.values().retainAll(read);
        List<Value> operands = new ArrayList<>(bounds);
        List<Value> parameters = new ArrayList<>(List.of(index));
        operands.addAll(sequences.keySet());
        parameters.addAll(sequences.values());
        for (Carry carry : carries) {
            operands.add(carry.start());
            parameters.add(carry.parameter());
        }
        operands.addAll(captures.keySet());
        parameters.addAll(captures.values());
        Region region = Region.of(transformation.apply(
                new Function(Region.NAME, parameters, results, body.locations())));
        Value loop = outer.add(new Loop(region, trips, sequences.size(), carries.size()), operands);
        made = Optional.of(loop);
        return loop;
    }

    private Value made() {
        return made.orElseThrow(() -> new CompilerBug("the loop is not made yet"));
    }

    /** After {@link #build}: a carry after the last iteration. */
    public Value last(Value carry) {
        for (int i = 0; i < carries.size(); i++) {
            if (carries.get(i).parameter() == carry) {
                return outer.project(made(), i);
            }
        }
        throw new CompilerBug(carry + " is no carry");
    }

    /** After {@link #build}: the tensor or tape of a stacked value. */
    public Value stackOf(Value element) {
        if (!stacked.containsKey(element)) {
            throw new CompilerBug(element + " is not stacked");
        }
        return outer.project(made(), carries.size() + stacked.get(element));
    }

    /** After {@link #build}: how many iterations there were, of a conditional loop. */
    public Value count() {
        return outer.project(made(), carries.size() + stacked.size());
    }

    /** After {@link #build}: the effects of all iterations, where there are any. */
    public Value token() {
        return outer.project(made(), carries.size() + stacked.size() + (trips.conditional() ? 1 : 0));
    }
}
