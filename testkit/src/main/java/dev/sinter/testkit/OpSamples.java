package dev.sinter.testkit;

import dev.sinter.op.Map;
import dev.sinter.op.Op;
import dev.sinter.op.ScalarFn;
import java.util.ArrayList;
import java.util.List;

/**
 * The catalogue of samples: every op and every scalar function in every dtype that it takes, on no element, one
 * and many, with known and unknown sizes, and on special values.
 */
public final class OpSamples {
    private OpSamples() {}

    public static List<OpSample> all() {
        List<OpSample> samples = new ArrayList<>(ScalarSamples.all());
        samples.addAll(StructureSamples.all());
        samples.addAll(EffectSamples.all());
        samples.addAll(RegionSamples.all());
        samples.addAll(SizeSamples.all());
        return List.copyOf(samples);
    }

    /** The samples in whose function a kind of op stands. */
    public static List<OpSample> of(Class<? extends Op> kind) {
        return all().stream().filter(sample -> sample.function().values().stream()
                .anyMatch(value -> kind.isInstance(value.op()))).toList();
    }

    /** The samples in whose function a scalar function stands. */
    public static List<OpSample> of(ScalarFn fn) {
        return all().stream().filter(sample -> sample.function().values().stream()
                .anyMatch(value -> value.op() instanceof Map(ScalarFn applied) && applied == fn)).toList();
    }
}
