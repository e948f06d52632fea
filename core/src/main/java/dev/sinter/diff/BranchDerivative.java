package dev.sinter.diff;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Copier;
import dev.sinter.ir.Region;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.Branch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * The gradient of a branch is a branch on the same number. What its branches need of the forward pass is
 * given by the forward branch, extended with more results: residuals of one type share a result, and a
 * branch gives zeros where only others keep something.
 */
final class BranchDerivative {
    private final Builder b;
    private final Value self;
    private final Branch branch;
    private final List<Optional<Value>> cotangents;
    /** How many of the results are tensors; a token may follow. */
    private final int tensors;
    private final List<RegionGradient> branches = new ArrayList<>();
    /** By branch: which result of the extended branch a residual is. */
    private final List<Map<Value, Integer>> slots = new ArrayList<>();
    private final List<TensorType> slotTypes = new ArrayList<>();
    private final List<FoundSizes> found = new ArrayList<>();

    private BranchDerivative(Builder b, Value self, List<Optional<Value>> cotangents) {
        this.b = b;
        this.self = self;
        this.branch = (Branch) self.op();
        this.cotangents = cotangents;
        this.tensors = branch.branches().getFirst().tensorResults().size();
    }

    /**
     * The gradients of a branch's operands.
     *
     * @param cotangents those of its results, empty where none flows
     * @param wanted     the positions of the operands whose gradient is wanted
     */
    static List<Optional<Value>> of(Builder b, Value self, List<Optional<Value>> cotangents,
            IntPredicate wanted) {
        return new BranchDerivative(b, self, cotangents).run(wanted);
    }

    private List<Optional<Value>> run(IntPredicate wanted) {
        Set<Integer> seeded = new TreeSet<>();
        IntStream.range(0, tensors).filter(i -> cotangents.get(i).isPresent())
                .forEach(seeded::add);
        Set<Integer> active = new TreeSet<>();
        IntStream.range(1, self.operands().size()).filter(wanted).forEach(i -> active.add(i - 1));
        for (Region region : branch.branches()) {
            branches.add(RegionGradient.of(region.map(CallDerivative::withoutKept), seeded, active, b.location()));
        }
        List<Integer> outputs = active.stream().filter(i -> branches.stream()
                .anyMatch(inside -> inside.gradients().get(i).isPresent())).toList();
        List<Optional<Value>> results = new ArrayList<>(Collections.nCopies(self.operands().size(),
                Optional.empty()));
        if (outputs.isEmpty()) {
            return results;
        }
        branches.forEach(this::keep);
        Value backward = backward(outputs, extended());
        for (int i = 0; i < outputs.size(); i++) {
            results.set(1 + outputs.get(i), Optional.of(b.project(backward, i)));
        }
        return results;
    }

    /** Decides what a branch keeps, and as which result. */
    private void keep(RegionGradient inside) {
        List<Value> roots = inside.gradients().stream().flatMap(Optional::stream).toList();
        List<Value> given = inside.results().subList(0, tensors);
        FoundSizes sizes = new FoundSizes(inside.builder());
        found.add(sizes);
        Set<Value> needed = new LinkedHashSet<>(inside.needed(roots));
        needed.addAll(sizes.definitions());
        List<Value> residuals = Residuals.choose(needed, inside.parameters()::contains, given::contains);
        Map<Value, Integer> places = new HashMap<>();
        Set<Integer> taken = new TreeSet<>();
        for (Value residual : residuals) {
            if (given.contains(residual)) {
                places.put(residual, given.indexOf(residual));
                continue;
            }
            int slot = IntStream.range(0, slotTypes.size()).filter(i -> !taken.contains(i)
                    && slotTypes.get(i).equals(sizes.greatest(residual.tensorType()))).findFirst()
                    .orElse(slotTypes.size());
            if (slot == slotTypes.size()) {
                slotTypes.add(sizes.greatest(residual.tensorType()));
            }
            taken.add(slot);
            places.put(residual, tensors + slot);
        }
        slots.add(places);
    }

    /** The branch that gives residuals too and has no effects; the branch itself where there are none. */
    private Value extended() {
        if (slotTypes.isEmpty()) {
            return self;
        }
        List<Region> regions = new ArrayList<>();
        for (int i = 0; i < branches.size(); i++) {
            RegionGradient inside = branches.get(i);
            Map<Value, Integer> places = slots.get(i);
            FoundSizes sizes = found.get(i);
            regions.add(Region.of(branch.branches().getFirst().parameterTypes(), (r, parameters) -> {
                Copier copier = Copier.withoutOrder(r, inside.builder().locations(), value ->
                        Optional.of(inside.parameters().indexOf(value)).filter(at -> at >= 0)
                                .map(parameters::get));
                List<Value> results = new ArrayList<>();
                inside.results().subList(0, tensors)
                        .forEach(result -> results.add(copier.copy(result)));
                for (TensorType type : slotTypes) {
                    results.add(r.full(type.dtype(), type.shape(), 0));
                }
                places.forEach((value, place) -> results.set(place, sizes.padded(r, copier.copy(value))));
                return results;
            }));
        }
        return b.add(new Branch(regions), self.operands());
    }

    /** The branch whose results are the gradients of some captures. */
    private Value backward(List<Integer> outputs, Value extended) {
        Map<Value, Integer> positions = new HashMap<>();
        List<Value> operands = new ArrayList<>(List.of(self.operand(0)));
        List<Map<Value, Integer>> leaves = new ArrayList<>();
        for (int i = 0; i < branches.size(); i++) {
            RegionGradient inside = branches.get(i);
            Map<Value, Integer> places = slots.get(i);
            List<Value> roots = outputs.stream().flatMap(capture -> inside.gradients().get(capture).stream())
                    .toList();
            Map<Value, Integer> mine = new HashMap<>();
            RegionGradient.reached(roots, value -> places.containsKey(value)
                    || inside.parameters().contains(value)
                    || inside.seeds().containsValue(value)).stream()
                    .sorted(Comparator.comparingInt(Value::id)).forEach(leaf -> {
                        Value operand = operand(inside, places, extended, leaf);
                        mine.put(leaf, positions.computeIfAbsent(operand, any -> {
                            operands.add(operand);
                            return operands.size() - 2;
                        }));
                    });
            leaves.add(mine);
        }
        List<TensorType> types = operands.subList(1, operands.size()).stream().map(Value::tensorType)
                .toList();
        List<Region> regions = new ArrayList<>();
        for (int i = 0; i < branches.size(); i++) {
            RegionGradient inside = branches.get(i);
            Map<Value, Integer> mine = leaves.get(i);
            FoundSizes sizes = found.get(i);
            regions.add(Region.of(types, (r, parameters) -> {
                List<Copier> copiers = new ArrayList<>();
                Copier copier = Copier.withoutOrder(r, inside.builder().locations(), value -> {
                    if (mine.containsKey(value) && sizes.has(value)) {
                        value.sizes().forEach(copiers.getFirst()::copy);
                    }
                    return Optional.ofNullable(mine.get(value))
                            .map(at -> sizes.cut(r, parameters.get(at), value.shape()));
                });
                copiers.add(copier);
                return outputs.stream().map(capture -> inside.gradients().get(capture).map(copier::copy)
                        .orElseGet(() -> zeros(r, inside.parameters().get(capture).tensorType()))).toList();
            }));
        }
        return b.add(new Branch(regions), operands);
    }

    private static Value zeros(Builder r, TensorType type) {
        return r.full(type.dtype(), type.shape(), 0);
    }

    /** What the backward branch takes for a leaf of a branch's gradients. */
    private Value operand(RegionGradient inside, Map<Value, Integer> places, Value extended, Value leaf) {
        if (places.containsKey(leaf)) {
            return b.project(extended, places.get(leaf));
        }
        int parameter = inside.parameters().indexOf(leaf);
        if (parameter >= 0) {
            return self.operand(1 + parameter);
        }
        int result = inside.seeds().entrySet().stream().filter(seed -> seed.getValue() == leaf)
                .mapToInt(Map.Entry::getKey).findFirst().orElseThrow();
        return cotangents.get(result).orElseThrow();
    }
}
