package dev.sinter.diff;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Location;
import dev.sinter.ir.Region;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.After;
import dev.sinter.op.Parameter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What a region computes, and beside it the gradients of its results with respect to its parameters, in one
 * builder. The gradients are linear in the seeds; all other values are the forward pass.
 *
 * @param builder    made everything here
 * @param parameters the region's parameters
 * @param results    the region's results
 * @param seeds      the gradients that results start with, by the position of the result
 * @param gradients  by parameter; empty where none flows
 * @param linear     the values that depend on a seed
 */
record RegionGradient(Builder builder, List<Value> parameters, List<Value> results,
        Map<Integer, Value> seeds, List<Optional<Value>> gradients, Set<Value> linear) {
    /**
     * The gradients of some results.
     *
     * @param seeded the positions of the results
     * @param active the positions of the parameters that gradients are wanted for
     * @param place  where the gradients come from
     */
    static RegionGradient of(Region region, Collection<Integer> seeded, Collection<Integer> active,
            Location place) {
        Builder b = new Builder();
        List<Value> parameters = new ArrayList<>();
        for (TensorType type : region.parameterTypes()) {
            parameters.add(b.add(new Parameter("p" + parameters.size(), type)));
        }
        List<Value> results = region.inline(b, parameters);
        Map<Integer, Value> seeds = new TreeMap<>();
        for (int position : seeded) {
            seeds.put(position, b.add(new Parameter("seed" + position, results.get(position).tensorType())));
        }
        b.at(place);
        List<Integer> positions = List.copyOf(active);
        List<Optional<Value>> found;
        try {
            found = ReverseMode.gradients(b, seeds.keySet().stream().map(results::get).toList(),
                    List.copyOf(seeds.values()), positions.stream().map(parameters::get).toList());
        } catch (NotDifferentiableException inside) {
            throw inside.located(b.locations().of(inside.value()));
        }
        List<Optional<Value>> gradients = new ArrayList<>();
        for (int i = 0; i < parameters.size(); i++) {
            gradients.add(positions.contains(i) ? found.get(positions.indexOf(i)) : Optional.empty());
        }
        return new RegionGradient(b, parameters, results, seeds, gradients, dependents(b, seeds.values()));
    }

    /** The values of a builder that are some values or depend on them. */
    static Set<Value> dependents(Builder b, Collection<Value> roots) {
        Set<Value> dependents = new HashSet<>(roots);
        for (int id = 0; id < b.size(); id++) {
            Value value = b.value(id);
            if (value.operands().stream().anyMatch(dependents::contains)) {
                dependents.add(value);
            }
        }
        return dependents;
    }

    /** The values of the forward pass that some gradients read. */
    Set<Value> needed(Collection<Value> of) {
        return reached(of, value -> !linear.contains(value));
    }

    /** The seeds that some gradients depend on. */
    Set<Value> seedsOf(Collection<Value> of) {
        Set<Value> reached = reached(of, value -> !linear.contains(value) || seeds.containsValue(value));
        reached.retainAll(seeds.values());
        return reached;
    }

    /** The first values of a kind on every way down from some values; order after effects is no way. */
    static Set<Value> reached(Collection<Value> from, Predicate<Value> kind) {
        Set<Value> reached = new LinkedHashSet<>();
        Set<Value> seen = new HashSet<>(from);
        Deque<Value> pending = new ArrayDeque<>(seen);
        while (!pending.isEmpty()) {
            Value value = pending.pop();
            if (kind.test(value)) {
                reached.add(value);
            } else {
                boolean order = value.op() instanceof After;
                for (Value operand : order ? value.operands().subList(0, 1) : value.needs()) {
                    if (seen.add(operand)) {
                        pending.push(operand);
                    }
                }
            }
        }
        return reached;
    }
}
