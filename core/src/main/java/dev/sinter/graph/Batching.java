package dev.sinter.graph;

import dev.sinter.ir.Function;
import dev.sinter.ir.Location;
import dev.sinter.ir.Region;
import dev.sinter.ir.Value;
import dev.sinter.op.After;
import dev.sinter.op.Assign;
import dev.sinter.op.Branch;
import dev.sinter.op.Broadcast;
import dev.sinter.op.Call;
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
import dev.sinter.op.Pad;
import dev.sinter.op.Parameter;
import dev.sinter.op.Project;
import dev.sinter.op.RandomBits;
import dev.sinter.op.Read;
import dev.sinter.op.Reduce;
import dev.sinter.op.Reshape;
import dev.sinter.op.Reverse;
import dev.sinter.op.RunNumber;
import dev.sinter.op.ScatterAdd;
import dev.sinter.op.Slice;
import dev.sinter.op.StopGradient;
import dev.sinter.op.Transpose;
import dev.sinter.op.Tuple;
import dev.sinter.op.Windows;
import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * Carries out a region for all elements of some sequences at once: each of its ops gets a new axis 0, along
 * which the elements lie. What depends on no element is computed once.
 */
final class Batching {
    private final Composer c;
    private final Dim length;
    private final java.util.Map<Value, Node> nodes = new HashMap<>();
    private final Set<Value> batched = new HashSet<>();

    private Batching(Composer c, Dim length) {
        this.c = c;
        this.length = length;
    }

    /**
     * The stacked results of a region.
     *
     * @param length    the number of elements
     * @param sequences what the region's first parameters but the index are the elements of
     * @param captures  the other parameters
     * @return nothing where the region has an op that takes no new axis: a loop, a branch, a call, random
     *         bits, a slice whose start depends on the element
     */
    static Optional<List<Node>> of(Composer c, Region region, Dim length, List<Node> sequences,
            List<Node> captures) {
        Function body = region.function();
        if (!isPossible(body, sequences.size())) {
            return Optional.empty();
        }
        Batching batching = new Batching(c, length);
        for (int i = 1; i < body.parameters().size(); i++) {
            Value parameter = body.parameters().get(i);
            if (i <= sequences.size()) {
                batching.nodes.put(parameter, sequences.get(i - 1));
                batching.batched.add(parameter);
            } else {
                batching.nodes.put(parameter, captures.get(i - 1 - sequences.size()));
            }
        }
        Set<Value> parameters = new HashSet<>(body.parameters());
        body.values().stream().filter(value -> !parameters.contains(value))
                .forEach(value -> batching.put(value, body.locations().of(value)));
        return Optional.of(body.results().stream().map(batching::stretched).toList());
    }

    private static boolean isPossible(Function body, int sequences) {
        Set<Value> batched = new HashSet<>(body.parameters().subList(0, 1 + sequences));
        for (Value value : body.values()) {
            boolean depends = batched.contains(value)
                    || value.operands().stream().anyMatch(batched::contains);
            if (!isPossible(value, depends, batched)) {
                return false;
            }
            if (depends) {
                batched.add(value);
            }
        }
        return true;
    }

    private static boolean isPossible(Value value, boolean depends, Set<Value> batched) {
        return switch (value.op()) {
            case Parameter _, Constant _, Iota _, DimSize _, Map _, Convert _, Broadcast _, Reshape _,
                    Transpose _, Reverse _, Slice _, Windows _, Gather _, ScatterAdd _, Concat _, Reduce _,
                    Contract _, StopGradient _ -> true;
            case Pad _ -> !batched.contains(value.operand(1));
            case DynamicSlice _, DynamicUpdateSlice _, CustomGradient _ -> !depends;
            case DefineSize _, InitialState _, RunNumber _, RandomBits _, Read _, Assign _, After _, Join _, HostCall _,
                    Loop _, Branch _, Call _, Tuple _, Project _ -> false;
        };
    }

    private void put(Value value, Set<Location> places) {
        boolean depends = value.operands().stream().anyMatch(batched::contains);
        IntPredicate has = i -> batched.contains(value.operand(i));
        List<Node> operands = new ArrayList<>();
        for (int i = 0; i < value.operands().size(); i++) {
            Value operand = value.operand(i);
            operands.add(depends && LeadingAxis.needs(value.op(), i, has) ? stretched(operand) : nodes.get(operand));
        }
        Node node = c.add(depends ? LeadingAxis.of(value.op(), length, has) : value.op(), operands);
        places.stream().findFirst().ifPresent(place -> c.from(node, new Place(place.file(), place.line())));
        nodes.put(value, node);
        if (depends) {
            batched.add(value);
        }
    }

    /** The node of a value with the new axis. */
    private Node stretched(Value value) {
        Node node = nodes.get(value);
        return batched.contains(value) ? node
                : c.stretch(node, LeadingAxis.longer(length, Composer.shape(node)),
                        LeadingAxis.moved(Composer.axes(node)));
    }
}
