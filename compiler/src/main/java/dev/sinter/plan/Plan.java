package dev.sinter.plan;

import dev.sinter.ir.Location;
import dev.sinter.kernel.Layout;
import dev.sinter.kernel.Nest;
import dev.sinter.op.HostFunction;
import java.util.List;
import java.util.Map;

/**
 * What a run does, before anything is scheduled: nests and host calls in order, on numbered buffers.
 *
 * <p>Every buffer is written before it is read; a buffer of a nest's inputs that is also one of its outputs
 * is read only at the element that is written. After a step that writes a variable in place no step can fail.
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
    public record Call(HostFunction function, List<Integer> operands, List<Integer> results) implements Step {
        public Call {
            operands = List.copyOf(operands);
            results = List.copyOf(results);
        }

        @Override
        public List<Integer> reads() {
            return operands.stream().distinct().toList();
        }

        @Override
        public List<Integer> writes() {
            return results;
        }
    }

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

    static Buffer owner(List<Buffer> buffers, int buffer) {
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
