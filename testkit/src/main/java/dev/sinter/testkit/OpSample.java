package dev.sinter.testkit;

import dev.sinter.ir.Function;
import dev.sinter.tensor.NDArray;
import java.util.List;

/**
 * A function that uses an op, with inputs to run it on.
 *
 * @param name     says the op, the dtype and what is special: {@code reduce max [1] f32 symbolic}
 * @param function what is run
 * @param runs     the inputs of each run, one array a parameter; unknown sizes differ between runs
 * @param smooth   whether every float input is {@code float64} and has a neighbourhood in which the function is
 *                 differentiable, in each run
 */
public record OpSample(String name, Function function, List<List<NDArray>> runs, boolean smooth) {
    public OpSample {
        runs = runs.stream().map(List::copyOf).toList();
    }

    @Override
    public String toString() {
        return name;
    }
}
