package dev.sinter.kernel;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Integers that lie so many steps further in each tile than in the one before. What moves is made of positions in
 * memory, which do not wrap: there the least and the greatest {@code long} stand for no bound.
 *
 * <p>A position along several axes is made of quotients and remainders of a number of rows, and where it lies in memory
 * is again a multiple of that number: {@code x - x / n * n} is what is left of a division. Quotients are therefore kept
 * as they are until they cancel each other, and so are indices of loops, which inner loops begin and end with.
 *
 * @param step     how far they move from tile to tile
 * @param terms    what is added besides, times a number that is not 0
 * @param at       where they lie in tile 0, without the terms
 * @param anywhere where they lie in any tile, in all
 */
record Moving(long step, Map<Part, Long> terms, Interval at, Interval anywhere) {
    static final Moving UNKNOWN = fixed(Interval.ALL);
    static final Moving NONE = fixed(Interval.NONE);

    /**
     * What a register holds, divided by a number and truncated.
     *
     * @param range where it lies, if that is a good answer
     */
    record Part(Reg register, long divisor, Optional<Interval> range) {}

    Moving {
        terms = Map.copyOf(terms);
    }

    /** The same in all tiles. */
    static Moving fixed(Interval at) {
        return new Moving(0, Map.of(), at, at);
    }

    /** The number of a tile, of as many as there are at most. */
    static Moving tile(long most) {
        return new Moving(1, Map.of(), Interval.of(0), new Interval(0, Math.max(0, most - 1)));
    }

    /** What an index holds, which goes from one number to another one in any tile. */
    static Moving index(Reg register, Interval range) {
        return new Moving(0, Map.of(new Part(register, 1, Optional.of(range)), 1L), Interval.of(0), range);
    }

    boolean isFixed() {
        return step == 0 && terms.isEmpty();
    }

    boolean isNone() {
        return at.equals(Interval.NONE);
    }

    /** What moves by steps alone, or where it lies in any tile. */
    Moving withoutTerms() {
        Moving ranged = withoutIndices();
        return ranged.terms.isEmpty() ? ranged : fixed(anywhere);
    }

    /** The same with the ranges of indices in their place. */
    Moving withoutIndices() {
        Map<Part, Long> rest = new HashMap<>(terms);
        Interval there = at;
        for (Map.Entry<Part, Long> term : terms.entrySet()) {
            if (term.getKey().range().isPresent()) {
                Interval all = term.getKey().range().get().times(Interval.of(term.getValue()));
                there = new Interval(least(there.least(), all.least()), most(there.most(), all.most()));
                rest.remove(term.getKey());
            }
        }
        if (rest.size() == terms.size()) {
            return this;
        }
        return step != 0 || !rest.isEmpty() ? new Moving(step, rest, there, anywhere)
                : fixed(new Interval(Math.max(there.least(), anywhere.least()),
                        Math.min(there.most(), anywhere.most())));
    }

    /** Whether both move alike, so that their distance is the same in all tiles. */
    boolean movesAs(Moving other) {
        return step == other.step && terms.equals(other.terms);
    }

    /**
     * The numbers from these on that are less than others.
     *
     * @param most the last in tile 0, where both move alike
     */
    Moving below(Moving end, long most) {
        boolean isBounded = end.anywhere.most() > anywhere.least();
        Interval all = isBounded ? new Interval(anywhere.least(), end.anywhere.most() - 1) : Interval.ALL;
        return !movesAs(end) ? fixed(all)
                : isFixed() ? fixed(new Interval(at.least(), most))
                : new Moving(step, terms, new Interval(at.least(), most), all);
    }

    /** From these on, as far as others that move alike or as neither does. */
    Moving until(Moving last) {
        Interval all = new Interval(anywhere.least(), last.anywhere.most());
        return movesAs(last) ? new Moving(step, terms, new Interval(at.least(), last.at.most()), all) : fixed(all);
    }

    Moving plus(Moving other) {
        Interval sum = anywhere.plus(other.anywhere);
        if (isFixed() && other.isFixed()) {
            return fixed(sum);
        }
        Map<Part, Long> all = new HashMap<>(terms);
        boolean isLong = ((step ^ step + other.step) & (other.step ^ step + other.step)) >= 0;
        for (Map.Entry<Part, Long> term : other.terms.entrySet()) {
            long before = all.getOrDefault(term.getKey(), 0L);
            long after = before + term.getValue();
            isLong &= ((before ^ after) & (term.getValue() ^ after)) >= 0;
            all.put(term.getKey(), after);
        }
        all.values().removeIf(times -> times == 0);
        Interval there = new Interval(least(at.least(), other.at.least()), most(at.most(), other.at.most()));
        return !isLong ? fixed(sum)
                : new Moving(step + other.step, all, there, step + other.step == 0 && all.isEmpty() ? there : sum);
    }

    Moving minus(Moving other) {
        return isFixed() && other.isFixed() ? fixed(at.plus(other.at.negated())) : plus(other.negated());
    }

    private Moving negated() {
        if (isFixed()) {
            return fixed(unbounded(at));
        }
        Map<Part, Long> all = new HashMap<>(terms);
        all.replaceAll((_, times) -> -times);
        return new Moving(-step, all, unbounded(at), anywhere.negated());
    }

    private static Interval unbounded(Interval at) {
        return new Interval(at.most() == Long.MAX_VALUE ? Long.MIN_VALUE : -at.most(),
                at.least() == Long.MIN_VALUE ? Long.MAX_VALUE : -at.least());
    }

    private static long least(long a, long b) {
        boolean isBounded = a != Long.MIN_VALUE && b != Long.MIN_VALUE && ((a ^ a + b) & (b ^ a + b)) >= 0;
        return isBounded ? a + b : Long.MIN_VALUE;
    }

    private static long most(long a, long b) {
        boolean isBounded = a != Long.MAX_VALUE && b != Long.MAX_VALUE && ((a ^ a + b) & (b ^ a + b)) >= 0;
        return isBounded ? a + b : Long.MAX_VALUE;
    }

    /** Multiplied by one number, or by something that does not move. */
    Moving times(Moving other) {
        Interval product = anywhere.times(other.anywhere);
        if (isFixed() == other.isFixed()) {
            return fixed(product);
        }
        Moving moving = isFixed() ? other : this;
        Interval factor = isFixed() ? at : other.at;
        boolean isScaled = factor.isSingle() && factor.least() != 0 && isLong(moving.step, factor.least())
                && moving.terms.values().stream().allMatch(times -> isLong(times, factor.least()));
        if (!isScaled) {
            return fixed(product);
        }
        Map<Part, Long> all = new HashMap<>(moving.terms);
        all.replaceAll((_, times) -> times * factor.least());
        return new Moving(moving.step * factor.least(), all, moving.at.times(factor), product);
    }

    private static boolean isLong(long a, long b) {
        return Math.multiplyHigh(a, b) == a * b >> 63;
    }

    /** Divided by a positive number and truncated, where this is what a register holds. */
    Moving dividedBy(Reg register, long divisor) {
        return divisor == 1 ? this : new Moving(0, Map.of(new Part(register, divisor, Optional.empty()), 1L),
                Interval.of(0), anywhere.dividedBy(Interval.of(divisor)));
    }

    /** What is left by {@link #dividedBy}. */
    Moving remainder(Reg register, long divisor) {
        if (divisor == 1) {
            return fixed(Interval.of(0));
        }
        Moving rest = minus(dividedBy(register, divisor).times(fixed(Interval.of(divisor))));
        return new Moving(rest.step, rest.terms, rest.at, anywhere.remainder(Interval.of(divisor)));
    }

    /**
     * The smaller one: that which always is, or of which only the bound of the one that moves is known where the other
     * does not.
     */
    Moving smaller(Moving other) {
        if (anywhere.most() <= other.anywhere.least() || other.anywhere.most() <= anywhere.least()) {
            return anywhere.most() <= other.anywhere.least() ? this : other;
        }
        Moving a = movesAs(other) ? this : withoutIndices();
        Moving b = movesAs(other) ? other : other.withoutIndices();
        Interval smaller = anywhere.smaller(other.anywhere);
        if (a.movesAs(b)) {
            return new Moving(a.step, a.terms, a.at.smaller(b.at), a.isFixed() ? a.at.smaller(b.at) : smaller);
        }
        Moving moving = a.isFixed() ? b : a;
        return a.isFixed() || b.isFixed() ? new Moving(moving.step, moving.terms,
                new Interval(Long.MIN_VALUE, moving.at.most()), smaller) : fixed(smaller);
    }

    /** The larger one, as {@link #smaller}. */
    Moving larger(Moving other) {
        if (anywhere.least() >= other.anywhere.most() || other.anywhere.least() >= anywhere.most()) {
            return anywhere.least() >= other.anywhere.most() ? this : other;
        }
        Moving a = movesAs(other) ? this : withoutIndices();
        Moving b = movesAs(other) ? other : other.withoutIndices();
        Interval larger = anywhere.larger(other.anywhere);
        if (a.movesAs(b)) {
            return new Moving(a.step, a.terms, a.at.larger(b.at), a.isFixed() ? a.at.larger(b.at) : larger);
        }
        Moving moving = a.isFixed() ? b : a;
        return a.isFixed() || b.isFixed() ? new Moving(moving.step, moving.terms,
                new Interval(moving.at.least(), Long.MAX_VALUE), larger) : fixed(larger);
    }

    /** What holds both. */
    Moving join(Moving other) {
        if (isNone() || other.isNone()) {
            return isNone() ? other : this;
        }
        Moving a = movesAs(other) ? this : withoutIndices();
        Moving b = movesAs(other) ? other : other.withoutIndices();
        Interval both = a.anywhere.join(b.anywhere);
        return a.movesAs(b) ? new Moving(a.step, a.terms, a.at.join(b.at), both) : fixed(both);
    }
}
