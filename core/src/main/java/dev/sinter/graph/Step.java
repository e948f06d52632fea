package dev.sinter.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What an iteration of a {@link Control#scan scan} gives: {@code Step.carry(h, c).output(y).until(done)}.
 *
 * @param carries what the next iteration is given, one value for each initial one, of its dtype and shape
 * @param outputs what is stacked along a new axis 0 over all iterations
 * @param last    what is kept of the last iteration alone
 * @param until   a bool scalar; where it is true, the iteration is the last
 */
public record Step(List<Operand> carries, List<Operand> outputs, List<Operand> last,
        Optional<Operand> until) {
    public Step {
        carries = List.copyOf(carries);
        outputs = List.copyOf(outputs);
        last = List.copyOf(last);
    }

    /** A step that hands these values to the next iteration and gives nothing else. */
    public static Step carry(Operand... carries) {
        return carry(List.of(carries));
    }

    /** A step that hands these values to the next iteration and gives nothing else. */
    public static Step carry(List<? extends Operand> carries) {
        return new Step(List.copyOf(carries), List.of(), List.of(), Optional.empty());
    }

    /** This step with more outputs that are stacked. */
    public Step output(Operand... more) {
        return new Step(carries, joined(outputs, more), last, until);
    }

    /** This step with more outputs of which the last iteration's value is kept. */
    public Step last(Operand... more) {
        return new Step(carries, outputs, joined(last, more), until);
    }

    /** This step as the last one where a bool scalar is true. */
    public Step until(Operand done) {
        return new Step(carries, outputs, last, Optional.of(done));
    }

    private static List<Operand> joined(List<Operand> before, Operand... more) {
        List<Operand> all = new ArrayList<>(before);
        Stream.of(more).forEach(all::add);
        return all;
    }
}
