package dev.sinter.diff;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Copier;
import dev.sinter.ir.Region;
import dev.sinter.ir.Value;
import dev.sinter.op.Call;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * The gradient of a call is a call: of the function that takes the arguments and the gradients of the
 * results. It computes the forward pass again, which is the same as that of the call once both stand in the
 * same function.
 */
final class CallDerivative {
    private CallDerivative() {}

    /**
     * The gradients of a call's operands.
     *
     * @param cotangents those of its results, empty where none flows
     * @param wanted     the positions of the operands whose gradient is wanted
     */
    static List<Optional<Value>> of(Builder b, Value self, List<Optional<Value>> cotangents,
            IntPredicate wanted) {
        Call call = (Call) self.op();
        return gradients(b, call.function(), self.operands(), cotangents, wanted, (region, operands) -> {
            Value gradient = b.add(new Call("gradient of " + call.name(), region), operands);
            return IntStream.range(0, region.tensorResults().size()).mapToObj(i -> b.project(gradient, i))
                    .toList();
        });
    }

    /** The gradients of the operands of a function, computed in its place. */
    static List<Optional<Value>> inline(Builder b, Region function, List<Value> operands,
            List<Optional<Value>> cotangents, IntPredicate wanted) {
        return gradients(b, function, operands, cotangents, wanted, (region, all) -> region.inline(b, all));
    }

    private static List<Optional<Value>> gradients(Builder b, Region function, List<Value> arguments,
            List<Optional<Value>> cotangents, IntPredicate wanted,
            BiFunction<Region, List<Value>, List<Value>> carriedOut) {
        Set<Integer> seeded = new TreeSet<>();
        List<Value> operands = new ArrayList<>(arguments);
        for (int i = 0; i < cotangents.size(); i++) {
            if (cotangents.get(i).isPresent()) {
                seeded.add(i);
                operands.add(cotangents.get(i).get());
            }
        }
        Set<Integer> active = new TreeSet<>();
        IntStream.range(0, arguments.size()).filter(wanted).forEach(active::add);
        RegionGradient inside = RegionGradient.of(function, seeded, active, b.location());
        List<Optional<Value>> results = new ArrayList<>(Collections.nCopies(arguments.size(),
                Optional.empty()));
        if (inside.gradients().stream().allMatch(Optional::isEmpty)) {
            return results;
        }
        List<Value> gradients = carriedOut.apply(region(inside, operands), operands);
        int next = 0;
        for (int i = 0; i < results.size(); i++) {
            if (inside.gradients().get(i).isPresent()) {
                results.set(i, Optional.of(gradients.get(next++)));
            }
        }
        return results;
    }

    /** The function from arguments and seeds to those gradients that flow. */
    private static Region region(RegionGradient inside, List<Value> operands) {
        return Region.of(operands.stream().map(Value::tensorType).toList(), (r, parameters) -> {
            Map<Value, Value> given = new HashMap<>();
            List<Value> leaves = new ArrayList<>(inside.parameters());
            leaves.addAll(inside.seeds().values());
            for (int i = 0; i < leaves.size(); i++) {
                given.put(leaves.get(i), parameters.get(i));
            }
            Copier copier = Copier.into(r, inside.builder().locations(),
                    value -> Optional.ofNullable(given.get(value)));
            return inside.gradients().stream().flatMap(Optional::stream).map(copier::copy).toList();
        });
    }
}
