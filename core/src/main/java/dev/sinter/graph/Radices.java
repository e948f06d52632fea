package dev.sinter.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * The radices by which a Fourier transform of a length is taken apart, the greatest first.
 *
 * @param factors their product is the length
 * @param cost    the estimated time for each element, in nanoseconds
 */
record Radices(List<Integer> factors, double cost) {
    /** The greatest radix that is not a prime. */
    private static final int GREATEST = 64;
    /** The greatest prime by which a transform is taken apart. */
    static final int GREATEST_PRIME = 512;
    /** Of a longer one the table of its chirp does not fit. */
    static final long LONGEST_CHIRP = Tables.MOST_ELEMENTS / 2;
    private static final double STAGE = 0.25;
    private static final double ROW = 0.02;
    /** What a chirp transform moves beside its two transforms, for each element of these. */
    private static final double CHIRP = 0.5;

    Radices {
        factors = List.copyOf(factors);
    }

    /** Those of a length; no factors where it has too large a prime factor. */
    static Radices of(long length) {
        return new Search(length).best();
    }

    /** Whether a length needs a convolution with a chirp, or costs less as one that is not too long. */
    boolean isChirp(long length) {
        return factors.isEmpty() || length <= LONGEST_CHIRP && cost > STAGE + ROW * GREATEST
                && chirpCost(length) < cost;
    }

    private static double chirpCost(long length) {
        long longer = chirpLength(length);
        return (double) longer / length * (2 * of(longer).cost() + CHIRP);
    }

    /** A length of a convolution with a chirp: at least 2n - 1, with small factors. */
    static long chirpLength(long length) {
        long least = 2 * length - 1;
        long[] smooth = LongStream.of(1, 3, 5, 9, 15, 25, 27, 45, 75)
                .map(odd -> odd * Long.highestOneBit(Math.max(1, Math.ceilDiv(least, odd) * 2 - 1))).toArray();
        Map<Long, Double> costs = LongStream.of(smooth).filter(each -> each >= least).boxed().distinct()
                .collect(Collectors.toMap(each -> each, each -> each * of(each).cost()));
        return costs.entrySet().stream().min(Map.Entry.<Long, Double>comparingByValue()
                .thenComparing(Map.Entry.comparingByKey())).orElseThrow().getKey();
    }

    /** The cheapest factors of a length and of its divisors. */
    private static final class Search {
        private final long length;
        private final List<Integer> candidates = new ArrayList<>();
        private final Map<Long, Radices> found = new HashMap<>();

        Search(long length) {
            this.length = length;
            for (int radix = 2; radix <= Math.min(length, GREATEST_PRIME); radix++) {
                if (length % radix == 0 && (radix <= GREATEST || isPrime(radix))) {
                    candidates.add(radix);
                }
            }
        }

        private static boolean isPrime(int number) {
            for (int divisor = 2; divisor * divisor <= number; divisor++) {
                if (number % divisor == 0) {
                    return false;
                }
            }
            return true;
        }

        Radices best() {
            return length == 1 ? new Radices(List.of(1), STAGE) : best(length);
        }

        private Radices best(long part) {
            if (part == 1) {
                return new Radices(List.of(), 0);
            }
            Radices known = found.get(part);
            if (known != null) {
                return known;
            }
            Radices best = new Radices(List.of(), Double.POSITIVE_INFINITY);
            for (int radix : candidates) {
                if (part % radix == 0) {
                    Radices rest = best(part / radix);
                    double cost = rest.cost() + STAGE + ROW * radix;
                    if (cost < best.cost()) {
                        List<Integer> factors = new ArrayList<>(rest.factors());
                        factors.add(radix);
                        factors.sort((a, b) -> b - a);
                        best = new Radices(factors, cost);
                    }
                }
            }
            found.put(part, best);
            return best;
        }
    }
}
