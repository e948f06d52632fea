package dev.sinter.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/** Makes the rows of a comparison from what was timed. */
final class Rows {
    private final Map<Contender, Samples> samples;
    private final List<Contender> limits;

    private Rows(Comparison comparison, Map<Contender, Samples> samples) {
        this.samples = samples;
        limits = comparison.limits().stream().filter(samples::containsKey).toList();
    }

    /** The rows of the contenders that were timed, in their order. */
    static List<Row> of(Comparison comparison, Map<Contender, Samples> samples) {
        Rows rows = new Rows(comparison, samples);
        List<Row> made = new ArrayList<>();
        for (Contender contender : comparison.contenders()) {
            if (samples.containsKey(contender)) {
                List<Contender> peers = comparison.sinter().contains(contender)
                        ? comparison.baselines() : List.of();
                made.add(rows.row(contender, comparison.limits().contains(contender), peers));
            }
        }
        return made;
    }

    private Row row(Contender contender, boolean limit, List<Contender> peers) {
        Samples times = samples.get(contender);
        Cost cost = contender.cost();
        double flops = cost.flops() / times.median();
        double bytes = cost.bytes() / times.median();
        List<Remark> remarks = new ArrayList<>(contender.remarks());
        if (cost.steps() > 0) {
            remarks.add(new Remark("ns_per_step", times.median() * 1e3 / cost.steps()));
        }
        List<Contender> timed = peers.stream()
                .filter(peer -> peer.label().isPresent() && samples.containsKey(peer)).toList();
        Map<String, Double> medians = new LinkedHashMap<>();
        timed.forEach(peer -> medians.put(peer.label().orElseThrow(), samples.get(peer).median()));
        remarks.addAll(Remark.ratios(times.median(), medians));
        List<Remark> theirs = timed.stream().flatMap(peer -> peer.remarks().stream()).toList();
        contender.remarks().forEach(remark -> remarks.addAll(remark.ofLeast(theirs)));
        OptionalDouble peakFraction = OptionalDouble.empty();
        OptionalDouble limitFraction = OptionalDouble.empty();
        if (!limit) {
            peakFraction = fraction(flops, most(Cost::flops, Samples::median));
            limitFraction = fraction(bytes, most(Cost::bytes, Samples::median));
            fraction(cost.flops() / times.least(), most(Cost::flops, Samples::least))
                    .ifPresent(best -> remarks.add(new Remark("peak_fraction_best", best)));
            fraction(cost.bytes() / times.least(), most(Cost::bytes, Samples::least))
                    .ifPresent(best -> remarks.add(new Remark("limit_fraction_best", best)));
        }
        return new Row(contender.name(), times.median(), times.least(),
                some(flops / 1e3), peakFraction, some(bytes / 1e3), limitFraction, remarks);
    }

    /** The best rate of a limit. */
    private double most(ToDoubleFunction<Cost> amount, ToDoubleFunction<Samples> time) {
        return limits.stream()
                .mapToDouble(limit ->
                        amount.applyAsDouble(limit.cost()) / time.applyAsDouble(samples.get(limit)))
                .max().orElse(0);
    }

    private static OptionalDouble some(double value) {
        return value > 0 ? OptionalDouble.of(value) : OptionalDouble.empty();
    }

    private static OptionalDouble fraction(double value, double limit) {
        return limit > 0 ? some(value / limit) : OptionalDouble.empty();
    }
}
