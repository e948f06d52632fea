package dev.sinter.pass;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Region;
import dev.sinter.ir.Value;
import dev.sinter.op.Branch;
import dev.sinter.op.Constant;
import dev.sinter.op.Join;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What {@link DropDeadCarries} does to branches. */
final class DropDeadResults {
    private DropDeadResults() {}

    /** The results of a branch without those that nothing reads and operands that no branch reads. */
    static List<Value> dropped(Builder b, Branch branch, List<Value> operands, Set<Integer> read) {
        List<Region> regions = branch.branches();
        int last = regions.size() - 1;
        if (operands.getFirst().op() instanceof Constant number || last == 0) {
            long chosen = operands.getFirst().op() instanceof Constant number ? number.array().getLong(0)
                    : 0;
            return inlined(b, branch, regions.get(chosen < 0 || chosen > last ? last : (int) chosen),
                    operands);
        }
        int tensors = regions.getFirst().tensorResults().size();
        Map<Integer, Value> known = new LinkedHashMap<>();
        List<Integer> kept = new ArrayList<>();
        for (int i = 0; i < tensors; i++) {
            int parameter = commonParameter(regions, i);
            if (read.contains(i) && parameter >= 0) {
                known.put(i, operands.get(1 + parameter));
            } else if (read.contains(i)) {
                kept.add(i);
            }
        }
        Map<Value, Integer> captures = new LinkedHashMap<>();
        List<Integer> sources = new ArrayList<>();
        for (int parameter : read(regions, kept, tensors)) {
            sources.add(parameter);
            captures.putIfAbsent(operands.get(1 + parameter), captures.size());
        }
        List<Region> slim = regions.stream().map(region -> Region.of(
                captures.keySet().stream().map(Value::tensorType).toList(), (r, parameters) -> {
                    List<Value> arguments = new ArrayList<>();
                    for (int i = 0; i < region.parameterTypes().size(); i++) {
                        arguments.add(sources.contains(i) ? parameters.get(captures.get(operands.get(1 + i)))
                                : r.add(region.function().parameters().get(i).op()));
                    }
                    List<Value> inside = region.inline(r, arguments);
                    List<Value> results = new ArrayList<>(kept.stream().map(inside::get).toList());
                    results.addAll(inside.subList(tensors, inside.size()));
                    return results;
                })).toList();
        List<Value> all = new ArrayList<>(List.of(operands.getFirst()));
        all.addAll(captures.keySet());
        Value value = b.add(new Branch(slim), all);
        List<Value> results = new ArrayList<>();
        for (int i = 0; i < tensors; i++) {
            results.add(known.containsKey(i) ? known.get(i) : kept.contains(i)
                    ? b.project(value, kept.indexOf(i))
                    : LoopRewriting.unread(b));
        }
        if (slim.stream().anyMatch(Region::hasEffect)) {
            results.add(b.project(value, kept.size()));
        }
        return results;
    }

    /** The parameter that all branches give as a result; -1 where there is none. */
    private static int commonParameter(List<Region> regions, int result) {
        int parameter = regions.getFirst().function().parameters()
                .indexOf(regions.getFirst().function().results().get(result));
        return regions.stream().map(Region::function).allMatch(function ->
                function.parameters().indexOf(function.results().get(result)) == parameter) ? parameter : -1;
    }

    /** The parameters that some results or effects of some branch depend on. */
    private static Set<Integer> read(List<Region> regions, List<Integer> results, int tensors) {
        Set<Integer> read = new TreeSet<>();
        for (Region region : regions) {
            Function function = region.function();
            List<Value> roots = new ArrayList<>(results.stream().map(function.results()::get).toList());
            roots.addAll(function.results().subList(tensors, function.results().size()));
            Set<Value> needed = new HashSet<>(new Function("", List.of(), roots,
                    function.locations()).values());
            for (int i = 0; i < function.parameters().size(); i++) {
                if (needed.contains(function.parameters().get(i))) {
                    read.add(i);
                }
            }
        }
        return read;
    }

    private static List<Value> inlined(Builder b, Branch branch, Region region, List<Value> operands) {
        List<Value> inside = region.inline(b, operands.subList(1, operands.size()));
        int tensors = region.tensorResults().size();
        List<Value> results = new ArrayList<>(inside.subList(0, tensors));
        if (branch.branches().stream().anyMatch(Region::hasEffect)) {
            results.add(b.add(new Join(), inside.subList(tensors, inside.size())));
        }
        return results;
    }
}
