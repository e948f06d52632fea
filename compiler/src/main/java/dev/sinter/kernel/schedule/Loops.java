package dev.sinter.kernel.schedule;

import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Reg;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/** Loops that vanish where the bounds are constants: none for no iteration, the bare body for one. */
final class Loops {
    private Loops() {}

    static void range(KernelBuilder k, Reg lower, Reg upper, long step, Consumer<Reg> body) {
        range(k, lower, upper, step, List.of(), (index, carried) -> {
            body.accept(index);
            return List.of();
        });
    }

    static List<Reg> range(KernelBuilder k, Reg lower, Reg upper, long step, List<Reg> initial,
            BiFunction<Reg, List<Reg>, List<Reg>> body) {
        OptionalLong from = k.constantBits(lower);
        OptionalLong to = k.constantBits(upper);
        if (from.isPresent() && to.isPresent()) {
            if (from.getAsLong() >= to.getAsLong()) {
                return initial;
            }
            if (from.getAsLong() + step >= to.getAsLong()) {
                return body.apply(lower, initial);
            }
        }
        return k.loop(lower, upper, step, initial, body);
    }

    /** The greatest index from which whole steps lead from {@code lower}, not beyond {@code upper}. */
    static Reg wholeSteps(KernelBuilder k, Reg lower, Reg upper, long step) {
        Reg length = k.sub(upper, lower);
        Reg whole = Long.bitCount(step) == 1 ? k.and(length, k.index(-step))
                : k.mul(k.div(length, k.index(step)), k.index(step));
        return k.add(lower, whole);
    }
}
