package dev.sinter.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * A number that a row says besides its times.
 *
 * @param key what it is, as a key of the JSON object
 * @param value the number
 */
public record Remark(String key, double value) {
    /**
     * A time as a fraction of those of others.
     *
     * @param others by label
     * @return {@code of_LABEL} for each, and {@code of_fastest} where there are any
     */
    public static List<Remark> ratios(double time, Map<String, Double> others) {
        List<Remark> ratios = new ArrayList<>();
        others.forEach((label, other) -> ratios.add(new Remark("of_" + label, time / other)));
        others.values().stream().mapToDouble(other -> other).min()
                .ifPresent(fastest -> ratios.add(new Remark("of_fastest", time / fastest)));
        return ratios;
    }

    /**
     * This number as a fraction of the least that others say under the same key.
     *
     * @return {@code KEY_of_least}, or nothing where none says it or the least is not above 0
     */
    public List<Remark> ofLeast(List<Remark> others) {
        OptionalDouble least = others.stream().filter(other -> other.key.equals(key))
                .mapToDouble(Remark::value).min();
        return least.isPresent() && least.getAsDouble() > 0
                ? List.of(new Remark(key + "_of_least", value / least.getAsDouble())) : List.of();
    }
}
