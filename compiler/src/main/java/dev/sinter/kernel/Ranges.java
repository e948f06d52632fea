package dev.sinter.kernel;

import dev.sinter.kernel.RegType.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Between which bounds the lanes of float registers lie, as far as the arithmetic that made them says. A lane
 * that is NaN is within any bounds.
 */
final class Ranges {
    /** Bounds, both included. */
    record Range(double least, double most) {
        static final Range ALL = new Range(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

        private Range negated() {
            return new Range(-most, -least);
        }
    }

    private final KernelBuilder builder;
    private final Map<Reg, Range> known = new HashMap<>();

    Ranges(KernelBuilder builder) {
        this.builder = builder;
    }

    Range of(Reg reg) {
        OptionalLong bits = builder.constantBits(reg);
        if (bits.isPresent() && reg.type().kind().isFloat()) {
            double value = reg.type().kind() == Kind.F32 ? Float.intBitsToFloat((int) bits.getAsLong())
                    : Double.longBitsToDouble(bits.getAsLong());
            return Double.isNaN(value) ? Range.ALL : new Range(value, value);
        }
        return known.getOrDefault(reg, Range.ALL);
    }

    /** Notes what an operation says of its result. */
    void note(Reg out, ArithOp op, List<Reg> arguments) {
        if (!out.type().kind().isFloat() || op == ArithOp.CONVERT || op == ArithOp.BITCAST) {
            return;
        }
        Range first = of(arguments.getFirst());
        Range range = switch (op) {
            case ADD -> sum(first, of(arguments.get(1)), out);
            case SUB -> sum(first, of(arguments.get(1)).negated(), out);
            case MUL -> product(first, of(arguments.get(1)), out);
            case NEG -> first.negated();
            case ABS, SQRT -> new Range(0, op == ArithOp.ABS
                    ? Math.max(Math.abs(first.least()), Math.abs(first.most())) : Double.POSITIVE_INFINITY);
            // Where the first operand is NaN the result is the second.
            case MAX -> new Range(builder.constantBits(arguments.getFirst()).isPresent()
                    ? Math.max(first.least(), of(arguments.get(1)).least()) : of(arguments.get(1)).least(),
                    Math.max(first.most(), of(arguments.get(1)).most()));
            case MIN -> new Range(Math.min(first.least(), of(arguments.get(1)).least()),
                    builder.constantBits(arguments.getFirst()).isPresent()
                    ? Math.min(first.most(), of(arguments.get(1)).most()) : of(arguments.get(1)).most());
            default -> Range.ALL;
        };
        if (!range.equals(Range.ALL) && !Double.isNaN(range.least()) && !Double.isNaN(range.most())) {
            known.put(out, range);
        }
    }

    private static Range sum(Range a, Range b, Reg out) {
        return widened(a.least() + b.least(), a.most() + b.most(), out);
    }

    private static Range product(Range a, Range b, Reg out) {
        double[] corners = {a.least() * b.least(), a.least() * b.most(), a.most() * b.least(), a.most() * b.most()};
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (double corner : corners) {
            if (Double.isNaN(corner)) {
                return Range.ALL;
            }
            least = Math.min(least, corner);
            most = Math.max(most, corner);
        }
        return widened(least, most, out);
    }

    /** The bounds that contain all results after rounding. */
    private static Range widened(double least, double most, Reg out) {
        return out.type().kind() == Kind.F32 ? new Range(Math.nextDown((float) least), Math.nextUp((float) most))
                : new Range(Math.nextDown(least), Math.nextUp(most));
    }
}
