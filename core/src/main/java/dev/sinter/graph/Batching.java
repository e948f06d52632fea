package dev.sinter.graph;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Location;
import dev.sinter.ir.Region;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Type.TupleType;
import dev.sinter.ir.Value;
import dev.sinter.op.After;
import dev.sinter.op.Assign;
import dev.sinter.op.Bitcast;
import dev.sinter.op.Branch;
import dev.sinter.op.Broadcast;
import dev.sinter.op.Call;
import dev.sinter.op.CheckIndex;
import dev.sinter.op.Concat;
import dev.sinter.op.Constant;
import dev.sinter.op.Contract;
import dev.sinter.op.Convert;
import dev.sinter.op.CustomGradient;
import dev.sinter.op.DefineSize;
import dev.sinter.op.DimSize;
import dev.sinter.op.DynamicSlice;
import dev.sinter.op.DynamicUpdateSlice;
import dev.sinter.op.Gather;
import dev.sinter.op.HostCall;
import dev.sinter.op.InitialState;
import dev.sinter.op.Iota;
import dev.sinter.op.Join;
import dev.sinter.op.LeadingAxis;
import dev.sinter.op.Loop;
import dev.sinter.op.Map;
import dev.sinter.op.Op;
import dev.sinter.op.Pad;
import dev.sinter.op.Parameter;
import dev.sinter.op.Project;
import dev.sinter.op.RandomBits;
import dev.sinter.op.Read;
import dev.sinter.op.Recurrence;
import dev.sinter.op.Reduce;
import dev.sinter.op.Reshape;
import dev.sinter.op.Reverse;
import dev.sinter.op.RunNumber;
import dev.sinter.op.Scatter;
import dev.sinter.op.Slice;
import dev.sinter.op.StopGradient;
import dev.sinter.op.Transpose;
import dev.sinter.op.Tuple;
import dev.sinter.op.Windows;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Carries out a region for all elements of some sequences at once: each of its ops gets a new axis 0, along
 * which the elements lie. What depends on no element is computed once. A loop or branch inside stays one, whose
 * body has the new axis; how many iterations it has, and which branch it takes, may not depend on the element.
 */
final class Batching {
    private final Builder b;
    private final Dim length;
    private final java.util.Map<Value, Value> values = new HashMap<>();
    private final Set<Value> batched = new HashSet<>();
    /** By tuple what stands for its elements. */
    private final java.util.Map<Value, List<Element>> tuples = new HashMap<>();

    /** A value, and whether it has the new axis. */
    private record Element(Value value, boolean isBatched) {}

    private Batching(Builder b, Dim length) {
        this.b = b;
        this.length = length;
    }

    /**
     * The stacked results of a region.
     *
     * @param length    the number of elements
     * @param sequences what the region's first parameters but the index are the elements of
     * @param captures  the other parameters
     * @return nothing where the region has an op that takes no new axis: random bits, a host call, a loop that ends,
     *         a branch that is taken, a slice that starts where the element says
     */
    static Optional<List<Node>> of(Composer c, Region region, Dim length, List<Node> sequences,
            List<Node> captures) {
        Function body = region.function().withoutCalls(_ -> true);
        List<Node> given = new ArrayList<>(sequences);
        given.addAll(captures);
        Builder builder = new Builder();
        List<Value> parameters = new ArrayList<>();
        java.util.Map<Value, Node> nodes = new HashMap<>();
        parameters.add(builder.add(new Iota(new TensorType(DType.INT64, Shape.of(length)), 0)));
        for (Node node : given) {
            Value parameter = builder.add(new Parameter("p" + parameters.size(), node.tensorType()));
            parameters.add(parameter);
            nodes.put(parameter, node);
        }
        return of(builder, length, body, parameters, i -> i <= sequences.size()).map(batching -> {
            List<Value> results = body.results().stream().map(batching::stretched).toList();
            for (Value value : new Function("batched", List.of(), results, builder.locations()).values()) {
                if (!nodes.containsKey(value)) {
                    Node node = c.add(value.op(), value.operands().stream().map(nodes::get).toList());
                    builder.locations().of(value).stream().findFirst()
                            .ifPresent(place -> c.from(node, new Place(place.file(), place.line())));
                    nodes.put(value, node);
                }
            }
            return results.stream().map(nodes::get).toList();
        });
    }

    /**
     * What depends on one value, for many of them at once, in the builder of all; order after effects is dropped.
     *
     * @param dependent what depends on it, each after its operands
     * @param all       the values along a new axis 0
     * @return the results with that axis; nothing where an op takes none
     */
    static Optional<List<Value>> inPlace(Builder b, Dim length, Collection<Value> dependent, Value one, Value all,
            List<Value> results) {
        Batching batching = new Batching(b, length);
        batching.put(one, new Element(all, true));
        for (Value value : dependent) {
            boolean possible = switch (value.op()) {
                case After _ -> batching.alias(value, value.operand(0));
                case Tuple _ -> batching.tuple(value);
                case Call call -> batching.call(value, call);
                default -> batching.put(value);
            };
            if (!possible) {
                return Optional.empty();
            }
        }
        return Optional.of(results.stream().map(batching::stretched).toList());
    }

    private boolean alias(Value value, Value other) {
        put(value, new Element(same(other), batched.contains(other)));
        return true;
    }

    private boolean tuple(Value value) {
        tuples.put(value, value.operands().stream().map(operand -> new Element(same(operand),
                batched.contains(operand))).toList());
        return true;
    }

    private boolean call(Value value, Call call) {
        Function body = call.function().function().withoutCalls(_ -> true);
        Optional<Batching> inside = call.function().hasEffect() || call.function().definesSizes() ? Optional.empty()
                : of(b, length, body, value.operands().stream().map(this::same).toList(),
                        i -> batched.contains(value.operand(i)));
        inside.ifPresent(batching -> tuples.put(value, body.results().stream().map(result ->
                new Element(batching.same(result), batching.batched.contains(result))).toList()));
        return inside.isPresent();
    }

    /**
     * The values of a function with the new axis.
     *
     * @param given what stands for its parameters
     * @param has   which of these have the new axis
     */
    private static Optional<Batching> of(Builder b, Dim length, Function body, List<Value> given, IntPredicate has) {
        Batching batching = new Batching(b, length);
        for (int i = 0; i < given.size(); i++) {
            Value parameter = body.parameters().get(i);
            batching.values.put(parameter, given.get(i));
            if (has.test(i)) {
                batching.batched.add(parameter);
            }
        }
        Set<Value> parameters = new HashSet<>(body.parameters());
        for (Value value : body.values()) {
            if (!parameters.contains(value)) {
                body.locations().of(value).stream().findFirst().ifPresent(b::at);
                if (!batching.put(value)) {
                    return Optional.empty();
                }
            }
        }
        b.at(Location.UNKNOWN);
        return Optional.of(batching);
    }

    /** Makes what stands for a value; says whether that is possible. */
    private boolean put(Value value) {
        boolean depends = value.operands().stream().anyMatch(batched::contains);
        return switch (value.op()) {
            case Parameter _, Constant _, Iota _, DimSize _, Map _, Convert _, Bitcast _, CheckIndex _, Broadcast _,
                    Reshape _, Transpose _, Reverse _, Slice _, Windows _, Gather _, Scatter _, Recurrence _, Concat _,
                    Reduce _, Contract _, StopGradient _ -> add(value, depends);
            case Pad _ -> !batched.contains(value.operand(1)) && add(value, depends);
            case CustomGradient _ -> !depends && add(value, false);
            case DynamicSlice(Shape shape) -> depends ? slice(value, 1, new DynamicSlice(
                    LeadingAxis.longer(length, shape))) : add(value, false);
            case DynamicUpdateSlice update -> depends ? slice(value, 2, update) : add(value, false);
            case Project(int index) when tuples.containsKey(value.operand(0)) -> {
                put(value, tuples.get(value.operand(0)).get(index));
                yield true;
            }
            case Project _ -> false;
            case Loop loop -> depends ? loop(value, loop) : !loop.body().hasEffect() && whole(value);
            case Branch branch -> depends ? branch(value, branch)
                    : branch.branches().stream().noneMatch(Region::hasEffect) && whole(value);
            case DefineSize _, InitialState _, RunNumber _, RandomBits _, Read _, Assign _, After _, Join _, HostCall _,
                    Call _, Tuple _ -> false;
        };
    }

    private boolean add(Value value, boolean depends) {
        IntPredicate has = i -> batched.contains(value.operand(i));
        List<Value> operands = new ArrayList<>();
        for (int i = 0; i < value.operands().size(); i++) {
            Value operand = value.operand(i);
            operands.add(depends && LeadingAxis.needs(value.op(), i, has) ? stretched(operand) : same(operand));
        }
        Op op = depends ? LeadingAxis.of(value.op(), length, has) : value.op();
        put(value, new Element(b.add(op, operands), depends));
        return true;
    }

    private void put(Value value, Element element) {
        values.put(value, element.value());
        if (element.isBatched()) {
            batched.add(value);
        }
    }

    /** A slice whose starts, from an operand on, are the same for all elements. */
    private boolean slice(Value value, int starts, Op op) {
        List<Value> first = value.operands().subList(0, starts);
        List<Value> others = value.operands().subList(starts, value.operands().size());
        if (others.stream().anyMatch(batched::contains)) {
            return false;
        }
        List<Value> operands = new ArrayList<>(first.stream().map(this::stretched).toList());
        operands.add(b.scalar(others.isEmpty() ? DType.INT64 : others.getFirst().dtype(), 0));
        others.forEach(start -> operands.add(same(start)));
        put(value, new Element(b.add(op, operands), true));
        return true;
    }

    /** An op with regions that is the same for all elements. */
    private boolean whole(Value value) {
        Value same = b.add(value.op(), value.operands().stream().map(this::same).toList());
        return elements(value, same, _ -> false, _ -> false);
    }

    /** Remembers the elements of a tuple: those that have the new axis, and those that have it second. */
    private boolean elements(Value value, Value tuple, IntPredicate first, IntPredicate second) {
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < ((TupleType) tuple.type()).elements().size(); i++) {
            Value element = b.project(tuple, i);
            elements.add(new Element(second.test(i) ? swapped(element) : element, first.test(i) || second.test(i)));
        }
        tuples.put(value, elements);
        values.put(value, tuple);
        return true;
    }

    /** A tensor with its first two axes in the other order. */
    private Value swapped(Value value) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, value.rank()).boxed().toList());
        order.set(0, 1);
        order.set(1, 0);
        return b.transpose(value, order);
    }

    private boolean loop(Value value, Loop loop) {
        IntPredicate has = i -> batched.contains(value.operand(i));
        Function body = loop.body().function().withoutCalls(_ -> true);
        if (loop.body().hasEffect() || loop.body().definesSizes()
                || IntStream.range(0, loop.trips().bounds()).anyMatch(has)
                || loop.trips().length().isEmpty()
                        && IntStream.range(loop.firstSequence(), loop.firstCarry()).anyMatch(has)) {
            return false;
        }
        boolean[] flags = new boolean[body.parameters().size()];
        for (int i = 1; i < flags.length; i++) {
            flags[i] = has.test(loop.operandOf(i));
        }
        int firstCarry = 1 + loop.sequences();
        Optional<Inside> inside = Optional.empty();
        boolean grows = true;
        while (grows) {
            inside = Inside.of(this, body, flags);
            if (inside.isEmpty()) {
                return false;
            }
            grows = false;
            for (int i = 0; i < loop.carries(); i++) {
                if (inside.get().isBatched(i) && !flags[firstCarry + i]) {
                    flags[firstCarry + i] = true;
                    grows = true;
                }
            }
        }
        Inside made = inside.orElseThrow();
        if (loop.trips().conditional() && made.isBatched(loop.goesOnResult()) || loop.trips().length().isEmpty()
                && IntStream.range(loop.carries(), loop.countResult()).anyMatch(made::isBatched)) {
            return false;
        }
        List<Value> operands = new ArrayList<>();
        for (int i = 0; i < value.operands().size(); i++) {
            int parameter = i + 1 - loop.firstSequence();
            boolean isCarry = i >= loop.firstCarry() && i < loop.firstCapture();
            boolean isSequence = i >= loop.firstSequence() && i < loop.firstCarry();
            Value operand = isCarry && flags[parameter] ? stretched(value.operand(i)) : same(value.operand(i));
            operands.add(isSequence && has.test(i) ? swapped(operand) : operand);
        }
        Region region = made.region(i -> i < loop.carries() ? flags[firstCarry + i] : made.isBatched(i));
        Value tuple = b.add(new Loop(region, loop.trips(), loop.sequences(), loop.carries()), operands);
        return elements(value, tuple, i -> i < loop.carries() && flags[firstCarry + i],
                i -> i >= loop.carries() && i < loop.countResult() && made.isBatched(i));
    }

    private boolean branch(Value value, Branch branch) {
        if (batched.contains(value.operand(0)) || branch.branches().stream()
                .anyMatch(region -> region.hasEffect() || region.definesSizes())) {
            return false;
        }
        boolean[] flags = new boolean[value.operands().size() - 1];
        for (int i = 0; i < flags.length; i++) {
            flags[i] = batched.contains(value.operand(i + 1));
        }
        List<Inside> all = new ArrayList<>();
        for (Region region : branch.branches()) {
            Optional<Inside> inside = Inside.of(this, region.function().withoutCalls(_ -> true), flags);
            if (inside.isEmpty()) {
                return false;
            }
            all.add(inside.get());
        }
        IntPredicate results = i -> all.stream().anyMatch(inside -> inside.isBatched(i));
        Value tuple = b.add(new Branch(all.stream().map(inside -> inside.region(results)).toList()),
                value.operands().stream().map(this::same).toList());
        return elements(value, tuple, results, _ -> false);
    }

    /** The body of an op with the new axis. */
    private record Inside(Function body, List<Value> parameters, Batching batching) {
        static Optional<Inside> of(Batching outer, Function body, boolean[] flags) {
            Builder r = new Builder();
            List<Value> parameters = new ArrayList<>();
            for (Value parameter : body.parameters()) {
                TensorType type = parameter.tensorType();
                parameters.add(r.add(new Parameter("p" + parameters.size(), flags[parameters.size()]
                        ? type.withShape(LeadingAxis.longer(outer.length, type.shape())) : type)));
            }
            return Batching.of(r, outer.length, body, parameters, i -> flags[i])
                    .map(batching -> new Inside(body, parameters, batching));
        }

        boolean isBatched(int result) {
            return batching.batched.contains(body.results().get(result));
        }

        /** The region; those results that others have the new axis for are stretched. */
        Region region(IntPredicate has) {
            List<Value> results = new ArrayList<>();
            for (int i = 0; i < body.results().size(); i++) {
                Value result = body.results().get(i);
                results.add(has.test(i) ? batching.stretched(result) : batching.same(result));
            }
            return Region.of(new Function("body", parameters, results, batching.b.locations()));
        }
    }

    /** What stands for a value; where nothing is known to, itself. */
    private Value same(Value value) {
        return values.getOrDefault(value, value);
    }

    /** What stands for a value, with the new axis. */
    private Value stretched(Value value) {
        Value same = same(value);
        return batched.contains(value) ? same : b.broadcast(same, LeadingAxis.longer(length, same.shape()),
                LeadingAxis.moved(IntStream.range(0, same.rank()).boxed().toList()));
    }
}
