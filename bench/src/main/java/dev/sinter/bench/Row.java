package dev.sinter.bench;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * What was measured of one contender.
 *
 * @param name the workload's name; a baseline's ends in the baseline's own
 * @param median microseconds of one iteration, the median of all that was timed
 * @param least microseconds of one iteration at the fastest
 * @param gflops 10^9 operations a second, by the median
 * @param peakFraction the fraction of the operations that the machine reached in the same run
 * @param gbps 10^9 bytes a second, by the median
 * @param limitFraction the fraction of the bytes that the machine reached in the same run
 * @param remarks further numbers
 */
record Row(
        String name,
        double median,
        double least,
        OptionalDouble gflops,
        OptionalDouble peakFraction,
        OptionalDouble gbps,
        OptionalDouble limitFraction,
        List<Remark> remarks) {

    Row {
        remarks = List.copyOf(remarks);
    }

    /** The row as a JSON object on one line. */
    String json() {
        StringBuilder text = new StringBuilder("{\"name\":\"").append(name).append('"');
        field(text, "median_us", OptionalDouble.of(median));
        field(text, "min_us", OptionalDouble.of(least));
        field(text, "gflops", gflops);
        field(text, "peak_fraction", peakFraction);
        field(text, "gbps", gbps);
        field(text, "limit_fraction", limitFraction);
        remarks.forEach(remark -> field(text, remark.key(), OptionalDouble.of(remark.value())));
        return text.append('}').toString();
    }

    private static void field(StringBuilder text, String key, OptionalDouble value) {
        if (value.isPresent() && Double.isFinite(value.getAsDouble())) {
            text.append(String.format(Locale.ROOT, ",\"%s\":%.4f", key, value.getAsDouble()));
        }
    }
}
