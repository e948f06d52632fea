package dev.sinter.plan;

import dev.sinter.ir.Location;
import dev.sinter.kernel.Layout;
import dev.sinter.kernel.Nest;
import dev.sinter.op.HostFunction;
import dev.sinter.op.Loop;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Symbol;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a run does, before anything is scheduled: nests, host calls, loops and branches in order, on numbered
 * buffers.
 *
 * <p>Every buffer is written before it is read; a buffer of a nest's inputs that is also one of its outputs
 * is read only at the element that is written. After a step that writes a variable in place no step can fail
 * and, but inside of loops and branches, none is a loop.
 *
 * @param name      of the function, for texts
 * @param buffers   a buffer's number is its position
 * @param steps     in order
 * @param decisions what the planner asked itself, in order
 * @param wanted    the layouts that variables must keep from now on, of those whose layout was open and matters
 */
public record Plan(String name, List<Buffer> buffers, List<Step> steps, List<Decision> decisions,
        Map<String, Layout> wanted) {

    /** One step. */
    public sealed interface Step {
        /** The buffers that the step reads, each once. */
        List<Integer> reads();

        /** The buffers that the step writes, each once. */
        List<Integer> writes();
    }

    /** An op that is a step on its own, with a buffer for each operand that is a tensor or tape and each result. */
    public sealed interface Whole extends Step {
        /** The buffers of the operands. */
        List<Integer> operands();

        /** The buffers of the results, {@link #NOTHING} for a token. */
        List<Integer> results();

        @Override
        default List<Integer> reads() {
            return operands().stream().distinct().toList();
        }

        @Override
        default List<Integer> writes() {
            return results().stream().filter(result -> result != NOTHING).toList();
        }
    }

    /**
     * A nest.
     *
     * @param nest    what is computed
     * @param ops     the tensor ops inside, in order
     * @param canFail whether a division inside can fail the run
     */
    public record Compute(Nest nest, List<OpNote> ops, boolean canFail) implements Step {
        public Compute {
            ops = List.copyOf(ops);
        }

        @Override
        public List<Integer> reads() {
            return nest.inputs().stream().map(Nest.Input::buffer).distinct().toList();
        }

        @Override
        public List<Integer> writes() {
            return nest.outputs().stream().map(Nest.Output::buffer).distinct().toList();
        }
    }

    /** A call of Java code with buffers as operands. */
    public record Call(HostFunction function, List<Integer> operands, List<Integer> results) implements Whole {
        public Call {
            operands = List.copyOf(operands);
            results = List.copyOf(results);
        }
    }

    /**
     * Gives a symbol of sizes its value, a point at which the run can fail. What has the symbol in its size comes
     * afterwards.
     *
     * @param symbol the symbol
     * @param atMost its greatest value
     * @param value  the buffer that holds its value
     * @param note   the op
     */
    public record Define(Symbol symbol, Dim atMost, int value, OpNote note) implements Step {
        @Override
        public List<Integer> reads() {
            return List.of(value);
        }

        @Override
        public List<Integer> writes() {
            return List.of();
        }
    }

    /**
     * A loop, whose body is carried out once an iteration. The body's inputs are the index, then the elements of
     * sequences; its variables are the carries and the captures, named by {@link #CARRY} and {@link #CAPTURE} with
     * their numbers; its outputs are what is stacked and, in a conditional loop, whether another iteration follows.
     *
     * @param trips     which iterations take place
     * @param sequences how many operands are taken apart
     * @param carries   how many values are handed on
     * @param histories stacked results, by their numbers among all results, that hold the values of a carry before
     *                  each iteration, with its number; the body has no output for them
     * @param body      one iteration
     * @param operands  the buffers of the loop's operands
     * @param results   the buffers of its results, {@link #NOTHING} for a token
     * @param note      the op
     * @param canFail   whether a step inside can fail the run
     */
    public record Iterate(Loop.Trips trips, int sequences, int carries, Map<Integer, Integer> histories, Plan body,
            List<Integer> operands, List<Integer> results, OpNote note, boolean canFail) implements Whole {
        public Iterate {
            histories = Collections.unmodifiableMap(new TreeMap<>(histories));
            operands = List.copyOf(operands);
            results = List.copyOf(results);
        }

        /** The position of the first sequence among the operands. */
        public int firstSequence() {
            return trips.bounds();
        }

        /** The position of the first carry among the operands. */
        public int firstCarry() {
            return firstSequence() + sequences;
        }

        /** The position of the first capture among the operands. */
        public int firstCapture() {
            return firstCarry() + carries;
        }

        /** How many results are stacked. */
        public int stacked() {
            int tensors = (int) results.stream().filter(result -> result != NOTHING).count();
            return tensors - carries - (trips.conditional() ? 1 : 0);
        }
    }

    /**
     * One of several branches. Their variables are the captures, named by {@link #CAPTURE} with their numbers,
     * their outputs the results.
     *
     * @param branches by number; the last one stands for every other number
     * @param operands the buffers of the branch's number and of the captures
     * @param results  the buffers of the results, {@link #NOTHING} for a token
     * @param note     the op
     * @param canFail  whether a step inside can fail the run
     */
    public record Choose(List<Plan> branches, List<Integer> operands, List<Integer> results, OpNote note,
            boolean canFail) implements Whole {
        public Choose {
            branches = List.copyOf(branches);
            operands = List.copyOf(operands);
            results = List.copyOf(results);
        }
    }

    /** What the names of the variables of a body start with that are handed from iteration to iteration. */
    public static final String CARRY = "carry_";

    /** What the names of the variables of a region start with that are captures. */
    public static final String CAPTURE = "capture_";

    /** Stands for the buffer of a result that is no tensor. */
    public static final int NOTHING = -1;

    /**
     * A tensor op inside of a nest.
     *
     * @param text   the value: {@code %7: f32[n,100] = max(%5, %6)}
     * @param places where the user wrote it
     */
    public record OpNote(String text, List<Location> places) {
        public OpNote {
            places = List.copyOf(places);
        }
    }

    public Plan {
        buffers = List.copyOf(buffers);
        steps = List.copyOf(steps);
        decisions = List.copyOf(decisions);
        wanted = Map.copyOf(wanted);
    }

    /** The buffer that owns a buffer's memory: itself, or what it is a view of. */
    public Buffer owner(int buffer) {
        return owner(buffers, buffer);
    }

    /** The buffer of a list that owns the memory of another. */
    public static Buffer owner(List<Buffer> buffers, int buffer) {
        Buffer at = buffers.get(buffer);
        while (at.role() instanceof Buffer.Role.View view) {
            at = buffers.get(view.of());
        }
        return at;
    }

    public Plan withBuffers(List<Buffer> others) {
        return new Plan(name, others, steps, decisions, wanted);
    }
}
