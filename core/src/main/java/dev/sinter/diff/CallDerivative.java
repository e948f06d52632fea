package dev.sinter.diff;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Copier;
import dev.sinter.ir.Function;
import dev.sinter.ir.Region;
import dev.sinter.ir.Value;
import dev.sinter.op.After;
import dev.sinter.op.Call;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * The gradient of a call that gradients compute again is a call: of the function that takes the arguments and the
 * gradients of the results. It computes the forward pass again, which is the same as that of the call once both stand
 * in the same function. Its operands are those that the gradients read, after the gradients of the results.
 */
final class CallDerivative {
    private CallDerivative() {}

    /**
     * The function with those calls in their places of whose values a gradient keeps what it needs. The others stay,
     * and only their arguments are kept.
     */
    static Function withoutKept(Function function) {
        return function.withoutCalls(call -> !call.recompute());
    }

    /**
     * The gradients of a call's operands.
     *
     * @param cotangents those of its results, empty where none flows
     * @param wanted     the positions of the operands whose gradient is wanted
     */
    static List<Optional<Value>> of(Builder b, Value self, List<Optional<Value>> cotangents,
            IntPredicate wanted) {
        Call call = (Call) self.op();
        List<Value> arriving = cotangents.stream().flatMap(Optional::stream).toList();
        List<Value> arguments = self.operands().stream().map(argument -> late(b, argument, arriving)).toList();
        return gradients(b, call.function(), arguments, cotangents, wanted, (region, operands) -> {
            Value gradient = b.add(new Call("gradient of " + call.name(), region, call.recompute()), operands);
            return IntStream.range(0, region.tensorResults().size()).mapToObj(i -> b.project(gradient, i))
                    .toList();
        });
    }

    /** An argument that exists once the gradients of the results do: with it, what is computed again comes then. */
    private static Value late(Builder b, Value argument, List<Value> cotangents) {
        List<Value> operands = new ArrayList<>(List.of(argument));
        operands.addAll(cotangents);
        return b.add(new After(), operands);
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
        List<Value> leaves = new ArrayList<>(inside.parameters());
        leaves.addAll(inside.seeds().values());
        List<Value> flowing = inside.gradients().stream().flatMap(Optional::stream).toList();
        Set<Value> read = RegionGradient.reached(flowing, new HashSet<>(leaves)::contains);
        Map<Value, Integer> positions = new HashMap<>();
        List<Value> given = new ArrayList<>();
        for (int i = 0; i < leaves.size(); i++) {
            if (read.contains(leaves.get(i))) {
                positions.put(leaves.get(i), given.size());
                given.add(operands.get(i));
            }
        }
        Region gradient = Region.of(given.stream().map(Value::tensorType).toList(), (r, parameters) -> {
            Copier copier = Copier.withoutOrder(r, inside.builder().locations(),
                    value -> Optional.ofNullable(positions.get(value)).map(parameters::get));
            return flowing.stream().map(copier::copy).toList();
        });
        List<Value> gradients = carriedOut.apply(gradient, given);
        int next = 0;
        for (int i = 0; i < results.size(); i++) {
            if (inside.gradients().get(i).isPresent()) {
                results.set(i, Optional.of(gradients.get(next++)));
            }
        }
        return results;
    }
}
