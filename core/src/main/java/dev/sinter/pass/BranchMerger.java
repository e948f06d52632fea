package dev.sinter.pass;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Region;
import dev.sinter.ir.Value;
import dev.sinter.op.Branch;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Two branches on the same number as one. */
final class BranchMerger implements MergeLoops.Merger {
    private final Value first;
    private final Value second;

    private BranchMerger(Value first, Value second) {
        this.first = first;
        this.second = second;
    }

    /** How two branches become one; empty where they are chosen differently or both have effects. */
    static Optional<BranchMerger> of(Value first, Value second) {
        Branch one = (Branch) first.op();
        Branch other = (Branch) second.op();
        boolean same = first.operand(0) == second.operand(0)
                && one.branches().size() == other.branches().size();
        return same && !(hasEffect(one) && hasEffect(other)) ? Optional.of(new BranchMerger(first, second))
                : Optional.empty();
    }

    private static boolean hasEffect(Branch branch) {
        return branch.branches().stream().anyMatch(Region::hasEffect);
    }

    @Override
    public List<List<Value>> merge(Builder b, Map<Value, Value> copies) {
        Branch one = (Branch) first.op();
        Branch other = (Branch) second.op();
        Set<Value> both = new LinkedHashSet<>(captures(first));
        both.addAll(captures(second));
        List<Value> captures = List.copyOf(both);
        List<Region> regions = new ArrayList<>();
        for (int i = 0; i < one.branches().size(); i++) {
            Region mine = one.branches().get(i);
            Region theirs = other.branches().get(i);
            regions.add(Region.of(captures.stream().map(Value::tensorType).toList(), (r, parameters) -> {
                List<Value> ofFirst = mine.inline(r, arguments(captures(first), captures, parameters));
                List<Value> ofSecond = theirs.inline(r, arguments(captures(second), captures, parameters));
                List<Value> results = new ArrayList<>(ofFirst.subList(0, mine.tensorResults().size()));
                results.addAll(ofSecond.subList(0, theirs.tensorResults().size()));
                results.addAll(ofFirst.subList(mine.tensorResults().size(), ofFirst.size()));
                results.addAll(ofSecond.subList(theirs.tensorResults().size(), ofSecond.size()));
                return results;
            }).map(MergeLoops::merged));
        }
        List<Value> operands = new ArrayList<>(List.of(copies.get(first.operand(0))));
        captures.forEach(capture -> operands.add(copies.get(capture)));
        Value merged = b.add(new Branch(regions), operands);
        int split = one.branches().getFirst().tensorResults().size();
        int tensors = split + other.branches().getFirst().tensorResults().size();
        List<List<Value>> results = List.of(new ArrayList<>(), new ArrayList<>());
        for (int i = 0; i < tensors; i++) {
            results.get(i < split ? 0 : 1).add(b.project(merged, i));
        }
        if (hasEffect(one) || hasEffect(other)) {
            results.get(hasEffect(one) ? 0 : 1).add(b.project(merged, tensors));
        }
        return results;
    }

    private static List<Value> captures(Value branch) {
        return branch.operands().subList(1, branch.operands().size());
    }

    private static List<Value> arguments(List<Value> mine, List<Value> all, List<Value> parameters) {
        return mine.stream().map(capture -> parameters.get(all.indexOf(capture))).toList();
    }
}
