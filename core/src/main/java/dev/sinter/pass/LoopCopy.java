package dev.sinter.pass;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Copier;
import dev.sinter.ir.Function;
import dev.sinter.ir.LoopBuilder;
import dev.sinter.ir.Value;
import dev.sinter.op.Loop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A loop that is made again with changes: other values may be given for those of its body. */
final class LoopCopy {
    private final Builder outer;
    private final Loop loop;
    private final List<Value> operands;
    private final Function body;
    private final LoopBuilder builder;
    private final Map<Value, Integer> positions = new HashMap<>();
    private final Map<Value, Value> given = new HashMap<>();
    private final Copier copier;
    private boolean begun;

    /**
     * A copy without carries and results.
     *
     * @param operands of the loop, in the outer builder
     */
    LoopCopy(Builder outer, Loop loop, List<Value> operands) {
        this.outer = outer;
        this.loop = loop;
        this.operands = operands;
        this.body = loop.body().function();
        this.builder = new LoopBuilder(outer, loop.trips(), operands.subList(0, loop.firstSequence()));
        for (int i = 0; i < body.parameters().size(); i++) {
            positions.put(body.parameters().get(i), i);
        }
        this.copier = Copier.into(builder.body(), body.locations(), this::given);
        operands.subList(loop.firstSequence(), loop.firstCarry()).forEach(builder::sequence);
        operands.subList(loop.firstCapture(), operands.size()).forEach(builder::capture);
    }

    LoopBuilder builder() {
        return builder;
    }

    /** The parameter that is a carry. */
    Value carry(int carry) {
        return body.parameters().get(1 + loop.sequences() + carry);
    }

    /** The results of the body that are the next carries. */
    List<Value> nexts() {
        return body.results().subList(0, loop.carries());
    }

    /** The results of the body that are stacked. */
    List<Value> stacked() {
        return body.results().subList(loop.carries(), loop.carries() + loop.stacked());
    }

    /** The results of the body that are neither carried nor stacked. */
    List<Value> others() {
        return body.results().subList(loop.carries() + loop.stacked(), body.results().size());
    }

    /** The operand that a parameter other than the index comes from. */
    Value operand(Value parameter) {
        return operands.get(loop.operandOf(positions.get(parameter)));
    }

    boolean isSequence(Value value) {
        Integer position = positions.get(value);
        return position != null && position > 0 && position <= loop.sequences();
    }

    boolean isCarry(Value value) {
        Integer position = positions.get(value);
        return position != null && position > loop.sequences()
                && position <= loop.sequences() + loop.carries();
    }

    boolean isCapture(Value value) {
        Integer position = positions.get(value);
        return position != null && position > loop.sequences() + loop.carries();
    }

    /** The parameters that are captures. */
    List<Value> captures() {
        return body.parameters().subList(1 + loop.sequences() + loop.carries(), body.parameters().size());
    }

    /** Sets what stands in the copy for a value of the body. */
    void give(Value value, Value copy) {
        given.put(value, copy);
    }

    private Optional<Value> given(Value value) {
        Value known = given.get(value);
        if (known != null) {
            return Optional.of(known);
        }
        Integer position = positions.get(value);
        if (position == null) {
            return Optional.empty();
        }
        return Optional.of(position == Loop.INDEX ? builder.index() : isSequence(value)
                ? builder.sequence(operand(value)) : isCarry(value) ? carried(value)
                : builder.capture(operand(value)));
    }

    private Value carried(Value parameter) {
        Value carry = builder.carry(operand(parameter));
        given.put(parameter, carry);
        return carry;
    }

    /** Takes a carry over; its next value is set by {@link #next}. */
    void keepCarry(int carry) {
        carried(carry(carry));
    }

    void next(int carry) {
        builder.next(given.get(carry(carry)), copy(nexts().get(carry)));
    }

    /** The carry after the last iteration. */
    Value last(int carry) {
        return builder.last(given.get(carry(carry)));
    }

    /** The copy of a value of the body. All others are copied before, so that they keep their order. */
    Value copy(Value value) {
        if (!begun) {
            begun = true;
            body.values().stream().filter(other -> !positions.containsKey(other)).forEach(copier::copy);
        }
        return copier.copy(value);
    }

    /** Takes over whether it goes on and its effects. */
    void keepOthers() {
        for (Value other : others()) {
            if (other.isTensor()) {
                builder.goesOn(copy(other));
            } else {
                builder.token(copy(other));
            }
        }
    }

    /** The number of iterations and the token, where there are any. */
    List<Value> otherResults() {
        List<Value> results = new ArrayList<>();
        if (loop.trips().conditional()) {
            results.add(builder.count());
        }
        if (loop.body().hasEffect()) {
            results.add(builder.token());
        }
        return results;
    }

    /** Makes the loop, and all its results in their order. */
    void build() {
        LoopRewriting.results(outer, builder.build());
    }

    /** The results of the loop with no other changes than what is given. */
    List<Value> unchanged() {
        for (int i = 0; i < loop.carries(); i++) {
            keepCarry(i);
        }
        for (int i = 0; i < loop.carries(); i++) {
            next(i);
        }
        stacked().forEach(element -> builder.stack(copy(element)));
        keepOthers();
        build();
        List<Value> results = new ArrayList<>();
        for (int i = 0; i < loop.carries(); i++) {
            results.add(last(i));
        }
        stacked().forEach(element -> results.add(builder.stackOf(copy(element))));
        results.addAll(otherResults());
        return results;
    }

    /** A value that depends on captures alone, computed outside. */
    Value outside(Value invariant) {
        return Copier.into(outer, body.locations(), value -> isCapture(value) ? Optional.of(operand(value))
                : Optional.empty()).copy(invariant);
    }
}
