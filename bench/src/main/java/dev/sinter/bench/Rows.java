package dev.sinter.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** Makes the rows of a comparison from what was timed. */
final class Rows {
    private final Map<Contender, Samples> samples;
    private final double peakFlops;
    private final double peakBytes;

    private Rows(Comparison comparison, Map<Contender, Samples> samples) {
        this.samples = samples;
        peakFlops = comparison.limits().stream()
                .filter(samples::containsKey)
                .mapToDouble(limit -> limit.cost().flops() / samples.get(limit).median()).max().orElse(0);
        peakBytes = comparison.limits().stream()
                .filter(samples::containsKey)
                .mapToDouble(limit -> limit.cost().bytes() / samples.get(limit).median()).max().orElse(0);
    }

    /** The rows of the contenders that were timed, in their order. */
    static List<Row> of(Comparison comparison, Map<Contender, Samples> samples) {
        Rows rows = new Rows(comparison, samples);
        List<Row> made = new ArrayList<>();
        for (Contender contender : comparison.contenders()) {
            if (samples.containsKey(contender)) {
                made.add(rows.row(contender, comparison.limits().contains(contender)));
            }
        }
        return made;
    }

    private Row row(Contender contender, boolean limit) {
        Samples times = samples.get(contender);
        double flops = contender.cost().flops() / times.median();
        double bytes = contender.cost().bytes() / times.median();
        return new Row(contender.name(), times.median(), times.least(),
                some(flops / 1e3), limit ? OptionalDouble.empty() : fraction(flops, peakFlops),
                some(bytes / 1e3), limit ? OptionalDouble.empty() : fraction(bytes, peakBytes),
                contender.remarks());
    }

    private static OptionalDouble some(double value) {
        return value > 0 ? OptionalDouble.of(value) : OptionalDouble.empty();
    }

    private static OptionalDouble fraction(double value, double limit) {
        return limit > 0 ? some(value / limit) : OptionalDouble.empty();
    }
}
