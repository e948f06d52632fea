package dev.sinter.kernel.schedule;

import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Reg;
import dev.sinter.kernel.RegType.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Vectors along an axis from {@code lower}, a multiple of the lanes: groups of several whole vectors, then
 * what is left, masked.
 */
final class VectorWalk {
    /** One vector: its first index, and which lanes exist. */
    record Vector(Reg first, Optional<Reg> mask) {}

    private final KernelBuilder k;
    private final int lanes;
    private final int unroll;
    private final int straight;

    /**
     * @param unroll   how many vectors a group of whole ones has
     * @param straight a short axis of known size is one group of at most so many vectors
     */
    VectorWalk(KernelBuilder builder, int lanes, int unroll, int straight) {
        this.k = builder;
        this.lanes = lanes;
        this.unroll = unroll;
        this.straight = Math.max(unroll, straight);
    }

    /** The lanes before {@code upper}. */
    Reg exists(Reg first, Reg upper) {
        Reg index = k.add(k.splat(first, lanes), k.lanes(Kind.I64, lanes));
        return k.lt(index, k.splat(upper, lanes));
    }

    /**
     * Walks the vectors of {@code lower..upper}, and on to {@code padded} with lanes that do not exist.
     *
     * @param multiple a number that divides the distance from {@code lower} to {@code upper}
     * @param whole    what is done with each group of whole vectors
     * @param rest     what is done with each group of vectors of which some may be masked
     */
    void walk(Reg lower, Reg upper, Reg padded, long multiple, Consumer<List<Vector>> whole,
            Consumer<List<Vector>> rest) {
        OptionalLong from = k.constantBits(lower);
        OptionalLong to = k.constantBits(upper);
        OptionalLong end = k.constantBits(padded);
        if (from.isPresent() && to.isPresent() && end.isPresent()) {
            fixed(from.getAsLong(), to.getAsLong(), end.getAsLong(), whole, rest);
            return;
        }
        long step = (long) lanes * unroll;
        boolean noneLeft = isWhole(upper, padded, multiple);
        boolean noneMasked = padded.equals(upper) && multiple % lanes == 0;
        Reg middle = noneLeft ? upper : Loops.wholeSteps(k, lower, upper, step);
        Loops.range(k, lower, middle, step, first -> whole.accept(group(first, unroll)));
        if (!noneLeft) {
            Loops.range(k, middle, padded, lanes, first -> rest.accept(noneMasked ? group(first, 1)
                    : List.of(new Vector(first, Optional.of(exists(first, upper))))));
        }
    }

    /** The fewest vectors of a group that {@link #walk} gives, as far as that is known. */
    int fewest(Reg lower, Reg upper, Reg padded, long multiple) {
        OptionalLong from = k.constantBits(lower);
        OptionalLong to = k.constantBits(upper);
        OptionalLong end = k.constantBits(padded);
        if (from.isEmpty() || to.isEmpty() || end.isEmpty()) {
            return isWhole(upper, padded, multiple) ? unroll : 1;
        }
        long middle = middle(from.getAsLong(), to.getAsLong(), end.getAsLong());
        int left = (int) ((end.getAsLong() - middle + lanes - 1) / lanes);
        int last = left % straight == 0 ? Math.min(left, straight) : left % straight;
        return left == 0 ? unroll : middle == from.getAsLong() ? last : Math.min(unroll, last);
    }

    /** Whether groups of whole vectors are all there is. */
    private boolean isWhole(Reg upper, Reg padded, long multiple) {
        return padded.equals(upper) && multiple % ((long) lanes * unroll) == 0;
    }

    /** Where groups of whole vectors end, of numbers that are known. */
    private long middle(long from, long to, long end) {
        long vectors = (end - from + lanes - 1) / lanes;
        long step = (long) lanes * unroll;
        return vectors > straight || vectors == unroll && to == end ? from + (to - from) / step * step : from;
    }

    private void fixed(long from, long to, long end, Consumer<List<Vector>> whole,
            Consumer<List<Vector>> rest) {
        long step = (long) lanes * unroll;
        long middle = middle(from, to, end);
        if (middle > from) {
            Loops.range(k, k.index(from), k.index(middle), step, first -> whole.accept(group(first, unroll)));
        }
        List<Vector> left = new ArrayList<>();
        for (long first = middle; first < end; first += lanes) {
            Reg start = k.index(first);
            Optional<Reg> mask = first + lanes <= to ? Optional.empty()
                    : Optional.of(exists(start, k.index(to)));
            left.add(new Vector(start, mask));
        }
        for (int at = 0; at < left.size(); at += straight) {
            rest.accept(List.copyOf(left.subList(at, Math.min(left.size(), at + straight))));
        }
    }

    private List<Vector> group(Reg first, int count) {
        List<Vector> vectors = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            vectors.add(new Vector(k.add(first, k.index((long) i * lanes)), Optional.empty()));
        }
        return vectors;
    }
}
