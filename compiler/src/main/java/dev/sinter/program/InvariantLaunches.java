package dev.sinter.program;

import dev.sinter.kernel.Instr;
import dev.sinter.kernel.Kernel;
import dev.sinter.plan.Buffer;
import dev.sinter.plan.Plan;
import dev.sinter.tensor.Symbol;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The launches of a loop's body that write the same into memory of their own in each iteration, such as copies of
 * an operand in the order in which a product reads it. They take place once, before the loop, where they cannot
 * fail.
 */
final class InvariantLaunches {
    private final List<Buffer> buffers;
    /** How many places of the loop write a buffer. */
    private final Map<Integer, Integer> writers = new HashMap<>();
    /** The symbols that the loop defines. */
    private final Set<Symbol> defined = new HashSet<>();

    private InvariantLaunches(List<Buffer> buffers) {
        this.buffers = buffers;
    }

    /**
     * The loop without them.
     *
     * @param out gets them
     */
    static Program.Step.Loop hoist(Program.Step.Loop loop, List<Buffer> buffers, List<Program.Step> out) {
        InvariantLaunches invariants = new InvariantLaunches(buffers);
        Set<Integer> used = new HashSet<>();
        invariants.writes(loop);
        invariants.defines(loop);
        List<Program.Step> rest = new ArrayList<>();
        for (Program.Step step : loop.body()) {
            if (step instanceof Program.Step.Launch launch && invariants.isInvariant(launch, used)) {
                launch.buffers().forEach(invariants.writers::remove);
                out.add(launch);
            } else {
                rest.add(step);
                invariants.uses(step, used);
            }
        }
        return rest.size() == loop.body().size() ? loop : new Program.Step.Loop(loop.trips(), loop.limit(),
                loop.condition(), loop.goesOn(), loop.count(), loop.counter(), loop.rows(), loop.carries(), rest);
    }

    /**
     * Whether all that a launch reads stays as it is, and all that it writes is written nowhere else.
     *
     * @param before the buffers that steps use that are before it and stay
     */
    private boolean isInvariant(Program.Step.Launch launch, Set<Integer> before) {
        for (int i = 0; i < launch.buffers().size(); i++) {
            int buffer = launch.buffers().get(i);
            boolean same = switch (launch.kernel().buffers().get(i).access()) {
                case READ -> !writers.containsKey(buffer);
                case WRITE -> buffers.get(buffer).role() instanceof Buffer.Role.Temporary
                        && writers.get(buffer) == 1 && !before.contains(buffer);
                case READ_WRITE, WRITE_THEN_READ, SCRATCH -> false;
            };
            if (!same) {
                return false;
            }
        }
        return !canFail(launch.kernel().body()) && ProgramBuilder.sizes(List.of(launch), buffers).stream()
                .allMatch(size -> Collections.disjoint(size.symbols(), defined));
    }

    private static boolean canFail(Instr.Body body) {
        return body.instrs().stream().anyMatch(instr -> switch (instr) {
            case Instr.Fail _ -> true;
            case Instr.Loop loop -> canFail(loop.body());
            case Instr.If branch -> canFail(branch.then()) || canFail(branch.otherwise());
            default -> false;
        });
    }

    /** Collects what a step uses. */
    private void uses(Program.Step step, Set<Integer> found) {
        List<Integer> used = new ArrayList<>();
        switch (step) {
            case Program.Step.Launch launch -> used.addAll(launch.buffers());
            case Program.Step.CallHost call -> used.addAll(call.operands());
            case Program.Step.Copy copy -> used.add(copy.from());
            case Program.Step.Loop loop -> {
                loop.limit().ifPresent(used::add);
                loop.condition().ifPresent(used::add);
                loop.rows().forEach(row -> used.add(stack(row)));
                loop.carries().forEach(carry -> used.add(carry.initial()));
            }
            case Program.Step.Branch branch -> used.add(branch.number());
            case Program.Step.Define size -> used.add(size.value());
            case Program.Step.PointOfNoReturn _ -> { }
        }
        used.forEach(buffer -> found.add(Plan.owner(buffers, buffer).id()));
        step.inside().forEach(inner -> uses(inner, found));
    }

    private void writes(Program.Step step) {
        switch (step) {
            case Program.Step.Launch launch -> {
                for (int i = 0; i < launch.buffers().size(); i++) {
                    if (launch.kernel().buffers().get(i).access() != Kernel.Access.READ) {
                        write(launch.buffers().get(i));
                    }
                }
            }
            case Program.Step.CallHost call -> call.results().forEach(this::write);
            case Program.Step.Copy copy -> write(copy.to());
            case Program.Step.Loop loop -> {
                write(loop.counter());
                loop.count().ifPresent(this::write);
                for (int row : loop.rows()) {
                    write(row);
                    write(stack(row));
                }
                for (Program.Carry carry : loop.carries()) {
                    write(carry.current());
                    write(carry.next());
                    write(carry.result());
                    write(carry.spare());
                }
            }
            case Program.Step.Branch _, Program.Step.Define _, Program.Step.PointOfNoReturn _ -> { }
        }
        step.inside().forEach(this::writes);
    }

    private void defines(Program.Step step) {
        if (step instanceof Program.Step.Define size) {
            defined.add(size.symbol());
        }
        step.inside().forEach(this::defines);
    }

    private void write(int buffer) {
        if (buffer >= 0) {
            writers.merge(Plan.owner(buffers, buffer).id(), 1, Integer::sum);
        }
    }

    /** What a row is of. */
    private int stack(int row) {
        return ((Buffer.Role.Row) buffers.get(row).role()).of();
    }
}
