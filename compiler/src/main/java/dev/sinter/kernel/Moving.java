package dev.sinter.kernel;

/**
 * Integers that lie so many steps further in each tile than in the one before. What moves is made of positions in
 * memory, which do not wrap: there the least and the greatest {@code long} stand for no bound.
 *
 * @param step how far they move from tile to tile
 * @param at   where they lie in tile 0
 */
record Moving(long step, Interval at) {
    static final Moving UNKNOWN = fixed(Interval.ALL);
    static final Moving NONE = fixed(Interval.NONE);

    /** The same in all tiles. */
    static Moving fixed(Interval at) {
        return new Moving(0, at);
    }

    boolean isFixed() {
        return step == 0;
    }

    boolean isNone() {
        return at.equals(Interval.NONE);
    }

    /** Where they lie in any tile. */
    Interval anywhere() {
        return step == 0 ? at : Interval.ALL;
    }

    Moving plus(Moving other) {
        return step == 0 && other.step == 0 ? fixed(at.plus(other.at))
                : new Moving(step + other.step, new Interval(least(at.least(), other.at.least()),
                        most(at.most(), other.at.most())));
    }

    Moving minus(Moving other) {
        Interval negated = new Interval(other.at.most() == Long.MAX_VALUE ? Long.MIN_VALUE : -other.at.most(),
                other.at.least() == Long.MIN_VALUE ? Long.MAX_VALUE : -other.at.least());
        return step == 0 && other.step == 0 ? fixed(at.plus(other.at.negated()))
                : plus(new Moving(-other.step, negated));
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
        if (step == 0 && other.step == 0) {
            return fixed(at.times(other.at));
        }
        Moving moving = step == 0 ? other : this;
        Interval factor = step == 0 ? at : other.at;
        boolean isScaled = factor.isSingle() && (step == 0 || other.step == 0)
                && Math.multiplyHigh(moving.step, factor.least()) == moving.step * factor.least() >> 63;
        return isScaled ? new Moving(moving.step * factor.least(), moving.at.times(factor)) : UNKNOWN;
    }

    /** The smaller one, of which only the bound of the one that moves is known where the other does not. */
    Moving smaller(Moving other) {
        if (step == other.step) {
            return new Moving(step, at.smaller(other.at));
        }
        Moving moving = step == 0 ? other : this;
        return step == 0 || other.step == 0
                ? new Moving(moving.step, new Interval(Long.MIN_VALUE, moving.at.most())) : UNKNOWN;
    }

    /** The larger one, of which only the bound of the one that moves is known where the other does not. */
    Moving larger(Moving other) {
        if (step == other.step) {
            return new Moving(step, at.larger(other.at));
        }
        Moving moving = step == 0 ? other : this;
        return step == 0 || other.step == 0
                ? new Moving(moving.step, new Interval(moving.at.least(), Long.MAX_VALUE)) : UNKNOWN;
    }

    /** What holds both. */
    Moving join(Moving other) {
        return isNone() ? other : other.isNone() ? this
                : step == other.step ? new Moving(step, at.join(other.at)) : UNKNOWN;
    }
}
