package dev.sinter.program;

import dev.sinter.kernel.Kernel;
import dev.sinter.op.HostFunction;
import dev.sinter.op.Loop.Trips;
import dev.sinter.plan.Buffer;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Symbol;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * What a run does, step by step, on numbered buffers. Steps run in order; each sees what the steps before it
 * wrote.
 *
 * @param name    for texts
 * @param buffers all memory that the steps use; a buffer's number is its position
 * @param sizes   every run-time size that the kernels use; a frame holds their values
 * @param steps   in order
 */
public record Program(String name, List<Buffer> buffers, List<Dim> sizes, List<Step> steps) {
    /** One step. */
    public sealed interface Step {
        /** The steps inside of this one, those of branches one after the other. */
        default List<Step> inside() {
            return switch (this) {
                case Loop loop -> loop.body();
                case Branch branch -> branch.branches().stream().flatMap(List::stream).toList();
                case Launch _, CallHost _, Copy _, Define _, PointOfNoReturn _ -> List.of();
            };
        }

        /** A kernel over all its tiles; {@code buffers} gives a buffer for each of its arguments, a SCRATCH
         * argument's being a buffer of as many copies as threads may run. */
        record Launch(Kernel kernel, List<Integer> buffers) implements Step {
            public Launch {
                buffers = List.copyOf(buffers);
            }
        }

        /** A call of Java code on the thread that runs the program. */
        record CallHost(HostFunction function, List<Integer> operands, List<Integer> results) implements Step {
            public CallHost {
                operands = List.copyOf(operands);
                results = List.copyOf(results);
            }
        }

        /** A copy of a whole buffer into another of the same type and layout. */
        record Copy(int from, int to) implements Step {}

        /**
         * Gives a symbol its value: from here on all sizes of the program that depend on it have the values that
         * follow. The run fails where the value is negative or exceeds the bound.
         *
         * @param value the buffer that holds the value
         */
        record Define(Symbol symbol, Dim atMost, int value) implements Step {}

        /**
         * Steps that are carried out once for each index. Buffers whose role is {@code Row} have, in an iteration,
         * the memory of the element at its index of the buffer that they are of.
         *
         * @param trips     which iterations take place
         * @param limit     the buffer that holds how many there are at most, where they are limited
         * @param condition the buffer that says whether to begin, where they are conditional
         * @param goesOn    the buffer in which an iteration says whether another one follows, where they are
         *                  conditional
         * @param count     the buffer that gets the number of iterations, where they are conditional
         * @param counter   the buffer that holds the index
         * @param rows      the buffers whose memory moves with the index
         * @param carries   what is handed from iteration to iteration
         * @param body      the steps
         */
        record Loop(Trips trips, Optional<Integer> limit, Optional<Integer> condition, Optional<Integer> goesOn,
                Optional<Integer> count, int counter, List<Integer> rows, List<Carry> carries, List<Step> body)
                implements Step {
            public Loop {
                rows = List.copyOf(rows);
                carries = List.copyOf(carries);
                body = List.copyOf(body);
            }
        }

        /** The steps of a branch, by the number in a buffer; the last ones where no branch has the number. */
        record Branch(int number, List<List<Step>> branches) implements Step {
            public Branch {
                branches = branches.stream().map(List::copyOf).toList();
            }
        }

        /** The last point at which a run can be cancelled or fail; in-place writes follow. */
        record PointOfNoReturn() implements Step {}
    }

    /** Where the values of a carry lie. */
    public enum Way {
        /** An iteration changes the value in the memory of the result, which gets the initial value at first. */
        IN_PLACE,
        /** An iteration reads one memory and writes another, in turns the result's and a spare one. */
        ALTERNATING,
        /** Each value lies behind the one before in a stack that starts with the initial value. */
        STACKED
    }

    /**
     * What an iteration hands to the next.
     *
     * @param initial the buffer of the value that the first iteration sees
     * @param current the buffer that stands for the value that an iteration sees
     * @param next    the buffer that stands for the value that it hands on; {@code current} where that is updated in
     *                place or stays as it is
     * @param result  the buffer that holds the last value in the end
     * @param way     where the values on the way lie
     * @param spare   the second memory or the stack, -1 where it is updated in place
     */
    public record Carry(int initial, int current, int next, int result, Way way, int spare) {
        /** Updated in place, or left as it is. */
        public static Carry inPlace(int initial, int current, int result) {
            return new Carry(initial, current, current, result, Way.IN_PLACE, -1);
        }

        /** Written to two memories in turns. */
        public static Carry alternating(int initial, int current, int next, int result, int spare) {
            return new Carry(initial, current, next, result, Way.ALTERNATING, spare);
        }

        /** Written to a stack of one value more than there are iterations. */
        public static Carry stacked(int initial, int current, int next, int result, int stack) {
            return new Carry(initial, current, next, result, Way.STACKED, stack);
        }

        /** Whether an iteration changes the value in its memory. */
        public boolean isInPlace() {
            return way == Way.IN_PLACE;
        }
    }

    /** The bounds of the symbols that steps define. */
    public Map<Symbol, Dim> bounds() {
        Map<Symbol, Dim> bounds = new LinkedHashMap<>();
        for (Step step : allSteps()) {
            if (step instanceof Step.Define size) {
                bounds.put(size.symbol(), size.atMost());
            }
        }
        return bounds;
    }

    /** The values that symbols have at most, where the values of those are given that no step defines. */
    public ToLongFunction<Symbol> greatest(ToLongFunction<Symbol> given) {
        Map<Symbol, Dim> bounds = bounds();
        return bounds.isEmpty() ? given : symbol -> bounds.containsKey(symbol)
                ? bounds.get(symbol).atMost(bounds).evaluate(given) : given.applyAsLong(symbol);
    }

    /** The sizes of a buffer of a result after a run. */
    public long[] actual(Buffer buffer, ToLongFunction<Symbol> given, Frame frame) {
        return buffer.type().shape().dims().stream().mapToLong(dim -> {
            int number = sizes.indexOf(dim);
            return number < 0 ? dim.evaluate(given) : frame.size(number);
        }).toArray();
    }

    /** All steps, each before those inside of it. */
    public List<Step> allSteps() {
        List<Step> all = new ArrayList<>();
        collect(steps, all);
        return all;
    }

    private static void collect(List<Step> steps, List<Step> all) {
        for (Step step : steps) {
            all.add(step);
            collect(step.inside(), all);
        }
    }

    public Program {
        buffers = List.copyOf(buffers);
        sizes = List.copyOf(sizes);
        steps = List.copyOf(steps);
    }
}
