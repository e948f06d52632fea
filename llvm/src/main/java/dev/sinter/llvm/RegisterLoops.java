package dev.sinter.llvm;

import dev.sinter.kernel.Instr;
import dev.sinter.kernel.Layout;
import dev.sinter.plan.Buffer;
import dev.sinter.plan.Plan;
import dev.sinter.program.Program;
import dev.sinter.program.Program.Step;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which loops have their kernels' code inside of them, so that small values go from iteration to iteration in
 * registers: those whose iterations are short.
 */
final class RegisterLoops {
    /** The most instructions of all kernels of an iteration. */
    private static final int MOST_INSTRUCTIONS = 400;
    /** Larger values stay in memory. */
    private static final long MOST_BYTES = 64;

    private RegisterLoops() {}

    static boolean isSmall(Step.Loop loop) {
        return instructions(loop.body()) <= MOST_INSTRUCTIONS && !defines(loop.body());
    }

    /** Whether a step sets sizes, which kernels that stand inside of the loop take as they were before it. */
    private static boolean defines(List<Step> steps) {
        return steps.stream().anyMatch(step -> step instanceof Step.Define || defines(step.inside()));
    }

    private static int instructions(List<Step> steps) {
        int count = 0;
        for (Step step : steps) {
            count += switch (step) {
                case Step.Launch launch -> instructions(launch.kernel().body());
                case Step.Loop _, Step.Branch _ -> instructions(step.inside());
                case Step.Copy _, Step.CallHost _, Step.Define _, Step.PointOfNoReturn _ -> MOST_INSTRUCTIONS;
            };
        }
        return count;
    }

    private static int instructions(Instr.Body body) {
        int count = 0;
        for (Instr instr : body.instrs()) {
            count += switch (instr) {
                case Instr.Loop loop -> 1 + instructions(loop.body());
                case Instr.If branch -> 1 + instructions(branch.then()) + instructions(branch.otherwise());
                default -> 1;
            };
        }
        return count;
    }

    /** Whether a buffer is small enough to be a value. */
    static boolean fits(Buffer buffer) {
        return buffer.layout().equals(Layout.ROW_MAJOR) && buffer.bytes().isConstant()
                && buffer.bytes().constant() > 0 && buffer.bytes().constant() <= MOST_BYTES;
    }

    /** The small temporaries that an iteration makes for itself. */
    static List<Integer> temporaries(Program program, Step.Loop loop) {
        Set<Integer> inside = new HashSet<>();
        collect(program, loop.body(), inside);
        loop.goesOn().ifPresent(inside::add);
        Set<Integer> outside = new HashSet<>();
        collectOutside(program, program.steps(), loop, outside);
        List<Integer> found = new ArrayList<>();
        for (int id : new java.util.TreeSet<>(inside)) {
            Buffer buffer = program.buffers().get(id);
            if (buffer.role() instanceof Buffer.Role.Temporary && !outside.contains(id) && fits(buffer)) {
                found.add(id);
            }
        }
        return found;
    }

    private static void collectOutside(Program program, List<Step> steps, Step.Loop loop, Set<Integer> found) {
        for (Step step : steps) {
            if (step != loop) {
                own(program, step, found);
                collectOutside(program, step.inside(), loop, found);
            } else {
                around(program, loop, found);
            }
        }
    }

    private static void collect(Program program, List<Step> steps, Set<Integer> found) {
        for (Step step : steps) {
            own(program, step, found);
            collect(program, step.inside(), found);
        }
    }

    /** The buffers that a step names, those of the steps inside left out. */
    private static void own(Program program, Step step, Set<Integer> found) {
        switch (step) {
            case Step.Launch launch -> found.addAll(launch.buffers());
            case Step.CallHost call -> {
                found.addAll(call.operands());
                found.addAll(call.results());
            }
            case Step.Copy copy -> found.addAll(List.of(copy.from(), copy.to()));
            case Step.Loop loop -> {
                around(program, loop, found);
                loop.goesOn().ifPresent(found::add);
            }
            case Step.Branch branch -> found.add(branch.number());
            case Step.Define size -> found.add(size.value());
            case Step.PointOfNoReturn _ -> { }
        }
    }

    /** The buffers that a loop names but for those of an iteration: what its rows are of is among them. */
    private static void around(Program program, Step.Loop loop, Set<Integer> found) {
        loop.limit().ifPresent(found::add);
        loop.condition().ifPresent(found::add);
        loop.count().ifPresent(found::add);
        for (int row : loop.rows()) {
            Buffer.Role.Row element = (Buffer.Role.Row) program.buffers().get(row).role();
            found.add(Plan.owner(program.buffers(), element.of()).id());
        }
        for (Program.Carry carry : loop.carries()) {
            found.addAll(List.of(carry.initial(), carry.result()));
            if (!carry.isInPlace()) {
                found.add(carry.spare());
            }
        }
    }
}
