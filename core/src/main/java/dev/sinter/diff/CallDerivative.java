package dev.sinter.diff;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Copier;
import dev.sinter.ir.Region;
import dev.sinter.ir.Type.TensorType;
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
import java.util.function.IntPredicate;

/**
 * The gradient of a call is a call: of the function that takes the arguments and the gradients of the results. It
 * computes the forward pass again, which is the same as that of the call once both stand in the same function.
 */
final class CallDerivative {
    private CallDerivative() {}

    /**
     * The gradients of a call's operands.
     *
     * @param cotangents those of its results, empty where none flows
     * @param wanted     the positions of the operands whose gradient is wanted
     */
    static List<Optional<Value>> of(Builder b, Value self, List<Optional<Value>> cotangents, IntPredicate wanted) {
        Call call = (Call) self.op();
        Set<Integer> seeded = new TreeSet<>();
        Set<Integer> active = new TreeSet<>();
        List<Value> operands = new ArrayList<>(self.operands());
        for (int i = 0; i < cotangents.size(); i++) {
            if (cotangents.get(i).isPresent()) {
                seeded.add(i);
                operands.add(cotangents.get(i).get());
            }
        }
        for (int i = 0; i < self.operands().size(); i++) {
            if (wanted.test(i)) {
                active.add(i);
            }
        }
        RegionGradient inside = RegionGradient.of(call.function(), seeded, active, b.location());
        List<Value> gradients = inside.gradients().stream().flatMap(Optional::stream).toList();
        List<Optional<Value>> results = new ArrayList<>(Collections.nCopies(self.operands().size(), Optional.empty()));
        if (gradients.isEmpty()) {
            return results;
        }
        List<TensorType> types = operands.stream().map(Value::tensorType).toList();
        Region region = Region.of(types, (r, parameters) -> {
            Map<Value, Value> given = new HashMap<>();
            List<Value> leaves = new ArrayList<>(inside.parameters());
            leaves.addAll(inside.seeds().values());
            for (int i = 0; i < leaves.size(); i++) {
                given.put(leaves.get(i), parameters.get(i));
            }
            Copier copier = Copier.into(r, inside.builder().locations(), value -> Optional.ofNullable(given.get(value)));
            return gradients.stream().map(copier::copy).toList();
        });
        Value gradient = b.add(new Call("gradient of " + call.name(), region), operands);
        int next = 0;
        for (int i = 0; i < results.size(); i++) {
            if (inside.gradients().get(i).isPresent()) {
                results.set(i, Optional.of(b.project(gradient, next++)));
            }
        }
        return results;
    }
}
