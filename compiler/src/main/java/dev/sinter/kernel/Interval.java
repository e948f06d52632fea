package dev.sinter.kernel;

import dev.sinter.kernel.RegType.Kind;

/**
 * Integers between two bounds, both included; none where the lower one is larger. What an operation gives contains
 * all results of integers of its operands, those that wrap included.
 */
record Interval(long least, long most) {
    static final Interval ALL = new Interval(Long.MIN_VALUE, Long.MAX_VALUE);
    static final Interval NONE = new Interval(Long.MAX_VALUE, Long.MIN_VALUE);
    private static final Interval TRUTH = new Interval(0, 1);

    static Interval of(long value) {
        return new Interval(value, value);
    }

    boolean isSingle() {
        return least == most;
    }

    boolean contains(long value) {
        return least <= value && value <= most;
    }

    /** Itself where a kind of integers holds all of it, and all that the kind holds elsewhere. */
    Interval within(Kind kind) {
        Interval held = switch (kind) {
            case I1 -> TRUTH;
            case I32 -> new Interval(Integer.MIN_VALUE, Integer.MAX_VALUE);
            case I64, F32, F64 -> ALL;
        };
        return least >= held.least && most <= held.most ? this : held;
    }

    Interval join(Interval other) {
        return new Interval(Math.min(least, other.least), Math.max(most, other.most));
    }

    Interval plus(Interval other) {
        long low = least + other.least;
        long high = most + other.most;
        boolean wraps = ((least ^ low) & (other.least ^ low)) < 0 || ((most ^ high) & (other.most ^ high)) < 0;
        return wraps ? ALL : new Interval(low, high);
    }

    Interval negated() {
        return least == Long.MIN_VALUE ? ALL : new Interval(-most, -least);
    }

    Interval times(Interval other) {
        Interval product = NONE;
        for (long a : new long[] {least, most}) {
            for (long b : new long[] {other.least, other.most}) {
                if (Math.multiplyHigh(a, b) != a * b >> 63) {
                    return ALL;
                }
                product = product.join(of(a * b));
            }
        }
        return product;
    }

    /** Truncated, as far as the divisor is one positive number. */
    Interval dividedBy(Interval divisor) {
        return divisor.isSingle() && divisor.least > 0
                ? new Interval(least / divisor.least, most / divisor.least) : ALL;
    }

    Interval remainder(Interval divisor) {
        if (!divisor.isSingle() || divisor.least <= 0) {
            return ALL;
        }
        long size = divisor.least;
        if (least >= 0 && least / size == most / size) {
            return new Interval(least % size, most % size);
        }
        return new Interval(least >= 0 ? 0 : 1 - size, size - 1);
    }

    Interval smaller(Interval other) {
        return new Interval(Math.min(least, other.least), Math.min(most, other.most));
    }

    Interval larger(Interval other) {
        return new Interval(Math.max(least, other.least), Math.max(most, other.most));
    }

    /** The bits that both have; of what may be negative only how it is rounded down to a power of two is known. */
    Interval and(Interval other) {
        if (other.isSingle() && other.least < 0 && Long.bitCount(-other.least) == 1) {
            return new Interval(least & other.least, most & other.least);
        }
        return least >= 0 && other.least >= 0 ? new Interval(0, Math.min(most, other.most)) : ALL;
    }

    Interval complement() {
        return new Interval(~most, ~least);
    }

    Interval shiftedLeft(Interval count) {
        return count.isSingle() && count.least >= 0 && count.least < Integer.SIZE - 1
                ? times(of(1L << count.least)) : ALL;
    }

    /** Shifted to the right, whatever moves in; of what may be negative nothing is known. */
    Interval shiftedRight(Interval count) {
        return least >= 0 && count.isSingle() && count.least >= 0 && count.least < Integer.SIZE
                ? new Interval(least >> count.least, most >> count.least) : ALL;
    }

    Interval equal(Interval other) {
        if (isSingle() && equals(other)) {
            return of(1);
        }
        return most < other.least || other.most < least ? of(0) : TRUTH;
    }

    Interval less(Interval other) {
        return most < other.least ? of(1) : least >= other.most ? of(0) : TRUTH;
    }

    /** The other truth values. */
    Interval not() {
        return new Interval(1 - most, 1 - least);
    }
}
