package dev.sinter.pass;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Locations;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.Branch;
import dev.sinter.op.Broadcast;
import dev.sinter.op.Iota;
import dev.sinter.op.Join;
import dev.sinter.op.Loop;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Drops what loops and branches have and nothing needs: carries that only feed themselves, stacked results
 * that nothing reads, carries that do not change, equal carries, stacked results that are a sequence or the
 * same in every iteration, sequences whose elements are equal, operands that a body does not read. A loop of
 * one iteration, one of none and a branch that is known become what they compute.
 */
final class DropDeadCarries implements Pass {
    private final String reason;

    DropDeadCarries(String reason) {
        this.reason = reason;
    }

    @Override
    public String name() {
        return "drop-dead-carries";
    }

    @Override
    public String reason() {
        return reason;
    }

    @Override
    public Function run(Function function, PassContext context) {
        return run(function);
    }

    /** A body may need less once its loop gives less, so that bodies are looked at again. */
    private static Function run(Function function) {
        Function current = function;
        Function next = once(current);
        while (next != current && !next.sameGraph(current)) {
            current = next.remade((b, value, operands) ->
                    b.add(value.op().withRegions(value.op().regions().stream()
                    .map(region -> region.map(DropDeadCarries::run)).toList()), operands));
            next = once(current);
        }
        return current;
    }

    private static Function once(Function function) {
        Function current = LoopRewriting.of(function, value -> value.op() instanceof Loop,
                (b, value, operands, read) -> LoopMerger.of(value)
                        .map(merger -> merger.merge(b, copies(value, operands)).getFirst())
                        .orElseGet(() -> LoopRewriting.results(b, b.add(value.op(), operands))));
        current = LoopRewriting.of(current, value -> value.op() instanceof Loop,
                (b, value, operands, read) -> dropped(b, (Loop) value.op(), operands, read));
        return LoopRewriting.of(current, value -> value.op() instanceof Branch,
                (b, value, operands, read) -> DropDeadResults.dropped(b, (Branch) value.op(), operands,
                        read));
    }

    private static Map<Value, Value> copies(Value value, List<Value> operands) {
        Map<Value, Value> copies = new HashMap<>();
        for (int i = 0; i < operands.size(); i++) {
            copies.put(value.operand(i), operands.get(i));
        }
        return copies;
    }

    private static List<Value> dropped(Builder b, Loop loop, List<Value> operands, Set<Integer> read) {
        Loop.Trips trips = loop.trips();
        if (trips.length().isPresent() && trips.length().get().isConstant(0)) {
            return empty(b, loop, operands);
        }
        boolean exact = trips.length().isPresent() && !trips.limited() && !trips.conditional();
        if (exact && trips.length().get().isConstant(1)) {
            return single(b, loop, operands);
        }
        LoopCopy copy = new LoopCopy(b, loop, operands);
        Set<Integer> live = live(copy, loop, read);
        Set<Integer> kept = new TreeSet<>();
        for (int carry : live) {
            if (copy.nexts().get(carry) == copy.carry(carry)) {
                Value start = operands.get(loop.firstCarry() + carry);
                copy.give(copy.carry(carry), copy.builder().capture(start));
            } else {
                kept.add(carry);
                copy.keepCarry(carry);
            }
        }
        for (int i = 0; i < loop.sequences(); i++) {
            Value operand = operands.get(loop.firstSequence() + i);
            if (operand.op() instanceof Broadcast(Shape shape, List<Integer> axes) && !axes.contains(0)) {
                copy.give(loop.body().function().parameters().get(1 + i), copy.builder().body().broadcast(
                        copy.builder().capture(operand.operand(0)), rest(shape),
                        axes.stream().map(axis -> axis - 1).toList()));
            }
        }
        kept.forEach(copy::next);
        List<Optional<Value>> outside = new ArrayList<>();
        for (int i = 0; i < loop.stacked(); i++) {
            Value element = copy.stacked().get(i);
            boolean isRead = read.contains(loop.carries() + i);
            Optional<Value> known = exact && isRead ? known(b, copy, loop, kept, element) : Optional.empty();
            if (isRead && known.isEmpty()) {
                copy.builder().stack(copy.copy(element));
            }
            outside.add(known);
        }
        copy.keepOthers();
        boolean needed = !kept.isEmpty() || IntStream.range(0, loop.stacked()).anyMatch(i ->
                read.contains(loop.carries() + i) && outside.get(i).isEmpty()) || !copy.others().isEmpty();
        if (needed) {
            copy.build();
        }
        List<Value> results = new ArrayList<>();
        for (int i = 0; i < loop.carries(); i++) {
            results.add(kept.contains(i) ? copy.last(i) : live.contains(i)
                    ? operands.get(loop.firstCarry() + i)
                    : LoopRewriting.unread(b));
        }
        for (int i = 0; i < loop.stacked(); i++) {
            boolean isRead = read.contains(loop.carries() + i);
            Value element = copy.stacked().get(i);
            results.add(!isRead ? LoopRewriting.unread(b)
                    : outside.get(i).orElseGet(() -> copy.builder().stackOf(copy.copy(element))));
        }
        results.addAll(copy.otherResults());
        return results;
    }

    private static Shape rest(Shape shape) {
        return new Shape(shape.dims().subList(1, shape.rank()));
    }

    /** The carries that a result that is read, the condition or an effect depends on. */
    private static Set<Integer> live(LoopCopy copy, Loop loop, Set<Integer> read) {
        Set<Integer> live = new TreeSet<>();
        List<Value> roots = new ArrayList<>(copy.others());
        for (int i = 0; i < loop.stacked(); i++) {
            if (read.contains(loop.carries() + i)) {
                roots.add(copy.stacked().get(i));
            }
        }
        for (int i = 0; i < loop.carries(); i++) {
            if (read.contains(i)) {
                live.add(i);
                roots.add(copy.nexts().get(i));
            }
        }
        int before = -1;
        while (live.size() > before) {
            before = live.size();
            Set<Value> needed = new HashSet<>(new Function("", List.of(), roots, new Locations()).values());
            for (int i = 0; i < loop.carries(); i++) {
                if (needed.contains(copy.carry(i)) && live.add(i)) {
                    roots.add(copy.nexts().get(i));
                }
            }
        }
        return live;
    }

    /** All elements of a stacked result, where they are known without the loop. */
    private static Optional<Value> known(Builder b, LoopCopy copy, Loop loop, Set<Integer> kept,
            Value element) {
        Dim length = loop.trips().length().orElseThrow();
        if (copy.isSequence(element)) {
            return Optional.of(copy.operand(element));
        }
        if (element == loop.body().function().parameters().getFirst()) {
            return Optional.of(b.add(new Iota(new TensorType(element.dtype(), Shape.of(length)), 0)));
        }
        boolean steady = copy.isCarry(element) && IntStream.range(0, loop.carries())
                .anyMatch(i -> copy.carry(i) == element && !kept.contains(i));
        if (copy.isCapture(element) || steady) {
            List<Dim> dims = new ArrayList<>(List.of(length));
            dims.addAll(element.shape().dims());
            return Optional.of(b.broadcast(copy.operand(element), new Shape(dims),
                    IntStream.rangeClosed(1, element.rank()).boxed().toList()));
        }
        return Optional.empty();
    }

    /** The results of a loop without iterations. */
    private static List<Value> empty(Builder b, Loop loop, List<Value> operands) {
        List<Value> results = new ArrayList<>(operands.subList(loop.firstCarry(), loop.firstCapture()));
        int end = loop.carries() + loop.stacked();
        for (TensorType type : loop.body().tensorResults().subList(loop.carries(), end)) {
            TensorType stack = (TensorType) loop.sequence(type);
            results.add(b.full(stack.dtype(), stack.shape(), 0));
        }
        if (loop.trips().conditional()) {
            results.add(b.scalar(DType.INT64, 0));
        }
        if (loop.body().hasEffect()) {
            results.add(b.add(new Join()));
        }
        return results;
    }

    /** The results of a loop of one iteration. */
    private static List<Value> single(Builder b, Loop loop, List<Value> operands) {
        List<Value> arguments = new ArrayList<>(List.of(b.scalar(DType.INT64, 0)));
        for (Value sequence : operands.subList(loop.firstSequence(), loop.firstCarry())) {
            arguments.add(b.reshape(sequence, rest(sequence.shape())));
        }
        arguments.addAll(operands.subList(loop.firstCarry(), operands.size()));
        List<Value> inside = loop.body().inline(b, arguments);
        List<Value> results = new ArrayList<>(inside.subList(0, loop.carries()));
        for (Value element : inside.subList(loop.carries(), loop.carries() + loop.stacked())) {
            List<Dim> dims = new ArrayList<>(List.of(Dim.ONE));
            dims.addAll(element.shape().dims());
            results.add(b.reshape(element, new Shape(dims)));
        }
        if (loop.body().hasEffect()) {
            results.add(b.add(new Join(), inside.subList(loop.carries() + loop.stacked(), inside.size())));
        }
        return results;
    }
}
